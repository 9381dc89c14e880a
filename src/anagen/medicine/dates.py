"""Calendar arithmetic: durations as clinicians write them, added to days.

Ranges are half-open throughout: a window from the 1st to the 4th stands on the 1st, 2nd and 3rd.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

# UCUM codes of the units a duration may have (source: UCUM, table 4 and 5), in minutes and in months.
_MINUTES: Final = {"min": 1, "h": 60, "d": 24 * 60, "wk": 7 * 24 * 60}
_DAY: Final = _MINUTES["d"]
_MONTHS: Final = {"mo": 1, "a": 12}
_LONGEST_MONTH: Final = 31 * _DAY
_LONGEST: Final = 1000 * 12 * _LONGEST_MONTH  # what is far longer leads out of the calendar
_FORM: Final = re.compile(r"(-?\d+) (min|h|d|wk|mo|a)")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in one UCUM unit: ``min``, ``h``, ``d``, ``wk``, calendar ``mo`` or calendar ``a``."""

    number: int
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in _MINUTES and self.unit not in _MONTHS:
            raise ValueError(f"“{self.unit}” is no unit of time; use min, h, d, wk, mo or a")
        if abs(self.number) * (_MINUTES.get(self.unit) or _MONTHS[self.unit] * _LONGEST_MONTH) > _LONGEST:
            raise ValueError(f"“{self.number} {self.unit}” is longer than a thousand years; check the number")

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read ``"14 d"``. ValueError says what is wrong and what would be right."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError(
                f"“{text}” is no duration; write a whole number, a space and a unit, as in “14 d”"
            )
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"

    @property
    def is_fixed(self) -> bool:
        """Whether it is always equally long; months and years are not."""
        return self.unit in _MINUTES

    @property
    def minutes(self) -> int:
        """ValueError for months and years."""
        if not self.is_fixed:
            raise ValueError(f"“{self}” has no fixed number of days")
        return self.number * _MINUTES[self.unit]

    @property
    def days(self) -> int:
        """Whole days that it touches, rounded away from zero; ValueError for months and years."""
        whole = -(-abs(self.minutes) // _DAY)
        return whole if self.number >= 0 else -whole


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month; where that month has no such day, the first of the next.

    31 July plus two months is 1 October; 29 February plus twelve months is 1 March.
    """
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month_index + 1, day.day)
    except ValueError:
        return add_months(date(year, month_index + 1, 1), 1)


def add(day: date, duration: Duration) -> date:
    """The day that lies ``duration`` after ``day``; hours count as the days they touch."""
    months = _MONTHS.get(duration.unit)
    if months is not None:
        return add_months(day, duration.number * months)
    return day + timedelta(days=duration.days)


def first_day(day: date, duration: Duration) -> date:
    """The first day of a stretch that begins ``duration`` after ``day``: what begins an hour later is today."""
    return day + timedelta(days=duration.minutes // _DAY) if duration.is_fixed else add(day, duration)


def day_after(day: date, duration: Duration) -> date:
    """The first day that a stretch no longer touches which ends ``duration`` after ``day``."""
    return day - timedelta(days=-duration.minutes // _DAY) if duration.is_fixed else add(day, duration)


def age_in_years(birth: date, on: date) -> int:
    """Completed calendar years; somebody born on 29 February completes a year on 1 March.

    ValueError when ``on`` lies before the birth.
    """
    if on < birth:
        raise ValueError(f"{on} lies before the birth on {birth}")
    years = on.year - birth.year
    return years if add_months(birth, 12 * years) <= on else years - 1


_NAMES: Final = {"min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}


def in_words(duration: Duration) -> str:
    """``14 days``, ``1 year``."""
    return f"{duration.number} {_NAMES[duration.unit]}{'' if duration.number == 1 else 's'}"
