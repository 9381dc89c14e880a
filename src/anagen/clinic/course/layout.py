"""Where everything of the drawing goes: windows into lanes and rows, days onto a scale. Plain values, no markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from anagen.medicine.planning import REVIEW
from anagen.medicine.timeline import SESSION, Window

from .wording import BUSY, DO, kind_words, lane_of, lane_order, lane_words, stretch

_DAY = timedelta(days=1)
_NEAR = timedelta(days=42)  # so far beyond the sessions the picture reaches to show an end, or today
ROW, LANE_GAP = 17, 7


class Placed(Protocol):
    """A session that has a day: medicine's, or a stored one."""

    @property
    def number(self) -> int: ...
    @property
    def day(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Bar:
    """One window in one row of a lane; `end` is where it is drawn to, `goes_on` that it stands longer."""

    window: Window
    start: date
    end: date
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """The windows of one subject; in none of its rows do two bars overlap."""

    key: str
    name: str
    rows: tuple[tuple[Bar, ...], ...]

    @property
    def height(self) -> int:
        return len(self.rows) * ROW + LANE_GAP


@dataclass(frozen=True, slots=True)
class Scale:
    """Days to points on paper."""

    first: date
    end: date
    width: float

    def x(self, day: date) -> float:
        whole = (self.end - self.first).days
        return round(self.width * (day - self.first).days / whole, 2)

    @property
    def day(self) -> float:
        return self.width / (self.end - self.first).days


def lanes_of(windows: Iterable[Window], first: date, end: date) -> tuple[Lane, ...]:
    """The windows of `first <= day < end` by subject. Each goes into the first row in which it has room."""
    by_lane: dict[str, list[Window]] = {}
    for window in windows:
        if window.meets(first, end):
            by_lane.setdefault(lane_of(window), []).append(window)
    lanes = []
    for key in sorted(by_lane, key=lane_order):
        rows: list[list[Bar]] = []
        for window in sorted(by_lane[key], key=lambda one: (one.start, one.end or date.max)):
            stop = end if window.end is None else min(window.end, end)
            bar = Bar(window, max(window.start, first), stop, window.end is None or window.end > end)
            row = next((row for row in rows if row[-1].end <= bar.start), None)
            if row is None:
                rows.append(row := [])
            row.append(bar)
        lanes.append(Lane(key, lane_words(key), tuple(map(tuple, rows))))
    return tuple(lanes)


def tone(window: Window) -> str:
    """Which of the patterns a window wears."""
    if window.kind == BUSY:
        return "own"
    if window.kind == REVIEW:
        return "review"
    if window.kind == DO:
        return "do"
    if window.subject == SESSION:
        return "heal" if window.kind in ("gap", "avoid") else "stop"
    return "avoid"


def bar_words(window: Window) -> str:
    """What a bar says to whoever cannot see it."""
    return f"{lane_words(lane_of(window))}, {kind_words(window)}, {stretch(window.start, window.end)}: {window.reason}"


def scale_of(
    sessions: Sequence[Placed], windows: Sequence[Window], before: Sequence[Placed], today: date, width: int
) -> Scale:
    """From the Monday before everything near the sessions to the Monday after it; today is in it when near."""
    days = [session.day for session in (*sessions, *before)] or [today]
    first, last = min(days), max(days) + _DAY
    soonest, latest = first - _NEAR, last + _NEAR
    if any(window.kind == DO for window in windows):
        latest = max([latest, *(window.end for window in windows if window.end and window.kind == DO)])
    for window in windows:
        first = min(first, max(window.start, soonest))
        if window.end is not None:
            last = max(last, min(window.end, latest))
    if soonest <= today < latest:
        first, last = min(first, today), max(last, today + _DAY)
    first -= timedelta(days=first.weekday())
    last += timedelta(days=-last.weekday() % 7)
    return Scale(first, max(last, first + timedelta(days=28)), width)


def only(windows: Iterable[Window], *, advice: bool) -> Iterator[Window]:
    """The windows of one of the two pictures: what forbids or limits, or the advice on what to do and watch for."""
    return (window for window in windows if (window.kind == DO) is advice)
