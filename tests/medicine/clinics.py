"""A small clinic to book in: days of eight slots, two people, two rooms, a chair and a laser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from tests.medicine.builders import day, gap, span

from anagen.medicine.booking import (
    Booked,
    Booking,
    Calendar,
    Clinic,
    Hours,
    Person,
    Request,
    Thing,
    Visit,
    Wishes,
    book_course,
    stretch,
    visit,
)
from anagen.medicine.course import Gap

MONDAY = day("2026-03-02")
SLOTS = 8
ALL = stretch(0, SLOTS)
OPEN = Hours((ALL,) * 5 + (0, 0))
SESSION = visit(2, 1, certificates=["injector"])
WEEKLY = gap("7 d", "7 d", "10 d")


def person(name: str, hours: Hours = OPEN, *, until: str = "2028-01-01", skills: str = "") -> Person:
    return Person(name, hours, frozenset(skills.split()), {"injector": day(until)})


def room(name: str, hours: Hours = OPEN, kind: str = "room") -> Thing:
    return Thing(name, kind, hours)


def clinic(*people: Person, things: tuple[Thing, ...] | None = None) -> Clinic:
    return Clinic(SLOTS, people or (person("anna"), person("bea")), things or (room("one"), room("two")))


def off(*days: str, slots: int = 0) -> Hours:
    return Hours(OPEN.week, {day(each): slots for each in days})


def request(name: str = "c1", sessions: int = 3, of: Visit = SESSION, **more: Any) -> Request:
    gaps: Mapping[int, Gap] = more.pop("gaps", dict.fromkeys(range(2, sessions + 1), WEEKLY))
    start: date = more.pop("start", MONDAY)
    within = more.pop("start_within", "4 d")
    return Request(name, f"patient {name}", (of,) * sessions, gaps, start, span(within), **more)


def wishing(**wishes: Any) -> Wishes:
    return Wishes(**wishes)


def calendar(of: Clinic | None = None, days: int = 42, bookings: tuple[Booking, ...] = ()) -> Calendar:
    return Calendar(of or clinic(), MONDAY, days, bookings)


def booked(of: Request, on: Calendar | None = None) -> Booked:
    return book_course(of, on or calendar())


def a_booking(on: str = "2026-03-02", slot: int = 0, **more: Any) -> Booking:
    plain = Booking("c1", "patient c1", 1, day(on), slot, "anna", ("one",), SESSION)
    return replace(plain, **more)


def when(found: Booked) -> list[tuple[str, int, str]]:
    """Day, slot and person of each booking."""
    return [(each.day.isoformat()[5:], each.slot, each.person) for each in found.bookings]


def days(found: Booked) -> list[str]:
    return [each for each, _, _ in when(found)]
