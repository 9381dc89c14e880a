"""One course in the clinic's calendar: people, rooms, hours, windows, wishes, and why a session has no place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.medicine.builders import day, gap, protocol, span, window
from tests.medicine.clinics import (
    ALL,
    MONDAY,
    OPEN,
    SESSION,
    a_booking,
    booked,
    calendar,
    clinic,
    days,
    off,
    person,
    request,
    room,
    when,
    wishing,
)

from anagen.medicine.booking import (
    Calendar,
    Clinic,
    Cost,
    Hours,
    Need,
    Request,
    Visit,
    Weights,
    book_course,
    calendar_for,
    last_day,
    request_of,
    stretch,
    visit,
)
from anagen.medicine.booking_words import CHAIR


def test_an_empty_calendar_gives_the_usual_gaps() -> None:
    found = booked(request())
    assert days(found) == ["03-02", "03-09", "03-16"]
    assert (found.complete, found.cost) == (True, Cost())


def test_windows_holidays_and_the_patients_own_time_are_kept() -> None:
    busy = {day("2026-03-10"): ALL, day("2027-01-01"): ALL}
    asked = request(windows=(window("2026-03-09", "2026-03-10"),), busy=busy)
    found = booked(asked, calendar(clinic(person("anna", off("2026-03-02", "2027-01-01")))))
    assert days(found) == ["03-04", "03-11", "03-18"]
    assert found.cost == Cost(days=2)


def test_an_expired_certificate_cannot_be_booked() -> None:
    until = clinic(person("anna", until="2026-03-09"), person("bea", off("2026-03-02")))
    assert when(booked(request(), calendar(until)))[:2] == [("03-02", 0, "anna"), ("03-09", 0, "bea")]
    assert not booked(request(), calendar(clinic(person("anna", until="2026-03-02")))).bookings


def test_a_certificate_whose_end_is_unknown_is_not_held_and_a_missing_skill_neither() -> None:
    unknown = replace(person("anna"), certificates={})
    assert not booked(request(), calendar(clinic(unknown))).bookings
    laser = visit(2, skills=["laser"])
    who = clinic(person("anna"), person("bea", skills="laser"))
    assert {name for _, _, name in when(booked(request(of=laser), calendar(who)))} == {"bea"}


def test_observation_keeps_the_room_and_frees_the_nurse() -> None:
    one_room = clinic(person("anna"), things=(room("one"),))
    first = booked(request("c1", 1), calendar(one_room)).bookings
    second = booked(request("c2", 1), calendar(one_room, bookings=first))
    assert (when(second), second.bookings[0].things) == ([("03-02", 3, "anna")], ("one",))


def test_observation_in_a_chair_frees_the_room() -> None:
    chairs = clinic(
        person("anna"), things=(room("one"), room("seat", kind=CHAIR), room("beam", kind="laser"))
    )
    seated = visit(2, 1, observed_in=CHAIR, devices=["laser"], certificates=["injector"])
    first = booked(request("c1", 1, seated), calendar(chairs)).bookings
    second = booked(request("c2", 1, seated), calendar(chairs, bookings=first)).bookings
    assert first[0].things == ("one", "beam", "seat")
    assert (second[0].slot, second[0].day) == (2, MONDAY)


def test_a_visit_may_need_nobody_elses_room() -> None:
    visits = visit(2)
    outside = replace(visits, needs=())
    people = clinic(person("anna"), person("bea", off("2026-03-02", slots=stretch(4, 8))))
    held = booked(request("c1", 1, outside), calendar(people)).bookings
    found = booked(request("c2", 1, outside), calendar(people, bookings=held))
    assert (when(found), found.bookings[0].things, outside.total) == ([("03-02", 2, "anna")], (), 2)


def test_the_patient_is_in_one_place_at_a_time() -> None:
    first = booked(request("c1", 1))
    second = replace(request("c2", 1), patient=first.request.patient)
    assert when(booked(second, calendar(bookings=first.bookings)))[0][1] >= SESSION.total


def test_wishes_are_met_where_that_costs_no_more() -> None:
    wishes = wishing(weekdays=frozenset({2}), hours=stretch(4, 8), people=frozenset({"bea"}))
    found = booked(request(wishes=wishes))
    assert when(found) == [("03-04", 5, "bea"), ("03-11", 5, "bea"), ("03-18", 5, "bea")]
    assert found.cost == Cost(days=2)
    firm = book_course(request(wishes=wishes), calendar(), weights=Weights(day=100))
    assert (days(firm), firm.cost) == (["03-02", "03-09", "03-16"], Cost(weekdays=3))


def test_hours_that_cannot_be_had_cost_and_forbid_nothing() -> None:
    found = booked(request(wishes=wishing(hours=stretch(0, 2), people=frozenset({"nobody"}))))
    assert found.cost == Cost(hours=3, people=3)


def test_the_same_person_is_kept_even_if_a_day_is_lost_by_it() -> None:
    people = clinic(person("anna", off("2026-03-09")), person("bea", off("2026-03-02", "2026-03-16")))
    asked = request(wishes=wishing(same_person=True))
    cheap = book_course(asked, calendar(people), weights=Weights(day=2))
    assert {name for _, _, name in when(cheap)} == {"anna"}
    assert cheap.cost == Cost(days=1)
    dear = booked(asked, calendar(people))
    assert (days(dear), dear.cost) == (["03-02", "03-09", "03-16"], Cost(changes=2))
    assert dear.cost.total(Weights()) == 10


def test_months_are_as_long_as_they_are() -> None:
    monthly = {2: gap("1 mo", "1 mo", "6 wk"), 3: gap("1 mo", "1 mo", "2 mo")}
    every_day = clinic(person("anna", Hours((ALL,) * 7)), things=(room("one", Hours((ALL,) * 7)),))
    found = booked(request(gaps=monthly, start=day("2026-03-31")), calendar(every_day, 120))
    assert days(found) == ["03-31", "05-01", "06-01"]


def test_a_course_goes_on_after_the_sessions_that_were_given() -> None:
    going_on = request(
        first=2, after=day("2026-03-03"), gaps={2: WEEKLY_MONTH, 3: WEEKLY_MONTH, 4: WEEKLY_MONTH}
    )
    assert days(booked(going_on)) == ["03-10", "03-17", "03-24"]
    assert list(going_on.numbers) == [2, 3, 4]


WEEKLY_MONTH = gap("7 d", "7 d", "1 mo")


def test_a_calendar_may_begin_after_the_course() -> None:
    found = booked(request(), Calendar(clinic(), day("2026-03-03"), 30))
    assert (days(found), found.cost) == (["03-03", "03-10", "03-17"], Cost(days=1))


# why a session has no place


def reason(asked: Request, *of: Any, **more: Any) -> str:
    found = booked(asked, calendar(clinic(*of), **more))
    assert not found.complete
    return found.unplaced[0].reason


def test_a_date_that_is_not_permitted_says_why() -> None:
    found = booked(request(windows=(window("2026-03-08", "2026-03-20", "antibiotics"),)))
    assert days(found) == ["03-02"]
    assert [each.number for each in found.unplaced] == [2, 3]
    assert "antibiotics" in found.unplaced[0].reason
    assert len(found.unplaced[0].windows) == 1
    assert "Session 2 has no place" in found.unplaced[1].reason


def test_a_full_calendar_says_from_when_to_when() -> None:
    nobody = off("2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13", "2026-03-16")
    assert "No place is free from 2026-03-09 to 2026-03-16" in reason(request(), person("anna", nobody))
    part = (window("2026-03-01", "2026-03-04"),)
    closed = Hours((0,) * 7)
    assert "2026-03-02 to 2026-03-06 on a day" in reason(request(windows=part), person("anna", closed))
    later = request(first=2, after=MONDAY, gaps={2: WEEKLY_MONTH, 3: WEEKLY_MONTH, 4: WEEKLY_MONTH})
    assert "2026-03-09 to 2026-04-02" in reason(later, person("anna", closed))


def test_a_calendar_that_ends_too_soon_says_so() -> None:
    assert "The calendar ends on 2026-03-08" in reason(request(), days=7)
    assert "The calendar ends on 2026-03-02" in reason(request(start=day("2026-04-02")), days=1)


# what is bad input


def test_what_cannot_be_is_refused() -> None:
    for wrong, told in (
        (lambda: Hours((ALL,)), "seven days"),
        (lambda: clinic(person("one")), "called “one”"),
        (lambda: Clinic(4, (person("anna"),), ()), "after the last of 4"),
        (lambda: Visit(2, (Need("room", 0, 2), Need("room", 0, 1))), "one thing of a kind"),
        (lambda: Visit(0, ()), "one slot long"),
        (lambda: Visit(2, (Need("room", 3, 4),)), "begins before it is over"),
        (lambda: Visit(2, (Need("room", 1, 1),)), "at least one slot"),
        (lambda: Weights(day=-1), "below zero"),
        (lambda: request(sessions=0), "no visit"),
        (lambda: request(gaps={2: WEEKLY_MONTH}), "before session 3"),
        (lambda: calendar(days=0), "at least one day"),
    ):
        with pytest.raises(ValueError, match=told):
            wrong()


# the calendar itself


def test_bookings_outside_the_calendar_or_of_people_who_left_are_not_looked_at() -> None:
    held = (a_booking("2026-02-27"), a_booking(person="gone", things=("cellar",)))
    on = calendar(bookings=held)
    assert when(booked(request("c2", 1), on)) == [("03-02", 0, "anna")]
    for booking in held:
        on.release(booking)
    assert on.free == calendar().free


def test_a_calendar_reaches_to_the_last_possible_day() -> None:
    asked = [request("c1"), request("c2", start=day("2026-03-05"))]
    assert last_day(asked[1]) == day("2026-03-29")
    on = calendar_for(clinic(), asked)
    assert (on.first, on.days, on.day(on.days - 1)) == (MONDAY, 28, day("2026-03-29"))
    assert last_day(request(sessions=1, first=2, after=MONDAY, gaps={2: gap("7 d", "7 d", "10 d")})) == day(
        "2026-03-12"
    )
    assert OPEN.on(day("2026-03-07")) == 0


def test_a_request_comes_from_a_protocol() -> None:
    of = protocol(gap("7 d", "7 d", "21 d"))
    asked = request_of(of, SESSION, id="c1", patient="p", start=MONDAY, wishes=wishing(same_person=True))
    assert (len(asked.visits), asked.gaps, asked.start_within) == (2, of.gaps, of.start_within)
    assert len(request_of(of, SESSION, id="c1", patient="p", start=MONDAY, sessions=1).visits) == 1
    assert span("4 d") == request().start_within
