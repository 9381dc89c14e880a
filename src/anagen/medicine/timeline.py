"""One timeline: everything that has to do with time is a window with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

SESSION: Final = "session"  # the subject of windows in which no session may lie


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of days, ``start <= day < end``; without an end it stands until its reason is gone."""

    start: date
    end: date | None
    kind: str  # deferral, gap, avoid, do, busy, review
    subject: str  # session, wash, sun, alcohol, …
    reason: str
    rule: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"a window must end after it starts, not from {self.start} to {self.end}")

    def stands(self, on: date) -> bool:
        return self.start <= on and (self.end is None or on < self.end)

    def meets(self, start: date, end: date) -> bool:
        """Whether it shares a day with ``start <= day < end``."""
        return self.start < end and (self.end is None or start < self.end)


class Timeline:
    """A patient's windows, asked about days."""

    __slots__ = ("windows",)

    def __init__(self, windows: Iterable[Window]) -> None:
        self.windows = tuple(sorted(windows, key=lambda window: (window.start, window.end or date.max)))

    def __iter__(self) -> Iterator[Window]:
        return iter(self.windows)

    def standing(self, on: date, subject: str = SESSION) -> tuple[Window, ...]:
        """The windows of a subject that stand on a day."""
        return tuple(window for window in self.windows if window.subject == subject and window.stands(on))

    def is_free(self, on: date, subject: str = SESSION) -> bool:
        return not self.standing(on, subject)

    def first_free(self, start: date, subject: str = SESSION) -> date | None:
        """The first day from ``start`` on which no window of the subject stands; None when one never ends."""
        day = start
        while blocking := self.standing(day, subject):
            ends = [window.end for window in blocking]
            if None in ends:
                return None
            day = max(end for end in ends if end is not None)
        return day

    def blocked(self, start: date, end: date, subject: str = SESSION) -> frozenset[date]:
        """The days of ``start <= day < end`` on which a window of the subject stands."""
        days: set[date] = set()
        for window in self.windows:
            if window.subject == subject and window.meets(start, end):
                first = max(start, window.start)
                last = end if window.end is None else min(end, window.end)
                days.update(first + timedelta(days=ahead) for ahead in range((last - first).days))
        return frozenset(days)
