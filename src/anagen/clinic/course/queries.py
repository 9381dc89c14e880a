"""Reading courses: the plan that stands, everything around it on the timeline, and what may be planned."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from anagen.clinic.intake.models import Intake
from anagen.clinic.people.models import Patient
from anagen.clinic.review.queries import current
from anagen.clinic.screening.models import Decision, VerdictWord
from anagen.clinic.screening.queries import latest_decision, latest_of_each, standing
from anagen.exchange.appointments import Entry, care_entries, session_entry
from anagen.medicine import course as medicine
from anagen.medicine.care import care_windows
from anagen.medicine.course import Protocol
from anagen.medicine.dates import add
from anagen.medicine.planning import course_windows, of_area
from anagen.medicine.rules import Verdict
from anagen.medicine.screening import Screening
from anagen.medicine.timeline import SESSION, Window
from anagen.medicine.vocabulary import Vocabulary

from .models import BusyTime, Course, FeedToken, PlannedSession
from .placing import Kept, Wish
from .wording import BUSY, FORBIDDING, REPEAT, Refusal, how_long

DEFAULT_PROTOCOL = "hair-standard"
# A plan may rest on a decision for so long. What changes faster is asked again on the day of each session.
DECISION_LASTS = timedelta(days=28)
# Of what one does, only this belongs into a calendar; the rest is advice for when something happens.
_CALENDAR_DOES = frozenset({"wash", "hat", "follow-up"})


class Status(StrEnum):
    PLANNED = "planned"  # no session has taken place
    UNDER_WAY = "under_way"
    OVER = "over"
    CANCELLED = "cancelled"


def status_of(course: Course, on: date) -> Status:
    """Computed, never stored."""
    if course.cancelled:
        return Status.CANCELLED
    days = [session.day for session in course.sessions.all()]
    if not days or max(days) < on:
        return Status.OVER
    return Status.UNDER_WAY if min(days) < on else Status.PLANNED


def plans_of(patient: Patient) -> QuerySet[Course]:
    """Newest first."""
    return (
        Course.objects.filter(patient=patient)
        .select_related("made_by", "decision__rulebook", "patient")
        .prefetch_related("sessions")
    )


def latest_plan(patient: Patient) -> Course | None:
    return plans_of(patient).first()


def protocol_followed_by(patient: Patient) -> str | None:
    """The protocol of the course that stands; None without one."""
    plan = latest_plan(patient)
    return None if plan is None or plan.cancelled else plan.protocol


def protocols() -> dict[str, Protocol]:
    """The courses that may be offered."""
    return {name: protocol for name, protocol in current().protocols.items() if protocol.released}


def vocabulary() -> Vocabulary:
    """The labels of facts."""
    return current().ruleset.vocabulary


def protocol_of(course: Course) -> Protocol | None:
    """None when the clinic has dropped that protocol since."""
    return protocols().get(course.protocol)


def busy_times(patient: Patient) -> QuerySet[BusyTime]:
    """The patient's own life, without what was taken back."""
    return BusyTime.objects.filter(patient=patient, taken_back__isnull=True).select_related("made_by")


def busy_windows(patient: Patient) -> tuple[Window, ...]:
    return tuple(Window(busy.start, busy.end, BUSY, SESSION, busy.words) for busy in busy_times(patient))


