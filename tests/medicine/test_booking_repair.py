"""When something changes: the fewest patients moved, each change with its reason, nothing else touched."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from tests.medicine.builders import day, span, window
from tests.medicine.clinics import ALL, MONDAY, booked, calendar, clinic, off, person, request, room

from anagen.medicine.booking import Booking, Clinic, Hours, Request, stretch, visit
from anagen.medicine.booking_faults import faults
from anagen.medicine.booking_many import book_courses
from anagen.medicine.booking_repair import Proposal, rebook

MORNING = Hours((stretch(0, 3),) * 5 + (0, 0))


def held(asked: list[Request], of: Clinic) -> tuple[Booking, ...]:
    found = book_courses(asked, calendar(of), rounds=20)
    assert found.placed == len(asked)
    return tuple(each for course in found.booked for each in course.bookings)


def mended(
    bookings: tuple[Booking, ...], of: Clinic, asked: list[Request], on: date = MONDAY, rounds: int = 10
) -> Proposal:
    found = rebook(bookings, clinic=of, requests=asked, on=on, rounds=rounds)
    if found.complete:
        now = [each for each in found.bookings if each.day >= on]
        assert not [each for each in faults(found.bookings, clinic=of, requests=asked) if each.kind != "away"]
        assert faults(now, clinic=of) == ()
    return found


def test_when_nothing_is_wrong_nothing_changes() -> None:
    asked = [request()]
    bookings = held(asked, clinic())
    found = mended(bookings, clinic(), asked)
    assert (found.changes, found.patients, found.bookings) == ((), 0, bookings)


def test_somebody_else_takes_over_at_the_same_time() -> None:
    asked = [request()]
    bookings = held(asked, clinic())
    sick = clinic(person("anna", off("2026-03-09")), person("bea"))
    found = mended(bookings, sick, asked)
    (change,) = found.changes
    assert change.new == replace(bookings[1], person="bea")
    assert (change.moved, found.patients, found.fewest, found.cost) == (False, 0, 0, 5)
    assert change.reason == "anna is not here at that time on 2026-03-09."


def test_a_later_hour_of_the_same_day_comes_before_another_day() -> None:
    asked = [request()]
    bookings = held(asked, clinic())
    sick = clinic(person("anna", off("2026-03-09", slots=stretch(4, 8))))
    found = mended(bookings, sick, asked)
    assert [(each.day, each.slot) for each in found.bookings][1] == (day("2026-03-09"), 4)
    assert (found.patients, found.fewest) == (1, 1)


def test_what_follows_moves_as_well_and_says_from_what() -> None:
    asked = [request()]
    bookings = held(asked, clinic())
    now = [replace(asked[0], windows=(window("2026-03-09", "2026-03-11", "a cold"),))]
    found = mended(bookings, clinic(), now, on=day("2026-03-05"))
    assert [each.day for each in found.bookings] == [MONDAY, day("2026-03-11"), day("2026-03-18")]
    assert ["Follows" in each.reason for each in found.changes] == [False, True]
    assert found.changes[0].reason.endswith("a cold")


def test_the_patients_of_a_closed_day_share_what_is_left() -> None:
    narrow = clinic(person("anna", MORNING), person("bea", MORNING))
    asked = [request(f"c{n}") for n in range(6)]
    bookings = held(asked, narrow)
    closed = clinic(person("anna", replace(MORNING, days={day("2026-03-09"): 0})), person("bea", MORNING))
    found = mended(bookings, closed, asked)
    assert found.complete
    assert found.fewest <= found.patients <= 2


def test_somebody_makes_room_if_there_is_no_other_place() -> None:
    one = clinic(person("anna", MORNING), things=(room("one"),))
    # c1 has no choice on its second day; c2 could also come on other days, c3 is held to its own.
    asked = [request("c1", 2), request("c2", 2), request("c3", 2)]
    at = {
        "c1": ("2026-03-02", "2026-03-09"),
        "c2": ("2026-03-03", "2026-03-10"),
        "c3": ("2026-03-04", "2026-03-11"),
    }
    bookings = tuple(
        replace(booked(each).bookings[n], day=day(at[each.id][n]), things=("one",), person="anna", slot=0)
        for each in asked
        for n in (0, 1)
    )
    busy = {day(f"2026-03-{number}"): ALL for number in (11, 12)}
    now = [replace(asked[0], windows=(window("2026-03-09", "2026-03-10", "a cold"),), busy=busy), *asked[1:]]
    found = mended(bookings, one, now, on=day("2026-03-05"))
    assert (found.complete, found.patients, found.fewest) == (True, 2, 1)
    assert {each.reason for each in found.changes if each.old.course != "c1"} == {
        "Makes room for another patient."
    }


def test_nobody_is_asked_to_make_room_once_time_is_up_and_what_finds_no_place_is_said() -> None:
    one = clinic(person("anna", MORNING), things=(room("one"),))
    asked = [request("c1", 2), replace(request("c2", 2), start=day("2026-03-03"), start_within=span("0 d"))]
    bookings = held(asked, one)
    first = next(each for each in bookings if each.course == "c1" and each.number == 2)
    gone = [replace(asked[0], windows=(window(first.day.isoformat(), None, "a new rule"),)), asked[1]]
    for go_on in (True, False):
        found = rebook(
            bookings,
            clinic=one,
            requests=gone,
            on=day("2026-03-05"),
            go_on=lambda go_on=go_on: go_on,
            rounds=2,
        )
        assert (found.complete, found.patients) == (False, 1)
        (change,) = found.changes
        assert (change.new, change.moved) == (None, True)
        assert "a new rule" in change.reason
        assert len(found.bookings) == len(bookings) - 1


def test_another_order_may_move_fewer_patients() -> None:
    chance = random.Random(7)
    early = Hours((stretch(0, 4),) * 5 + (0, 0))
    two = clinic(person("anna", early), person("bea", early))
    asked = [
        request(f"c{n}", 2, visit(chance.choice((1, 2, 3)), 1, certificates=["injector"])) for n in range(8)
    ]
    bookings = tuple(
        each
        for found in book_courses(asked, calendar(two), rounds=5, seed=7).booked
        for each in found.bookings
    )
    closed = chance.choice(bookings).day
    now = clinic(person("anna", replace(early, days={closed: 0})), person("bea", early))
    first, best = (mended(bookings, now, asked, on=closed, rounds=rounds) for rounds in (0, 30))
    assert (best.patients, best.fewest) == (1, 1)
    assert (best.patients, best.cost) < (first.patients, first.cost)


def test_a_course_that_lies_behind_the_calendar_has_no_place() -> None:
    asked = [request("c1", 1)]
    bookings = held(asked, clinic())
    found = rebook(
        tuple(replace(each, day=day("2026-06-01")) for each in bookings),
        clinic=clinic(),
        requests=asked,
        on=day("2026-06-01"),
    )
    assert not found.complete


def test_a_booking_that_must_move_needs_its_request() -> None:
    bookings = held([request()], clinic())
    with pytest.raises(ValueError, match="c1 has to move"):
        rebook(bookings, clinic=clinic(person("bea")), requests=[], on=MONDAY)
