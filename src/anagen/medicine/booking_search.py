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


_Front = tuple[int, Steps, int]  # days before the step, all steps, which is next
_Ways = list[tuple[int, Steps]]  # from these days, these steps


@dataclass(slots=True)
class _Level:
    """What happens at one cost, by session: fronts move a step, days settle, somebody else may take over."""

    fronts: list[list[_Front]]
    settling: list[int]
    switching: list[int]


@dataclass(slots=True)
class _Search:
    """The days of all people lie in one number, each person's in a lane of ``width`` bits."""

    options: list[list[Option]]
    ways: list[_Ways]
    change: int
    days: list[int]
    width: int
    people: int
    each: int  # the first bit of every lane
    levels: dict[int, _Level] = field(default_factory=dict)
    costs: list[int] = field(default_factory=list)
    reached: list[dict[int, int]] = field(default_factory=list)  # by session: cost → days
    arrived: list[int] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    anyone: list[int] = field(default_factory=list)

    def run(self, limit: int | None) -> int | None:
        """The least cost at which the last session is reached, which it can be; None if that is over the limit."""
        sessions = len(self.days)
        self.reached = [{} for _ in range(sessions)]
        self.arrived, self.settled, self.anyone = [0] * sessions, [0] * sessions, [0] * sessions
        self._launch(0, 0, self.each)
        while not self.reached[-1]:
            cost = heappop(self.costs)
            if limit is not None and cost > limit:
                return None
            level = self.levels[cost]
            for session in range(sessions):
                if level.switching[session]:
                    new = level.switching[session] * self.each & ~self.settled[session - 1]
                    self._launch(cost, session, new)
                if level.fronts[session]:
                    self._step(cost, session, level)
                if level.settling[session]:
                    self._settle(cost, session, level.settling[session])
        return cost

    def _level(self, cost: int) -> _Level:
        level = self.levels.get(cost)
        if level is None:
            sessions = len(self.days)
            level = _Level([[] for _ in range(sessions)], [0] * sessions, [0] * sessions)
            self.levels[cost] = level
            heappush(self.costs, cost)
        return level

    def _launch(self, cost: int, session: int, days: int) -> None:
        for of, steps in self.ways[session]:
            some = days & of
            if some:
                self._level(cost + steps[0][0]).fronts[session].append((some, steps, 0))

    def _step(self, cost: int, session: int, level: _Level) -> None:
        moved = 0
        for days, steps, number in level.fronts[session]:
            spent, shifts = steps[number]
            for shift in shifts:
                moved |= days << shift
            number += 1
            if number < len(steps):
                self._level(cost + steps[number][0] - spent).fronts[session].append((days, steps, number))
        moved &= self.days[session] & ~self.arrived[session]
        if moved:
            self.arrived[session] |= moved
            for extra, having in self.options[session]:
                hit = moved & having
                if hit:
                    (self._level(cost + extra) if extra else level).settling[session] |= hit

    def _settle(self, cost: int, session: int, days: int) -> None:
        """Every day of every person arrives once, and so settles once."""
        self.settled[session] |= days
        self.reached[session][cost] = days
        if session + 1 < len(self.days):
            self._launch(cost, session + 1, days)
            if self.people > 1:
                lane = (1 << self.width) - 1
                new = 0
                for person in range(self.people):
                    new |= days >> (person * self.width) & lane
                new &= ~self.anyone[session]
                if new:
                    self.anyone[session] |= new
                    self._level(cost + self.change).switching[session + 1] |= new

    def trace(self, cost: int) -> tuple[tuple[int, int, int], ...]:
        """Back from the earliest last day; the same person as after it where that costs nothing more."""
        lane = (1 << self.width) - 1
        ends = [self.reached[-1][cost] >> (person * self.width) & lane for person in range(self.people)]
        day, person = min(
            ((days & -days).bit_length() - 1, person) for person, days in enumerate(ends) if days
        )
        chosen = []
        for session in range(len(self.days) - 1, -1, -1):
            place = person * self.width + day
            extra = next(extra for extra, days in self.options[session] if days >> place & 1)
            chosen.append((day, person, extra))
            if session:
                day, person, cost = self._before(session, day, person, cost - extra)
        return tuple(reversed(chosen))

    def _before(self, session: int, day: int, person: int, cost: int) -> tuple[int, int, int]:
        """A day and person of the session before from which this one was reached at that cost."""
        others = [each for each in range(self.people) if each != person]
        return next(
            (day - shift, each, left)
            for each in (person, *others)
            for of, steps in self.ways[session]
            for spent, shifts in steps
            for left in (cost - spent - (self.change if each != person else 0),)
            for shift in shifts
            if shift <= day
            and (of & self.reached[session - 1].get(left, 0)) >> (each * self.width + day - shift) & 1
        )


def cheapest(
    options: Sequence[Options], moves: Sequence[Sequence[Move]], change: int = 0, limit: int | None = None
) -> Found:
    """As many sessions as can be placed, as cheaply as possible, ending as soon as possible.

    ``options`` by session and person; ``moves`` by session, the first from bit 0 of a day that stands for the start;
    ``change`` is the cost of another person than the one before. Nothing is found if all costs more than the limit.
    """
    reached = reachable(options, moves)
    if not reached:
        return Found((), 0)
    people = len(options[0])
    last = max(days.bit_length() for days in reached)
    width = last + max(way.longest for ways in moves for way in ways) + 1  # nothing moves into the next lane
    within = (1 << last) - 1
    lanes = sum(1 << (person * width) for person in range(people))
    folded: dict[int, list[Option]] = {}
    for rows in options:
        if id(rows) not in folded:
            folded[id(rows)] = [
                (cost, (days & within) << (person * width))
                for person, row in enumerate(rows)
                for cost, days in row
            ]
    search = _Search(
        [folded[id(rows)] for rows in options],
        [[((way.of & within) * lanes, way.steps) for way in ways] for ways in moves],
        change,
        [days * lanes for days in alive(reached, moves)],
        width,
        people,
        lanes,
    )
    cost = search.run(limit)
    return Found((), 0) if cost is None else Found(search.trace(cost), cost)
