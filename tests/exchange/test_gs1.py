"""What a scanner types becomes a product, or a question, or a clear no; a lot is never guessed."""

from __future__ import annotations

import string
from datetime import date, timedelta

import pytest
from biip.gs1_messages import GS1Message
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anagen.exchange import labels
from anagen.exchange.gs1 import LONGEST, Choice, Looks, NotAProductCode, ProductCode, read_scan

ON = date(2026, 11, 21)
GTIN = "04012345678901"
GS = "\x1d"


def read(text: str, separators: bool = False) -> ProductCode:
    return read_scan(text, on=ON, separators=separators)


def refused(text: str) -> NotAProductCode:
    with pytest.raises(NotAProductCode) as caught:
        read(text)
    assert str(caught.value)
    return caught.value


SYRINGE = "SY7K2QM9XB4TH"
MARCH = date(2027, 3, 31)


@pytest.mark.parametrize(
    "typed",
    [
        f"01{GTIN}1727033110AB12{GS}21XYZ",
        f"{GS}01{GTIN}1727033110AB12{GS}21XYZ\r\n",
        f"01{GTIN}21XYZ{GS}10AB12{GS}17270331{GS}",
        f"]d201{GTIN}1727033110AB12{GS}21XYZ",
        f"]d1{GS}01{GTIN}1727033110AB12{GS}21XYZ",
        f"]Q301{GTIN}1727033110AB12{GS}21XYZ",
        f"]C101{GTIN}1727033110AB12{GS}21XYZ",
        *(
            f"01{GTIN}1727033110AB12{mark}21XYZ"
            for mark in ("<GS>", "{GS}", "\\x1d", "␝", "|", "^", "~", "#", " ")
        ),
        f"(01){GTIN}(17)270331(10)AB12(21)XYZ",
        f"(01) {GTIN} (10) AB12 (17) 270300 (21) XYZ",
        f"https://id.gs1.org/01/{GTIN}/10/AB12/21/XYZ?17=270331",
        f"HTTPS://scan.example/p/01/{GTIN}/10/AB12/21/XYZ?17=270300&colour=blue",
        f"example.org/01/{GTIN}/10/AB12/21/XYZ?17=270331",
    ],
)
def test_one_pack_in_many_spellings(typed: str) -> None:
    found = read(typed)
    assert (found.gtin, found.lot, found.expiry, found.serial) == (GTIN, "AB12", MARCH, "XYZ")
    assert (found.missing, found.choices, found.note) == ((), (), "")


