"""Laws of the calendar, of windows, of units and of codes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from tests.medicine.builders import UNITS
from tests.property.strategies import days, windows

from anagen.knowledge.loader import shipped
from anagen.medicine.codes import ICD10, ancestors, expanded, normal
from anagen.medicine.dates import Duration, add, add_months, age_in_years, day_after, first_day
from anagen.medicine.quantities import Quantity
from anagen.medicine.timeline import Timeline, Window

DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))
MONTHS = st.integers(-600, 600)
FIXED = st.builds(Duration, st.integers(-10_000, 10_000), st.sampled_from(["min", "h", "d", "wk"]))
TIMELINES = st.lists(windows(), max_size=8).map(Timeline)
UNIT_PAIRS = [
    (one, other)
    for one in shipped().ruleset.vocabulary.units.table.values()
    for other in shipped().ruleset.vocabulary.units.table.values()
    if one.dimension == other.dimension
]


@given(DATES, st.integers(0, 600))
def test_adding_months_never_goes_backwards(day: date, months: int) -> None:
    assert add_months(day, months) >= day
    assert add_months(day, months) < add_months(day, months + 1)


@given(DATES, DATES, MONTHS)
def test_a_later_day_never_lands_earlier(one: date, other: date, months: int) -> None:
    early, late = sorted((one, other))
    assert add_months(early, months) <= add_months(late, months)


@given(DATES, MONTHS)
def test_months_lead_to_the_same_day_or_to_the_first_of_the_next(day: date, months: int) -> None:
    there = add_months(day, months)
    index = there.year * 12 + there.month - (day.year * 12 + day.month) - months
    assert (there.day == day.day and index == 0) or (there.day == 1 and index == 1)


@given(DATES, DATES)
def test_age_grows_by_one_on_the_birthday_and_on_no_other_day(birth: date, on: date) -> None:
    if on <= birth:
        return
    grown = age_in_years(birth, on) - age_in_years(birth, on - timedelta(days=1))
    assert grown == (on == add_months(birth, 12 * (on.year - birth.year)))


@given(DATES, FIXED, FIXED)
def test_a_stretch_of_hours_holds_every_moment_in_it(day: date, one: Duration, other: Duration) -> None:
    start, end = sorted((one, other), key=lambda duration: duration.minutes)
    first, after = first_day(day, start), day_after(day, end)
    assert (first - day).days * 1440 <= start.minutes
    assert (after - day).days * 1440 >= end.minutes
    assert first < after or start.minutes == end.minutes
    assert abs((add(day, start) - day).days) * 1440 >= abs(start.minutes)


@given(TIMELINES, days(before=5, after=40))
def test_the_first_free_day_is_free_and_every_day_before_it_is_not(timeline: Timeline, start: date) -> None:
    free = timeline.first_free(start)
    last = start + timedelta(days=60) if free is None else free
    assert free is None or timeline.is_free(free)
    ahead = start
    while ahead < last:
        assert not timeline.is_free(ahead)
        ahead += timedelta(days=1)


@given(TIMELINES, days(before=5, after=40), st.integers(0, 30))
def test_blocked_days_are_those_that_are_not_free(timeline: Timeline, start: date, length: int) -> None:
    span = [start + timedelta(days=ahead) for ahead in range(length)]
    blocked = timeline.blocked(start, start + timedelta(days=length))
    assert blocked == {day for day in span if not timeline.is_free(day)}


@given(windows(), days(before=5, after=40), st.integers(1, 9))
def test_a_window_meets_a_stretch_when_it_stands_on_one_of_its_days(
    window: Window, start: date, length: int
) -> None:
    stands = any(window.stands(start + timedelta(days=ahead)) for ahead in range(length))
    assert window.meets(start, start + timedelta(days=length)) is stands


@given(st.sampled_from(UNIT_PAIRS), st.decimals(Decimal("-99999"), Decimal("99999"), places=4))
def test_there_and_back_again_is_the_same_quantity(pair: tuple[object, object], value: Decimal) -> None:
    units = shipped().ruleset.vocabulary.units
    one, other = (unit.code for unit in pair)
    there = units.convert(Quantity(value, one), other)
    assert units.convert(there, one, 4).value == value


@given(st.decimals(Decimal("-200"), Decimal("400"), places=2), st.integers(0, 3))
def test_rounding_moves_a_converted_value_by_half_a_digit_at_most(value: Decimal, decimals: int) -> None:
    exact = (Fraction(value) - 32) * 5 / 9
    rounded = Fraction(UNITS.convert(Quantity(value, "[degF]"), "Cel", decimals).value)
    assert abs(rounded - exact) <= Fraction(1, 2 * 10**decimals)


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_a_range_covers_the_categories_between_its_ends_and_no_other(one: int, other: int) -> None:
    low, high = sorted((one % 2600, other % 2600))
    names = [f"{chr(65 + number // 100)}{number % 100:02d}" for number in (low, high)]
    entries = set(expanded(ICD10, "-".join(names)))
    between = {f"{chr(65 + number // 100)}{number % 100:02d}" for number in range(low, high + 1)}
    assert {entry for entry in entries if len(entry) == 3} == between
    for entry in entries - between:
        assert {f"{entry}{digit}" for digit in range(10)} <= between


@given(st.text("ABCL0123456789.", min_size=1, max_size=8))
def test_a_code_stands_under_itself_and_its_ancestors_grow_shorter(code: str) -> None:
    above = list(ancestors(ICD10, code))
    assert above[0] == normal(ICD10, code)
    assert [len(entry) for entry in above[1:]] == list(range(len(above[0]) - 1, 0, -1))
    assert all(above[0].startswith(entry) for entry in above)
