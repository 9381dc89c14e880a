"""The patient's own calendar, read: which days leave no time for a session.

An iCalendar file (RFC 5545) holds what a person has to do; what matters here is on which days no stretch of free
time is left in which a session fits into the opening hours. Those days become windows on the timeline. Cancelled
events and those marked as free time (TRANSP:TRANSPARENT) take no time; repeating events count on each of their days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar
import recurring_ical_events

from anagen.exchange.errors import BadInput
from anagen.medicine.timeline import SESSION, Window

_ONE_DAY: Final = timedelta(days=1)
_TOO_OFTEN: Final = frozenset({"SECONDLY", "MINUTELY"})
_TIMES: Final = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
WITHOUT_A_NAME: Final = "busy"


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Between which times of a day a session may lie; the same on every day."""

    opens: time = time(9)
    closes: time = time(18)

    def on(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        """The day's hours as instants in UTC."""
        return tuple(datetime.combine(day, at, zone).astimezone(UTC) for at in (self.opens, self.closes))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Time that somebody has no more, ``start <= t < end``, as instants in UTC."""

    start: datetime
    end: datetime
    summary: str = WITHOUT_A_NAME


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """What a calendar says of some days, and the time zone in which its days begin."""

    stretches: tuple[Stretch, ...]
    zone: tzinfo

    def windows(
        self, start: date, end: date, *, session: timedelta, opening: OpeningHours | None = None
    ) -> tuple[Window, ...]:
        """The days of ``start <= day < end`` on which no free stretch as long as ``session`` is left.

        Adjacent days with the same reason are one window.
        """
        opening = opening or OpeningHours()
        found: list[Window] = []
        day = start
        while day < end:
            reason = self._reason(day, session, opening)
            if reason:
                if found and found[-1].end == day and found[-1].reason == reason:
                    found[-1] = _busy(found[-1].start, day + _ONE_DAY, reason)
                else:
                    found.append(_busy(day, day + _ONE_DAY, reason))
            day += _ONE_DAY
        return tuple(found)

    def _reason(self, day: date, session: timedelta, opening: OpeningHours) -> str:
        """Why no session fits on that day; empty when one does. One event that suffices is named alone."""
        opens, closes = opening.on(day, self.zone)
        there = [taken for taken in self.stretches if taken.start < closes and opens < taken.end]
        if longest_free(opens, closes, there) >= session:
            return ""
        for taken in sorted(there, key=lambda taken: taken.start - taken.end):
            if longest_free(opens, closes, [taken]) < session:
                return taken.summary
        return "; ".join(dict.fromkeys(taken.summary for taken in there)) or "The opening hours are too short"


def longest_free(opens: datetime, closes: datetime, taken: Iterable[Stretch]) -> timedelta:
    """The longest stretch between two instants that nothing takes."""
    longest, free_from = timedelta(0), opens
    for stretch in sorted(taken):
        longest = max(longest, min(stretch.start, closes) - free_from)
        free_from = max(free_from, stretch.end)
    return max(longest, closes - free_from)


def _busy(start: date, end: date, reason: str) -> Window:
    return Window(start, end, "busy", SESSION, reason)


def read(data: bytes, *, name: str, start: date, end: date, zone: tzinfo | None = None) -> OwnCalendar:
    """What a calendar says of the days from ``start`` to ``end`` (half-open).

    ``zone`` is where the session would take place; without it the calendar's own zone is taken, or UTC. Times
    without a zone, and whole days, are meant there. BadInput with the line when any of it cannot be read: an
    event that is not understood might be the one that matters.
    """
    source = _Source(data, name)
    calendars = source.calendars()
    zone = zone or _own_zone(calendars) or UTC
    # A day on either side: where it is already (or still) another day, that matters here.
    first = datetime.combine(start - _ONE_DAY, time(), zone)
    last = datetime.combine(end + _ONE_DAY, time(), zone)
    stretches: list[Stretch] = []
    for calendar in calendars:
        _told_apart(calendar)
        try:
            for event in recurring_ical_events.of(calendar).between(first, last):
                stretches.extend(_taken(event, zone))
        except BadInput:
            raise
        except Exception as error:  # the library raises many kinds for rules that contradict themselves
            raise BadInput(name, "", f"An event cannot be followed: {error}.", "Export it anew.") from None
        stretches.extend(_free_busy(calendar, zone))
    return OwnCalendar(tuple(sorted(stretches)), zone)


def _told_apart(calendar: Any) -> None:
    """A UID of its own for every event that is not part of a series: of two with the same one would be lost."""
    seen: set[str] = set()
    for number, event in enumerate(calendar.walk("VEVENT")):
        if "RECURRENCE-ID" in event:
            continue
        uid = str(event.get("UID", ""))
        if not uid or uid in seen:
            event["UID"] = f"{uid}, event {number}"
        seen.add(uid)


def _taken(event: Any, zone: tzinfo) -> Iterator[Stretch]:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    if start < end:  # a bare point in time takes none
        summary = " ".join(str(event.get("SUMMARY", "")).split())
        yield Stretch(_instant(start, zone), _instant(end, zone), summary or WITHOUT_A_NAME)


def _free_busy(calendar: Any, zone: tzinfo) -> Iterator[Stretch]:
    """Busy times that were published without saying what they are (VFREEBUSY)."""
    for component in calendar.walk("VFREEBUSY"):
        periods = component.get("FREEBUSY", [])
        for listed in periods if isinstance(periods, list) else [periods]:
            if str(listed.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                yield Stretch(_instant(listed.start, zone), _instant(listed.end, zone))


def _instant(moment: date | datetime, zone: tzinfo) -> datetime:
    """A day's beginning, a floating time or a time with a zone, in UTC."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _own_zone(calendars: Sequence[Any]) -> tzinfo | None:
    """The zone that a calendar names as its own, or the one that most of its events are in; UTC says nothing."""
    for calendar in calendars:
        try:
            return ZoneInfo(str(calendar["X-WR-TIMEZONE"]))
        except (KeyError, ValueError, ZoneInfoNotFoundError):
            continue
    zones = Counter(
        moment.tzinfo
        for calendar in calendars
        for event in calendar.walk("VEVENT")
        if isinstance(moment := event["DTSTART"].dt, datetime)
        and moment.tzinfo is not None
        and str(moment.tzinfo) != "UTC"
    )
    return zones.most_common(1)[0][0] if zones else None


class _Source:
    """The text of a calendar, with the line on which each property stands."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise self.bad(line, "This is not UTF-8.", "Export the calendar as UTF-8.") from None
        self.lines = tuple(_unfolded(text))
        self.text = text

    def bad(self, line: int, what: str, mend: str) -> BadInput:
        return BadInput(self.name, f"line {line}" if line else "", what, mend)

    def calendars(self) -> Sequence[Any]:
        """All calendars of the stream, every property of every event understood."""
        self._whole()
        try:
            found = icalendar.Calendar.from_ical(self.text, multiple=True)
        except Exception as error:  # ValueError mostly; other kinds for hostile files
            raise BadInput(self.name, "", f"This is no calendar: {error}.", "Export it anew.") from None
        calendars: list[Any] = [part for part in found if part.name == "VCALENDAR"]
        if not calendars:
            raise self.bad(1, "There is no calendar here.", "Give an iCalendar file (.ics).")
        begins: dict[str, list[int]] = {}
        for position, (_, text) in enumerate(self.lines):
            key, _, value = text.partition(":")
            if key.upper() == "BEGIN":
                begins.setdefault(value.strip().upper(), []).append(position)
        seen: Counter[str] = Counter()
        for calendar in calendars:
            for part in calendar.walk():
                position = begins[part.name][seen[part.name]]
                seen[part.name] += 1
                if part.name in ("VEVENT", "VFREEBUSY"):
                    self._understood(part, position)
        return calendars

    def _whole(self) -> None:
        """Every line has a name and a value, and what begins also ends."""
        if not self.lines:
            raise self.bad(0, "It is empty.", "Give an iCalendar file (.ics).")
        standing: list[tuple[int, str]] = []
        for line, text in self.lines:
            try:
                key, _, value = icalendar.parser.Contentline(text).parts()  # type: ignore[no-untyped-call]
            except ValueError:
                what = (
                    f"“{text[:40]}” is no line of a calendar." if text.isprintable() else "This is no text."
                )
                raise self.bad(line, what, "Export the calendar anew as iCalendar (.ics).") from None
            if not standing and (key.upper(), value.upper()) != ("BEGIN", "VCALENDAR"):
                raise self.bad(
                    line, "A calendar begins with BEGIN:VCALENDAR.", "Give an iCalendar file (.ics)."
                )
            if key.upper() == "BEGIN":
                standing.append((line, value.upper()))
            elif key.upper() == "END":
                begun, what = standing.pop()
                if what != value.upper():
                    raise self.bad(
                        line, f"END:{value} closes the {what} of line {begun}.", "Export the calendar anew."
                    )
        if standing:
            line, what = standing[-1]
            raise self.bad(line, f"This {what} has no end.", "The file was cut off; export it anew.")

    def _understood(self, part: Any, position: int) -> None:
        for name, error in part.errors:
            line = self._line(position, str(name))
            raise self.bad(line, f"{name} cannot be read: {error}.", "Correct the value or remove the event.")
        if part.name != "VEVENT":
            return
        if "DTSTART" not in part:
            line = self.lines[position][0]
            raise self.bad(line, "This event has no DTSTART.", "Add when it begins, or remove it.")
        self._zones_known(part, position)
        self._in_order(part, position)
        for rule in _listed(part, "RRULE"):
            if str(rule.get("FREQ", [""])[0]).upper() in _TOO_OFTEN:
                line = self._line(position, "RRULE")
                raise self.bad(line, "This event repeats every minute.", "Make it one long event.")

    def _zones_known(self, part: Any, position: int) -> None:
        """A zone that nobody knows would put the event at a wrong time in silence."""
        for name in _TIMES:
            for moment in _listed(part, name):
                zone = moment.params.get("TZID")
                moments = [moment.dt] if hasattr(moment, "dt") else [each.dt for each in moment.dts]
                if zone and any(isinstance(at, datetime) and at.tzinfo is None for at in moments):
                    line = self._line(position, name)
                    raise self.bad(
                        line, f"The time zone “{zone}” is not known.", "Export with VTIMEZONE or in UTC."
                    )

    def _in_order(self, part: Any, position: int) -> None:
        if "DTEND" not in part:
            return
        start, end = part["DTSTART"].dt, part["DTEND"].dt
        line = self._line(position, "DTEND")
        if isinstance(start, datetime) is not isinstance(end, datetime):
            raise self.bad(line, "It begins on a day and ends at a time.", "Give two days or two times.")
        if _instant(end, UTC) < _instant(start, UTC):
            raise self.bad(line, "The event ends before it begins.", "Correct DTSTART or DTEND.")

    def _line(self, position: int, name: str) -> int:
        """The line of a property of the component that begins at a position."""
        depth = 0
        for line, text in self.lines[position:]:
            key = text.partition(":")[0].partition(";")[0].upper()
            depth += (key == "BEGIN") - (key == "END")
            if depth == 1 and key == name.upper():
                return line
            if depth == 0:
                break
        return self.lines[position][0]


def _listed(part: Any, name: str) -> list[Any]:
    """The values of a property that may stand once, several times, or not at all."""
    value = part.get(name, [])
    return value if isinstance(value, list) else [value]


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Content lines with the number of the line on which each begins (RFC 5545, 3.1)."""
    standing: tuple[int, str] | None = None
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if standing is not None and line[:1] in (" ", "\t"):
            standing = (standing[0], standing[1] + line[1:])
            continue
        if standing is not None and standing[1].strip():
            yield standing
        standing = (number, line)
    if standing is not None and standing[1].strip():
        yield standing
