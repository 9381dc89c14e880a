"""What a calendar offers one request: for each session the days, people and slots, and how well each suits.

Made once for a request; asked again and again while the calendar changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from anagen.medicine.booking_calendar import Calendar, Lanes, bits, last_day, starts_of
from anagen.medicine.booking_search import Move, Option, cheapest, reachable
from anagen.medicine.booking_words import Booking, Person, Request, Visit, Weights
from anagen.medicine.course import Gap
from anagen.medicine.dates import Duration, add
from anagen.medicine.timeline import Timeline

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one session lies: the day counted from the calendar's first, the slot, the person and the things."""

    day: int
    slot: int
    person: str
    things: tuple[str, ...]


class Offer:
    """The days from the start of the course to its end, and what the calendar has on them."""

    __slots__ = (
        "_busy",
        "_certified",
        "_permitted",
        "_staff",
        "_weekdays",
        "_wished",
        "calendar",
        "first",
        "lanes",
        "length",
        "moves",
        "request",
        "weights",
    )

    def __init__(self, request: Request, calendar: Calendar, weights: Weights) -> None:
        self.request: Final = request
        self.calendar: Final = calendar
        self.weights: Final = weights
        width = calendar.lanes.width
        # Places of days, counted from the first of the calendar; the length may be zero.
        self.first: Final = max(0, (request.start - calendar.first).days)
        self.length: Final = max(
            0, min(calendar.days, (last_day(request) - calendar.first).days + 1) - self.first
        )
        start = calendar.day(self.first)
        days = [start + timedelta(days=ahead) for ahead in range(self.length)]
        blocked = Timeline(request.windows).blocked(start, start + timedelta(days=self.length))
        self._permitted = _dense(day not in blocked for day in days)
        wishes = request.wishes
        self._weekdays = _dense(wishes.weekdays is None or day.weekday() in wishes.weekdays for day in days)
        self._busy = 0
        for day, slots in request.busy.items():
            place = (day - start).days
            if 0 <= place < self.length:
                self._busy |= slots << (place * width)
        self.lanes: Final = Lanes(calendar.clinic.slots, max(1, self.length))
        self._wished: dict[Visit, int] = {}
        self._staff: dict[Visit, tuple[Person, ...]] = {}
        self._certified: dict[tuple[Visit, str], int] = {}
        for visit in dict.fromkeys(request.visits):
            if wishes.hours is not None:
                self._wished[visit] = starts_of(wishes.hours, visit.total) * self.lanes.every
            able = tuple(each for each in calendar.clinic.staff if visit.skills <= each.skills)
            self._staff[visit] = able
            for each in able:
                until = min(self.length, max(0, (visit.certified_until(each) - start).days))
                self._certified[visit, each.id] = self._permitted & ((1 << until) - 1)
        self.moves: Final = self._moves(days)

    def _moves(self, days: Sequence[date]) -> tuple[tuple[Move, ...], ...]:
        request, day = self.request, self.weights.day
        first: tuple[Move, ...]
        if not days:
            return ((),) * len(request.visits)
        if request.after is None:
            longest = (add(request.start, request.start_within) - days[0]).days
            first = _ways(1, 0, (request.start - days[0]).days, longest, day)
        else:
            gap = request.gaps[request.first]
            least, usual, longest = (
                (add(request.after, length) - days[0]).days for length in (gap.least, gap.usual, gap.longest)
            )
            first = _ways(1, max(0, least), usual, longest, day)
        made: dict[Gap, tuple[Move, ...]] = {}
        for number in request.numbers[1:]:
            gap = request.gaps[number]
            if gap not in made:
                made[gap] = _gap_ways(gap, days, day)
        return (first, *(made[request.gaps[number]] for number in request.numbers[1:]))

    # what is free

    def _slice(self, of: int) -> int:
        width = self.calendar.lanes.width
        return of >> (self.first * width) & ((1 << (self.length * width)) - 1)

    def starts(self, visit: Visit) -> dict[str, int]:
        """By person, the slots at which this visit may start; dates that are not permitted are still in it."""
        calendar = self.calendar
        taken = self._busy | self._slice(calendar.taken.get(self.request.patient, 0))
        common = starts_of(self.lanes.every * ((1 << calendar.clinic.slots) - 1) & ~taken, visit.total)
        for need in visit.needs:
            anything = 0
            for thing in calendar.clinic.things:
                if thing.kind == need.kind:
                    anything |= (
                        starts_of(self._slice(calendar.free[thing.id]), need.end - need.first) >> need.first
                    )
            common &= anything
        return {
            each.id: starts_of(self._slice(calendar.free[each.id]), visit.length) & common
            for each in self._staff[visit]
        }

    def on_days(self, visit: Visit, person: str, starts: int) -> int:
        """The permitted days on which that person, certified then, has such a start."""
        return self.lanes.days_of(starts) & self._certified[visit, person]

    def rated(self, visit: Visit, starts: dict[str, int]) -> list[list[Option]]:
        """By person of the clinic, what each day costs by the patient's wishes."""
        wishes, weights = self.request.wishes, self.weights
        rows: list[list[Option]] = []
        for each in self.calendar.clinic.staff:
            days = self.on_days(visit, each.id, starts[each.id]) if starts.get(each.id) else 0
            row: list[Option] = []
            rows.append(row)
            if not days:
                continue
            extra = weights.person if wishes.people is not None and each.id not in wishes.people else 0
            within = days
            if visit in self._wished:
                within &= self.on_days(visit, each.id, starts[each.id] & self._wished[visit])
            for hours, having in ((0, within), (weights.hours, days & ~within)):
                for weekday, on in ((0, self._weekdays), (weights.weekday, ~self._weekdays)):
                    if having & on:
                        row.append((extra + hours + weekday, having & on))
        return rows

    def suiting(self, visit: Visit, starts: int, day: int) -> int:
        """Of the starts of a day those within the hours wished, if there are any."""
        lane = self.calendar.lanes.lane(starts, day)
        wished = (
            lane & self._wished[visit] & ((1 << self.calendar.lanes.width) - 1)
            if visit in self._wished
            else 0
        )
        return wished or lane

    # one place

    def snug(self, visit: Visit, day: int, choices: Iterable[tuple[str, int]]) -> Place:
        """Of the people and their starts on a day the place that leaves the fewest holes: ends meet what is taken."""
        lanes, clinic = self.calendar.lanes, self.calendar.clinic
        place = self.first + day
        best: tuple[int, int, str] | None = None
        things = [
            (
                need,
                [
                    lanes.lane(self.calendar.free[thing.id], place)
                    for thing in clinic.things
                    if thing.kind == need.kind
                ],
            )
            for need in visit.needs[:1]
        ]
        for person, starts in choices:
            free = lanes.lane(self.calendar.free[person], place)
            before, behind = ~(free << 1), ~(free >> visit.length)
            one, both = starts & (before | behind), starts & before & behind
            for need, lots in things:
                for room in lots:
                    length = need.end - need.first
                    fits = starts_of(room, length) >> need.first & starts
                    ahead, after = ~(room << 1) >> need.first, ~(room >> length) >> need.first
                    single, double = fits & (ahead | after), fits & ahead & after
                    for score, found in (
                        (4, both & double),
                        (3, (both & single) | (one & double)),
                        (2, (both & fits) | double | (one & single)),
                        (1, (one & fits) | single),
                        (0, fits),
                    ):
                        if found:
                            rated = (-score, (found & -found).bit_length() - 1, person)
                            if best is None or rated[:2] < best[:2]:
                                best = rated
                            break
            if not things:
                rated = (-2 if both else -1 if one else 0, next(bits(both or one or starts)), person)
                if best is None or rated[:2] < best[:2]:
                    best = rated
        assert best is not None
        return Place(place, best[1], best[2], self.things(visit, place, best[1]))

    def things(self, visit: Visit, place: int, slot: int, liked: Sequence[str] = ()) -> tuple[str, ...]:
        """For each need the thing that is liked if it is free, else the free one that fits most snugly."""
        lanes, calendar = self.calendar.lanes, self.calendar
        chosen = []
        for need in visit.needs:
            mask = ((1 << (need.end - need.first)) - 1) << (slot + need.first)
            around = mask | mask << 1 | mask >> 1
            free = [
                (thing.id not in liked, (lane & around).bit_count(), thing.id)
                for thing in calendar.clinic.things
                if thing.kind == need.kind
                and (lane := lanes.lane(calendar.free[thing.id], place)) & mask == mask
            ]
            chosen.append(min(free)[2])
        return tuple(chosen)

    def range_of(self, number: int) -> tuple[date, date]:
        """The first and the last day for a session, wherever those before it can lie."""
        request = self.request
        if number == request.first:
            if request.after is None:
                return request.start, add(request.start, request.start_within)
            gap = request.gaps[number]
            return max(request.start, add(request.after, gap.least)), add(request.after, gap.longest)
        visits = request.visits[: number - request.first]
        rows = {visit: [_merged(self.rated(visit, self.starts(visit)))] for visit in dict.fromkeys(visits)}
        before = reachable([rows[visit] for visit in visits], self.moves[: len(visits)])[-1]
        start, gap = self.calendar.day(self.first), request.gaps[number]
        earliest = start + timedelta(days=next(bits(before)))
        return add(earliest, gap.least), add(start + timedelta(days=before.bit_length() - 1), gap.longest)

    def booking(self, index: int, place: Place) -> Booking:
        request = self.request
        return Booking(
            request.id,
            request.patient,
            request.first + index,
            self.calendar.day(place.day),
            place.slot,
            place.person,
            place.things,
            request.visits[index],
        )

    # the whole course

    def best(self, limit: int | None = None) -> tuple[tuple[Booking, ...], int]:
        """The bookings of as many sessions as find a place, at the least cost; none if that is over the limit."""
        if not self.length:
            return (), 0
        request = self.request
        made: dict[Visit, tuple[dict[str, int], list[list[Option]]]] = {}
        for visit in request.visits:
            if visit not in made:
                starts = self.starts(visit)
                made[visit] = starts, self.rated(visit, starts)
        same = request.wishes.same_person and self.weights.change > 0
        rows = {visit: rated if same else [_merged(rated)] for visit, (_, rated) in made.items()}
        change = self.weights.change if same else 0
        found = cheapest([rows[visit] for visit in request.visits], self.moves, change, limit)
        bookings = []
        staff = self.calendar.clinic.staff
        for index, (day, person, extra) in enumerate(found.chosen):
            visit = request.visits[index]
            starts, rated = made[visit]
            able = range(len(staff)) if not same else (person,)
            choices = [
                (staff[each].id, self.suiting(visit, starts[staff[each].id], day))
                for each in able
                if any(cost == extra and days >> day & 1 for cost, days in rated[each])
            ]
            bookings.append(self.booking(index, self.snug(visit, day, choices)))
        return tuple(bookings), found.cost


