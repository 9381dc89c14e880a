"""Durations, months that lack a day, leap years, ages."""

from __future__ import annotations

from datetime import date

import pytest
from tests.medicine.builders import day, span

from anagen.medicine.dates import (
    Duration,
    add,
    add_months,
    age_in_years,
    day_after,
    first_day,
    in_words,
)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-07-31", 2, "2026-10-01"),  # September has no 31st
        ("2026-07-31", 1, "2026-08-31"),
        ("2026-01-31", 1, "2026-03-01"),
        ("2026-01-29", 1, "2026-03-01"),
        ("2028-01-29", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-03-01"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2026-12-31", 2, "2027-03-01"),
        ("2026-11-15", 2, "2027-01-15"),
        ("2026-12-15", 0, "2026-12-15"),
        ("2026-03-31", -1, "2026-03-01"),  # February lacks it: the first of the next
        ("2026-01-15", -1, "2025-12-15"),
        ("2028-02-29", -12, "2027-03-01"),
        ("2026-01-31", -14, "2024-12-01"),
    ],
)
def test_adding_months_gives_the_first_of_the_next_where_the_day_does_not_exist(
    start: str, months: int, end: str
) -> None:
    assert add_months(day(start), months) == day(end)


@pytest.mark.parametrize(("year", "end"), [(2000, 29), (2024, 29), (1900, 1), (2100, 1), (2026, 1)])
def test_every_fourth_year_has_a_leap_day_but_not_every_hundredth(year: int, end: int) -> None:
    assert add_months(date(year, 1, 29), 1) == date(year, 2 if end == 29 else 3, end)


def test_a_month_past_the_end_of_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="10000"):
        add_months(date(9999, 12, 31), 1)


@pytest.mark.parametrize(
    ("duration", "end"),
    [
        ("14 d", "2026-12-05"),
        ("2 wk", "2026-12-05"),
        ("-2 wk", "2026-11-07"),
        ("3 mo", "2027-02-21"),
        ("-3 mo", "2026-08-21"),
        ("1 a", "2027-11-21"),
        ("-5 a", "2021-11-21"),
        ("0 d", "2026-11-21"),
        ("0 h", "2026-11-21"),
        ("72 h", "2026-11-24"),
        ("73 h", "2026-11-25"),
        ("1 h", "2026-11-22"),
        ("30 min", "2026-11-22"),
        ("1440 min", "2026-11-22"),
        ("1441 min", "2026-11-23"),
        ("-1 h", "2026-11-20"),
        ("-48 h", "2026-11-19"),
        ("-49 h", "2026-11-18"),
    ],
)
def test_hours_and_minutes_count_as_the_days_they_touch(duration: str, end: str) -> None:
    assert add(day("2026-11-21"), span(duration)) == day(end)


@pytest.mark.parametrize(
    ("start", "end", "first", "after"),
    [
        ("1 h", "6 h", 0, 1),
        ("0 h", "72 h", 0, 3),
        ("24 h", "48 h", 1, 2),
        ("-48 h", "-12 h", -2, 0),
        ("-12 h", "-6 h", -1, 0),
        ("-14 d", "0 h", -14, 0),
        ("-30 min", "30 min", -1, 1),
    ],
)
def test_a_stretch_of_hours_touches_every_day_it_reaches_into(
    start: str, end: str, first: int, after: int
) -> None:
    around = day("2026-11-21")
    assert (first_day(around, span(start)) - around).days == first
    assert (day_after(around, span(end)) - around).days == after


def test_a_stretch_of_months_goes_by_the_calendar() -> None:
    assert first_day(day("2026-07-31"), span("2 mo")) == day("2026-10-01")
    assert day_after(day("2026-07-31"), span("1 a")) == day("2027-07-31")


@pytest.mark.parametrize(
    "text", ["14", "14d", "d", "1.5 d", "14 days", "14 D", " 14 d", "14  d", "", "- 1 d"]
)
def test_a_duration_that_is_not_written_as_one_is_refused_with_the_mend(text: str) -> None:
    with pytest.raises(ValueError, match="write a whole number, a space and a unit, as in “14 d”"):
        Duration.parse(text)


def test_a_duration_in_a_unit_that_is_none_of_time_is_refused() -> None:
    with pytest.raises(ValueError, match="“kg” is no unit of time; use min, h, d, wk, mo or a"):
        Duration(3, "kg")


@pytest.mark.parametrize("text", ["9999999 d", "1001 a", "12001 mo", "-9999999 wk"])
def test_a_duration_beyond_any_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="longer than a thousand years"):
        Duration.parse(text)


@pytest.mark.parametrize("text", ["2 mo", "1 a"])
def test_months_and_years_have_no_fixed_number_of_days(text: str) -> None:
    assert not span(text).is_fixed
    with pytest.raises(ValueError, match="has no fixed number of days"):
        _ = span(text).days


@pytest.mark.parametrize("text", ["30 min", "72 h", "14 d", "-2 wk", "3 mo", "1 a"])
def test_a_duration_is_written_as_it_is_read(text: str) -> None:
    assert str(span(text)) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [("14 d", "14 days"), ("1 d", "1 day"), ("1 a", "1 year"), ("3 mo", "3 months"), ("2 wk", "2 weeks"),
     ("0 h", "0 hours"), ("30 min", "30 minutes")],
)  # fmt: skip
def test_a_duration_in_words(text: str, words: str) -> None:
    assert in_words(span(text)) == words


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        ("2008-11-22", "2026-11-21", 17),  # the day before the birthday
        ("2008-11-21", "2026-11-21", 18),  # the birthday
        ("2008-11-20", "2026-11-21", 18),
        ("2008-02-29", "2026-02-28", 17),  # 29 February completes a year on 1 March
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-28", 19),
        ("2008-02-29", "2028-02-29", 20),  # and on the 29th where there is one
        ("2026-11-21", "2026-11-21", 0),
        ("2025-12-31", "2026-01-01", 0),
        ("1926-11-21", "2026-11-21", 100),
    ],
)
def test_age_in_completed_calendar_years(birth: str, on: str, years: int) -> None:
    assert age_in_years(day(birth), day(on)) == years


def test_there_is_no_age_before_the_birth() -> None:
    with pytest.raises(ValueError, match="2026-11-20 lies before the birth on 2026-11-21"):
        age_in_years(day("2026-11-21"), day("2026-11-20"))
