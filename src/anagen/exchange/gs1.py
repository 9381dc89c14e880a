"""What a scanner types: the product, its lot and its expiry, or what the code is instead.

Reads GS1 DataMatrix, GS1 QR and GS1-128 with and without symbology prefix, with separators, with other characters in
their place and without any; codes in brackets as printed; EAN, UPC and ITF-14; GS1 Digital Link addresses; Russian
marking codes. A value is taken only when nothing else could be meant; whatever is missing or open is named in
``ProductCode.missing``, and a person is asked. Syntax: GS1 General Specifications, by way of the library biip.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final, Literal, TypeVar

from biip import ParseConfig, ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message
from biip.upc import Upc

from anagen.exchange import labels

SEPARATOR: Final = "\x1d"
LONGEST: Final = 500  # characters; the longest code of a medicine has about 130

Field = Literal["lot", "expiry"]
_T = TypeVar("_T")
Elements = tuple[tuple[str, str], ...]  # application identifier, value


class Looks(StrEnum):
    """What a code is that is not a product's."""

    NOTHING = "nothing"
    SYRINGE = "syringe"
    PATIENT = "patient"
    ADDRESS = "address"
    CARTON = "carton"
    SHOP = "shop"
    LAYOUT = "layout"
    MISREAD = "misread"
    OTHER = "other"


class NotAProductCode(ValueError):
    """The scan names no product. ``looks_like`` says what it seems to be; the text says what to do, for people."""

    def __init__(self, looks_like: Looks, words: str) -> None:
        super().__init__(words)
        self.looks_like = looks_like


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to read a code whose separators the scanner has lost."""

    lot: str | None
    expiry: date | None
    serial: str | None


@dataclass(frozen=True, slots=True)
class ProductCode:
    """A product, and what its code says of the pack.

    ``gtin`` has 14 digits. None in ``lot``, ``expiry`` or ``serial`` means that the code does not say it, or not
    surely; ``missing`` lists the two that a receipt cannot do without. ``choices`` holds the possible readings when
    there is more than one; ``note`` says in words for people why something is asked.
    """

    gtin: str
    lot: str | None = None
    expiry: date | None = None
    serial: str | None = None
    elements: Elements = ()
    choices: tuple[Choice, ...] = ()
    note: str = ""

    @property
    def missing(self) -> tuple[Field, ...]:
        asked: list[Field] = []
        if self.lot is None:
            asked.append("lot")
        if self.expiry is None:
            asked.append("expiry")
        return tuple(asked)


def read_scan(text: str, *, on: date, separators: bool = False) -> ProductCode:
    """Read what a scanner has typed.

    ``on`` settles the century of a two-digit year. ``separators`` True: this scanner is known to send them, so a code
    without any has none to send; otherwise such a code is read in every possible way. NotAProductCode when the scan
    names no product.
    """
    raw = text.strip(" \t\r\n\0")
    if not raw.strip(SEPARATOR):
        raise NotAProductCode(Looks.NOTHING, "Nothing was scanned.")
    if len(raw) > LONGEST:
        raise NotAProductCode(
            Looks.OTHER, f"This is far too long for a product code ({len(raw)} characters)."
        )
    content = _SYMBOLOGY.sub("", raw, count=1)
    if not re.sub("[␝¦]", "", content).isascii():
        raise NotAProductCode(
            Looks.LAYOUT,
            "Some characters come from another keyboard layout. Switch the keyboard to English and scan again.",
        )
    if labels.looks_like_code(content):
        raise NotAProductCode(
            Looks.SYRINGE, "This is the label of a syringe that was prepared here, not a product."
        )
    if _ADDRESS.match(content):
        return _from_address(content, on)
    if content.startswith("(") and (printed := _from_print(content)):
        return _product([printed], on)
    if re.fullmatch(r"[0-9 -]+", content):
        content = re.sub(r"[ -]", "", content)  # a number as it is printed below its bars
    content = _TOKENS.sub(SEPARATOR, content)
    # also one in front, or at the end: this scanner sends them
    separators = separators or SEPARATOR in content
    content = content.strip(SEPARATOR)
    if not _VALUES.fullmatch(content):
        raise NotAProductCode(Looks.OTHER, "This is not the code of a product.")
    if content.isdigit() and (len(content) < 16 or (len(content) == 18 and _checks(content))):
        return _product([(("01", _from_digits(content)),)], on)
    return _from_message(content, on, separators)


_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_ADDRESS: Final = re.compile(r"(?:https?://|www\.|(?:[a-z0-9-]+\.)+[a-z]{2,}/)", re.IGNORECASE)
# What scanners type for the separator, and every character that no value may hold (GS1 set 82).
_TOKENS: Final = re.compile(
    r"<GS>|\{GS\}|\[GS\]|<FNC1>|\{FNC1\}|\[FNC1\]|\\x1d|\\u001d|␝|[\x1c-\x1f]|[ #$@\[\\\]^`{|}~¦]",
    re.IGNORECASE,
)
# The characters that a value may hold (GS1 set 82), and the separator.
_VALUES: Final = re.compile(r"[\x1d!-\"%-?A-Z_a-z]*")


# --- a number alone


def _from_digits(digits: str) -> str:
    """The GTIN in digits without identifiers: EAN-8, EAN-13, UPC-A, UPC-E, ITF-14."""
    if len(digits) == 8 and digits[0] == "0" and (wide := _widened(digits)):
        return wide  # an EAN-8 never begins with 0 outside one shop
    if len(digits) in (8, 12, 13, 14):
        if _checks(digits):
            return _world_wide(digits)
        if len(digits) == 8 and (wide := _widened(digits)):
            return wide
        raise _misread("The check digit of this number is wrong.")
    if len(digits) == 7:
        raise NotAProductCode(Looks.PATIENT, "This looks like the number of a patient, not a product.")
    if len(digits) == 18 and _checks(digits):
        raise _carton()
    raise NotAProductCode(Looks.OTHER, f"A number of {len(digits)} digits is no product code.")


def _widened(digits: str) -> str | None:
    """UPC-E in full."""
    try:
        return Upc.parse(digits).as_gtin_14()
    except ParseError:
        return None


def _checks(digits: str) -> bool:
    """The check digit of all GS1 numbers: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return total % 10 == 0


