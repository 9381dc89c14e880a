"""A course as an iCalendar file that real calendar programs read.

Sessions and the care around them are whole days. An entry keeps its UID as long as course and session are the same,
so a later file moves it instead of adding a second one. Titles say nothing about health: others see calendars.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import icalendar

from anagen.medicine.course import Session
from anagen.medicine.timeline import SESSION, Window

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
    """What to do and to avoid; the other windows are not the patient's to act on.

    Windows about one subject that overlap or touch are one entry, with all that is said of it: a calendar is
    read at a glance.
    """
    by_subject: dict[tuple[str, str], list[Window]] = {}
    for window in windows:
        if window.kind in _TITLES and window.end is not None and window.subject != SESSION:
            by_subject.setdefault((window.kind, window.subject), []).append(window)
    for (kind, subject), about in by_subject.items():
        for number, (start, end, texts) in enumerate(_joined(about), start=1):
            uid = _uid(course, f"{kind} {subject} {number}")
            yield Entry(uid, start, end, f"{_TITLES[kind]}: {_shown(subject)}", "\n".join(texts), sequence)


def _shown(subject: str) -> str:
    return "medicines" if subject.startswith("drug") else subject


def _joined(windows: Iterable[Window]) -> Iterator[tuple[date, date, tuple[str, ...]]]:
    """Stretches that overlap or touch made one, each with what is said in it."""
    standing: list[Window] = []
    end = date.min
    for window in sorted(windows, key=lambda window: (window.start, window.rule)):
        assert window.end is not None
        if standing and window.start > end:
            yield standing[0].start, end, _texts(standing)
            standing.clear()
        standing.append(window)
        end = max(end, window.end)
    if standing:
        yield standing[0].start, end, _texts(standing)


def _texts(windows: Iterable[Window]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(window.reason for window in windows))


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
