"""Booking courses in the clinic's calendar: one exactly, many at once, and mending; beside CP-SAT and first fit.

    python bench/booking.py [--cpsat SECONDS] [--write]

The instances are those of ``docs/cases/booking``; ``--write`` makes them anew. One course: the cost must be that of
CP-SAT every time, or the benchmark fails. Many: ours has two seconds of CPU, CP-SAT ``--cpsat`` seconds (10 if not
told otherwise) and one worker each. Everything that is booked is counted anew by ``faults``; one fault, and it fails.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial

import _clinics
import _cpsat
from _clinics import MONDAY
from _measure import begin, in_turn, milli, print_table, times_as_fast

from anagen.medicine.booking import Booked, Calendar, Clinic, Request, Weights, book_course
from anagen.medicine.booking_faults import faults
from anagen.medicine.booking_first_fit import first_fit
from anagen.medicine.booking_many import book_courses
from anagen.medicine.booking_repair import rebook

GOAL_ONE, GOAL_MANY, GOAL_MEND, CPSAT = 0.005, 2.0, 2.0, 10.0
WEIGHTS = Weights()


class Unsound(AssertionError):
    """Something was booked that must not be."""


def sound(found: Iterable[Booked], clinic: Clinic, requests: Iterable[Request]) -> None:
    wrong = faults([each for booked in found for each in booked.bookings], clinic=clinic, requests=requests)
    if wrong:
        raise Unsound(str(wrong[0]))


def budget(seconds: float) -> Callable[[], bool]:
    """Whether so many seconds of CPU are not spent yet."""
    end = time.process_time() + seconds
    return lambda: time.process_time() < end


def cost(booked: Iterable[Booked]) -> int:
    return sum(each.cost.total(WEIGHTS) for each in booked if each.complete)


def difference(request: Request, clinic: Clinic, days: int) -> str:
    """Empty when one course is booked soundly, and at the cost that CP-SAT finds."""
    found = book_course(request, Calendar(clinic, MONDAY, days))
    sound([found], clinic, [request])
    options = [_cpsat.places(request, clinic, MONDAY, days, index) for index in range(len(request.visits))]
    mine = found.cost.total(WEIGHTS) if found.complete else None
    peer = _cpsat.one(request, clinic, MONDAY, days, options) if all(options) else None
    return "" if mine == peer else f"course {request.id}: ours {mine}, CP-SAT {peer}"


def one_course(names: Iterable[str]) -> bool:
    rows = []
    for name in names:
        plain = _clinics.read(name)
        clinic, days, requests = (
            _clinics.clinic_of(plain["clinic"]),
            plain["days"],
            _clinics.requests_of(plain),
        )
        for request in requests:
            if told := difference(request, clinic, days):
                print(f"  DIFFERENT  {name}, {told}")
                return False
        calendar = Calendar(clinic, MONDAY, days)
        options = {
            request.id: [_cpsat.places(request, clinic, MONDAY, days, 0)] * len(request.visits)
            for request in requests
        }
        times = in_turn(
            {
                "ours": lambda request, calendar=calendar: book_course(request, calendar),
                "with its calendar": lambda request, clinic=clinic, days=days: book_course(
                    request, Calendar(clinic, MONDAY, days)
                ),
                "CP-SAT": lambda request, clinic=clinic, days=days, options=options: _cpsat.one(
                    request, clinic, MONDAY, days, options[request.id]
                ),
            },
            [[request] for request in requests],
        )
        mine = times["ours"]
        by_hand = [first_fit([request], calendar)[0] for request in requests]
        best = [book_course(request, calendar) for request in requests]
        rows.append(
            (
                f"{name}, {len(requests)} courses",
                milli(mine.median),
                milli(max(mine.rounds)),
                milli(times["with its calendar"].median),
                milli(times["CP-SAT"].median),
                times_as_fast(times["CP-SAT"], mine),
                cost(best),
                f"{cost(by_hand)} ({sum(each.complete for each in by_hand)} whole)",
                "met" if max(mine.rounds) < GOAL_ONE else "missed",
            )
        )
    print(
        "  One course of 10 sessions, 210 days, 4 staff, 3 rooms; ms of CPU. Same cost as CP-SAT, each time."
    )
    print(
        f"  CP-SAT is told the free slots, which ours works out itself. Goal: each under {GOAL_ONE * 1000:.0f} ms\n"
    )
    print_table(
        (
            "calendar",
            "ours, median",
            "most",
            "with calendar",
            "CP-SAT",
            "ratio",
            "cost",
            "first fit, cost",
            "goal",
        ),
        rows,
    )
    return True


def many(name: str, seconds: float) -> None:
    plain = _clinics.read(name)
    clinic, days, requests = _clinics.clinic_of(plain["clinic"]), plain["days"], _clinics.requests_of(plain)
    calendar = Calendar(clinic, MONDAY, days)
    rows = []

    def row(who: str, spent: float, placed: int, paid: int, bound: int | str, rounds: int | str = "") -> None:
        each = f"{paid / placed:.1f}" if placed else ""
        rows.append((who, f"{spent:.2f}", f"{placed} of {len(requests)}", paid, each, bound, rounds))

    begun = time.process_time()
    by_hand = first_fit(requests, calendar)
    spent = time.process_time() - begun
    sound(by_hand, clinic, requests)
    row("first fit", spent, sum(each.complete for each in by_hand), cost(by_hand), "")
    for who, allowed in (("one after the other", 0.0), ("ours", GOAL_MANY), ("ours, longer", seconds)):
        begun = time.process_time()
        found = book_courses(requests, calendar, go_on=budget(allowed))
        spent = time.process_time() - begun
        sound(found.booked, clinic, requests)
        row(who, spent, found.placed, found.cost, found.bound, found.rounds)
    begun = time.process_time()
    peer = _cpsat.many(requests, clinic, MONDAY, days, seconds)
    row(f"CP-SAT, {peer.status.lower()}", time.process_time() - begun, peer.placed, peer.cost, peer.bound)
    sessions = sum(len(request.visits) for request in requests)
    print(
        f"  {len(requests)} courses, {sessions} sessions, {load(clinic, requests):.0%} of the rooms' time in 150 days\n"
    )
    print_table(("", "s of CPU", "placed", "cost", "a course", "not under", "rounds"), rows)


def load(clinic: Clinic, requests: Iterable[Request]) -> float:
    """The slots that all courses take of their rooms, as a share of those open on 150 days from the first."""
    asked = sum(need.end - need.first for each in requests for visit in each.visits for need in visit.needs)
    days = [date.fromordinal(MONDAY.toordinal() + ahead) for ahead in range(150)]
    return asked / sum(thing.hours.on(day).bit_count() for thing in clinic.things for day in days)


def mending() -> None:
    plain = _clinics.read("changes")
    base = _clinics.read(plain["of"])
    clinic, requests = _clinics.clinic_of(base["clinic"]), _clinics.requests_of(base)
    bookings = _clinics.bookings_of(plain["bookings"], requests)
    if wrong := faults(bookings, clinic=clinic, requests=requests):
        raise Unsound(str(wrong[0]))
    rows = []
    for change in plain["changes"]:
        on = date.fromisoformat(change["on"])
        now = _clinics.without(clinic, change["missing"], on, change["days"])
        broken = {each.course for each in faults(bookings, clinic=now, requests=requests)}
        mend = partial(rebook, bookings, clinic=now, requests=requests, on=on)
        begun = time.process_time()
        found = mend(go_on=budget(GOAL_MEND * 0.8))
        spent = time.process_time() - begun
        if wrong := faults(found.bookings, clinic=now, requests=requests):
            raise Unsound(str(wrong[0]))
        rows.append(
            (
                f"{change['missing']}, {change['days']} d from {on}",
                f"{spent:.2f}",
                len(broken),
                found.patients,
                found.fewest,
                sum(each.moved for each in found.changes),
                sum(each.new is None for each in found.changes),
                "met" if spent < GOAL_MEND else "missed",
            )
        )
    print(
        f"  Mending the bookings of 100 courses. Goal: under {GOAL_MEND:.0f} s, the fewest patients moved\n"
    )
    print_table(
        (
            "missing",
            "s of CPU",
            "patients met",
            "moved",
            "not under",
            "sessions moved",
            "without a place",
            "goal",
        ),
        rows,
    )


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--cpsat", type=float, default=CPSAT, metavar="SECONDS")
    asked.add_argument("--write", action="store_true", help="make the published instances anew")
    told = asked.parse_args()
    if told.write:
        _clinics.write()
        return 0
    begin()
    if not one_course(("one-60", "one-80")):
        return 1
    for name in ("hundred", "full"):
        many(name, told.cpsat)
    mending()
    return 0


if __name__ == "__main__":
    sys.exit(main())