# may we plan?


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a plan would rest on: the decision that stands, or why there is none."""

    decision: Decision | None
    screening: Screening | None
    refusal: Refusal | None = None

    @property
    def treatable(self) -> bool:
        """Whether sessions may be planned at all: now, or from a known day on."""
        return (
            self.refusal is None
            and self.screening is not None
            and (
                self.screening.verdict.treatable
                or (self.screening.verdict is Verdict.DEFER and self.screening.not_before is not None)
            )
        )


def grounds(patient: Patient, *, on: date, under_way: bool = False) -> Grounds:
    """The patient's latest decision with its overrides, if a plan may rest on it.

    For a course under way its age does not matter: a session that moves is not a new permission, and the
    questions of the day are asked before each session.
    """
    decision = latest_decision(patient)
    if decision is None:
        return Grounds(
            None,
            None,
            Refusal(
                _("Nobody has asked the rules about this patient yet."),
                _("Answer the questions and ask for a decision first."),
            ),
        )
    screening = standing(decision)
    again = _("Ask the rules again, then plan.")
    newer = Intake.objects.filter(patient=patient, handed_in_at__gt=decision.decided_at)
    if newer.exists():
        return Grounds(decision, screening, Refusal(_("New answers came in after the last decision."), again))
    if not under_way and decision.on + DECISION_LASTS <= on:
        words = _("The last decision is older than %(weeks)d weeks.") % {"weeks": DECISION_LASTS.days // 7}
        return Grounds(decision, screening, Refusal(words, again))
    return Grounds(decision, screening)


def wish(
    patient: Patient,
    *,
    protocol: Protocol,
    start: date,
    sessions: int,
    on: date,
    screening: Screening,
    course: Course | None,
) -> Wish:
    """Everything that the planning function wants to know. `course`: the plan that would be replaced."""
    goes_on = course is not None and status_of(course, on) in (Status.PLANNED, Status.UNDER_WAY)
    replaced = course if goes_on else None
    done = {
        session.number: session.day
        for session in (replaced.sessions.all() if replaced is not None else ())
        if session.day < on
    }
    knowledge = current()
    earlier = earlier_windows(patient, protocol, replaced)
    return Wish(
        protocol=protocol,
        start=start,
        sessions=sessions,
        on=on,
        screening=screening,
        words=knowledge.ruleset.vocabulary,
        care=knowledge.care,
        forbidden=(*busy_windows(patient), *earlier),
        done=done,
    )


def earlier_windows(patient: Patient, protocol: Protocol, course: Course | None) -> tuple[Window, ...]:
    """The time that has to pass since an earlier course of the same kind, if any of it took place.

    `course`: the plan that would be replaced, which is no earlier one.
    """
    if protocol.repeat_after is None:
        return ()
    latest: dict[object, Course] = {}
    plans = Course.objects.filter(patient=patient, protocol=protocol.id).prefetch_related("sessions")
    for plan in plans.order_by("-number"):
        latest.setdefault(plan.key, plan)
    if course is not None:
        latest.pop(course.key, None)
    # A plan that was cancelled holds only the sessions that took place.
    ends = [
        max(session.day for session in plan.sessions.all()) for plan in latest.values() if plan.sessions.all()
    ]
    reason = _("At least %(time)s lie between one course and the next.") % {
        "time": how_long(protocol.repeat_after)
    }
    return tuple(
        Window(end, add(end, protocol.repeat_after), REPEAT, SESSION, reason, protocol.id) for end in ends
    )


def kept_sessions(course: Course) -> list[Kept]:
    return [Kept(session.number, session.day, session.chosen) for session in course.sessions.all()]


# the plan that stands


@dataclass(frozen=True, slots=True)
class Collision:
    """A session on a day that is forbidden by now."""

    session: PlannedSession
    windows: tuple[Window, ...]


def windows_around(course: Course, screening: Screening | None) -> tuple[Window, ...]:
    """Everything on the timeline of a plan: what forbids, what heals, what to do and avoid, when to review."""
    sessions = sorted(course.sessions.all(), key=lambda session: session.number)
    first, last = (sessions[0].day, sessions[-1].day) if sessions else (course.start, course.start)
    forbidding = (*(screening.windows if screening else ()), *busy_windows(course.patient))
    around = [window for window in forbidding if window.meets(first - timedelta(28), last + timedelta(42))]
    protocol = protocol_of(course)
    if protocol is not None and not course.cancelled:
        placed = medicine.Course(
            protocol=protocol,
            start=course.start,
            sessions=tuple(
                medicine.Session(one.number, one.day, one.earliest, one.latest, one.mixture)
                for one in sessions
            ),
            unplaced=(),
            deviation=0,
        )
        around += course_windows(placed)
        around += care_windows(of_area(current().care, protocol), [session.day for session in sessions])
    return one_of_each(around)


def forbidding(course: Course) -> tuple[Window, ...]:
    """What stands in the way of sessions by now: the decision that stands, and the patient's own life."""
    decision = latest_decision(course.patient)
    return (*(standing(decision).windows if decision is not None else ()), *busy_windows(course.patient))


def one_of_each(windows: Iterable[Window]) -> tuple[Window, ...]:
    """In order of time. Where healing and the least gap say the same of the same days, healing is kept."""
    windows = list(windows)
    healing = {
        (window.start, window.end)
        for window in windows
        if window.subject == SESSION and window.kind == "avoid"
    }
    kept = [one for one in windows if one.kind != "gap" or (one.start, one.end) not in healing]
    return tuple(sorted(kept, key=lambda one: (one.start, one.end or date.max, one.subject, one.rule)))


