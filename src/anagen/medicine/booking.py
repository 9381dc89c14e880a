"""A whole course booked at once: every session on a permitted day, with somebody who may give it and a place for it.

``book_course`` is exact: of all bookings that break nothing it places the most sessions, then costs least (see
``Weights``), then ends soonest. What must never be broken is counted anew by ``booking_faults.faults``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from anagen.medicine.booking_calendar import Calendar, calendar_for, last_day, starts_of
from anagen.medicine.booking_offer import Offer
from anagen.medicine.booking_words import (
    Booked,
    Booking,
    Clinic,
    Cost,
    Hours,
    Need,
    Person,
    Request,
    Thing,
    Visit,
    Weights,
    Wishes,
    request_of,
    stretch,
    visit,
)
from anagen.medicine.course import Unplaced
from anagen.medicine.dates import add
from anagen.medicine.timeline import SESSION, Window

_ONE_DAY: Final = timedelta(days=1)


def book_course(request: Request, calendar: Calendar, *, weights: Weights | None = None) -> Booked:
    """The best booking of one course; the calendar is left as it is. Sessions without a place say why."""
    offer = Offer(request, calendar, weights or Weights())
    return answer(offer, offer.best()[0])


def answer(offer: Offer, bookings: Sequence[Booking]) -> Booked:
    """Bookings with their cost, and a reason for each session that is not among them."""
    request = offer.request
    return Booked(request, tuple(bookings), _unplaced(offer, bookings), cost_of(request, bookings))


def cost_of(request: Request, bookings: Sequence[Booking]) -> Cost:
    """What bookings of a course, in order, leave to be wished for."""
    wishes = request.wishes
    days = 0
    before = request.after
    for booking in bookings:
        usual = request.start if before is None else add(before, request.gaps[booking.number].usual)
        days += abs((booking.day - usual).days)
        before = booking.day
    weekdays = sum(
        wishes.weekdays is not None and each.day.weekday() not in wishes.weekdays for each in bookings
    )
    hours = sum(
        wishes.hours is not None and not starts_of(wishes.hours, each.visit.total) >> each.slot & 1
        for each in bookings
    )
    people = sum(wishes.people is not None and each.person not in wishes.people for each in bookings)
    changes = sum(wishes.same_person and one.person != other.person for one, other in pairwise(bookings))
    return Cost(days, weekdays, hours, people, changes)


def _unplaced(offer: Offer, bookings: Sequence[Booking]) -> tuple[Unplaced, ...]:
    request = offer.request
    rest = request.numbers[len(bookings) :]
    if not rest:
        return ()
    first, *later = rest
    why = f"Session {first} has no place, and this one comes after it."
    return (_stuck(offer, first), *(Unplaced(number, why) for number in later))


def _stuck(offer: Offer, number: int) -> Unplaced:
    """Why the first session without a place has none: windows, or a calendar without a free place."""
    request, calendar = offer.request, offer.calendar
    first, last = offer.range_of(number)
    end = calendar.day(calendar.days)
    if end <= first:
        return Unplaced(number, f"The calendar ends on {end - _ONE_DAY}, before session {number} can lie.")
    blocking = tuple(
        window
        for window in request.windows
        if window.subject == SESSION and window.meets(first, last + _ONE_DAY)
    )
    where = f"from {first} to {last}"
    if blocking and not _any_permitted(blocking, first, last):
        why = "; ".join(dict.fromkeys(window.reason for window in blocking))
        return Unplaced(number, f"No day {where} is permitted: {why}", blocking)
    return Unplaced(number, f"No place is free {where} on a day that is permitted.", blocking)


def _any_permitted(blocking: Iterable[Window], first: date, last: date) -> bool:
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return any(not any(window.stands(day) for window in blocking) for day in days)


__all__ = [
    "Booked",
    "Booking",
    "Calendar",
    "Clinic",
    "Cost",
    "Hours",
    "Need",
    "Person",
    "Request",
    "Thing",
    "Visit",
    "Weights",
    "Wishes",
    "book_course",
    "calendar_for",
    "cost_of",
    "last_day",
    "request_of",
    "stretch",
    "visit",
]