def _world_wide(digits: str) -> str:
    """As a GTIN of 14 digits; refuses numbers that only one shop understands."""
    gtin = digits.zfill(14)
    own = gtin[1:3] in ("02", "04") or gtin[1] == "2"
    if (own and len(digits) > 8) or (len(digits) == 8 and digits[0] in "02"):
        raise NotAProductCode(
            Looks.SHOP, "This number was given by a shop for itself and names no product outside it."
        )
    return gtin


# --- an address


def _from_address(address: str, on: date) -> ProductCode:
    """A GS1 Digital Link. Where its parts are out of order, at least the product is taken."""
    whole = address if "://" in address else f"https://{address}"
    try:
        link = GS1DigitalLinkURI.parse(whole, config=_ANY_DATE)
        elements = tuple((each.ai.ai, each.value) for each in link.element_strings)
    except (ParseError, ValueError):
        found = re.search(r"/(?:01|gtin)/(\d{8,14})(?![0-9])", whole)
        elements = (("01", found[1].zfill(14)),) if found else ()
    if not any(identifier == "01" for identifier, _ in elements):
        raise NotAProductCode(Looks.ADDRESS, "This is a web address without a product number.")
    return _product([elements], on)


# --- element strings


def _from_print(text: str) -> Elements | None:
    """Identifiers in brackets, as printed below a code; None when it is not that."""
    try:
        message = GS1Message.parse_hri(text, config=_ANY_DATE)
        whole = message.as_hri() == "".join(text.split())
    except ParseError:
        whole = False
    if not whole:
        found = re.match(r"\(01\)\s*(\d{14})(?!\d)", text)
        return (("01", found[1]),) if found else None
    return tuple((each.ai.ai, each.value) for each in message.element_strings)


def _from_message(content: str, on: date, separators: bool) -> ProductCode:
    if marked := _MARKED.fullmatch(content):
        return _product([_elements_of(marked)], on)
    strict = _strictly(content)
    readings = ([strict] if strict else []) if separators else _every_reading(content)
    if not readings:
        if strict and "01" not in dict(strict):
            return _product([strict], on)  # says what it is instead
        if not (found := re.match(r"01(\d{14})", content)):
            raise NotAProductCode(Looks.OTHER, "This is not the code of a product.")
        return _product([(("01", found[1]),)], on, _NOT_SURELY)
    return _product(readings, on)


def _strictly(content: str) -> Elements | None:
    """As the standard reads it: a value of variable length ends at a separator or at the end."""
    try:
        message = GS1Message.parse(content, config=_ANY_DATE)
    except ParseError:
        return None
    return tuple((each.ai.ai, each.value) for each in message.element_strings)


# The layout of Russian marking codes has fixed lengths, so that nothing is lost with the separators.
_MARKED: Final = re.compile(
    r"(?P<a01>01)(?P<v01>\d{14})(?P<a21>21)(?P<v21>[!-~]{13})"
    r"(?:(?P<a91>91)(?P<v91>[!-~]{4})(?P<a92>92)(?P<v92>[!-~]{88}|[!-~]{44})|(?P<a93>93)(?P<v93>[!-~]{4}))"
)


def _elements_of(marked: re.Match[str]) -> Elements:
    parts = marked.groupdict()
    return tuple((value, parts[f"v{value}"]) for key, value in parts.items() if key[0] == "a" and value)


_ANY_DATE: Final = ParseConfig(gs1_element_strings_verify_date=False)
# What is found on packs of medicines and devices. Without separators nothing rarer is looked for inside a value.
_ON_PACKS: Final = (
    "01", "10", "11", "15", "16", "17", "20", "21", "22", "30", "37", "240", "241", "250", "7003",
    "710", "711", "712", "713", "714", "715", "716", "8005", "91", "92", "93", "94", "95", "96", "97", "98", "99",
)  # fmt: skip