def collisions(course: Course, windows: Sequence[Window], on: date) -> list[Collision]:
    """Sessions still to come that lie on a day which was forbidden after they were planned."""
    found = []
    for session in course.sessions.all():
        standing = tuple(
            window for window in windows if window.kind in FORBIDDING and window.stands(session.day)
        )
        if standing and session.day >= on:
            found.append(Collision(session, standing))
    return found


# the clinic


def latest_of_each_patient() -> QuerySet[Course]:
    newest = Course.objects.filter(patient=OuterRef("patient")).order_by("-number")
    return Course.objects.filter(number=Subquery(newest.values("number")[:1]))


def sessions_between(first: date, end: date) -> QuerySet[PlannedSession]:
    """Sessions of `first <= day < end` of the plans that stand, in order of time."""
    return (
        PlannedSession.objects.filter(
            course__in=latest_of_each_patient().filter(cancelled=False), day__gte=first, day__lt=end
        )
        .select_related("course__patient")
        .order_by("day", "course__patient__search_name", "number")
    )


def to_plan(on: date, most: int = 50) -> list[Decision]:
    """Patients who may be treated and have no course ahead, longest waiting first."""
    ahead = PlannedSession.objects.filter(
        course__in=latest_of_each_patient().filter(cancelled=False),
        course__patient=OuterRef("patient"),
    ).filter(Q(day__gte=on) | Q(course__decision=OuterRef("pk")))
    found = (
        latest_of_each()
        .filter(on__gt=on - DECISION_LASTS, on__lte=on)
        .filter(Q(verdict__in=[VerdictWord.CLEAR, VerdictWord.CAUTION]) | Q(overrides__isnull=False))
        .filter(~Exists(ahead))
        .select_related("rulebook")
        .defer("rulebook__content", "document")
        .distinct()
        .order_by("decided_at")[:most]
    )
    return [
        made
        for made in found
        if made.verdict in (VerdictWord.CLEAR, VerdictWord.CAUTION) or standing(made).verdict.treatable
    ]


# calendars


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_feed(token: str) -> FeedToken | None:
    """The feed of a secret, unless it was withdrawn. Looked up by digest, so that time tells nothing of it."""
    wanted = digest(token)
    feed = (
        FeedToken.objects.select_related("patient").filter(token_hash=wanted, revoked_at__isnull=True).first()
    )
    return feed if feed is not None and hmac.compare_digest(feed.token_hash, wanted) else None


def feeds_of(patient: Patient) -> QuerySet[FeedToken]:
    return FeedToken.objects.filter(patient=patient, revoked_at__isnull=True).select_related("made_by")


def calendar_entries(patient: Patient, *, with_care: bool) -> tuple[list[Entry], Course | None]:
    """All appointments of the patient's courses, those that were called off as cancelled; and the latest plan.

    A course keeps its entries for ever; each plan of it raises their sequence.
    """
    versions: dict[object, list[Course]] = {}
    for plan in plans_of(patient):
        versions.setdefault(plan.key, []).append(plan)
    entries: list[Entry] = []
    newest: Course | None = None
    for plans in versions.values():
        latest = plans[0]
        newest = latest if newest is None else newest
        entries += _entries_of(plans)
        if with_care and not latest.cancelled:
            windows = [window for window in windows_around(latest, None) if _for_calendar(window)]
            entries += care_entries(str(latest.key), windows, sequence=latest.version)
    return entries, newest


def _entries_of(plans: Sequence[Course]) -> Iterator[Entry]:
    latest = plans[0]
    seen: dict[int, PlannedSession] = {}
    for plan in plans:
        for session in plan.sessions.all():
            seen.setdefault(session.number, session)
    stands = {session.number for session in latest.sessions.all()}
    for number, session in sorted(seen.items()):
        placed = medicine.Session(number, session.day, session.earliest, session.latest, "")
        of = latest.wanted if number in stands else max(number, latest.wanted)
        entry = session_entry(str(latest.key), placed, of=of, sequence=latest.version)
        if number not in stands:
            entry = Entry(
                entry.uid, entry.start, entry.end, entry.title, entry.text, latest.version, cancelled=True
            )
        yield entry


def _for_calendar(window: Window) -> bool:
    if window.subject == SESSION:
        return False
    return window.kind == "avoid" or (window.kind == "do" and window.subject in _CALENDAR_DOES)
