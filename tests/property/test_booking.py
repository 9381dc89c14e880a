"""Laws of booking, against every booking there could be; the arithmetic of the solver is used nowhere here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from anagen.medicine.booking import (
    Booked,
    Booking,
    Calendar,
    Clinic,
    Hours,
    Person,
    Request,
    Thing,
    Weights,
    Wishes,
    book_course,
    stretch,
    visit,
)
from anagen.medicine.booking_faults import faults
from anagen.medicine.booking_first_fit import first_fit
from anagen.medicine.booking_many import book_courses
from anagen.medicine.booking_repair import rebook
from anagen.medicine.course import Gap, Protocol, plan
from anagen.medicine.dates import Duration, add
from anagen.medicine.timeline import SESSION, Window

MONDAY, SLOTS, DAYS = date(2026, 3, 2), 5, 16
WEIGHTS = Weights(day=3, weekday=4, hours=2, person=1, change=2)


@dataclass(frozen=True)
class Case:
    clinic: Clinic
    requests: tuple[Request, ...]

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.clinic, MONDAY, DAYS)


def hours() -> st.SearchStrategy[Hours]:
    bits = st.sampled_from([0, stretch(0, SLOTS), stretch(0, 3), stretch(2, SLOTS), 0b10111])
    days = st.integers(0, DAYS - 1).map(lambda ahead: MONDAY + timedelta(days=ahead))
    return st.builds(Hours, st.tuples(*[bits] * 7), st.dictionaries(days, bits, max_size=3))


@st.composite
def requests(draw: st.DrawFn, name: str) -> Request:
    sessions = draw(st.integers(1, 3))
    gaps = {}
    for number in range(2, sessions + 1):
        least, more, most = draw(st.integers(1, 3)), draw(st.integers(0, 2)), draw(st.integers(0, 2))
        gaps[number] = Gap(*(Duration(days, "d") for days in (least, least + more, least + more + most)))
    first = draw(st.integers(0, 4))
    windows = [
        Window(MONDAY + timedelta(days=at), MONDAY + timedelta(days=at + length), "busy", SESSION, "away")
        for at, length in draw(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 4)), max_size=2))
    ]
    return Request(
        name,
        f"patient {name}",
        (visit(draw(st.integers(1, 2)), draw(st.integers(0, 1)), certificates=["injector"]),) * sessions,
        gaps,
        MONDAY + timedelta(days=first),
        Duration(draw(st.integers(0, 4)), "d"),
        tuple(windows),
        {MONDAY + timedelta(days=first + 1): draw(st.integers(0, stretch(0, SLOTS)))},
        Wishes(
            draw(st.none() | st.frozensets(st.integers(0, 6))),
            draw(st.sampled_from([None, stretch(0, 2), stretch(1, 4)])),
            draw(st.sampled_from([None, frozenset({"bea"})])),
            draw(st.booleans()),
        ),
    )


@st.composite
def cases(draw: st.DrawFn, number: int = 1) -> Case:
    until = MONDAY + timedelta(days=draw(st.integers(2, 30)))
    staff = (
        Person("anna", draw(hours()), certificates={"injector": until}),
        Person("bea", draw(hours()), certificates={"injector": date.max}),
    )
    things = tuple(Thing(f"room {n}", "room", draw(hours())) for n in range(draw(st.integers(1, 2))))
    return Case(Clinic(SLOTS, staff, things), tuple(draw(requests(f"c{n}")) for n in range(number)))


def single(case: Case, request: Request) -> dict[tuple[date, str], int]:
    """What the best slot costs of each day and person that one visit could have, each tried by itself."""
    found: dict[tuple[date, str], int] = {}
    of, wishes = request.visits[0], request.wishes
    for day in (MONDAY + timedelta(days=ahead) for ahead in range(DAYS)):
        for person in case.clinic.staff:
            for slot in range(SLOTS):
                tried = [
                    Booking(request.id, request.patient, 1, day, slot, person.id, (thing.id,), of)
                    for thing in case.clinic.things
                ]
                asked = (replace(request, visits=(of,)),)
                if all(any(each.kind != "start" for each in _faults(case, one, asked)) for one in tried):
                    continue
                inside = wishes.hours is None or not stretch(slot, slot + of.total) & ~wishes.hours
                cost = 0 if inside else WEIGHTS.hours
                if wishes.weekdays is not None and day.weekday() not in wishes.weekdays:
                    cost += WEIGHTS.weekday
                if wishes.people is not None and person.id not in wishes.people:
                    cost += WEIGHTS.person
                found[day, person.id] = min(cost, found.get((day, person.id), cost))
    return found


def _faults(case: Case, booking: Booking, asked: tuple[Request, ...]) -> tuple[object, ...]:
    return tuple(
        each for each in faults([booking], clinic=case.clinic, requests=asked) if each.kind != "start"
    )


def every_course(case: Case, request: Request) -> Iterator[tuple[int, int, int]]:
    """Sessions (fewer is more), cost and last day of every beginning of the course."""
    options = single(case, request)

    def longer(number: int, before: date, person: str, cost: int) -> Iterator[tuple[int, int, int]]:
        yield -(number - 1), cost, (before - MONDAY).days if number > 1 else 0
        if number > len(request.visits):
            return
        if number == 1:
            first, usual, last = request.start, request.start, add(request.start, request.start_within)
        else:
            gap = request.gaps[number]
            first, usual, last = (add(before, each) for each in (gap.least, gap.usual, gap.longest))
        for (day, who), paid in options.items():
            if first <= day <= last:
                change = WEIGHTS.change if request.wishes.same_person and person not in ("", who) else 0
                yield from longer(
                    number + 1, day, who, cost + paid + change + WEIGHTS.day * abs((day - usual).days)
                )

    return longer(1, MONDAY, "", 0)


def merit(found: Booked) -> tuple[int, int, int]:
    last = (found.bookings[-1].day - MONDAY).days if found.bookings else 0
    return -len(found.bookings), found.cost.total(WEIGHTS), last


def sound(case: Case, found: tuple[Booked, ...]) -> None:
    held = [each for booked in found for each in booked.bookings]
    assert faults(held, clinic=case.clinic, requests=case.requests) == ()


@given(cases())
def test_one_course_is_as_good_as_the_best_of_all_there_could_be(case: Case) -> None:
    (request,) = case.requests
    found = book_course(request, case.calendar, weights=WEIGHTS)
    sound(case, (found,))
    assert merit(found) == min(every_course(case, request))
    assert len(found.bookings) + len(found.unplaced) == len(request.visits)


@given(cases(), st.integers(0, DAYS - 1))
def test_more_free_time_is_never_worse(case: Case, ahead: int) -> None:
    (request,) = case.requests
    before = book_course(request, case.calendar, weights=WEIGHTS)
    more = {MONDAY + timedelta(days=ahead): stretch(0, SLOTS)}
    staff = tuple(
        replace(each, hours=Hours(each.hours.week, {**each.hours.days, **more})) for each in case.clinic.staff
    )
    after = book_course(
        request, replace(case, clinic=replace(case.clinic, staff=staff)).calendar, weights=WEIGHTS
    )
    assert merit(after)[:2] <= merit(before)[:2]


@settings(max_examples=max(40, settings().max_examples // 3))
@given(cases(number=4), st.integers(0, 9))
def test_many_courses_are_never_booked_over_each_other(case: Case, seed: int) -> None:
    calendar = case.calendar
    free = dict(calendar.free)
    by_hand = first_fit(case.requests, calendar)
    sound(case, by_hand)
    greedy = book_courses(case.requests, calendar, rounds=0, seed=seed, weights=WEIGHTS)
    found = book_courses(case.requests, calendar, rounds=8, seed=seed, weights=WEIGHTS)
    sound(case, found.booked)
    assert (-found.placed, found.cost) <= (-greedy.placed, greedy.cost)
    assert (
        found.bound <= found.cost == sum(each.cost.total(WEIGHTS) for each in found.booked if each.complete)
    )
    assert calendar.free == free


@settings(max_examples=max(40, settings().max_examples // 3))
@given(cases(number=4), st.integers(0, DAYS - 1), st.sampled_from(["anna", "room 0"]))
def test_a_repair_mends_everything_from_its_day_on(case: Case, ahead: int, missing: str) -> None:
    booked = book_courses(case.requests, case.calendar, rounds=0).booked
    held = [each for found in booked for each in found.bookings]
    on = MONDAY + timedelta(days=ahead)
    off = {on + timedelta(days=more): 0 for more in range(2)}

    def less(hours: Hours) -> Hours:
        return Hours(hours.week, {**hours.days, **off})

    now = Clinic(
        SLOTS,
        tuple(
            replace(each, hours=less(each.hours)) if each.id == missing else each
            for each in case.clinic.staff
        ),
        tuple(
            replace(each, hours=less(each.hours)) if each.id == missing else each
            for each in case.clinic.things
        ),
    )
    found = rebook(held, clinic=now, requests=case.requests, on=on, rounds=3)
    assert faults(found.bookings, clinic=now, requests=case.requests) == ()
    assert found.fewest <= found.patients
    assert len(found.bookings) == len(held) - sum(change.new is None for change in found.changes)
    assert {each for each in held if each.day < on} <= set(found.bookings)


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(1, 9)), max_size=4), st.integers(1, 4))
def test_in_a_clinic_that_is_always_free_a_course_is_booked_as_it_is_planned(
    stretches: list[tuple[int, int]], sessions: int
) -> None:
    gap = Gap(Duration(5, "d"), Duration(7, "d"), Duration(10, "d"))
    windows = [
        Window(MONDAY + timedelta(days=at), MONDAY + timedelta(days=at + length), "busy", SESSION, "away")
        for at, length in stretches
    ]
    protocol = Protocol(
        "short", "Short", "scalp", sessions, 1, 4, dict.fromkeys((2, 3, 4), gap),
        Duration(9, "d"), Duration(30, "min"), {}, (),
    )  # fmt: skip
    always = Hours((stretch(0, SLOTS),) * 7)
    clinic = Clinic(SLOTS, (Person("anna", always),), (Thing("room", "room", always),))
    request = Request(
        "c", "p", (visit(2),) * sessions, protocol.gaps, MONDAY, protocol.start_within, tuple(windows)
    )
    planned = plan(protocol, start=MONDAY, windows=windows)
    found = book_course(request, Calendar(clinic, MONDAY, 60))
    assert len(found.bookings) == len(planned.days)
    assert found.cost.days == planned.deviation
    assert [each.day for each in found.bookings][-1:] == list(planned.days[-1:])