@cache
def _value_of(identifier: str) -> re.Pattern[str]:
    """The value that may follow an identifier."""
    known = GS1ApplicationIdentifier.extract(identifier)
    return re.compile(known.pattern.removeprefix("^" + identifier).removesuffix("$"))


@cache
def _lengths(identifier: str) -> range:
    """How long its value may be."""
    pattern = _value_of(identifier).pattern
    if found := re.search(r"\{(\d+),(\d+)\}", pattern):
        return range(max(1, int(found[1])), int(found[2]) + 1)
    fixed = {"01": 14, "20": 2, "7003": 10}.get(identifier, 6)
    return range(fixed, fixed + 1)


class _TooMany(Exception):
    """The text can be cut in more ways than anybody could choose from."""


_MOST_CUTS: Final = 5_000


def _every_reading(content: str) -> list[Elements]:
    """Every way to cut the text into elements of a product; none when there are too many to ask about."""
    try:
        return [each for each in _cut(content, frozenset(), iter(range(_MOST_CUTS))) if "01" in dict(each)]
    except _TooMany:
        return []


def _cut(content: str, used: frozenset[str], budget: Iterator[int]) -> Iterator[Elements]:
    """Each identifier once, and a value of any length that is allowed: any separator may have been lost."""
    if not content:
        yield ()
        return
    for identifier in _ON_PACKS:
        if identifier in used or not content.startswith(identifier):
            continue
        rest = content[len(identifier) :]
        for length in _lengths(identifier):
            if length > len(rest):
                break
            if next(budget, None) is None:
                raise _TooMany
            value = rest[:length]
            if not _value_of(identifier).fullmatch(value) or (identifier == "01" and not _checks(value)):
                continue
            for further in _cut(rest[length:], used | {identifier}, budget):
                yield ((identifier, value), *further)


# --- from elements to a product


_NOT_SURELY: Final = "Only the product can be read surely from this code."


def _product(readings: Sequence[Elements], on: date, note: str = "") -> ProductCode:
    """What all readings agree on; where they differ, the choices, those first that say most."""
    gtins = {value for elements in readings for identifier, value in elements if identifier == "01"}
    if not gtins:
        if any(identifier in ("00", "02") for elements in readings for identifier, _ in elements):
            raise _carton()
        raise NotAProductCode(Looks.OTHER, "This GS1 code names no product: it has no product number (01).")
    if len(gtins) > 1 or not _checks(gtin := next(iter(gtins))):
        raise _misread("The check digit of the product number is wrong.")
    choices = sorted(dict.fromkeys(_choice(elements, on) for elements in readings), key=_silent)
    lot = _only({each.lot for each in choices})
    expiry = _only({each.expiry for each in choices})
    serial = _only({each.serial for each in choices})
    told = dict(readings[0])
    if len(choices) > 1:
        note = "The scanner has left out the separators, so that this code can be read in more than one way."
    elif expiry is None and ("17" in told or "7003" in told):
        note = "The code has an expiry that is no day of the calendar."
    elif lot is None or expiry is None:
        note = note or "The code does not say everything about this pack."
    return ProductCode(
        gtin=_world_wide(gtin),
        lot=lot,
        expiry=expiry,
        serial=serial,
        elements=readings[0] if len(readings) == 1 else (("01", gtin),),
        choices=tuple(choices) if len(choices) > 1 else (),
        note=note,
    )


def _choice(elements: Elements, on: date) -> Choice:
    """Lot, expiry and serial of one reading; what is told twice, and differently, counts as not told."""
    told: dict[str, set[str]] = {}
    for identifier, value in elements:
        told.setdefault(identifier, set()).add(value)
    lot, day, moment, serial = (_only(told.get(identifier, ())) for identifier in ("10", "17", "7003", "21"))
    expiry = _day(day, on) if day else _day(moment[:6], on) if moment else None
    return Choice(lot, expiry, serial)


def _silent(choice: Choice) -> int:
    """How many of the three it does not say."""
    return (choice.lot, choice.expiry, choice.serial).count(None)


def _only(values: Iterable[_T]) -> _T | None:
    """The one value that all agree on; None when there is none, or more than one."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _day(text: str, on: date) -> date | None:
    """YYMMDD: 00 is the last day of the month; the year is within 49 years back and 50 ahead. None for no day."""
    year, month, day = (int(text[i : i + 2]) for i in (0, 2, 4))
    century = on.year - on.year % 100
    ahead = year - on.year % 100
    year += century - 100 if ahead >= 51 else century + 100 if ahead <= -50 else century
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None


def _carton() -> NotAProductCode:
    return NotAProductCode(Looks.CARTON, "This is the code of a carton or pallet. Scan the pack inside it.")


def _misread(why: str) -> NotAProductCode:
    return NotAProductCode(Looks.MISREAD, f"{why} It was misread or mistyped: scan it again.")