@pytest.mark.parametrize(
    ("typed", "gtin"),
    [
        ("4012345678901", GTIN),
        ("]E04012345678901", GTIN),
        ("4 012345 678901", GTIN),
        ("04012345678901", GTIN),
        ("96385074", "00000096385074"),
        ("]E496385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("01234565", "00012345000065"),  # UPC-E: an EAN-8 would not begin with 0
        ("14252611", "00142100005261"),  # UPC-E, no EAN-8 by its check digit
    ],
)
def test_a_number_alone_is_a_product_and_asks_for_the_rest(typed: str, gtin: str) -> None:
    found = read(typed)
    assert (found.gtin, found.missing) == (gtin, ("lot", "expiry"))
    assert found.note


TAIL = "dGVzdCBvZiBhIHRhaWwgdGhhdCBpcyA0NCBsb25nIQ=="


@pytest.mark.parametrize("gap", [GS, ""])
@pytest.mark.parametrize("tail", [("91EE06", f"92{TAIL}"), ("91EE06", f"92{TAIL * 2}"), ("93abCD",)])
def test_a_russian_marking_code_asks_for_lot_and_expiry(gap: str, tail: tuple[str, ...]) -> None:
    found = read(gap.join((f"01{GTIN}215A+1021%17/bZ", *tail)))
    assert (found.gtin, found.serial, found.missing) == (GTIN, "5A+1021%17/bZ", ("lot", "expiry"))
    assert found.choices == ()


# --- dates


@pytest.mark.parametrize(
    ("on", "six", "day"),
    [
        (ON, "280200", date(2028, 2, 29)),
        (ON, "270200", date(2027, 2, 28)),
        (ON, "760131", date(2076, 1, 31)),
        (ON, "770131", date(1977, 1, 31)),
        (date(2060, 1, 1), "100131", date(2110, 1, 31)),
        (date(2060, 1, 1), "110131", date(2011, 1, 31)),
        (ON, "270231", None),
        (ON, "000000", None),
    ],
)
def test_days_of_an_expiry(on: date, six: str, day: date | None) -> None:
    found = read_scan(f"01{GTIN}17{six}10A", on=on)
    assert (found.expiry, found.lot) == (day, "A")
    assert ("expiry" in found.missing) == (day is None) == ("calendar" in found.note)


def test_an_expiry_with_an_hour_counts_by_its_day() -> None:
    assert read(f"01{GTIN}7003270331120010").expiry is None  # might go on with a lot: asked
    assert read(f"01{GTIN}70032703311200{GS}10A").expiry == MARCH


def test_two_lots_in_one_code_are_none() -> None:
    found = read(f"01{GTIN}10A{GS}10B{GS}17270331")
    assert (found.lot, found.expiry) == (None, MARCH)


# --- without separators


def test_what_could_be_read_in_two_ways_is_asked_never_guessed() -> None:
    found = read(f"01{GTIN}1727033110AB1221XYZ")
    assert (found.lot, found.serial, found.expiry, found.missing) == (None, None, MARCH, ("lot",))
    assert found.choices[0] == Choice("AB12", MARCH, "XYZ")
    assert Choice("AB1221XYZ", MARCH, None) in found.choices
    assert "more than one way" in found.note


def test_what_can_be_read_in_one_way_is_taken() -> None:
    assert read(f"01{GTIN}1727033110ABCDE").lot == "ABCDE"
    long = read(f"01{GTIN}10ABCDEFGHIJKLMNOPQRST17270331")  # a lot has 20 characters at most
    assert (long.lot, long.expiry) == ("ABCDEFGHIJKLMNOPQRST", MARCH)


def test_a_scanner_that_is_known_to_send_separators_has_none_to_send() -> None:
    assert read(f"01{GTIN}1727033110AB1221XYZ", separators=True).lot == "AB1221XYZ"
    assert read(f"{GS}01{GTIN}1727033110AB1221XYZ").lot == "AB1221XYZ"
    assert read(f"01{GTIN}1727033110AB1221XYZ{GS}").lot == "AB1221XYZ"


def test_an_expiry_that_is_no_day_does_not_make_a_longer_lot() -> None:
    assert read(f"01{GTIN}10AB17270231").lot is None


@pytest.mark.parametrize("rest", ["3103000123XX!", "91" * 60, "1021229192939495969798" * 10, f"{GS}10"])
def test_what_cannot_be_read_surely_still_names_the_product(rest: str) -> None:
    found = read(f"01{GTIN}{rest}")
    assert (found.gtin, found.missing) == (GTIN, ("lot", "expiry"))


def test_parts_that_cannot_be_read_in_print_or_address_still_name_the_product() -> None:
    assert read(f"(01){GTIN}(10)A(B)").missing == ("lot", "expiry")
    assert read(f"https://id.gs1.org/01/{GTIN}/21/X/10/A").missing == ("lot", "expiry")


# --- something else


@pytest.mark.parametrize(
    ("typed", "looks"),
    [
        ("", Looks.NOTHING),
        (" \r\n", Looks.NOTHING),
        (GS, Looks.NOTHING),
        ("0" * (LONGEST + 1), Looks.OTHER),
        (SYRINGE, Looks.SYRINGE),
        (f"]d1{SYRINGE}", Looks.SYRINGE),
        (labels.spoken(SYRINGE).lower(), Looks.SYRINGE),
        ("1042237", Looks.PATIENT),
        ("104 2237", Looks.PATIENT),
        ("https://example.org/menu", Looks.ADDRESS),
        ("www.example.org", Looks.ADDRESS),
        ("https://id.gs1.org/00/123456789012345675", Looks.ADDRESS),
        ("(00)123456789012345675", Looks.CARTON),
        ("00123456789012345675", Looks.CARTON),
        ("]C100123456789012345675", Looks.CARTON),
        ("123456789012345675", Looks.CARTON),
        (f"02{GTIN}3710", Looks.CARTON),
        ("2012345678903", Looks.SHOP),
        ("20123451", Looks.SHOP),
        ("ФЫВА", Looks.LAYOUT),
        ("4012345678902", Looks.MISREAD),
        ("12345678", Looks.MISREAD),
        ("010401234567890210AB", Looks.MISREAD),
        ("(01)04012345678902(10)AB", Looks.MISREAD),
        ("10AB12", Looks.OTHER),
        ("hello", Looks.OTHER),
        ("name@example.org", Looks.OTHER),
        ("+49 30 1234567", Looks.OTHER),
        ("½", Looks.LAYOUT),
        ("(01)٠٤٠١٢٣٤٥٦٧٨٩٠١", Looks.LAYOUT),
        ("{}", Looks.OTHER),
        ("12345", Looks.OTHER),
        ("(not)a code", Looks.OTHER),
    ],
)
def test_something_else_is_named(typed: str, looks: Looks) -> None:
    assert refused(typed).looks_like is looks


# --- properties

CHARACTERS = string.ascii_letters + string.digits + "!\"%&'()*+,-./:;<=>?_"
VALUES = st.text(CHARACTERS, min_size=1, max_size=20)
DAYS = st.dates(ON - timedelta(days=49 * 365), ON + timedelta(days=49 * 365))
ORDERS = st.permutations(["10", "17", "21", "240"])


@given(
    lot=VALUES,
    serial=VALUES,
    other=VALUES,
    day=DAYS,
    order=ORDERS,
    prefix=st.sampled_from(["", "]d2", "]C1"]),
)
@settings(max_examples=60)
def test_what_is_written_with_separators_is_read_back(
    lot: str, serial: str, other: str, day: date, order: list[str], prefix: str
) -> None:
    values = {"10": lot, "21": serial, "240": other, "17": f"{day:%y%m%d}"}
    written = f"{prefix}01{GTIN}" + GS.join(identifier + values[identifier] for identifier in order)
    found = read(written)
    assert (found.gtin, found.lot, found.serial, found.expiry) == (GTIN, lot, serial, day)
    again = GS1Message.parse(written.removeprefix(prefix))
    assert dict(found.elements) == {each.ai.ai: each.value for each in again.element_strings}


@given(lot=VALUES, serial=VALUES, day=DAYS, order=st.permutations(["10", "17", "21"]))
@example(lot="A", serial="10B", day=MARCH, order=["10", "21", "17"])
@settings(max_examples=60)
def test_without_separators_nothing_wrong_is_ever_taken(
    lot: str, serial: str, day: date, order: list[str]
) -> None:
    values = {"10": lot, "21": serial, "17": f"{day:%y%m%d}"}
    found = read(f"01{GTIN}" + "".join(identifier + values[identifier] for identifier in order))
    assert found.gtin == GTIN
    assert found.lot in (lot, None) and found.serial in (serial, None) and found.expiry in (day, None)


@given(st.text(max_size=80))
@settings(max_examples=150)
def test_whatever_is_typed_gets_an_answer(text: str) -> None:
    try:
        found = read(text)
    except NotAProductCode as no:
        assert str(no)
    else:
        assert len(found.gtin) == 14