def _dense(of: Iterable[bool]) -> int:
    return int("".join("1" if holds else "0" for holds in of)[::-1] or "0", 2)


def _merged(rows: Iterable[Sequence[Option]]) -> list[Option]:
    """What each day costs with whoever suits best."""
    by_cost: dict[int, int] = {}
    for row in rows:
        for cost, days in row:
            by_cost[cost] = by_cost.get(cost, 0) | days
    seen, merged = 0, []
    for cost in sorted(by_cost):
        if new := by_cost[cost] & ~seen:
            merged.append((cost, new))
            seen |= new
    return merged


def _ways(of: int, least: int, usual: int, longest: int, weight: int) -> tuple[Move, ...]:
    """One move, its steps by rising distance from the usual; none where the longest lies before the least."""
    by_cost: dict[int, list[int]] = {}
    for ahead in range(least, longest + 1):
        by_cost.setdefault(abs(ahead - usual) * weight, []).append(ahead)
    steps = tuple((cost, tuple(ahead)) for cost, ahead in sorted(by_cost.items()))
    return (Move(of, least, longest, steps),) if steps else ()


def _gap_ways(gap: Gap, days: Sequence[date], weight: int) -> tuple[Move, ...]:
    """Months are not equally long, so days are put together whose gaps are. No two sessions share a day."""
    lengths: tuple[Duration, ...] = (gap.least, gap.usual, gap.longest)
    if all(length.is_fixed for length in lengths):
        least, usual, longest = (length.days for length in lengths)
        return _ways((1 << len(days)) - 1, max(1, least), usual, longest, weight)
    groups: dict[tuple[int, int, int], int] = {}
    for place, day in enumerate(days):
        least, usual, longest = ((add(day, length) - day).days for length in lengths)
        groups[least, usual, longest] = groups.get((least, usual, longest), 0) | 1 << place
    return tuple(
        way
        for (least, usual, longest), of in groups.items()
        for way in _ways(of, max(1, least), usual, longest, weight)
    )
