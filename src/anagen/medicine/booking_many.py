"""Many courses at once: each in turn as well as it can be, then some taken out and put back better, while time is left.

A course is booked as a whole or not at all. Courses without a place count most, then the sum of the costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from anagen.medicine.booking import answer
from anagen.medicine.booking_calendar import Calendar
from anagen.medicine.booking_chance import Chance
from anagen.medicine.booking_offer import Offer
from anagen.medicine.booking_words import Booked, Booking, Request, Weights

_LEAST, _MOST = 2, 7  # so many courses are taken out at a time

GoOn = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Bookings:
    """The courses in the order asked. ``cost`` and ``bound`` are of those that were placed.

    ``bound``: no booking of the placed courses costs less, because each alone in the calendar costs that much.
    ``hopeless``: courses that have no place even alone. ``rounds``: how often some were taken out and put back.
    """

    booked: tuple[Booked, ...]
    cost: int
    bound: int
    hopeless: int
    rounds: int

    @property
    def placed(self) -> int:
        return sum(each.complete for each in self.booked)

    @property
    def gap(self) -> int:
        """How much better it might at most be, for the courses that were placed."""
        return self.cost - self.bound


def _always() -> bool:
    return True


def book_courses(
    requests: Sequence[Request],
    calendar: Calendar,
    *,
    go_on: GoOn = _always,
    rounds: int | None = None,
    seed: int = 0,
    weights: Weights | None = None,
) -> Bookings:
    """Book all of these courses as cheaply as time allows; the calendar is left as it is.

    ``go_on`` is asked before each round, and says when time is up; ``rounds`` bounds them as well (None: no bound,
    and then ``go_on`` must end it). With the same seed and as many rounds the answer is the same. ValueError for two
    requests of one name.
    """
    if len({request.id for request in requests}) < len(requests):
        raise ValueError("two requests have one name; each course is asked for once")
    weights = weights or Weights()
    state = _State(calendar, [Offer(request, calendar, weights) for request in requests], weights, seed)
    try:
        state.begin()
        done = 0
        while (rounds is None or done < rounds) and state.open and go_on():
            state.round()
            done += 1
        state.restore()
        return state.result(done)
    finally:
        state.leave()


_Slots = tuple[Booking, ...]


@dataclass(slots=True)
class _State:
    calendar: Calendar
    offers: list[Offer]
    weights: Weights
    seed: int
    chance: Chance = field(init=False)
    held: list[_Slots] = field(init=False)
    costs: list[int] = field(init=False)
    alone: list[int | None] = field(init=False)  # the cost of each course alone in the calendar
    liked: list[frozenset[int]] = field(init=False)  # the days that it would then have
    open: bool = field(init=False, default=True)  # whether anything can still be made better
    best: tuple[int, int, list[_Slots], list[int]] = field(init=False)

    def begin(self) -> None:
        """Every course alone, for the bound; then one after the other, those with the least choice first."""
        number = len(self.offers)
        self.chance = Chance(self.seed)
        self.held, self.costs = [()] * number, [0] * number
        self.alone, self.liked = [], []
        for offer in self.offers:
            bookings, cost = offer.best()
            whole = len(bookings) == len(offer.request.visits)
            self.alone.append(cost if whole else None)
            self.liked.append(frozenset(each.day.toordinal() for each in bookings))
        order = sorted(
            self.hopeful, key=lambda each: (-(self.alone[each] or 0), self.offers[each].request.start)
        )
        for each in order:
            self.put(each)
        self.best = (*self.merit(), list(self.held), list(self.costs))
        self._look()

    @property
    def hopeful(self) -> list[int]:
        return [each for each, cost in enumerate(self.alone) if cost is not None]

    def merit(self) -> tuple[int, int]:
        """Courses without a place, and the cost of the others: less is better."""
        return sum(not held for held in self.held), sum(self.costs)

    def put(self, each: int, limit: int | None = None) -> bool:
        bookings, cost = self.offers[each].best(limit)
        if len(bookings) < len(self.offers[each].request.visits):
            return False
        self.hold(each, bookings, cost)
        return True

    def hold(self, each: int, bookings: _Slots, cost: int) -> None:
        for booking in bookings:
            self.calendar.book(booking)
        self.held[each], self.costs[each] = bookings, cost

    def take(self, each: int) -> None:
        for booking in self.held[each]:
            self.calendar.release(booking)
        self.held[each], self.costs[each] = (), 0

    def round(self) -> None:
        """Take a few out and put them back in another order; what is worse is undone."""
        few = self._few()
        before = [(each, self.held[each], self.costs[each]) for each in few]
        was = (sum(not held for _, held, _ in before), sum(cost for _, _, cost in before))
        for each in few:
            self.take(each)
        few = self.chance.shuffled(few)
        few.sort(key=lambda each: next(bool(held) for one, held, _ in before if one == each))
        missing, cost = 0, 0
        rest = sum(self.alone[each] or 0 for each in few)  # what those still out cost at least
        for each in few:
            rest -= self.alone[each] or 0
            limit = was[1] - cost - rest if missing == was[0] else None
            missing += not self.put(each, limit)
            cost += self.costs[each]
            if (missing, cost + rest) > was:
                break
        cost += rest
        if (missing, cost) > was:
            for each in few:
                self.take(each)
            for each, bookings, cost in before:
                self.hold(each, bookings, cost)
        elif (missing, cost) < was:
            self.best = (*self.merit(), list(self.held), list(self.costs))
            self._look()

    def _look(self) -> None:
        self.open = any(
            not self.held[each] or self.costs[each] > (self.alone[each] or 0) for each in self.hopeful
        )

    def _few(self) -> list[int]:
        """One course that could be better off, and those on the days that it would like; some by chance."""
        wanting = [
            each for each in self.hopeful if not self.held[each] or self.costs[each] > (self.alone[each] or 0)
        ]
        first = wanting[self.chance.below(len(wanting))]
        number = _LEAST + self.chance.below(_MOST - _LEAST + 1)
        others = [each for each in self.hopeful if each != first and self.held[each]]
        liked = self.liked[first]
        if self.chance.below(5) > 0:
            near = [
                (
                    sum(booking.day.toordinal() in liked for booking in self.held[each])
                    + self.chance.below(256) / 128,
                    each,
                )
                for each in others
            ]
            chosen = [each for _, each in sorted(near, reverse=True)[: number - 1]]
        else:
            chosen = self.chance.shuffled(others)[: number - 1]
        return [first, *chosen]

    def restore(self) -> None:
        """Back to the best that was found."""
        _, _, held, costs = self.best
        self.leave()
        for each, bookings in enumerate(held):
            self.hold(each, bookings, costs[each])

    def leave(self) -> None:
        for each in range(len(self.held)):
            self.take(each)

    def result(self, rounds: int) -> Bookings:
        booked = []
        for each, offer in enumerate(self.offers):
            part: Sequence[Booking] = self.held[each]
            if not part:
                found = answer(offer, offer.best()[0])
                booked.append(Booked(offer.request, (), found.unplaced, found.cost))
            else:
                booked.append(answer(offer, part))
        placed = [each for each in self.hopeful if self.held[each]]
        return Bookings(
            tuple(booked),
            sum(self.costs),
            sum(self.alone[each] or 0 for each in placed),
            len(self.offers) - len(self.hopeful),
            rounds,
        )
