"""First come, first served, session after session, as it is done by hand: what the solver is compared with."""

from __future__ import annotations

from collections.abc import Sequence

from anagen.medicine.booking import answer
from anagen.medicine.booking_calendar import Calendar, bits
from anagen.medicine.booking_offer import Offer, Place
from anagen.medicine.booking_words import Booked, Booking, Request, Weights
from anagen.medicine.course import Unplaced


def first_fit(requests: Sequence[Request], calendar: Calendar) -> tuple[Booked, ...]:
    """Each session on the free day nearest to the usual gap, at the first free slot, without a look ahead.

    The same person is kept where that day allows it; other wishes are not looked at. A course that gets stuck is given
    back whole. The calendar is left as it is.
    """
    booked: list[Booked] = []
    for request in requests:
        offer = Offer(request, calendar, Weights())
        bookings = _by_hand(offer)
        found = answer(offer, bookings)
        if found.unplaced:
            missing = tuple(Unplaced(number, found.unplaced[0].reason) for number in request.numbers)
            found = Booked(request, (), missing, found.cost)
        for booking in found.bookings:
            calendar.book(booking)
        booked.append(found)
    for found in booked:
        for booking in found.bookings:
            calendar.release(booking)
    return tuple(booked)


def _by_hand(offer: Offer) -> list[Booking]:
    bookings: list[Booking] = []
    before, person = 1, ""
    for index, visit in enumerate(offer.request.visits):
        starts = offer.starts(visit) if offer.length else {}
        days = {name: offer.on_days(visit, name, lanes) for name, lanes in starts.items() if lanes}
        nearest = (
            before.bit_length() - 1 + shift
            for way in offer.moves[index]
            if way.of & before
            for _, shifts in way.steps
            for shift in reversed(shifts)  # of two days equally near the later one
        )
        day = next((day for day in nearest if any(free >> day & 1 for free in days.values())), None)
        if day is None:
            break
        able = [name for name, free in days.items() if free >> day & 1]
        person = person if person in able else able[0]
        slot = next(bits(offer.calendar.lanes.lane(starts[person], day)))
        place = offer.first + day
        bookings.append(offer.booking(index, Place(place, slot, person, offer.things(visit, place, slot))))
        before = 1 << day
    return bookings
