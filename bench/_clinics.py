"""Clinics, calendars and courses to be booked: seeded, written to ``docs/cases/booking`` and read from there."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from anagen.medicine.booking import (
    Booking,
    Calendar,
    Clinic,
    Hours,
    Person,
    Request,
    Thing,
    Wishes,
    stretch,
    visit,
)
from anagen.medicine.booking_many import book_courses
from anagen.medicine.course import Gap
from anagen.medicine.dates import Duration
from anagen.medicine.timeline import SESSION, Window

MONDAY, SLOTS = date(2027, 1, 4), 40  # quarters of an hour, from 08:00 to 18:00
SEED = 20261121
FOLDER = Path(__file__).resolve().parents[1] / "docs" / "cases" / "booking"
GAPS = dict.fromkeys((2, 3, 4), ("7 d", "7 d", "21 d")) | dict.fromkeys(range(5, 11), ("7 d", "14 d", "35 d"))
Plain = dict[str, Any]


def _week(*stretches: tuple[int, int]) -> list[list[int]]:
    """The same open stretch on Monday to Friday, nothing on Saturday and Sunday."""
    return (
        [list(each) for each in stretches] if len(stretches) == 7 else [list(stretches[0])] * 5 + [[0, 0]] * 2
    )


def a_clinic(staff: int, rooms: int) -> Plain:
    """Half of the staff come early, half late; one certificate runs out in the middle."""
    shifts = ((0, 32), (8, 40))
    people: list[Plain] = [
        {"id": f"nurse {n + 1}", "week": _week(shifts[n % 2]), "certificates": {"injector": "2028-12-31"}}
        for n in range(staff)
    ]
    people[-1]["certificates"]["injector"] = "2027-05-15"
    things = [{"id": f"room {n + 1}", "kind": "room", "week": _week((0, SLOTS))} for n in range(rooms)]
    return {"slots": SLOTS, "first": MONDAY.isoformat(), "staff": people, "things": things}


def with_taken(clinic: Plain, days: int, share: float, chance: random.Random) -> Plain:
    """So large a share of everybody's and everything's days is taken, in stretches of four to twelve slots."""
    for each in (*clinic["staff"], *clinic["things"]):
        each["days"] = {}
        for ahead in range(days):
            day = MONDAY + timedelta(days=ahead)
            first, end = each["week"][day.weekday()]
            free = stretch(first, end)
            while free and free.bit_count() > (1 - share) * (end - first):
                at = chance.randrange(first, end)
                free &= ~stretch(at, at + chance.randint(4, 12))
            if free != stretch(first, end):
                each["days"][day.isoformat()] = f"{free:x}"
    return clinic


def a_request(name: str, sessions: int, chance: random.Random, starts: int, *, length: int = 3) -> Plain:
    """A course with two or three windows, hours at work, and with luck some wishes."""
    start = MONDAY + timedelta(days=chance.randrange(starts))
    windows = []
    for _ in range(chance.randint(1, 3)):
        begin = start + timedelta(days=chance.randrange(100))
        windows.append([begin.isoformat(), (begin + timedelta(days=chance.randint(2, 12))).isoformat()])
    wishes: Plain = {}
    if chance.random() < 0.5:
        wishes["weekdays"] = sorted(chance.sample(range(5), 3))
    if chance.random() < 0.5:
        wishes["hours"] = chance.choice([[0, 16], [12, 28], [24, 40]])
    wishes["same_person"] = chance.random() < 0.6
    return {
        "id": name,
        "sessions": sessions,
        "length": length,
        "observation": 2,
        "start": start.isoformat(),
        "start_within": "90 d",
        "windows": windows,
        "busy": {
            str(weekday): chance.choice([[0, 12], [16, 32]])
            for weekday in chance.sample(range(5), chance.randint(0, 2))
        },
        "wishes": wishes,
    }


def one_course(share: float, number: int) -> Plain:
    """A calendar of 210 days, 4 staff and 3 rooms, so full, and courses of ten sessions."""
    chance = random.Random(f"{SEED} one {share}")
    clinic = with_taken(a_clinic(4, 3), 210, share, chance)
    return {
        "clinic": clinic,
        "days": 210,
        "requests": [a_request(f"{n + 1}", 10, chance, 14, length=3) for n in range(number)],
    }


def many(number: int, staff: int, rooms: int, starts: int, days: int, *, length: int) -> Plain:
    """An empty calendar and many courses of eight sessions that begin within so many days."""
    chance = random.Random(f"{SEED} many {number}")
    return {
        "clinic": a_clinic(staff, rooms),
        "days": days,
        "requests": [a_request(f"{n + 1}", 8, chance, starts, length=length) for n in range(number)],
    }


# plain data to medicine's words


def instances() -> dict[str, Plain]:
    """Everything that is published, made anew."""
    made = {
        "one-60": one_course(0.6, 8),
        "one-80": one_course(0.8, 8),
        "hundred": many(100, 3, 2, 60, 300, length=3),
        "full": many(250, 4, 4, 21, 300, length=3),
    }
    made["changes"] = changes(made["hundred"])
    return made


def changes(plain: Plain) -> Plain:
    """The hundred courses as they were booked, and who or what is then missing, from when, how long."""
    clinic, requests = clinic_of(plain["clinic"]), requests_of(plain)
    booked = book_courses(requests, Calendar(clinic, MONDAY, plain["days"]), rounds=100).booked
    events = (
        ("nurse 1", 60, 1), ("nurse 2", 64, 1), ("nurse 3", 70, 1), ("nurse 1", 84, 1),
        ("nurse 2", 45, 5), ("nurse 1", 60, 5), ("nurse 2", 40, 14), ("room 1", 50, 3),
    )  # fmt: skip
    return {
        "of": "hundred",
        "bookings": [
            [each.course, each.number, each.day.isoformat(), each.slot, each.person, *each.things]
            for found in booked
            for each in found.bookings
        ],
        "changes": [
            {"missing": who, "on": (MONDAY + timedelta(days=ahead)).isoformat(), "days": days}
            for who, ahead, days in events
        ],
    }


def text_of(plain: Plain) -> str:
    """JSON, a line for each entry of a list or calendar, so that a difference can be read."""
    lines = []
    for key, value in plain.items():
        if isinstance(value, list):
            body = "[\n" + ",\n".join(json.dumps(each) for each in value) + "\n]"
        elif key == "clinic":
            body = json.dumps(value).replace('{"id"', '\n{"id"')
        else:
            body = json.dumps(value)
        lines.append(f"{json.dumps(key)}: {body}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, plain in instances().items():
        (FOLDER / f"{name}.json").write_text(text_of(plain), encoding="utf-8")


def read(name: str) -> Plain:
    found: Plain = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def requests_of(plain: Plain) -> list[Request]:
    return [request_from(each, plain["days"]) for each in plain["requests"]]


def bookings_of(rows: Iterable[list[Any]], requests: Iterable[Request]) -> list[Booking]:
    asked = {request.id: request for request in requests}
    return [
        Booking(course, asked[course].patient, number, date.fromisoformat(day), slot, person, tuple(things),
                asked[course].visits[number - 1])
        for course, number, day, slot, person, *things in rows
    ]  # fmt: skip


def without(clinic: Clinic, name: str, first: date, days: int) -> Clinic:
    """The clinic when somebody or something is not there on these days."""
    off = {first + timedelta(days=ahead): 0 for ahead in range(days)}

    def less(hours: Hours) -> Hours:
        return Hours(hours.week, {**hours.days, **off})

    return Clinic(
        clinic.slots,
        tuple(replace(each, hours=less(each.hours)) if each.id == name else each for each in clinic.staff),
        tuple(replace(each, hours=less(each.hours)) if each.id == name else each for each in clinic.things),
    )


def _hours(of: Plain) -> Hours:
    days = {date.fromisoformat(day): int(bits, 16) for day, bits in of.get("days", {}).items()}
    return Hours(tuple(stretch(*each) for each in of["week"]), days)


def clinic_of(plain: Plain) -> Clinic:
    return Clinic(
        plain["slots"],
        tuple(
            Person(
                each["id"],
                _hours(each),
                certificates={name: date.fromisoformat(day) for name, day in each["certificates"].items()},
            )
            for each in plain["staff"]
        ),
        tuple(Thing(each["id"], each["kind"], _hours(each)) for each in plain["things"]),
    )


def request_from(plain: Plain, days: int) -> Request:
    wishes = plain["wishes"]
    busy = {}
    for ahead in range(days):
        day = MONDAY + timedelta(days=ahead)
        if str(day.weekday()) in plain["busy"]:
            busy[day] = stretch(*plain["busy"][str(day.weekday())])
    session = visit(plain["length"], plain["observation"], certificates=["injector"])
    return Request(
        plain["id"],
        f"patient {plain['id']}",
        (session,) * plain["sessions"],
        {number: Gap(*map(Duration.parse, gap)) for number, gap in GAPS.items()},
        date.fromisoformat(plain["start"]),
        Duration.parse(plain["start_within"]),
        tuple(
            Window(date.fromisoformat(first), date.fromisoformat(end), "deferral", SESSION, "a deferral")
            for first, end in plain["windows"]
        ),
        busy,
        Wishes(
            frozenset(wishes["weekdays"]) if "weekdays" in wishes else None,
            stretch(*wishes["hours"]) if "hours" in wishes else None,
            None,
            wishes["same_person"],
        ),
    )
