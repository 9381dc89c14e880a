"""A course as the pages show it: the picture, the same as tables, what collides, what a trial would move."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.screening.queries import latest_decision, standing
from anagen.medicine.course import Protocol
from anagen.medicine.screening import Screening
from anagen.medicine.timeline import SESSION, Window

from . import drawing, queries
from .layout import Placed, only
from .models import Course, PlannedSession
from .proposals import Blocked, Proposal, propose_move
from .queries import Collision, Status
from .wording import (
    Refusal,
    for_reader,
    kind_words,
    lane_of,
    lane_order,
    lane_words,
    screening_refusals,
    stretches,
)


@dataclass(frozen=True, slots=True)
class WindowRow:
    """All windows of one instruction in one row of the table."""

    lane: str
    kind: str
    reason: str
    spans: tuple[str, ...]
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One session before and after."""

    number: int
    before: date
    after: date

    @property
    def moves(self) -> bool:
        return self.before != self.after

    @property
    def days(self) -> int:
        return (self.after - self.before).days


@dataclass(frozen=True, slots=True)
class Trial:
    """One session on another day: what would move, or what stands in the way."""

    number: int
    present: date
    day: date
    changes: tuple[Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    proposal: Proposal | None = None

    @property
    def is_question(self) -> bool:
        """Only a session was chosen so far, no other day."""
        return self.proposal is None and not self.refusals

    @property
    def moving(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.moves)

    @property
    def others(self) -> int:
        return sum(change.number != self.number for change in self.moving)


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that the plan page shows of one plan."""

    course: Course
    status: Status
    protocol: Protocol | None
    sessions: tuple[PlannedSession, ...]
    windows: tuple[Window, ...]
    picture: drawing.Picture
    advice: drawing.Picture | None
    rows: tuple[WindowRow, ...]
    advice_rows: tuple[WindowRow, ...]
    collisions: tuple[Collision, ...]
    no_longer: tuple[Refusal, ...]
    trial: Trial | None = None
    ahead: tuple[PlannedSession, ...] = field(default=())

    @property
    def title(self) -> str:
        return self.protocol.title if self.protocol is not None else self.course.protocol

    @property
    def live(self) -> bool:
        return self.status in (Status.PLANNED, Status.UNDER_WAY)


def clinical(user: User) -> bool:
    """Whether this reader gets the clinical reasons, or the words fit for the patient."""
    return user.may(Permission.SCREEN)


def shown(
    course: Course,
    user: User,
    *,
    on: date,
    trial: Trial | None = None,
    link: Callable[[int], str] | None = None,
) -> Shown:
    """A plan as this reader may see it."""
    status = queries.status_of(course, on)
    live = status in (Status.PLANNED, Status.UNDER_WAY)
    decision = latest_decision(course.patient) if live else None
    screening = standing(decision) if decision is not None else None
    sessions = tuple(course.sessions.all())
    every = queries.windows_around(course, screening)
    windows = tuple(for_reader(every, screening, clinical=clinical(user)))
    before: Sequence[Placed] = ()
    drawn: Sequence[Placed] = sessions
    around = windows
    if trial is not None and trial.proposal is not None:
        before, drawn = sessions, trial.proposal.plan.course.sessions
        around = tuple(
            for_reader(_of_proposal(trial.proposal, sessions, on), screening, clinical=clinical(user))
        )
    picture = drawing.draw(
        drawn,
        list(only(around, advice=False)),
        today=on,
        before=before,
        chosen=trial.number if trial is not None else 0,
        refused=trial.day if trial is not None and trial.refusals else None,
        link=link if live else None,
    )
    advice = list(only(windows, advice=True))
    return Shown(
        course=course,
        status=status,
        protocol=queries.protocol_of(course),
        sessions=sessions,
        windows=windows,
        picture=picture,
        advice=drawing.draw(sessions, advice, today=on, name="advice") if advice else None,
        rows=tuple(rows_of(only(windows, advice=False))),
        advice_rows=tuple(rows_of(advice)),
        collisions=tuple(queries.collisions(course, windows, on)) if live else (),
        no_longer=tuple(_no_longer(course.patient, screening, user, on)) if live else (),
        trial=trial,
        ahead=tuple(session for session in sessions if session.day >= on) if live else (),
    )


def _of_proposal(proposal: Proposal, sessions: Sequence[PlannedSession], on: date) -> tuple[Window, ...]:
    """The windows of a plan that is not kept yet, as far as they are near it."""
    days = [*proposal.plan.course.days, *(session.day for session in sessions)]
    first, last = min(days) - timedelta(days=28), max(days) + timedelta(days=42)
    near = [
        window
        for window in proposal.plan.windows
        if window.kind not in ("busy", "deferral", "repeat") or window.meets(first, last)
    ]
    return queries.one_of_each(near)


def proposed(proposal: Proposal, user: User, *, on: date) -> tuple[drawing.Picture, tuple[WindowRow, ...]]:
    """Picture and table of a course that is not kept yet."""
    every = _of_proposal(proposal, (), on)
    windows = tuple(for_reader(every, proposal.wish.screening, clinical=clinical(user)))
    picture = drawing.draw(proposal.plan.course.sessions, list(only(windows, advice=False)), today=on)
    return picture, tuple(rows_of(only(windows, advice=False)))


def _no_longer(patient: Patient, screening: Screening | None, user: User, on: date) -> Iterable[Refusal]:
    """What a decision after the plan says against it."""
    found = queries.grounds(patient, on=on, under_way=True)
    if found.screening is not None and not found.treatable and found.refusal is None:
        words = queries.vocabulary()
        yield from screening_refusals(found.screening, words, clinical=clinical(user))


def tried(course: Course, user: User, *, number: int, day: date | None, on: date) -> Trial:
    """What happens when a session goes to another day. Raises Refused when there is no such session ahead."""
    present = {session.number: session.day for session in course.sessions.all()}
    if number not in present:
        raise Refused(_("This course has no session %(number)d.") % {"number": number})
    if day is None or day == present[number]:
        return Trial(number, present[number], present[number])
    try:
        proposal = propose_move(by=user, patient=course.patient, course=course, number=number, day=day, on=on)
    except Blocked as blocked:
        return Trial(number, present[number], day, refusals=blocked.reasons)
    except Refused as refused:
        return Trial(number, present[number], day, refusals=(Refusal(str(refused)),))
    changes = tuple(
        Change(session.number, present[session.number], session.day)
        for session in proposal.plan.course.sessions
        if session.number in present
    )
    return Trial(number, present[number], day, changes, proposal=proposal)


def rows_of(windows: Iterable[Window]) -> list[WindowRow]:
    """Windows by lane and reason, in the order of the drawing."""
    grouped: dict[tuple[str, str, str], list[Window]] = {}
    for window in windows:
        grouped.setdefault((lane_of(window), window.kind, window.reason), []).append(window)
    ordered = sorted(grouped.items(), key=lambda item: (lane_order(item[0][0]), item[1][0].start))
    return [
        WindowRow(lane_words(lane), kind_words(same[0]), reason, tuple(stretches(same)), tuple(same))
        for (lane, _kind, reason), same in ordered
    ]


# the sheet


_FEW = 2  # stretches of days


@dataclass(frozen=True, slots=True)
class Instruction:
    """One thing to do or to avoid."""

    lane: str
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    """Instructions that stand on the same days."""

    items: tuple[Instruction, ...]
    spans: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the patient takes home."""

    before: tuple[Group, ...]
    after: tuple[Group, ...]
    watch: tuple[Group, ...]
    later: tuple[Group, ...]


def sheet(windows: Sequence[Window]) -> Sheet:
    """The windows as a person reads them: before, after, what to watch for, what comes later."""
    parts: dict[str, dict[tuple[str, ...], list[Instruction]]] = {}
    for row in rows_of(window for window in windows if window.kind in ("avoid", "do")):
        first = row.windows[0]
        if first.subject != SESSION:
            part = _part_of(first)
            # What is watched for after every session says itself how long; its days would fill the page.
            spans = row.spans if part in ("before", "after") or len(row.spans) <= _FEW else ()
            same = parts.setdefault(part, {}).setdefault(spans, [])
            same.append(Instruction(row.lane, row.reason))
    grouped = {
        part: tuple(Group(tuple(items), spans) for spans, items in by_days.items())
        for part, by_days in parts.items()
    }
    return Sheet(*(grouped.get(part, ()) for part in ("before", "after", "watch", "later")))


def _part_of(window: Window) -> str:
    if window.subject == "follow-up":
        return "later"
    if window.rule.startswith("preparation."):
        return "before"
    if window.kind == "avoid" or window.subject in ("hat", "drug prescribed", "observation", "papers"):
        return "after"
    return "watch"
