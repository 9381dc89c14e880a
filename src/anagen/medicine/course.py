"""When can she come? All sessions of a protocol, on days that no window forbids.

The best course places as many sessions as can be placed, then deviates least from the usual gaps in total
(a day early counts as a day late, a day's wait for the first session as one), then ends soonest. It is found
exactly, by dynamic programming over session and day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from anagen.medicine.dates import Duration, add
from anagen.medicine.rules import Evidence
from anagen.medicine.timeline import SESSION, Timeline, Window

_ONE_DAY: Final = timedelta(days=1)
_LIMITS: Final = (0, 4, 8, 16, 32, 64)  # days of total deviation, tried one after the other before any at all


@dataclass(frozen=True, slots=True)
class Gap:
    """How long after the session before: never under ``least``, ``usual`` where possible, never over ``longest``."""

    least: Duration
    usual: Duration
    longest: Duration


@dataclass(frozen=True, slots=True)
class Review:
    """A point at which the course is judged."""

    after_session: int
    question: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """A named course. ``gaps`` and ``mixtures`` go by session number; the first session has no gap."""

    id: str
    title: str
    area: str
    usual_sessions: int
    least_sessions: int
    most_sessions: int
    gaps: Mapping[int, Gap]
    start_within: Duration
    session_length: Duration
    mixtures: Mapping[int, str]
    evidence: tuple[Evidence, ...]
    released: bool = True  # False: known, and not offered before the medical lead releases it
    reviews: tuple[Review, ...] = ()
    stop: tuple[str, ...] = ()
    repeat_after: Duration | None = None
    claims: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """One placed session, and the days to which it could be moved while the one before stays."""

    number: int
    day: date
    earliest: date
    latest: date
    mixture: str


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A session that found no day, and exactly why."""

    number: int
    reason: str
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """The sessions of a protocol on a timeline; ``deviation`` in days from the usual gaps."""

    protocol: Protocol
    start: date
    sessions: tuple[Session, ...]
    unplaced: tuple[Unplaced, ...]
    deviation: int

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(session.day for session in self.sessions)


def horizon(protocol: Protocol, start: date, sessions: int) -> date:
    """The first day on which no session of such a course can lie any more."""
    last = add(start, protocol.start_within)
    for number in range(2, sessions + 1):
        last = add(last, protocol.gaps[number].longest)
    return last + _ONE_DAY


class ImpossibleCourse(ValueError):
    """What was asked for contradicts the protocol: too many sessions, a fixed day out of order."""


def _ahead(day: date, days: int) -> date:
    return day + timedelta(days=days)


@dataclass(slots=True)
class _Search:
    """The days each session can take, with the least total deviation at which it is reached."""

    protocol: Protocol
    start: date
    timeline: Timeline
    fixed: Mapping[int, date]
    reached: list[dict[date, int]] = field(default_factory=list)
    blocked: frozenset[date] = frozenset()

    def run(self, sessions: int) -> None:
        """Most courses deviate little, so little is tried first: whatever costs more than the limit is left out.

        A course costs at least as much as any beginning of it. So once a limit lets all sessions be placed, every
        course that is as good as the best has been kept, and the answer is that of the search without a limit.
        """
        end = horizon(self.protocol, self.start, sessions)
        self.blocked = self.timeline.blocked(self.start, end)
        for limit in (*_LIMITS, (end - self.start).days):  # no session deviates by more than its longest gap
            self._reach(sessions, limit)
            if len(self.reached) == sessions:
                return

    def _reach(self, sessions: int, limit: int) -> None:
        latest = min(add(self.start, self.protocol.start_within), _ahead(self.start, limit))
        self.reached = [{day: (day - self.start).days for day in self._free(1, self.start, latest)}]
        while self.reached[-1] and len(self.reached) < sessions:
            self.reached.append(self._layer(len(self.reached) + 1, limit))
        if not self.reached[-1]:
            self.reached.pop()

    def _layer(self, number: int, limit: int) -> dict[date, int]:
        """For each day of this session the least deviation over all days of the one before."""
        gap = self.protocol.gaps[number]
        layer: dict[date, int] = {}
        for before, cost in self.reached[-1].items():
            usual = add(before, gap.usual)
            first = max(add(before, gap.least), _ahead(usual, cost - limit))
            last = min(add(before, gap.longest), _ahead(usual, limit - cost))
            for day in self._free(number, first, last):
                total = cost + abs((day - usual).days)
                if day not in layer or total < layer[day]:
                    layer[day] = total
        return layer

    def _free(self, number: int, first: date, last: date) -> list[date]:
        """Days from ``first`` to ``last``, both included, on which this session may lie."""
        if number in self.fixed:
            day = self.fixed[number]
            return [day] if first <= day <= last and day not in self.blocked else []
        days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
        return [day for day in days if day not in self.blocked]

    def best(self) -> tuple[tuple[date, ...], int]:
        """The days of the best course, traced back from its last session, and its deviation."""
        if not self.reached:
            return (), 0
        day, deviation = min(self.reached[-1].items(), key=lambda reached: (reached[1], reached[0]))
        days = [day]
        cost = deviation
        for number in range(len(self.reached), 1, -1):
            day, cost = self._before(number, day, cost)
            days.append(day)
        return tuple(reversed(days)), deviation

    def _before(self, number: int, day: date, cost: int) -> tuple[date, int]:
        """The earliest day of the session before from which ``day`` is reached at that cost."""
        gap = self.protocol.gaps[number]
        return min(
            (before, spent)
            for before, spent in self.reached[number - 2].items()
            if add(before, gap.least) <= day <= add(before, gap.longest)
            and spent + abs((day - add(before, gap.usual)).days) == cost
        )


