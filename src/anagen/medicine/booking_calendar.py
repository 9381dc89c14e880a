"""The clinic's real calendar as bitmaps: the free slots of everybody and everything, all days in one number.

Every day is a lane of bits, a multiple of eight wide, with at least one bit to spare at its upper end. Where a visit
may start is then a handful of shifts for the whole horizon, whatever the number of days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from anagen.medicine.booking_words import Booking, Clinic, Hours, Request
from anagen.medicine.dates import add

_DIGITS: Final = bytes(ord("1") if byte else ord("0") for byte in range(256))
_WEEK: Final = 7


def starts_of(free: int, length: int) -> int:
    """The slots from which ``length`` slots on end are free."""
    have = 1
    while have < length:
        step = min(have, length - have)
        free &= free >> step
        have += step
    return free


def bits(of: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while of:
        lowest = of & -of
        yield lowest.bit_length() - 1
        of ^= lowest


class Lanes:
    """Arithmetic of ``days`` lanes for days of ``slots`` slots."""

    __slots__ = ("_below", "_top", "days", "every", "width")

    def __init__(self, slots: int, days: int) -> None:
        self.width: Final = 8 * (slots // 8 + 1)
        self.days: Final = days
        self.every: Final = self.repeated(days)  # the first bit of every lane
        self._top = self.every << (self.width - 1)
        self._below = self._top - self.every

    def repeated(self, times: int, lanes: int = 1) -> int:
        """Bit 0 of every so many lanes, so many times; multiplied by a pattern it repeats the pattern."""
        step = lanes * self.width
        return ((1 << (times * step)) - 1) // ((1 << step) - 1)

    def lane(self, of: int, day: int) -> int:
        return of >> (day * self.width) & ((1 << self.width) - 1)

    def days_of(self, of: int) -> int:
        """One bit for each day on which any slot is set; the spare bit on top of each lane catches the carry."""
        size = self.width // 8
        raw = ((of + self._below) & self._top).to_bytes(self.days * size, "little")
        return int(raw[size - 1 :: size][::-1].translate(_DIGITS), 2)


class Calendar:
    """Who and what is free on ``days`` days from ``first`` on; bookings outside them are not looked at."""

    __slots__ = ("_open", "clinic", "days", "first", "free", "lanes", "taken")

    def __init__(self, clinic: Clinic, first: date, days: int, bookings: Iterable[Booking] = ()) -> None:
        if days < 1:
            raise ValueError("a calendar has at least one day")
        self.clinic: Final = clinic
        self.first: Final = first
        self.days: Final = days
        self.lanes: Final = Lanes(clinic.slots, days)
        self._open = {each.id: self._opened(each.hours) for each in clinic.everything}
        self.free = dict(self._open)
        self.taken: dict[str, int] = {}  # patients, who cannot be in two places either
        for booking in bookings:
            self.book(booking)

    def _opened(self, hours: Hours) -> int:
        lanes, weekday = self.lanes, self.first.weekday()
        week = sum(hours.week[(weekday + ahead) % _WEEK] << (ahead * lanes.width) for ahead in range(_WEEK))
        found = week * lanes.repeated(self.days // _WEEK + 1, _WEEK) & ((1 << (self.days * lanes.width)) - 1)
        for day, slots in hours.days.items():
            place = (day - self.first).days
            if 0 <= place < self.days:
                found ^= (lanes.lane(found, place) ^ slots) << (place * lanes.width)
        return found

    def book(self, booking: Booking) -> None:
        """Take what it takes. Who is not free is not asked here: see ``faults``."""
        for name, mask in self._masks(booking):
            self.free[name] &= ~mask
        self._patient(booking, taken=True)

    def release(self, booking: Booking) -> None:
        for name, mask in self._masks(booking):
            self.free[name] |= mask & self._open[name]
        self._patient(booking, taken=False)

    def _at(self, booking: Booking) -> int | None:
        day = (booking.day - self.first).days
        return day * self.lanes.width + booking.slot if 0 <= day < self.days else None

    def _masks(self, booking: Booking) -> Iterator[tuple[str, int]]:
        """Only of people and things that are still here: others may have left the clinic since."""
        at = self._at(booking)
        if at is None:
            return
        if booking.person in self.free:
            yield booking.person, ((1 << booking.visit.length) - 1) << at
        for name, need in zip(booking.things, booking.visit.needs, strict=True):
            if name in self.free:
                yield name, ((1 << (need.end - need.first)) - 1) << (at + need.first)

    def _patient(self, booking: Booking, *, taken: bool) -> None:
        at = self._at(booking)
        if at is not None:
            mask = ((1 << booking.visit.total) - 1) << at
            before = self.taken.get(booking.patient, 0)
            self.taken[booking.patient] = before | mask if taken else before & ~mask

    def day(self, place: int) -> date:
        return self.first + timedelta(days=place)


def last_day(request: Request) -> date:
    """The last day on which a session of such a course can lie."""
    numbers = list(request.numbers)
    if request.after is None:
        last = add(request.start, request.start_within)
    else:
        last = add(request.after, request.gaps[numbers[0]].longest)
    for number in numbers[1:]:
        last = add(last, request.gaps[number].longest)
    return last


def calendar_for(clinic: Clinic, requests: Iterable[Request], bookings: Iterable[Booking] = ()) -> Calendar:
    """A calendar that reaches from the first start to the last possible day of these courses."""
    asked = tuple(requests)
    first = min(request.start for request in asked)
    days = max((last_day(request) - first).days for request in asked) + 1
    return Calendar(clinic, first, max(days, 1), bookings)
