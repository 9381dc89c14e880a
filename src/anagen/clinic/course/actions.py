"""Everything that writes courses: planning, moving, cancelling, the patient's own time, calendar feeds.

Whether a plan can be made is decided in `proposals`; whoever keeps one decides again, with the patient's row held.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission
from anagen.exchange.calendar import OpeningHours, read
from anagen.medicine.course import Protocol
from anagen.medicine.planning import last_day
from anagen.medicine.timeline import Window

from . import queries
from .models import BusySource, BusyTime, BusyTimeTakenBack, Course, FeedToken, PlannedSession
from .proposals import LONGEST_AHEAD, Proposal, is_live, may, propose, propose_move

LARGEST_CALENDAR = 2 * 1024 * 1024  # bytes
OWN_CALENDAR_REACH = timedelta(days=400)
MOST_BUSY_TIMES = 400


@transaction.atomic
def plan_course(
    *,
    by: User | str,
    patient: Patient,
    protocol: str,
    start: date,
    on: date,
    sessions: int | None = None,
    seen: int = 0,
) -> Course:
    """Keep a whole course. `seen`: number of the plan that the person saw as the latest, 0 for none.

    Raises as `propose`; ChangedMeanwhile when somebody else has planned since: then nothing is written.
    """
    course = _unchanged(patient, seen)
    proposal = propose(
        by=by, patient=patient, protocol=protocol, start=start, sessions=sessions, on=on, course=course
    )
    return _keep(by, patient, proposal, on)


@transaction.atomic
def move_session(*, by: User | str, patient: Patient, number: int, day: date, on: date, seen: int) -> Course:
    """Put one session on a chosen day and let the others follow. Raises as `propose_move` and ChangedMeanwhile."""
    course = _unchanged(patient, seen)
    if course is None:
        raise Refused(_("There is no course to move a session of."))
    proposal = propose_move(by=by, patient=patient, course=course, number=number, day=day, on=on)
    return _keep(by, patient, proposal, on)


@transaction.atomic
def cancel_course(*, by: User | str, patient: Patient, reason: str, on: date, seen: int) -> Course:
    """Call off every session from today on. What took place stays on record.

    Raises NotAllowed; Refused without a reason or without a course ahead; ChangedMeanwhile.
    """
    may(by, Permission.PLAN_COURSE)
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise Refused(_("Say in a few words why the course is cancelled."))
    course = _unchanged(patient, seen)
    if course is None or not is_live(course, on):
        raise Refused(_("There is no course ahead that could be cancelled."))
    held = [session for session in course.sessions.all() if session.day < on]
    with acting(by):
        row = _row(
            by,
            patient,
            course,
            key=course.key,
            version=course.version + 1,
            protocol=course.protocol,
            start=course.start,
            wanted=course.wanted,
            decision=course.decision,
            ruleset_hash=course.ruleset_hash,
            on=on,
            cancelled=True,
            reason=reason,
        )
        PlannedSession.objects.bulk_create(
            PlannedSession(
                course=row,
                number=session.number,
                day=session.day,
                earliest=session.earliest,
                latest=session.latest,
                mixture=session.mixture,
                chosen=session.chosen,
            )
            for session in held
        )
    return row


def _keep(by: User | str, patient: Patient, proposal: Proposal, on: date) -> Course:
    """Write a proposal as the plan that stands from now on."""
    before, plan, wish = proposal.course, proposal.plan, proposal.wish
    decision = proposal.grounds.decision
    assert decision is not None  # a proposal without grounds is refused
    # A course that has not ended goes on under its key, so that calendars move its entries.
    goes_on = before is not None and is_live(before, on)
    stored = {session.number: session for session in before.sessions.all()} if before and goes_on else {}
    same: dict[str, object] = {"key": before.key, "version": before.version + 1} if before and goes_on else {}
    with acting(by):
        row = _row(
            by,
            patient,
            before,
            **same,
            protocol=wish.protocol.id,
            start=min([wish.start, *(session.day for session in plan.course.sessions)]),
            wanted=wish.sessions,
            decision=decision,
            ruleset_hash=decision.rulebook.hash,
            on=on,
        )
        PlannedSession.objects.bulk_create(
            PlannedSession(
                course=row,
                number=session.number,
                day=session.day,
                earliest=stored[session.number].earliest if session.number in wish.done else session.earliest,
                latest=stored[session.number].latest if session.number in wish.done else session.latest,
                mixture=session.mixture,
                chosen=session.number in proposal.chosen,
            )
            for session in plan.course.sessions
        )
    return row


def _row(by: User | str, patient: Patient, before: Course | None, **fields: object) -> Course:
    try:
        with transaction.atomic():
            return Course.objects.create(
                patient=patient,
                number=1 if before is None else before.number + 1,
                made_by=by if isinstance(by, User) else None,
                **fields,
            )
    except IntegrityError:
        raise _changed() from None


def _unchanged(patient: Patient, seen: int) -> Course | None:
    """The latest plan, held until the transaction ends; ChangedMeanwhile when it is not the one that was seen."""
    Patient.objects.select_for_update().get(pk=patient.pk)
    course = queries.latest_plan(patient)
    if (course.number if course is not None else 0) != seen:
        raise _changed()
    return course


def _changed() -> ChangedMeanwhile:
    return ChangedMeanwhile(
        _("Somebody else changed this course while you were looking. Here is the plan that stands now.")
    )


# the patient's own life


@transaction.atomic
def add_busy_time(
    *, by: User | str, patient: Patient, start: date, end: date, words: str, on: date
) -> BusyTime:
    """Note days on which the patient has no time, `start <= day < end`.

    Raises NotAllowed; Refused when it ends before it starts, lies in the past, or nothing is said of it.
    """
    may(by, Permission.PLAN_COURSE)
    words = " ".join(words.split())
    if not words:
        raise Refused(_("Say in a word or two what for, such as “holiday”."))
    if end <= start:
        raise Refused(_("The last day lies before the first."))
    if end <= on:
        raise Refused(_("These days have passed."))
    if end > on + 5 * LONGEST_AHEAD:
        raise Refused(_("This ends in more than five years. Check the year."))
    with acting(by):
        return BusyTime.objects.create(
            patient=patient,
            start=start,
            end=end,
            words=words[:120],
            made_by=by if isinstance(by, User) else None,
        )


@transaction.atomic
def take_back_busy_time(*, by: User | str, busy: BusyTime) -> None:
    """The patient has time after all. Asking twice is the same as asking once."""
    may(by, Permission.PLAN_COURSE)
    Patient.objects.select_for_update().get(pk=busy.patient_id)
    if not BusyTimeTakenBack.objects.filter(busy=busy).exists():
        with acting(by):
            BusyTimeTakenBack.objects.create(busy=busy, by=by if isinstance(by, User) else None)


@transaction.atomic
def import_busy_times(
    *,
    by: User | str,
    patient: Patient,
    data: bytes,
    name: str,
    on: date,
    protocol: Protocol,
    keep_words: bool = False,
    opening: OpeningHours | None = None,
) -> list[BusyTime]:
    """Note the days on which the patient's own calendar leaves no time for a session.

    What an earlier calendar said is taken back. The names of the events are private and are kept only if the
    patient wants that. Raises NotAllowed; Refused when the file is too large or names too many stretches;
    exchange.errors.BadInput with file, line and mend when it cannot be read. Then nothing is written.
    """
    may(by, Permission.PLAN_COURSE)
    if len(data) > LARGEST_CALENDAR:
        raise Refused(_("This file is larger than 2 MB. Export only the coming year."))
    end = max(on + OWN_CALENDAR_REACH, last_day(protocol, on, protocol.most_sessions))
    own = read(data, name=name, start=on, end=end, zone=timezone.get_default_timezone())
    length = protocol.session_length
    minutes = length.number * (60 if length.unit == "h" else 1)
    found = own.windows(on, end, session=timedelta(minutes=minutes), opening=opening)
    if not keep_words:
        found = _joined(found, _("Own calendar"))
    if len(found) > MOST_BUSY_TIMES:
        raise Refused(
            _("This calendar has more than %(most)d busy stretches. Export only the coming year.")
            % {"most": MOST_BUSY_TIMES}
        )
    Patient.objects.select_for_update().get(pk=patient.pk)
    person = by if isinstance(by, User) else None
    with acting(by):
        for old in queries.busy_times(patient).filter(source=BusySource.CALENDAR):
            BusyTimeTakenBack.objects.create(busy=old, by=person)
        return [
            BusyTime.objects.create(
                patient=patient,
                start=window.start,
                end=window.end or end,  # nothing was read beyond that day
                words=window.reason[:120],
                source=BusySource.CALENDAR,
                made_by=person,
            )
            for window in found
        ]


def _joined(windows: Sequence[Window], words: str) -> tuple[Window, ...]:
    """Without their names, stretches that touch are one."""
    joined: list[Window] = []
    for window in windows:
        start = window.start
        if joined and joined[-1].end is not None and joined[-1].end >= start:
            start = joined.pop().start
        joined.append(Window(start, window.end, window.kind, window.subject, words))
    return tuple(joined)


# calendars of others


@transaction.atomic
def make_feed(*, by: User | str, patient: Patient, with_care: bool = False) -> tuple[FeedToken, str]:
    """A new address for the patient's calendar, and its secret, which is shown once. Earlier ones go on."""
    if isinstance(by, User) and not (by.may(Permission.PLAN_COURSE) or patient.user_id == by.pk):
        raise NotAllowed(_("Your role does not allow this."))
    token = secrets.token_urlsafe(24)
    with acting(by):
        feed = FeedToken.objects.create(
            patient=patient,
            token_hash=queries.digest(token),
            with_care=with_care,
            made_by=by if isinstance(by, User) else None,
        )
    return feed, token


@transaction.atomic
def revoke_feed(*, by: User | str, feed: FeedToken) -> FeedToken:
    """Withdraw an address: whoever asks under it is told that it is gone."""
    current = FeedToken.objects.select_for_update().select_related("patient").get(pk=feed.pk)
    if isinstance(by, User) and not (by.may(Permission.PLAN_COURSE) or current.patient.user_id == by.pk):
        raise NotAllowed(_("Your role does not allow this."))
    if current.is_open:
        current.revoked_at = timezone.now()
        current.revoked_by = by if isinstance(by, User) else None
        with acting(by):
            current.save(update_fields=["revoked_at", "revoked_by"])
    return current