def plan(
    protocol: Protocol,
    *,
    start: date,
    windows: Iterable[Window] = (),
    sessions: int | None = None,
    fixed: Mapping[int, date] | None = None,
) -> Course:
    """Place the sessions from ``start`` on. ``fixed`` holds sessions to days that somebody has chosen.

    ImpossibleCourse when more sessions are asked for than the protocol allows, or a fixed session is not one
    of them. Sessions for which no day is left are not refused: they come back unplaced, each with its reason.
    """
    wanted = protocol.usual_sessions if sessions is None else sessions
    fixed = dict(fixed or {})
    if not protocol.least_sessions <= wanted <= protocol.most_sessions:
        raise ImpossibleCourse(
            f"{protocol.title} has {protocol.least_sessions} to {protocol.most_sessions} sessions, not {wanted}"
        )
    for number in fixed:
        if not 1 <= number <= wanted:
            raise ImpossibleCourse(f"there is no session {number}; this course has {wanted}")
    timeline = Timeline(windows)
    search = _Search(protocol, start, timeline, fixed)
    search.run(wanted)
    days, deviation = search.best()
    return Course(
        protocol=protocol,
        start=start,
        sessions=tuple(_session(search, number, days) for number in range(1, len(days) + 1)),
        unplaced=tuple(
            _unplaced(search, number, days, wanted) for number in range(len(days) + 1, wanted + 1)
        ),
        deviation=deviation,
    )


def _range(search: _Search, number: int, days: tuple[date, ...]) -> tuple[date, date]:
    """First and last day that the protocol allows for a session, given the one before."""
    if number == 1:
        return search.start, add(search.start, search.protocol.start_within)
    gap = search.protocol.gaps[number]
    return add(days[number - 2], gap.least), add(days[number - 2], gap.longest)


def _session(search: _Search, number: int, days: tuple[date, ...]) -> Session:
    first, last = _range(search, number, days)
    span = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    free = [day for day in span if day not in search.blocked]
    return Session(number, days[number - 1], free[0], free[-1], search.protocol.mixtures.get(number, ""))


def _unplaced(search: _Search, number: int, days: tuple[date, ...], wanted: int) -> Unplaced:
    if number > len(days) + 1:
        return Unplaced(number, f"Session {len(days) + 1} has no day, and session {number} comes after it.")
    if number == 1:
        first, last = _range(search, number, days)
    else:
        gap = search.protocol.gaps[number]
        reached = search.reached[-1]
        first, last = add(min(reached), gap.least), add(max(reached), gap.longest)
    fixed = search.fixed.get(number)
    if fixed is not None and not first <= fixed <= last:
        return Unplaced(
            number, f"{fixed} was chosen, but session {number} must lie between {first} and {last}.", ()
        )
    chosen = (fixed, fixed) if fixed is not None else (first, last)
    blocking = tuple(
        window
        for window in search.timeline
        if window.subject == SESSION and window.meets(chosen[0], chosen[1] + _ONE_DAY)
    )
    where = f"on {fixed}" if fixed is not None else f"from {first} to {last}"
    if not blocking:
        return Unplaced(
            number, f"{fixed} was chosen, but no possible day of session {number - 1} fits before it."
        )
    why = "; ".join(f"{window.reason} ({_span(window)})" for window in blocking)
    return Unplaced(number, f"No day {where} is permitted: {why}", blocking)


def _span(window: Window) -> str:
    if window.end is None:
        return f"from {window.start}, until that has ended"
    last = window.end - _ONE_DAY
    return f"on {window.start}" if last == window.start else f"{window.start} to {last}"
