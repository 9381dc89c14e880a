"""A course as an iCalendar file that real calendar programs read.

Sessions and the care around them are whole days. An entry keeps its UID as long as course and session are the same,
so a later file moves it instead of adding a second one. Titles say nothing about health: others see calendars.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import icalendar

from anagen.medicine.course import Session
from anagen.medicine.timeline import Window

PUBLISH: Final = "PUBLISH"
CANCEL: Final = "CANCEL"
_ONE_DAY: Final = timedelta(days=1)
_TITLES: Final = {"avoid": "Please avoid", "do": "Please note"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One all-day entry, ``start <= day < end``; ``sequence`` counts how often it has been changed."""

    uid: str
    start: date
    end: date
    title: str
    text: str = ""
    sequence: int = 0
    cancelled: bool = False

    def cancel(self) -> Entry:
        """The same entry, called off: to be sent with METHOD:CANCEL or left in a feed as cancelled."""
        return replace(self, sequence=self.sequence + 1, cancelled=True)


def session_entry(course: str, session: Session, *, of: int, sequence: int = 0, text: str = "") -> Entry:
    """``course`` names the course for ever; ``of`` is the number of its sessions."""
    uid = _uid(course, f"session {session.number}")
    title = f"Appointment {session.number} of {of}"
    return Entry(uid, session.day, session.day + _ONE_DAY, title, text, sequence)


def care_entries(course: str, windows: Iterable[Window], *, sequence: int = 0) -> Iterator[Entry]:
    """What to do and to avoid, from the windows of those kinds; the others are not the patient's to act on."""
    seen: Counter[str] = Counter()
    for window in windows:
        title = _TITLES.get(window.kind)
        if title is None or window.end is None:
            continue
        seen[window.rule] += 1
        uid = _uid(course, f"{window.rule} {seen[window.rule]}")
        yield Entry(uid, window.start, window.end, f"{title}: {window.subject}", window.reason, sequence)


def course_entries(
    course: str, sessions: Sequence[Session], windows: Iterable[Window], *, of: int, sequence: int = 0
) -> tuple[Entry, ...]:
    """All entries of a course, sessions first."""
    return (
        *(session_entry(course, session, of=of, sequence=sequence) for session in sessions),
        *care_entries(course, windows, sequence=sequence),
    )


def write(entries: Iterable[Entry], *, stamp: datetime, name: str, method: str = PUBLISH) -> bytes:
    """An iCalendar file. ``stamp`` (with a zone) is when this was written; ``name`` the calendar's title."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Anagen//Anagen//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry, stamp))
    return bytes(calendar.to_ical())


def _event(entry: Entry, stamp: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", entry.start)
    event.add("dtend", entry.end)
    event.add("summary", entry.title)
    if entry.text:
        event.add("description", entry.text)
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    # The hour is agreed at the desk; a whole day must not look taken to those who share the calendar.
    event.add("transp", "TRANSPARENT")
    return event


def _uid(course: str, part: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"urn:anagen:{course}:{part}"))
