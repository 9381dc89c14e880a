"""What is wrong with bookings, counted anew: it shares nothing with the solver but the words.

Slot by slot and day by day, so that a mistake in the solver's arithmetic is not made twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from anagen.medicine.booking_words import Booking, Clinic, Hours, Request
from anagen.medicine.dates import add, in_words
from anagen.medicine.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with one booking. ``words`` are fit for the patient."""

    kind: str
    course: str
    number: int
    words: str


def faults(
    bookings: Iterable[Booking], *, clinic: Clinic, requests: Iterable[Request] = ()
) -> tuple[Fault, ...]:
    """Everything that is wrong, in the order of the bookings; empty when nothing is.

    kinds: ``person``, ``thing``, ``patient`` (two at once), ``closed``, ``away``, ``unknown``, ``skill``,
    ``certificate``; with the requests also ``window``, ``busy``, ``gap``, ``start``, ``twice``, ``visit``. A booking
    whose request is not given is held to the clinic alone.
    """
    placed = sorted(bookings, key=lambda each: (each.day, each.slot, each.course, each.number))
    asked = {request.id: request for request in requests}
    found = [fault for booking in placed for fault in _here(booking, clinic)]
    found += _collisions(placed)
    for course, request in asked.items():
        found += _course([each for each in placed if each.course == course], request)
    return tuple(found)


def _fault(kind: str, booking: Booking, words: str) -> Fault:
    return Fault(kind, booking.course, booking.number, words)


def _open(hours: Hours, day: date, first: int, end: int) -> bool:
    return all(hours.on(day) >> slot & 1 for slot in range(first, end))


def _here(booking: Booking, clinic: Clinic) -> Iterator[Fault]:
    visit, day = booking.visit, booking.day
    if booking.slot < 0 or booking.slot + visit.total > clinic.slots:
        yield _fault("closed", booking, f"On {day} we are closed before this visit would be over.")
        return
    person = next((each for each in clinic.staff if each.id == booking.person), None)
    if person is None:
        yield _fault("unknown", booking, f"{booking.person} does not give sessions here.")
    else:
        if not _open(person.hours, day, booking.slot, booking.slot + visit.length):
            yield _fault("away", booking, f"{person.id} is not here at that time on {day}.")
        if not visit.skills <= person.skills:
            yield _fault("skill", booking, f"{person.id} does not give this kind of session.")
        elif any(day >= person.certificates.get(name, date.min) for name in visit.certificates):
            yield _fault("certificate", booking, f"{person.id} has no certificate that holds on {day}.")
    if len(booking.things) != len(visit.needs):
        yield _fault("thing", booking, f"The visit on {day} has not everything that it needs.")
    for name, need in zip(booking.things, visit.needs, strict=False):
        thing = next((each for each in clinic.things if each.id == name and each.kind == need.kind), None)
        if thing is None:
            yield _fault("unknown", booking, f"There is no {need.kind} called {name}.")
        elif not _open(thing.hours, day, booking.slot + need.first, booking.slot + need.end):
            yield _fault("closed", booking, f"{name} cannot be used at that time on {day}.")


def _spans(booking: Booking) -> Iterator[tuple[str, str, int, int]]:
    """Everybody and everything it takes: kind, name, first slot, end."""
    yield "person", booking.person, booking.slot, booking.slot + booking.visit.length
    yield "patient", booking.patient, booking.slot, booking.slot + booking.visit.total
    for name, need in zip(booking.things, booking.visit.needs, strict=False):
        yield "thing", name, booking.slot + need.first, booking.slot + need.end


def _collisions(placed: Iterable[Booking]) -> Iterator[Fault]:
    """Each booking that takes a slot which an earlier one has; once for each kind."""
    taken: dict[tuple[str, str, date, int], int] = {}
    for place, booking in enumerate(placed):
        met: dict[str, str] = {}
        for kind, name, first, end in _spans(booking):
            for slot in range(first, end):
                if taken.setdefault((kind, name, booking.day, slot), place) != place:
                    met.setdefault(kind, name)
        for kind, name in met.items():
            who = "The patient" if kind == "patient" else name
            yield _fault(kind, booking, f"{who} is already booked at that time on {booking.day}.")


def _course(placed: list[Booking], request: Request) -> Iterator[Fault]:
    timeline = Timeline(request.windows)
    by_number: Mapping[int, Booking] = {booking.number: booking for booking in placed}
    if len(by_number) < len(placed):
        yield _fault("twice", placed[-1], "A session of this course is booked twice.")
    for booking in placed:
        if booking.number not in request.numbers:
            yield _fault("visit", booking, f"This course has no session {booking.number} to be booked.")
            continue
        if (
            booking.visit != request.visits[booking.number - request.first]
            or booking.patient != request.patient
        ):
            yield _fault("visit", booking, "The booking is not for this visit of this patient.")
        for window in timeline.standing(booking.day):
            yield _fault("window", booking, f"On {booking.day} no session may lie: {window.reason}")
        busy = request.busy.get(booking.day, 0)
        if any(busy >> slot & 1 for slot in range(booking.slot, booking.slot + booking.visit.total)):
            yield _fault("busy", booking, f"On {booking.day} you have something else at that time.")
        yield from _distance(booking, by_number, request)


def _distance(booking: Booking, by_number: Mapping[int, Booking], request: Request) -> Iterator[Fault]:
    """Too early or too late after the session before, or after the day from which the course may begin."""
    day, number = booking.day, booking.number
    if day < request.start:
        yield _fault("start", booking, f"The course begins on {request.start} at the earliest.")
    before = by_number[number - 1].day if number - 1 in by_number else None
    if number == request.first:
        before = request.after
        if before is None:
            if day > add(request.start, request.start_within):
                yield _fault(
                    "start",
                    booking,
                    f"The course begins by {add(request.start, request.start_within)} at the latest.",
                )
            return
    if before is None:
        yield _fault("gap", booking, f"Session {number - 1} has no day, and session {number} comes after it.")
        return
    gap = request.gaps[number]
    if day < add(before, gap.least) or day <= before:
        yield _fault(
            "gap", booking, f"At least {in_words(gap.least)} lie between sessions {number - 1} and {number}."
        )
    elif day > add(before, gap.longest):
        yield _fault(
            "gap", booking, f"At most {in_words(gap.longest)} lie between sessions {number - 1} and {number}."
        )
