"""A plan that is asked for and not yet kept: looked at first, written by `actions` afterwards. Nothing here writes.

A plan is refused with words for the person who asked: `Refused` carries them, `Blocked` also what would change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission
from anagen.medicine.course import ImpossibleCourse, Protocol
from anagen.medicine.planning import Plan

from . import queries
from .models import Course
from .placing import Wish, moved, placed, refusals
from .queries import Grounds, Status
from .wording import Refusal, long_day

LONGEST_AHEAD = timedelta(days=366)  # farther ahead nobody knows whether the decision will still hold


class Blocked(Refused):
    """A plan that cannot be made: each reason with what would change it."""

    def __init__(self, reasons: Sequence[Refusal]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(part for one in reasons for part in (one.reason, one.change) if part))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan that has been asked for and not yet kept, with the one it would replace."""

    wish: Wish
    plan: Plan
    grounds: Grounds
    course: Course | None
    chosen: frozenset[int] = frozenset()


def propose(
    *,
    by: User | str,
    patient: Patient,
    protocol: str,
    start: date,
    sessions: int | None,
    on: date,
    course: Course | None,
) -> Proposal:
    """A whole course from `start` on, to be looked at before it is kept. `course`: the plan that stands.

    Raises NotAllowed; Blocked with every reason; Refused for what cannot be meant (the past, an unknown protocol).
    """
    may(by, Permission.PLAN_COURSE)
    known = queries.protocols().get(protocol)
    if known is None:
        raise Refused(_("There is no course called “%(name)s”.") % {"name": protocol[:80]})
    if start < on:
        raise Refused(_("%(day)s has passed. Choose today or a later day.") % {"day": long_day(start)})
    if start > on + LONGEST_AHEAD:
        raise Refused(_("%(day)s is more than a year away. Check the year.") % {"day": long_day(start)})
    live = course if course is not None and is_live(course, on) else None
    under_way = live is not None and queries.status_of(live, on) is Status.UNDER_WAY
    if live is not None and under_way and live.protocol != protocol:
        raise Refused(
            _("Another course is under way. Cancel it first; the sessions that took place stay as they are.")
        )
    grounds = _grounds(by, patient, on, under_way=False)
    assert grounds.screening is not None
    wanted = known.usual_sessions if sessions is None else sessions
    wish = queries.wish(
        patient,
        protocol=known,
        start=start,
        sessions=wanted,
        on=on,
        screening=grounds.screening,
        course=live,
    )
    plan = _solved(wish)
    _complete(by, wish, plan)
    return Proposal(wish, plan, grounds, course)


def propose_move(
    *, by: User | str, patient: Patient, course: Course, number: int, day: date, on: date
) -> Proposal:
    """The course with one session on a chosen day, to be looked at before it is kept.

    Raises NotAllowed; Blocked with what stands on that day; Refused for a session or a day that cannot move.
    """
    may(by, Permission.PLAN_COURSE)
    if not is_live(course, on):
        raise Refused(_("This course is over or cancelled. Plan a new one."))
    standing = {session.number: session for session in course.sessions.all()}
    if number not in standing:
        raise Refused(_("This course has no session %(number)d.") % {"number": number})
    if standing[number].day < on:
        raise Refused(_("Session %(number)d has passed and stays where it is.") % {"number": number})
    if day < on:
        raise Refused(_("%(day)s has passed. Choose today or a later day.") % {"day": long_day(day)})
    known = queries.protocol_of(course)
    if known is None:
        raise Refused(_("The clinic no longer has this kind of course. Cancel it and plan another."))
    grounds = _grounds(by, patient, on, under_way=True)
    assert grounds.screening is not None
    wish = queries.wish(
        patient,
        protocol=known,
        start=min(course.start, day) if number == 1 else course.start,
        sessions=course.wanted,
        on=on,
        screening=grounds.screening,
        course=course,
    )
    kept = queries.kept_sessions(course)
    plan = moved(wish, kept, number, day)
    if not plan.complete:
        raise Blocked(refusals(wish, plan, clinical=_clinical(by), number=number, day=day))
    days = {session.number: session.day for session in plan.course.sessions}
    chosen = frozenset(
        {number} | {one.number for one in kept if one.chosen and days.get(one.number) == one.day}
    )
    return Proposal(wish, plan, grounds, course, chosen)


def _grounds(by: User | str, patient: Patient, on: date, *, under_way: bool) -> Grounds:
    found = queries.grounds(patient, on=on, under_way=under_way)
    if found.refusal is not None:
        raise Blocked([found.refusal])
    return found


def _solved(wish: Wish) -> Plan:
    try:
        return placed(wish)
    except ImpossibleCourse:
        raise Refused(_wrong_number(wish.protocol, len(wish.done))) from None


def _wrong_number(protocol: Protocol, done: int) -> str:
    least = max(protocol.least_sessions, done)
    return _("This course has %(least)d to %(most)d sessions. Choose a number between them.") % {
        "least": least,
        "most": protocol.most_sessions,
    }


def _complete(by: User | str, wish: Wish, plan: Plan) -> None:
    if not plan.complete:
        raise Blocked(refusals(wish, plan, clinical=_clinical(by)))


def is_live(course: Course, on: date) -> bool:
    return queries.status_of(course, on) in (Status.PLANNED, Status.UNDER_WAY)


def _clinical(by: User | str) -> bool:
    """Whether this person may read clinical reasons; the machine's own log may."""
    return not isinstance(by, User) or by.may(Permission.SCREEN)


def may(by: User | str, permission: Permission) -> None:
    if isinstance(by, User) and not by.may(permission):
        raise NotAllowed(_("Your role does not allow this."))
