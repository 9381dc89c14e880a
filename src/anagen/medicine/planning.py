"""One plan: what the screening forbids, the patient's own time, the sessions, and the care around them.

Booking, the course page, the calendar feed and the command line all ask :func:`plan_course`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from anagen.medicine.care import Care, care_windows
from anagen.medicine.course import Course, ImpossibleCourse, Protocol, Session, Unplaced, horizon, plan
from anagen.medicine.dates import add, in_words
from anagen.medicine.rules import Verdict
from anagen.medicine.screening import Screening
from anagen.medicine.timeline import SESSION, Window
from anagen.medicine.vocabulary import Vocabulary

REVIEW: Final = "review"
_ONE_DAY: Final = timedelta(days=1)
_NAMED: Final = 6  # so many are named in a reason; the screening has them all

# Verdicts under which no session is placed, however far ahead: a person has to answer or to decide first.
_NO_COURSE: Final = {
    Verdict.INCOMPLETE: "Answers are missing",
    Verdict.REFER: "A prescriber, a specialist or a test has to answer first",
    Verdict.EXCLUDE: "This treatment is not given",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A course with every window around it, in order of time."""

    course: Course
    windows: tuple[Window, ...]
    screening: Screening | None = None

    @property
    def complete(self) -> bool:
        return not self.course.unplaced


def plan_course(
    protocol: Protocol,
    *,
    start: date,
    care: Iterable[Care] = (),
    screening: Screening | None = None,
    words: Vocabulary | None = None,
    busy: Iterable[Window] = (),
    sessions: int | None = None,
    fixed: Mapping[int, date] | None = None,
) -> Plan:
    """Place the sessions of a protocol against what the screening forbids and when the patient has no time.

    A deferral moves the sessions; under *incomplete*, *refer* and *exclude* none is placed, and each says why.
    ``words`` names missing facts by their label. ImpossibleCourse for what contradicts the protocol, and for a
    start before the day of the screening, of which the screening says nothing.
    """
    if screening is not None and start < screening.on:
        raise ImpossibleCourse(f"the screening speaks of {screening.on} and later, not of {start}")
    standing = (*(screening.windows if screening else ()), *busy)
    course = plan(protocol, start=start, windows=standing, sessions=sessions, fixed=fixed)
    if screening is not None and screening.verdict in _NO_COURSE:
        course = _not_placed(course, screening, words)
    windows = (*standing, *course_windows(course), *care_windows(of_area(care, protocol), course.days))
    return Plan(course, tuple(sorted(windows, key=_by_time)), screening)


def last_day(protocol: Protocol, start: date, sessions: int | None = None) -> date:
    """The first day that no longer matters to such a course: busy times are needed up to there."""
    wanted = protocol.usual_sessions if sessions is None else sessions
    return horizon(protocol, start, min(wanted, protocol.most_sessions))


def of_area(care: Iterable[Care], protocol: Protocol) -> Iterator[Care]:
    """The care that belongs to the protocol's area of the body."""
    return (item for item in care if protocol.area in item.areas)


def course_windows(course: Course) -> Iterator[Window]:
    """What the sessions themselves put on the timeline: the least gap after each, and the reviews."""
    protocol = course.protocol
    sources = tuple(dict.fromkeys(evidence.source for evidence in protocol.evidence))
    wanted = len(course.sessions) + len(course.unplaced)
    for session in course.sessions:
        if session.number < wanted:
            least = protocol.gaps[session.number + 1].least
            start, end = session.day + _ONE_DAY, add(session.day, least)
            if start < end:
                reason = f"At least {in_words(least)} lie between two sessions here."
                yield Window(start, end, "gap", SESSION, reason, protocol.id, sources)
    days = {session.number: session.day for session in course.sessions}
    for review in protocol.reviews:
        number = review.after_session
        if number in days:
            end = _review_end(course, days, number)
            yield Window(days[number], end, REVIEW, REVIEW, review.question, protocol.id, sources)


def _review_end(course: Course, days: Mapping[int, date], number: int) -> date:
    """Before the next session; after the last one, before the day on which another could follow at the latest."""
    if number + 1 in days:
        return days[number + 1]
    gap = course.protocol.gaps.get(number + 1)
    return days[number] + _ONE_DAY if gap is None else add(days[number], gap.longest)


def _not_placed(course: Course, screening: Screening, words: Vocabulary | None) -> Course:
    """The same course with no session placed, each with the reason of the screening."""
    named = tuple(dict.fromkeys(_what(screening, words)))
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    reason = f"{_NO_COURSE[screening.verdict]}: {'; '.join(named[:_NAMED])}{more}."
    decisive = tuple(finding.rule for finding in screening.findings if finding.verdict is screening.verdict)
    windows = tuple(window for window in screening.windows if window.rule in decisive)
    wanted = len(course.sessions) + len(course.unplaced)
    return Course(
        protocol=course.protocol,
        start=course.start,
        sessions=(),
        unplaced=tuple(Unplaced(number, reason, windows) for number in range(1, wanted + 1)),
        deviation=0,
    )


def _what(screening: Screening, words: Vocabulary | None) -> Iterator[str]:
    """What decided: missing facts by their label, or the titles of the findings."""
    incomplete = screening.verdict is Verdict.INCOMPLETE
    for fact in screening.missing if incomplete else ():
        yield words[fact].label if words is not None and fact in words else fact
    for finding in screening.findings:
        if finding.verdict is screening.verdict and not (incomplete and finding.missing):
            yield finding.title


def _by_time(window: Window) -> tuple[date, date, str, str]:
    return (window.start, window.end or date.max, window.subject, window.rule)


__all__ = ["Plan", "Session", "course_windows", "last_day", "plan_course"]
