"""When something changes: what must move, what may stay, and the least disturbing new plan.

Somebody is off sick, a room is closed, a window is new, a lot is recalled: the caller hands in the clinic and the
requests as they now are, and gets a proposal. Nothing is decided here; people are asked before it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from operator import or_

from anagen.medicine.booking import answer
from anagen.medicine.booking_calendar import Calendar, bits, last_day
from anagen.medicine.booking_chance import Chance
from anagen.medicine.booking_faults import faults
from anagen.medicine.booking_offer import Offer, Place
from anagen.medicine.booking_search import Option, alive, cheapest, reachable
from anagen.medicine.booking_words import Booking, Clinic, Request, Visit, Weights

_ASIDE = 16  # so many of the others are tried when one has no place unless somebody makes room
_NO_GAPS = Weights(day=0)  # gaps stay as hard as ever; how usual they are does not count in a repair


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What a change costs the patient, in whole numbers; how many patients are moved counts before all of it."""

    session: int = 100  # each session that gets another time
    day: int = 20  # each day by which it moves
    slot: int = 1  # each slot by which it moves on the same day
    person: int = 5  # somebody else


@dataclass(frozen=True, slots=True)
class Change:
    """One session as it was and as it is proposed, and why. ``new`` is None where no place was found."""

    old: Booking
    new: Booking | None
    reason: str

    @property
    def moved(self) -> bool:
        """Whether the patient has to come at another time."""
        return self.new is None or (self.old.day, self.old.slot) != (self.new.day, self.new.slot)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would change, and every booking as it would then be, in order of time.

    ``patients`` are moved to another time; no plan that leaves the people and rooms of unconcerned patients as they
    are moves fewer than ``fewest``. ``cost`` sums the disturbance of sessions that find a place.
    """

    changes: tuple[Change, ...]
    bookings: tuple[Booking, ...]
    patients: int
    fewest: int
    cost: int

    @property
    def complete(self) -> bool:
        return all(change.new is not None for change in self.changes)


def rebook(
    bookings: Iterable[Booking],
    *,
    clinic: Clinic,
    requests: Iterable[Request],
    on: date,
    go_on: Callable[[], bool] = lambda: True,
    rounds: int = 40,
    seed: int = 0,
    disturbance: Disturbance | None = None,
) -> Proposal:
    """Mend bookings that no longer hold, from ``on`` on; what lies before is over and stays.

    The requests are those of the whole courses, with their windows as they are now. Courses that are in order are
    touched only if one that is not has no place otherwise. ``go_on`` is asked before each further attempt, of which
    there are at most ``rounds``. ValueError for a booking that has to move and whose course is not among the requests.
    """
    repair = _Repair(
        tuple(bookings), clinic, {each.id: each for each in requests}, on, disturbance or Disturbance()
    )
    return repair.run(go_on, rounds, Chance(seed))


_Plan = dict[str, tuple[Booking, ...]]  # by course, what replaces its open bookings
_Merit = tuple[int, int, int]


@dataclass(slots=True)
class _Repair:
    bookings: tuple[Booking, ...]
    clinic: Clinic
    requests: Mapping[str, Request]
    on: date
    disturbance: Disturbance
    reasons: dict[tuple[str, int], str] = field(init=False, default_factory=dict)
    open: dict[str, tuple[Booking, ...]] = field(init=False, default_factory=dict)
    offers: dict[str, Offer] = field(init=False, default_factory=dict)
    calendar: Calendar = field(init=False)

    def run(self, go_on: Callable[[], bool], rounds: int, chance: Chance) -> Proposal:
        for fault in faults(self.bookings, clinic=self.clinic, requests=self.requests.values()):
            self.reasons.setdefault((fault.course, fault.number), fault.words)
        ordered = sorted(self.bookings, key=lambda each: (each.course, each.number))
        for booking in ordered:
            if booking.day >= self.on:
                self.open[booking.course] = (*self.open.get(booking.course, ()), booking)
        broken = [
            course
            for course, held in self.open.items()
            if any((course, booking.number) in self.reasons for booking in held)
        ]
        if not broken:
            return self._proposal({}, 0, 0)
        for course in broken:
            if course not in self.requests:
                raise ValueError(f"course {course} has to move, and its request is not given")
        days = max((last_day(request) - self.on).days for request in self.requests.values()) + 1
        staying = [each for each in ordered if each.course not in broken]
        self.calendar = Calendar(self.clinic, self.on, max(1, days), staying)
        alone = {course: self._merit({course: self._placed(course)}) for course in broken}
        order = sorted(broken, key=lambda course: (alone[course], course), reverse=True)
        best = self._attempt(order, go_on)
        fewest = sum(merit[1] for merit in alone.values())
        bound = (sum(merit[0] for merit in alone.values()), fewest, sum(merit[2] for merit in alone.values()))
        for _ in range(rounds):
            merit = self._merit(best)
            if merit <= bound or not go_on():
                break
            order = chance.shuffled(order)
            tried = self._attempt(order, go_on)
            if self._merit(tried) < merit:
                best = tried
        return self._proposal(best, fewest, self._merit(best)[2])

    # one course

    def _offer(self, course: str) -> Offer:
        """The part of a course that is still to come."""
        if course not in self.offers:
            request, first = self.requests[course], self.open[course][0].number
            given = [each for each in self.bookings if each.course == course and each.day < self.on]
            skipped = first - request.first
            self.offers[course] = Offer(
                replace(
                    request,
                    visits=request.visits[skipped : skipped + len(self.open[course])],
                    first=first,
                    after=max((each.day for each in given), default=request.after),
                ),
                self.calendar,
                _NO_GAPS,
            )
        return self.offers[course]

    def _placed(self, course: str) -> tuple[Booking, ...]:
        """The least disturbing places for as many of the sessions as have one."""
        offer = self._offer(course)
        if not offer.length:
            return ()
        starts: dict[Visit, dict[str, int]] = {}
        for visit in offer.request.visits:
            if visit not in starts:
                starts[visit] = offer.starts(visit)
        held = self.open[course]
        free = [
            {
                each.id: days
                for each in self.clinic.staff
                if starts[old.visit].get(each.id)
                and (days := offer.on_days(old.visit, each.id, starts[old.visit][each.id]))
            }
            for old in held
        ]
        anybody = [[[(0, reduce(or_, days.values(), 0))]] for days in free]
        within = alive(reachable(anybody, offer.moves), offer.moves)
        rows = [
            [self._row(offer, old, starts[old.visit], days, some)]
            for old, days, some in zip(held, free, within, strict=False)
        ]
        found = cheapest(rows, offer.moves[: len(rows)])
        new = []
        for index, (day, _, _) in enumerate(found.chosen):
            old = held[index]
            place = offer.first + day
            elsewhere = self.calendar.day(place) != old.day
            _, slot, person = self._best_at(old, starts[old.visit], free[index], day, moved=elsewhere)
            things = offer.things(old.visit, place, slot, old.things)
            new.append(offer.booking(index, Place(place, slot, person, things)))
        return tuple(new)

    def _row(
        self, offer: Offer, old: Booking, starts: Mapping[str, int], free: Mapping[str, int], within: int
    ) -> list[Option]:
        """What each day costs the patient who was told to come at the old time, with whoever suits best."""
        was = (old.day - self.calendar.day(offer.first)).days
        same = free.get(old.person, 0)
        by_cost: dict[int, int] = {}
        for day in bits(within):
            if day == was:
                cost = self._best_at(old, starts, free, day)[0]
            else:
                cost = self._moved(abs(day - was), 0) + (0 if same >> day & 1 else self.disturbance.person)
            by_cost[cost] = by_cost.get(cost, 0) | 1 << day
        return list(by_cost.items())

    def _best_at(
        self,
        old: Booking,
        starts: Mapping[str, int],
        free: Mapping[str, int],
        day: int,
        *,
        moved: bool = False,
    ) -> tuple[int, int, str]:
        """The least disturbing start of a day: cost, slot, person. On another day the same person comes first."""
        found = []
        for person, days in free.items():
            if days >> day & 1:
                slot = _nearest(self.calendar.lanes.lane(starts[person], day), old.slot)
                other = 0 if person == old.person else self.disturbance.person
                slots = abs(slot - old.slot)
                found.append((other if moved else other + self._moved(0, slots), slots, slot, person))
        cost, _, slot, person = min(found)
        return cost, slot, person

    def _moved(self, days: int, slots: int) -> int:
        """Once it is another day, its slot counts no more, though the nearest is taken."""
        told = self.disturbance
        if days:
            return told.session + told.day * days
        return told.session + told.slot * slots if slots else 0

    # all of them

    def _attempt(self, order: Iterable[str], go_on: Callable[[], bool]) -> _Plan:
        """One after the other; where one has no place, somebody else is asked to make room."""
        plan: _Plan = {}
        for course in order:
            new = self._placed(course)
            self._book(new)
            plan[course] = new
            if len(new) < len(self.open[course]):
                self._make_room(course, plan, go_on)
        for new in plan.values():
            self._release(new)
        for course in plan:
            if not self._is_broken(course):
                self._book(self.open[course])
        return plan

    def _is_broken(self, course: str) -> bool:
        return any((course, booking.number) in self.reasons for booking in self.open[course])

    def _make_room(self, course: str, plan: _Plan, go_on: Callable[[], bool]) -> None:
        """Move one other course, if that gives this one all its places: the one that is disturbed least."""
        self._release(plan[course])
        stuck = self.open[course][len(plan[course])]
        near = sorted(
            (min(abs((each.day - stuck.day).days) for each in held), other)
            for other, held in self.open.items()
            if other not in plan and other in self.requests and not self._is_broken(other)
        )
        best: tuple[_Merit, _Plan] | None = None
        for _, other in near[:_ASIDE]:
            if not go_on():
                break
            self._release(self.open[other])
            mine = self._placed(course)
            self._book(mine)
            theirs = self._placed(other)
            self._release(mine)
            self._book(self.open[other])
            both = {course: mine, other: theirs}
            merit = self._merit(both)
            if not merit[0] and (best is None or merit < best[0]):
                best = merit, both
        if best is None:
            self._book(plan[course])
            return
        for other, new in best[1].items():
            if other != course:
                self._release(self.open[other])
            plan[other] = new
        for new in best[1].values():  # only now: a booking may lie where another one was
            self._book(new)

    def _book(self, bookings: Iterable[Booking]) -> None:
        for booking in bookings:
            self.calendar.book(booking)

    def _release(self, bookings: Iterable[Booking]) -> None:
        for booking in bookings:
            self.calendar.release(booking)

    def _merit(self, plan: _Plan) -> _Merit:
        """Sessions without a place, patients who are moved, disturbance: less is better."""
        missing = cost = 0
        moved: set[str] = set()
        for course, new in plan.items():
            held = self.open[course]
            missing += len(held) - len(new)
            for old, booking in zip(held, new, strict=False):
                days, slots = abs((booking.day - old.day).days), abs(booking.slot - old.slot)
                cost += self._moved(days, slots)
                cost += 0 if booking.person == old.person else self.disturbance.person
                if days or slots:
                    moved.add(old.patient)
            moved.update(old.patient for old in held[len(new) :])
        return missing, len(moved), cost

    # what is proposed

    def _proposal(self, plan: _Plan, fewest: int, cost: int) -> Proposal:
        changes = []
        for course in sorted(plan):
            held, new = self.open[course], plan[course]
            rest = answer(self._offer(course), new).unplaced if len(new) < len(held) else ()
            why = next(
                (self.reasons[course, old.number] for old in held if (course, old.number) in self.reasons), ""
            )
            why = (
                f"Follows from another session of this course: {why}"
                if why
                else "Makes room for another patient."
            )
            for old, booking in zip(held, new, strict=False):
                if booking != old:
                    changes.append(Change(old, booking, self.reasons.get((course, old.number), why)))
            for old, unplaced in zip(held[len(new) :], rest, strict=True):
                reason = self.reasons.get((course, old.number), why)
                changes.append(Change(old, None, f"{reason} {unplaced.reason}"))
        fresh = [booking for new in plan.values() for booking in new]
        kept = [each for each in self.bookings if each.course not in plan or each.day < self.on]
        return Proposal(
            tuple(changes),
            tuple(sorted((*kept, *fresh), key=lambda each: (each.day, each.slot, each.course))),
            len({change.old.patient for change in changes if change.moved}),
            fewest,
            cost,
        )


def _nearest(starts: int, slot: int) -> int:
    """The start that lies nearest, the earlier of two."""
    return min(bits(starts), key=lambda start: (abs(start - slot), start))
