"""When can she come? A whole course on permitted days."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final

from anagen.cli import arguments as shared
from anagen.cli.errors import GOOD, BadInput

if TYPE_CHECKING:
    from anagen.exchange.calendar import OpeningHours
    from anagen.knowledge.loader import Knowledge
    from anagen.medicine.course import Protocol
    from anagen.medicine.planning import Plan
    from anagen.medicine.screening import Screening
    from anagen.medicine.timeline import Window

NAME: Final = "plan"
HELP: Final = "place the sessions of a course on permitted days, with the care around them"
DEFAULT: Final = "hair-standard"
_HERE: Final = f"anagen {NAME}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "protocol", metavar="PROTOCOL", nargs="?", default=DEFAULT, help=f"the course ({DEFAULT})"
    )
    parser.add_argument(
        "--from", dest="start", type=shared.day, metavar="DATE", required=True, help="the first possible day"
    )
    parser.add_argument(
        "--facts",
        metavar="FILE",
        help="what is known of the patient (FHIR R4), screened on the first possible day",
    )
    parser.add_argument("--busy", metavar="FILE", help="the patient's own calendar (iCalendar, .ics)")
    parser.add_argument(
        "--sessions", type=_count, metavar="N", help="how many sessions; usually the protocol says"
    )
    parser.add_argument(
        "--fix", type=_fixed, metavar="N=DATE", action="append", default=[], help="hold session N to a day"
    )
    parser.add_argument(
        "--hours",
        type=_hours,
        metavar="FROM-TO",
        default=(time(9), time(18)),
        help="opening hours that --busy is compared with (09:00-18:00)",
    )
    parser.add_argument(
        "--zone",
        type=_zone,
        metavar="NAME",
        help="time zone of the clinic; otherwise the calendar's own, or UTC",
    )
    form = parser.add_mutually_exclusive_group()
    shared.add_json(form)
    form.add_argument("--ics", action="store_true", help="print the course as an iCalendar file")


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,2}", text):
        raise argparse.ArgumentTypeError(
            f"“{text}” is no number of sessions. Write a whole number such as 8."
        )
    return int(text)


def _fixed(text: str) -> tuple[int, date]:
    number, _, day = text.partition("=")
    if not re.fullmatch(r"[1-9]\d{0,2}", number) or not day:
        raise argparse.ArgumentTypeError(f"“{text}” holds no session. Write it as 3=2026-12-08.")
    return int(number), shared.day(day)


def _hours(text: str) -> tuple[time, time]:
    try:
        opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” are no hours. Write them as 09:00-18:00.") from None
    if opens >= closes:
        raise argparse.ArgumentTypeError(f"“{text}” ends before it begins. Write it as 09:00-18:00.")
    return opens, closes


def _zone(text: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise argparse.ArgumentTypeError(
            f"“{text}” is no time zone. Write one such as Europe/Berlin."
        ) from None


def run(arguments: argparse.Namespace) -> int:
    from anagen.knowledge.loader import shipped
    from anagen.medicine.course import ImpossibleCourse
    from anagen.medicine.planning import plan_course

    knowledge = shipped()
    protocol = knowledge.protocols.get(arguments.protocol)
    if protocol is None:
        known = ", ".join(knowledge.protocols)
        raise BadInput(
            _HERE, "PROTOCOL", f"There is no course “{arguments.protocol}”.", f"Use one of {known}."
        )
    screening = _screening(arguments, knowledge)
    try:
        plan = plan_course(
            protocol,
            start=arguments.start,
            care=knowledge.care,
            screening=screening,
            words=knowledge.ruleset.vocabulary,
            busy=_busy(arguments, protocol),
            sessions=arguments.sessions,
            fixed=_all_fixed(arguments.fix),
        )
    except ImpossibleCourse as impossible:
        place = "--fix" if "no session" in str(impossible) else "--sessions"
        raise BadInput(_HERE, place, f"{impossible}.", "Ask for what the course allows.") from None
    if arguments.json:
        from anagen.exchange.course import document

        print(json.dumps(document(plan), ensure_ascii=False, indent=2))
    elif arguments.ics:
        sys.stdout.buffer.write(_ics(plan))
    else:
        print("\n".join(lines(plan)))
    return GOOD


def _all_fixed(pairs: list[tuple[int, date]]) -> dict[int, date]:
    fixed: dict[int, date] = {}
    for number, day in pairs:
        if fixed.setdefault(number, day) != day:
            raise BadInput(_HERE, "--fix", f"Session {number} has two days.", "Give one.")
    return fixed


def _screening(arguments: argparse.Namespace, knowledge: Knowledge) -> Screening | None:
    if arguments.facts is None:
        return None
    if arguments.facts == arguments.busy == "-":
        raise BadInput(
            _HERE, "--busy", "Standard input cannot be read twice.", "Name a file for one of them."
        )
    from anagen.cli.screen import reading_of
    from anagen.medicine.screening import screen

    reading = reading_of(arguments.facts, knowledge, arguments.start)
    return screen(reading.facts, ruleset=knowledge.ruleset, on=arguments.start, unmapped=reading.unmapped)


def _busy(arguments: argparse.Namespace, protocol: Protocol) -> tuple[Window, ...]:
    if arguments.busy is None:
        return ()
    import os

    from anagen.cli.files import read_bytes, shown
    from anagen.exchange.calendar import OpeningHours, read
    from anagen.medicine.planning import last_day

    zone = arguments.zone
    if zone is None and os.environ.get("ANAGEN_TIME_ZONE"):
        zone = _zone(os.environ["ANAGEN_TIME_ZONE"])
    opening: OpeningHours = OpeningHours(*arguments.hours)
    end = last_day(protocol, arguments.start, arguments.sessions)
    own = read(
        read_bytes(arguments.busy), name=shown(arguments.busy), start=arguments.start, end=end, zone=zone
    )
    return own.windows(arguments.start, end, session=length(protocol), opening=opening)


def length(protocol: Protocol) -> timedelta:
    """How long a session takes; protocols give it in minutes or hours."""
    duration = protocol.session_length
    return timedelta(minutes=duration.number) if duration.unit == "min" else timedelta(hours=duration.number)


def _ics(plan: Plan) -> bytes:
    from anagen.exchange.appointments import course_entries, write

    course = plan.course
    wanted = len(course.sessions) + len(course.unplaced)
    # Nobody is named on the command line: the course is known by its protocol and its first possible day.
    name = f"{course.protocol.id} from {course.start}"
    entries = course_entries(name, course.sessions, plan.windows, of=wanted)
    return write(entries, stamp=datetime.now(UTC), name="Appointments")


# in words


def lines(plan: Plan) -> Iterator[str]:
    """The plan for a person: sessions with weekdays, what has no day and why, then the windows by subject."""
    course = plan.course
    wanted = len(course.sessions) + len(course.unplaced)
    yield f"{course.protocol.title}: {wanted} session{'s' * (wanted != 1)}, from {spoken(course.start)}"
    if plan.screening is not None:
        yield f"Screened on {spoken(plan.screening.on)}: {plan.screening.verdict.word}"
    if course.sessions:
        yield ""
        yield f"{'Session':<9}{'Date':<18}{'Possible':<36}Mixture"
        for session in course.sessions:
            possible = f"{spoken(session.earliest)} to {spoken(session.latest)}"
            yield f"{session.number:>7}  {spoken(session.day):<18}{possible:<36}{session.mixture}"
    if course.unplaced:
        yield ""
        yield "Without a day"
        numbers: dict[str, list[int]] = {}
        for unplaced in course.unplaced:
            numbers.setdefault(unplaced.reason, []).append(unplaced.number)
        for reason, same in numbers.items():
            which = f"{same[0]}" if len(same) == 1 else f"{same[0]} to {same[-1]}"
            yield from _wrapped(f"{which:>7}  ", reason)
    by_subject: dict[str, list[Window]] = {}
    for window in plan.windows:
        by_subject.setdefault(window.subject, []).append(window)
    for subject in sorted(by_subject, key=lambda subject: (subject != "session", subject)):
        yield ""
        yield subject.capitalize()
        yield from _by_reason(by_subject[subject])


def _by_reason(windows: list[Window]) -> Iterator[str]:
    grouped: dict[tuple[str, str], list[Window]] = {}
    for window in windows:
        grouped.setdefault((window.kind, window.reason), []).append(window)
    for (kind, reason), same in grouped.items():
        rule = f" [{same[0].rule}]" if same[0].rule else ""
        yield from _wrapped("  ", f"{kind}: {reason}{rule}")
        yield from _wrapped("      ", ", ".join(_spans(same)))


def _spans(windows: list[Window]) -> Iterator[str]:
    """``2–7 Dec``, ``28 Dec 2026 – 3 Jan``; the year stands where it changes and at the end."""
    for number, window in enumerate(windows):
        year = window.start.year
        if window.end is None:
            yield f"from {window.start.day} {_month(window.start)} {year}, until that has ended"
            continue
        last = window.end - timedelta(days=1)
        following = windows[number + 1].start.year if number + 1 < len(windows) else None
        shown = f" {last.year}" if last.year != following else ""
        if last == window.start:
            yield f"{last.day} {_month(last)}{shown}"
        elif last.replace(day=1) == window.start.replace(day=1):
            yield f"{window.start.day}–{last.day} {_month(last)}{shown}"
        else:
            begun = f" {year}" if year != last.year else ""
            yield f"{window.start.day} {_month(window.start)}{begun} – {last.day} {_month(last)}{shown}"


def _wrapped(indent: str, text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, 100, initial_indent=indent, subsequent_indent=" " * len(indent))


_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def spoken(day: date) -> str:
    """``Mon 7 Dec 2026``, whatever the machine's language."""
    return f"{_DAYS[day.weekday()]} {day.day} {_month(day)} {day.year}"


def _month(day: date) -> str:
    return _MONTHS[day.month - 1]


__all__: list[Any] = ["HELP", "NAME", "add_arguments", "lines", "run"]
