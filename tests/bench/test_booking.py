"""The benchmark of booking compares what it times with CP-SAT, and the published instances are what it makes."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import _clinics
import _cpsat
import booking

from anagen.medicine.booking import Calendar, book_course
from anagen.medicine.booking_faults import faults


@pytest.mark.parametrize("share", [0.5, 0.7])
def test_cp_sat_books_one_course_at_the_same_cost(share: float) -> None:
    chance = random.Random(share)
    clinic = _clinics.clinic_of(_clinics.with_taken(_clinics.a_clinic(2, 2), 70, share, chance))
    for number in range(2):
        request = _clinics.request_from(_clinics.a_request(f"{number}", 3, chance, 10), 70)
        assert booking.difference(request, clinic, 70) == ""


def test_a_double_booking_is_noticed() -> None:
    plain = _clinics.read("one-60")
    clinic, request = _clinics.clinic_of(plain["clinic"]), _clinics.requests_of(plain)[0]
    found = book_course(request, Calendar(clinic, _clinics.MONDAY, plain["days"]))
    booking.sound([found], clinic, [request])
    with pytest.raises(booking.Unsound, match="already booked"):
        booking.sound([found, replace(found, request=replace(request, id="other"))] * 2, clinic, [request])


def test_cp_sat_books_many_without_a_place_too_many() -> None:
    plain = _clinics.many(3, 1, 1, 1, 60, length=3)
    for request in plain["requests"]:
        request["sessions"] = 2
    clinic, requests = _clinics.clinic_of(plain["clinic"]), _clinics.requests_of(plain)
    answer = _cpsat.many(requests, clinic, _clinics.MONDAY, 60, 20)
    assert (answer.status, answer.placed, answer.cost) == ("OPTIMAL", 3, answer.bound)
    ours = booking.book_courses(requests, Calendar(clinic, _clinics.MONDAY, 60), rounds=30)
    assert (ours.placed, ours.cost) == (3, answer.cost)


@pytest.mark.parametrize("name", ["one-60", "one-80", "hundred", "full"])
def test_the_published_instances_are_those_that_are_made(name: str) -> None:
    made = {
        "one-60": lambda: _clinics.one_course(0.6, 8),
        "one-80": lambda: _clinics.one_course(0.8, 8),
        "hundred": lambda: _clinics.many(100, 3, 2, 60, 300, length=3),
        "full": lambda: _clinics.many(250, 4, 4, 21, 300, length=3),
    }
    assert _clinics.text_of(made[name]()) == (_clinics.FOLDER / f"{name}.json").read_text(encoding="utf-8")


def test_the_published_bookings_are_sound_until_something_changes() -> None:
    plain, base = _clinics.read("changes"), _clinics.read("hundred")
    clinic, requests = _clinics.clinic_of(base["clinic"]), _clinics.requests_of(base)
    held = _clinics.bookings_of(plain["bookings"], requests)
    assert faults(held, clinic=clinic, requests=requests) == ()
    day = held[0].day
    missing = _clinics.without(clinic, held[0].person, day, 1)
    assert {each.number for each in faults(held[:8], clinic=missing, requests=requests)} == {held[0].number}
    assert missing.staff[0].hours.on(day + timedelta(days=1)) == clinic.staff[0].hours.on(
        day + timedelta(days=1)
    )
