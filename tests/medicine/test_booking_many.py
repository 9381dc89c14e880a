"""Many courses at once, by hand and by the solver; and what is wrong with bookings, counted anew."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.medicine.builders import day, window
from tests.medicine.clinics import (
    ALL,
    MONDAY,
    a_booking,
    booked,
    calendar,
    clinic,
    days,
    off,
    person,
    request,
    room,
    wishing,
)

from anagen.medicine.booking import Booking, Clinic, Hours, Request, stretch, visit
from anagen.medicine.booking_faults import faults
from anagen.medicine.booking_first_fit import first_fit
from anagen.medicine.booking_many import Bookings, book_courses

MORNING = Hours((stretch(0, 3),) * 5 + (0, 0))  # one visit of three slots a day
NARROW = clinic(person("anna", MORNING), things=(room("one"),))


def crowd(number: int, **more: object) -> list[Request]:
    return [request(f"c{n + 1}", **more) for n in range(number)]


def sound(found: Bookings, of: Clinic) -> None:
    held = [each for course in found.booked for each in course.bookings]
    assert faults(held, clinic=of, requests=[course.request for course in found.booked]) == ()


def test_every_course_of_five_gets_its_own_day() -> None:
    on = calendar(NARROW)
    found = book_courses(crowd(5), on, rounds=5)
    sound(found, NARROW)
    assert (found.placed, found.hopeless, found.bound) == (5, 0, 0)
    assert (found.cost, found.gap) == (100, 100)
    assert on.free == calendar(NARROW).free


def test_rounds_make_room_where_one_after_the_other_does_not() -> None:
    # The second wants the days that the first has taken, and can have no other; the first could have had others.
    fixed = replace(request("c2"), start_within=request().gaps[2].least.__class__(0, "d"))
    asked = [replace(request("c1"), start=MONDAY, wishes=wishing(weekdays=frozenset({0}))), fixed]
    greedy = book_courses(asked, calendar(NARROW), rounds=0)
    better = book_courses(asked, calendar(NARROW), rounds=20)
    assert (greedy.placed, better.placed) == (1, 2)
    assert (len(greedy.booked[1].unplaced), greedy.booked[1].bookings) == (3, ())
    sound(better, NARROW)


def test_many_rounds_are_never_worse_and_the_same_again() -> None:
    asked = [
        request(
            f"c{n}",
            wishes=wishing(weekdays=frozenset({n % 3}), same_person=True),
            start=day(f"2026-03-0{2 + n % 3}"),
        )
        for n in range(9)
    ]
    found = [book_courses(asked, calendar(NARROW), rounds=rounds, seed=3) for rounds in (0, 40, 40)]
    merits = [(-each.placed, each.cost) for each in found]
    assert merits[1] <= merits[0]
    assert found[1] == found[2]
    for each in found:
        sound(each, NARROW)


def test_it_ends_when_told_or_when_nothing_can_be_better() -> None:
    assert book_courses(crowd(5), calendar(NARROW), go_on=lambda: False).rounds == 0
    assert book_courses(crowd(1), calendar(NARROW)).rounds == 0
    assert book_courses([], calendar(NARROW)).booked == ()


def test_a_course_that_has_no_place_even_alone_is_hopeless() -> None:
    never = request("c2", windows=(window("2026-03-01", None),))
    late = request("c3", start=day("2027-03-01"))
    found = book_courses([request("c1"), never, late], calendar(NARROW), rounds=3)
    assert (found.placed, found.hopeless) == (1, 2)
    assert [len(each.bookings) for each in found.booked] == [3, 0, 0]


def test_a_course_is_asked_for_once() -> None:
    with pytest.raises(ValueError, match="one name"):
        book_courses([request(), request()], calendar())


def test_by_hand_each_session_takes_the_nearest_day_and_a_course_that_is_stuck_is_given_back() -> None:
    on = calendar(NARROW)
    found = first_fit(crowd(6), on)
    assert [each.complete for each in found] == [True] * 5 + [False]
    assert days(found[1]) == ["03-03", "03-10", "03-17"]
    assert (found[5].bookings, len(found[5].unplaced)) == ((), 3)
    assert on.free == calendar(NARROW).free
    assert not first_fit([request(start=day("2027-03-01"))], on)[0].complete
    both = clinic(person("anna", off("2026-03-02")), person("bea", off("2026-03-10")))
    assert {each.person for each in first_fit([request()], calendar(both))[0].bookings} == {"bea"}


# what is wrong


def kinds(*bookings: Booking, of: Clinic | None = None, asked: Request | None = None) -> list[str]:
    return [each.kind for each in faults(bookings, clinic=of or clinic(), requests=[asked] if asked else ())]


def test_sound_bookings_have_no_fault() -> None:
    found = booked(request())
    assert kinds(*found.bookings, asked=found.request) == []


def test_two_at_once_are_found_for_people_things_and_patients() -> None:
    assert kinds(a_booking(), a_booking(course="c2", patient="other", things=("two",))) == ["person"]
    assert kinds(a_booking(), a_booking(course="c2", patient="other", slot=2)) == ["thing"]
    assert kinds(a_booking(), a_booking(course="c2", person="bea", things=("two",))) == ["patient"]
    assert kinds(a_booking(), a_booking(course="c2", patient="other", slot=3)) == []


def test_the_clinics_own_hours_people_and_things_are_asked() -> None:
    assert kinds(a_booking(slot=6)) == ["closed"]
    assert kinds(a_booking("2026-03-07")) == ["away", "closed"]
    assert kinds(a_booking(person="gone", things=("cellar",))) == ["unknown", "unknown"]
    assert kinds(a_booking(things=())) == ["thing"]
    assert kinds(a_booking("2028-03-01")) == ["certificate"]
    assert kinds(a_booking(visit=replace(a_booking().visit, skills=frozenset({"laser"})))) == ["skill"]


def test_the_request_is_kept() -> None:
    asked = request(
        windows=(window("2026-03-09", "2026-03-10", "antibiotics"),), busy={day("2026-03-03"): ALL}
    )
    first = a_booking()
    assert kinds(a_booking("2026-03-03"), asked=asked) == ["busy"]
    assert kinds(first, a_booking("2026-03-09", number=2), asked=asked) == ["window"]
    assert kinds(first, a_booking("2026-03-06", number=2), asked=asked) == ["gap"]
    assert kinds(first, a_booking("2026-03-16", number=2), asked=asked) == ["gap"]
    assert kinds(a_booking("2026-03-10", number=2), asked=asked) == ["gap"]
    assert kinds(a_booking("2026-03-10"), asked=asked) == ["start"]
    assert kinds(a_booking("2026-02-27"), asked=asked) == ["start"]
    assert kinds(first, a_booking("2026-03-04"), asked=asked) == ["twice"]
    assert kinds(a_booking(number=9), asked=asked) == ["visit"]
    assert kinds(a_booking(visit=visit(3, 1)), asked=asked) == ["visit"]
    later = request(first=2, after=MONDAY, gaps=dict.fromkeys((2, 3, 4), asked.gaps[2]))
    assert kinds(a_booking("2026-03-05", number=2), asked=later) == ["gap"]
    told = faults([first, a_booking("2026-03-09", number=2)], clinic=clinic(), requests=[asked])
    assert told[0].words == "On 2026-03-09 no session may lie: antibiotics"
