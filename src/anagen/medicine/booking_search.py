"""The cheapest days and people for the sessions of one course: a dynamic programme over session, day and person.

Days are bits of a number, so that all days that are reached at the same cost move on together. Costs are taken in
rising order; the first at which the last session is reached is the least there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

Steps = tuple[tuple[int, tuple[int, ...]], ...]  # (cost, days ahead…), the costs rising
Option = tuple[int, int]  # cost, the days that have it
Options = Sequence[Sequence[Option]]  # by person; a day stands once for each person


@dataclass(frozen=True, slots=True)
class Move:
    """From the days ``of`` to ``least`` up to ``longest`` days later, at what cost."""

    of: int
    least: int
    longest: int
    steps: Steps


@dataclass(frozen=True, slots=True)
class Found:
    """Day, person and cost of the option for each session that could be reached."""

    chosen: tuple[tuple[int, int, int], ...]
    cost: int


def _spread(days: int, least: int, longest: int) -> int:
    """All days that lie ``least`` to ``longest`` after any of ``days``."""
    found, have = days << least, 1
    wanted = longest - least + 1
    while have < wanted:
        step = min(have, wanted - have)
        found |= found << step
        have += step
    return found


def _back(days: int, least: int, longest: int) -> int:
    """All days from which any of ``days`` lies ``least`` to ``longest`` ahead."""
    found, have = days >> least, 1
    wanted = longest - least + 1
    while have < wanted:
        step = min(have, wanted - have)
        found |= found >> step
        have += step
    return found


def reachable(options: Sequence[Options], moves: Sequence[Sequence[Move]]) -> list[int]:
    """For each session the days on which it can lie, whatever it costs; as many sessions as can be placed."""
    found: list[int] = []
    before = 1
    for rows, ways in zip(options, moves, strict=True):
        free = days = 0
        for row in rows:
            for _, having in row:
                free |= having
        for way in ways:
            days |= _spread(before & way.of, way.least, way.longest)
        before = days & free
        if not before:
            break
        found.append(before)
    return found


def alive(reached: list[int], moves: Sequence[Sequence[Move]]) -> list[int]:
    """Of the days that are reached, those from which the last session can be reached."""
    found = list(reached)
    for number in range(len(found) - 1, 0, -1):
        onward = 0
        for way in moves[number]:
            onward |= way.of & _back(found[number], way.least, way.longest)
        found[number - 1] &= onward
    return found


_Arrival = tuple[int, int, Steps, int]  # person or -1 for anybody, days before the step, steps, which
_Settling = tuple[int, int]  # person, days


@dataclass(slots=True)
class _Level:
    """What happens at one cost, by session."""

    arrivals: list[list[_Arrival]]
    settling: list[list[_Settling]]


@dataclass(slots=True)
class _Search:
    options: Sequence[Options]
    moves: Sequence[Sequence[Move]]
    change: int
    days: list[int]
    levels: dict[int, _Level] = field(default_factory=dict)
    costs: list[int] = field(default_factory=list)
    reached: list[list[dict[int, int]]] = field(default_factory=list)  # session, person: cost → days
    arrived: list[list[int]] = field(default_factory=list)
    settled: list[list[int]] = field(default_factory=list)
    anyone: list[int] = field(default_factory=list)

    def run(self) -> int:
        """The least cost at which the last session is reached; it is known that it can be."""
        sessions = len(self.days)
        people = len(self.options[0])
        self.reached = [[{} for _ in range(people)] for _ in range(sessions)]
        self.arrived = [[0] * people for _ in range(sessions)]
        self.settled = [[0] * people for _ in range(sessions)]
        self.anyone = [0] * sessions
        self._launch(0, 0, -1, 1)
        while True:
            cost = heappop(self.costs)
            level = self.levels[cost]
            for session in range(sessions):
                if level.arrivals[session]:
                    self._arrive(cost, session, level)
                if level.settling[session]:
                    self._settle(cost, session, level.settling[session])
            if self.anyone[-1]:
                return cost

    def _level(self, cost: int) -> _Level:
        level = self.levels.get(cost)
        if level is None:
            sessions = range(len(self.days))
            level = self.levels[cost] = _Level([[] for _ in sessions], [[] for _ in sessions])
            heappush(self.costs, cost)
        return level

    def _launch(self, cost: int, session: int, person: int, days: int) -> None:
        for way in self.moves[session]:
            some = days & way.of
            if some:
                self._level(cost + way.steps[0][0]).arrivals[session].append((person, some, way.steps, 0))

    def _arrive(self, cost: int, session: int, level: _Level) -> None:
        arrived, alive = self.arrived[session], self.days[session]
        fresh = [0] * len(arrived)
        everybody = range(len(arrived))
        for person, days, steps, number in level.arrivals[session]:
            moved = 0
            spent, shifts = steps[number]
            for shift in shifts:
                moved |= days << shift
            number += 1
            if number < len(steps):
                later = self._level(cost + steps[number][0] - spent)
                later.arrivals[session].append((person, days, steps, number))
            moved &= alive
            if moved:
                for each in everybody if person < 0 else (person,):
                    new = moved & ~arrived[each]
                    arrived[each] |= new
                    fresh[each] |= new
        for person, days in enumerate(fresh):
            if days:
                for extra, having in self.options[session][person]:
                    hit = days & having
                    if hit:
                        into = self._level(cost + extra) if extra else level
                        into.settling[session].append((person, hit))

    def _settle(self, cost: int, session: int, settling: list[_Settling]) -> None:
        onward = session + 1 < len(self.days)
        everyone = 0
        for person, days in settling:
            new = days & ~self.settled[session][person]
            if new:
                self.settled[session][person] |= new
                reached = self.reached[session][person]
                reached[cost] = reached.get(cost, 0) | new
                everyone |= new
                if self.change and onward:
                    self._launch(cost, session + 1, person, new)
        everyone &= ~self.anyone[session]
        self.anyone[session] |= everyone
        if everyone and onward:
            self._launch(cost + self.change, session + 1, -1, everyone)

    def trace(self, cost: int) -> tuple[tuple[int, int, int], ...]:
        """Back from the earliest last day; the same person as after it where that costs nothing more."""
        day, person = min(
            ((days & -days).bit_length() - 1, person)
            for person, reached in enumerate(self.reached[-1])
            if (days := reached.get(cost, 0))
        )
        chosen = []
        for session in range(len(self.days) - 1, -1, -1):
            extra = next(extra for extra, days in self.options[session][person] if days >> day & 1)
            chosen.append((day, person, extra))
            if session:
                day, person, cost = self._before(session, day, person, cost - extra)
        return tuple(reversed(chosen))

    def _before(self, session: int, day: int, person: int, cost: int) -> tuple[int, int, int]:
        """A day and person of the session before from which this one was reached at that cost."""
        others = [each for each in range(len(self.arrived[session])) if each != person]
        return next(
            (day - shift, each, left)
            for each in (person, *others)
            for way in self.moves[session]
            for spent, shifts in way.steps
            for shift in shifts
            if shift <= day and way.of >> (day - shift) & 1
            if (left := cost - spent - (self.change if each != person else 0)) >= 0
            and self.reached[session - 1][each].get(left, 0) >> (day - shift) & 1
        )


def cheapest(options: Sequence[Options], moves: Sequence[Sequence[Move]], change: int = 0) -> Found:
    """As many sessions as can be placed, as cheaply as possible, ending as soon as possible.

    ``options`` by session and person; ``moves`` by session, the first from bit 0 of a day that stands for the start;
    ``change`` is the cost of another person than the one before.
    """
    reached = reachable(options, moves)
    if not reached:
        return Found((), 0)
    search = _Search(options, moves, change, alive(reached, moves))
    cost = search.run()
    return Found(search.trace(cost), cost)
