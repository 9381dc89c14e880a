"""A session: what is missing before the first needle, its states, its numbers, its record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Verdict
from anagen.medicine.treatment import (
    Agreement,
    Chart,
    Check,
    Gap,
    Given,
    Kind,
    Mender,
    Parameter,
    Readiness,
    State,
    Sum,
    Syringe,
    Weight,
    anaesthetic_ceiling,
    by_points,
    clock_is_off,
    fits,
    gaps,
    missing,
    needles_short,
    observation_ends,
    state_of,
    syringe_faults,
)

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SYRINGE = Syringe("S1", True, True, False, False, False, NOW + HOUR, frozenset({"ingredient.minoxidil"}))
READY = Readiness(
    at=NOW,
    day="",
    certificates=("licence", "training"),
    certificates_due=("licence", "training"),
    priced=True,
    identifiers=2,
    unasked=(),
    verdict=Verdict.CLEAR,
    consent=Agreement.VALID,
    examined=True,
    device="device.syringe",
    device_faults=(),
    injects=True,
    syringes=(SYRINGE,),
    pressure_for=(),
    pressure_known=False,
    test_for=(),
    tested=(),
    antisepsis=True,
    mixed=True,
)


def named(readiness: Readiness) -> list[tuple[str, str]]:
    return [(one.check.value, one.why) for one in missing(readiness)]


def test_nothing_is_missing_when_everything_was_checked() -> None:
    assert missing(READY) == ()
    assert missing(replace(READY, verdict=Verdict.CAUTION)) == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"day": "healing"}, ("day", "healing")),
        ({"certificates": ("licence",)}, ("certificate", "not_valid")),
        ({"priced": False}, ("price", "none")),
        ({"identifiers": 1}, ("identity", "not_confirmed")),
        ({"unasked": None}, ("questions", "not_asked")),
        ({"unasked": ("infection.fever",)}, ("questions", "no_answer")),
        ({"verdict": None}, ("verdict", "not_today")),
        ({"verdict": Verdict.INCOMPLETE}, ("verdict", "incomplete")),
        ({"verdict": Verdict.EXCLUDE}, ("verdict", "exclude")),
        *[({"consent": one}, ("consent", one.value)) for one in Agreement if one is not Agreement.VALID],
        ({"examined": False}, ("examination", "not_done")),
        ({"device": ""}, ("device", "not_chosen")),
        ({"device_faults": ("depth",)}, ("device", "not_possible")),
        ({"syringes": ()}, ("syringe", "none")),
        ({"injects": None, "syringes": ()}, ("syringe", "none")),
        ({"pressure_for": ("ingredient.minoxidil",)}, ("pressure", "not_measured")),
        ({"test_for": ("ingredient.minoxidil",)}, ("allergy_test", "not_read")),
        ({"antisepsis": False}, ("antisepsis", "not_done")),
        ({"mixed": False}, ("mixed", "not_shown")),
    ],
)
def test_each_thing_that_is_missing_is_named(change: dict[str, object], expected: tuple[str, str]) -> None:
    assert named(replace(READY, **change)) == [expected]  # type: ignore[arg-type]


def test_who_can_mend_it_depends_on_what_is_missing() -> None:
    def who(**change: object) -> tuple[Mender, ...]:
        return missing(replace(READY, **change))[0].who  # type: ignore[arg-type]

    assert who(verdict=Verdict.INCOMPLETE) == (Mender.PATIENT, Mender.INJECTOR)
    assert who(verdict=Verdict.REFER) == (Mender.PRESCRIBER,)
    assert who(syringes=(replace(SYRINGE, checked=False),)) == (Mender.SECOND_PERSON,)
    assert who(certificates=()) == (Mender.MEDICAL_LEAD,)


def test_a_device_that_injects_nothing_needs_no_syringe_and_no_label_read_out() -> None:
    assert missing(replace(READY, injects=False, syringes=(), mixed=False)) == ()


def test_pressure_and_test_are_settled_by_being_done() -> None:
    one = ("ingredient.minoxidil",)
    assert missing(replace(READY, pressure_for=one, pressure_known=True, test_for=one, tested=one)) == ()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"is_theirs": False}, "other_patient"),
        ({"given": True}, "given"),
        ({"discarded": True}, "discarded"),
        ({"held_back": True}, "held_back"),
        ({"use_by": NOW}, "too_old"),
        ({"checked": False}, "not_checked"),
        ({"ingredients": None}, "content_unknown"),
    ],
)
def test_a_syringe_that_cannot_be_given(change: dict[str, object], why: str) -> None:
    wrong = replace(SYRINGE, **change)  # type: ignore[arg-type]
    assert [one.why for one in syringe_faults(wrong, NOW)] == [why]
    assert named(replace(READY, syringes=(SYRINGE, wrong))) == [("syringe", why)]


def test_missing_things_come_in_the_order_of_the_session() -> None:
    nothing = replace(
        READY,
        day="no_course",
        certificates=(),
        priced=False,
        identifiers=0,
        unasked=None,
        verdict=None,
        consent=Agreement.NONE,
        examined=False,
        device="",
        injects=None,
        syringes=(),
        antisepsis=False,
        mixed=False,
    )
    found = [one.check for one in missing(nothing)]
    assert found == sorted(found, key=list(Check).index)


# states


@pytest.mark.parametrize(
    ("happened", "more", "state"),
    [
        ([], {}, State.PREPARING),
        ([Kind.IDENTITY], {}, State.PREPARING),
        ([Kind.CALLED_OFF], {}, State.CALLED_OFF),
        ([Kind.FIRST_NEEDLE], {}, State.UNDER_WAY),
        ([Kind.FIRST_NEEDLE, Kind.PAUSE], {}, State.PAUSED),
        ([Kind.FIRST_NEEDLE, Kind.PAUSE, Kind.RESUME], {}, State.UNDER_WAY),
        ([Kind.FIRST_NEEDLE, Kind.STOP], {}, State.STOPPED),
        ([Kind.FIRST_NEEDLE, Kind.REACTION], {"serious": True}, State.STOPPED),
        ([Kind.REACTION], {"serious": True}, State.PREPARING),
        ([Kind.FIRST_NEEDLE], {"finished": True}, State.GIVEN),
        ([Kind.FIRST_NEEDLE], {"finished": True, "signed": True}, State.SIGNED),
    ],
)
def test_the_state_follows_from_what_happened(
    happened: list[Kind], more: dict[str, bool], state: State
) -> None:
    assert state_of(happened, **more) is state


def test_what_fits_when() -> None:
    assert fits(Kind.IDENTITY, State.PREPARING) and not fits(Kind.NEEDLE_CHANGE, State.PREPARING)
    assert fits(Kind.NEEDLE_CHANGE, State.UNDER_WAY) and not fits(Kind.FIRST_NEEDLE, State.UNDER_WAY)
    assert not fits(Kind.RESUME, State.STOPPED), "nothing goes on after a stop"
    assert fits(Kind.OBSERVED, State.GIVEN) and not fits(Kind.MAP, State.GIVEN)
    assert not any(fits(kind, state) for kind in Kind for state in (State.SIGNED, State.CALLED_OFF))
    assert all(fits(Kind.REACTION, state) for state in State if state not in (State.SIGNED, State.CALLED_OFF))


# numbers

DEPTH = Parameter(
    "depth",
    "mm",
    usual=Decimal(2),
    least=Decimal(2),
    reason_above=Decimal(3),
    refuse_below=Decimal(1),
    refuse_above=Decimal(4),
)


@pytest.mark.parametrize(
    ("value", "weight"),
    [
        ("0.9", Weight.REFUSED),
        ("1", Weight.REASON),
        ("2", Weight.FINE),
        ("3", Weight.FINE),
        ("3.1", Weight.REASON),
        ("4", Weight.REASON),
        ("4.001", Weight.REFUSED),
    ],
)
def test_a_number_is_judged_by_its_bounds(value: str, weight: Weight) -> None:
    assert DEPTH.judge(Decimal(value)) is weight


def test_without_a_bound_for_reasons_the_most_is_one() -> None:
    distance = Parameter("distance", "mm", most=Decimal(20))
    assert distance.judge(Decimal(20)) is Weight.FINE
    assert distance.judge(Decimal(21)) is Weight.REASON
    assert Parameter("free", "mm").judge(Decimal(99)) is Weight.FINE


def test_the_anaesthetic_hangs_on_the_weight_and_has_an_end() -> None:
    def ceiling(kilograms: str | None) -> Decimal | None:
        weight = None if kilograms is None else Quantity(Decimal(kilograms), "kg")
        return anaesthetic_ceiling(weight=weight, per_weight=Decimal("4.5"), most=Decimal(300))

    assert ceiling("60") == Decimal("270.0")
    assert ceiling("100") == Decimal(300)
    assert ceiling(None) is None


def test_a_syringe_gives_no_more_than_it_holds() -> None:
    assert not Given("S", Decimal(5), Decimal(4), Decimal(1)).too_much
    assert Given("S", Decimal(5), Decimal(4), Decimal("1.001")).too_much


@given(points=st.integers(1, 150), given=st.decimals("0.1", "10", places=3))
def test_points_and_syringe_agree_within_a_tenth_of_what_was_given(points: int, given: Decimal) -> None:
    each = Decimal("0.05")
    volume = by_points([each] * points)
    assert volume == each * points
    agrees = Sum(volume, given, Decimal("0.1")).agrees
    assert agrees is (Decimal("0.9") * given <= volume <= Decimal("1.1") * given)


def test_one_needle_makes_no_more_punctures_than_it_should() -> None:
    needle = Parameter(
        "needle", "punctures", usual=Decimal(35), reason_above=Decimal(40), refuse_above=Decimal(50)
    )
    assert not needles_short(120, 2, needle)
    assert needles_short(121, 2, needle)
    assert not needles_short(0, 0, needle)


# the record

DONE = Chart(
    finished_at=NOW,
    maps=True,
    mapped=True,
    pain=True,
    observed_at=(NOW + HOUR / 4, NOW + HOUR / 2),
    observation=HOUR / 2,
    sheet=True,
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ()),
        ({"finished_at": None, "pain": False}, (Gap.NOT_FINISHED,)),
        ({"mapped": False}, (Gap.NO_MAP,)),
        ({"mapped": False, "maps": False}, ()),
        ({"pain": False}, (Gap.NO_PAIN,)),
        ({"observed_at": ()}, (Gap.NOT_OBSERVED,)),
        ({"observed_at": (NOW + HOUR / 4,)}, (Gap.TOO_SHORT,)),
        ({"observed_at": (NOW + HOUR / 4,), "left_early_because": ""}, (Gap.NO_REASON,)),
        ({"observed_at": (NOW + HOUR / 4,), "left_early_because": "her bus"}, ()),
        ({"sheet": False}, (Gap.NO_SHEET,)),
    ],
)
def test_what_a_chart_lacks(change: dict[str, object], expected: tuple[Gap, ...]) -> None:
    assert gaps(replace(DONE, **change)) == expected  # type: ignore[arg-type]


def test_the_observation_and_the_clocks() -> None:
    assert observation_ends(NOW, HOUR / 2) == NOW + HOUR / 2
    assert not clock_is_off(NOW + timedelta(minutes=5), NOW)
    assert clock_is_off(NOW - timedelta(minutes=5, seconds=1), NOW)
