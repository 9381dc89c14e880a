"""FHIR's dates: a day, a month or a year, perhaps with a time; what each may mean, and which reading is safe.

A partial date is legal. It is read so that the risk counts longest: a state begins on the first day it may mean and
ends on the last one, an event happened on the last one that is not in the future.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from anagen.exchange.fhir.elements import Element

_FORM: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)
_WRITE: Final = "Write a day that exists, as 2026-11-21."


class Span(NamedTuple):
    """The days that a date may mean. ``moment``: the instant in UTC, where a time and a zone are given."""

    first: date
    last: date
    moment: datetime | None = None

    @property
    def exact(self) -> bool:
        return self.first == self.last


@lru_cache(maxsize=4096)
def span_of(text: str) -> Span:
    """Read a FHIR date or dateTime; ValueError says what is wrong. The day is that of the writer's own zone."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is no date of FHIR.")
    year, month, day, time = int(match[1]), match[2], match[3], match[4]
    try:
        if month is None:
            return Span(date(year, 1, 1), date(year, 12, 31))
        if day is None:
            return Span(date(year, int(month), 1), date(year, int(month), monthrange(year, int(month))[1]))
        found = date(year, int(month), int(day))
        return Span(found, found, _moment(found, time) if time else None)
    except (ValueError, OverflowError):
        raise ValueError(f"“{text}” is not in the calendar.") from None


def _moment(day: date, time: str) -> datetime | None:
    """The instant in UTC; None without a zone. A leap second counts as the one before."""
    stamp = datetime.fromisoformat(f"{day}{time.replace(':60', ':59')}")
    return stamp.astimezone(UTC) if stamp.tzinfo is not None else None


def span(element: Element, key: str, on: date, *, may_lie_ahead: bool = False) -> Span | None:
    """The date under ``key``; None when there is none.

    BadInput for what is no date and, unless it ``may_lie_ahead``, for one that lies after ``on`` in the writer's
    zone and in UTC alike. A partial date that reaches past ``on`` is cut there.
    """
    if key not in element.data or not (text := element.word(key)):
        return None
    try:
        found = span_of(text)
    except ValueError as error:
        raise element.bad(key, str(error), _WRITE) from None
    if may_lie_ahead or found.last <= on:
        return found
    if found.first <= on:
        return found._replace(last=on)
    if found.moment is not None and found.moment.date() <= on:
        return Span(on, on, found.moment)
    what = f"“{text}” lies in the future: the day of this screening is {on}."
    raise element.bad(key, what, "Mend the date, or screen on a later day with --on.")


def latest_of(*spans: Span | None) -> date | None:
    """The last day that the first known one of some dates may mean."""
    return next((found.last for found in spans if found is not None), None)
