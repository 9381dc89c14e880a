"""The words of booking: a clinic's calendar, what a session needs, what a patient asks for, and what was booked.

A day is a local date and has a number of slots, all equally long (a quarter of an hour, or finer: the caller's data).
A stretch of slots is a bitmap, bit 0 the first slot of the day. Time zones and clock changes are the caller's: a
slot that a clock change leaves out or repeats is one that the caller closes. Nothing lies across midnight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from anagen.medicine.course import Gap, Protocol, Unplaced
from anagen.medicine.dates import Duration
from anagen.medicine.timeline import Window

ROOM: Final = "room"
CHAIR: Final = "chair"


def stretch(first: int, end: int) -> int:
    """The bitmap of the slots ``first <= slot < end``."""
    return (1 << end) - (1 << first) if end > first else 0


@dataclass(frozen=True, slots=True)
class Hours:
    """Open slots by weekday, Monday first, and by date for the days that differ: holidays, sickness, repair."""

    week: tuple[int, ...]
    days: Mapping[date, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError(f"a week has seven days, not {len(self.week)}")

    def on(self, day: date) -> int:
        return self.days.get(day, self.week[day.weekday()])


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who gives sessions. A certificate holds before its date; one whose end is unknown is not held."""

    id: str
    hours: Hours
    skills: frozenset[str] = frozenset()
    certificates: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thing:
    """A room, a chair, a device: whatever one patient has at a time. Things of a kind are alike."""

    id: str
    kind: str
    hours: Hours


@dataclass(frozen=True, slots=True)
class Clinic:
    """Who and what there is; every day has so many slots. Identifiers of people and things differ."""

    slots: int
    staff: tuple[Person, ...]
    things: tuple[Thing, ...]

    def __post_init__(self) -> None:
        names = [each.id for each in self.everything]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two people or things are called “{min(twice)}”; each needs a name of its own")
        for each in self.everything:
            if any(bits >> self.slots for bits in (*each.hours.week, *each.hours.days.values())):
                raise ValueError(f"“{each.id}” has hours after the last of {self.slots} slots")

    @property
    def everything(self) -> tuple[Person | Thing, ...]:
        return (*self.staff, *self.things)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing of a kind, from slot ``first`` of the visit up to ``end``."""

    kind: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Visit:
    """What one session takes: somebody for ``length`` slots, and the things it needs, the scarcest first."""

    length: int
    needs: tuple[Need, ...]
    skills: frozenset[str] = frozenset()
    certificates: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        kinds = [need.kind for need in self.needs]
        if len(set(kinds)) < len(kinds):
            raise ValueError("a visit needs one thing of a kind, for one stretch of time")
        if self.length < 1 or any(not 0 <= need.first <= self.length for need in self.needs):
            raise ValueError("a visit is at least one slot long, and what it needs begins before it is over")
        if any(need.end <= need.first for need in self.needs):
            raise ValueError("whatever a visit needs is needed for at least one slot")

    @property
    def total(self) -> int:
        """Slots from the patient's coming to going, observation included."""
        return max((self.length, *(need.end for need in self.needs)))

    def certified_until(self, person: Person) -> date:
        """The first day on which a certificate of theirs no longer holds; the first of all days if one is missing."""
        return min((person.certificates.get(name, date.min) for name in self.certificates), default=date.max)


def visit(
    length: int,
    observation: int = 0,
    *,
    observed_in: str = ROOM,
    devices: Iterable[str] = (),
    skills: Iterable[str] = (),
    certificates: Iterable[str] = (),
) -> Visit:
    """A session in a room, observed in the same room or somewhere else (``observed_in=CHAIR``)."""
    stays = observed_in == ROOM
    needs = [Need(ROOM, 0, length + observation if stays else length)]
    needs += [Need(device, 0, length) for device in devices]
    if observation and not stays:
        needs.append(Need(observed_in, length, length + observation))
    return Visit(length, tuple(needs), frozenset(skills), frozenset(certificates))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a patient would like; none of it forbids anything. ``hours`` hold the whole visit."""

    weekdays: frozenset[int] | None = None
    hours: int | None = None
    people: frozenset[str] | None = None
    same_person: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much, in whole numbers: a day off the usual gap, and a wish not met, for each session."""

    day: int = 10  # for each day off the usual gap, or of waiting for the first session
    weekday: int = 15
    hours: int = 10
    person: int = 10
    change: int = 5  # somebody else than last time, where the same was wished

    def __post_init__(self) -> None:
        if min(self.day, self.weekday, self.hours, self.person, self.change) < 0:
            raise ValueError("no weight is below zero")


@dataclass(frozen=True, slots=True)
class Request:
    """One course to be booked: its visits in order, the days that are permitted, the patient's own time.

    ``first`` is the number of the first visit; ``after`` the day of the session before it, when there was one.
    ``gaps`` go by session number, as in a protocol. ``busy`` are slots at which the patient cannot be here.
    """

    id: str
    patient: str
    visits: tuple[Visit, ...]
    gaps: Mapping[int, Gap]
    start: date
    start_within: Duration
    windows: tuple[Window, ...] = ()
    busy: Mapping[date, int] = field(default_factory=dict)
    wishes: Wishes = Wishes()
    first: int = 1
    after: date | None = None

    def __post_init__(self) -> None:
        if not self.visits:
            raise ValueError(f"course {self.id} asks for no visit")
        followers = range(self.first + (self.after is None), self.first + len(self.visits))
        if missing := [number for number in followers if number not in self.gaps]:
            raise ValueError(f"course {self.id} has no gap before session {missing[0]}")

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + len(self.visits))


def request_of(
    protocol: Protocol,
    of: Visit,
    *,
    id: str,
    patient: str,
    start: date,
    windows: Iterable[Window] = (),
    busy: Mapping[date, int] | None = None,
    wishes: Wishes | None = None,
    sessions: int | None = None,
) -> Request:
    """The course of a protocol, each session of it the same visit."""
    wanted = protocol.usual_sessions if sessions is None else sessions
    return Request(
        id,
        patient,
        (of,) * wanted,
        protocol.gaps,
        start,
        protocol.start_within,
        tuple(windows),
        busy or {},
        wishes or Wishes(),
    )


@dataclass(frozen=True, slots=True)
class Booking:
    """One session with its day, first slot, person, and things in the order of the visit's needs."""

    course: str
    patient: str
    number: int
    day: date
    slot: int
    person: str
    things: tuple[str, ...]
    visit: Visit


@dataclass(frozen=True, slots=True)
class Cost:
    """What is not as it would be best: days off the usual gaps, and sessions whose wishes are not met."""

    days: int = 0
    weekdays: int = 0
    hours: int = 0
    people: int = 0
    changes: int = 0

    def total(self, weights: Weights) -> int:
        return (
            self.days * weights.day
            + self.weekdays * weights.weekday
            + self.hours * weights.hours
            + self.people * weights.person
            + self.changes * weights.change
        )


@dataclass(frozen=True, slots=True)
class Booked:
    """The answer to a request: bookings for all sessions or the first of them, and why the rest found no place."""

    request: Request
    bookings: tuple[Booking, ...]
    unplaced: tuple[Unplaced, ...]
    cost: Cost

    @property
    def complete(self) -> bool:
        return not self.unplaced
