"""What a change of the rules would do to the patients of this clinic: whose verdict, whose earliest date, whose next
session, whose mixture, and by which rule. From it follow the tasks once the change is signed.

*Active* are patients with a session ahead, a decision that a plan may still rest on, or answers handed in within a
year: the first two are being treated, the others would be by what they have told. Who was last heard of longer ago
would be asked anew in any case.

A patient is judged by what was known at the latest decision, and by what came in since. A finding that somebody has
set aside stays so under the rules as they are; under a rule that changes it weighs again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anagen.clinic.course import queries as courses
from anagen.clinic.course.models import Course, PlannedSession
from anagen.clinic.formulation.models import Worksheet
from anagen.clinic.intake.models import Intake
from anagen.clinic.intake.queries import facts_of
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening.models import Decision, Override, VerdictWord
from anagen.clinic.screening.queries import latest_decision
from anagen.clinic.screening.queries import standing as screening_standing
from anagen.clinic.tasks.actions import Wanted, add_tasks
from anagen.clinic.tasks.models import Task
from anagen.exchange.facts import facts_of as plain_facts_of
from anagen.exchange.screening import unmapped_of
from anagen.knowledge.loader import Knowledge
from anagen.medicine.facts import Facts
from anagen.medicine.impact import BeforeAndAfter, Turn, Why
from anagen.medicine.rules import Finding, State, Verdict
from anagen.medicine.screening import Screening, Unmapped

from . import mixtures
from .mixtures import Mixture

HEARD_OF_WITHIN: Final = timedelta(days=365)
LOOK_AGAIN: Final = "look_again"
ORIGIN: Final = "rule change"
_AT_ONCE: Final = 500  # patients read at a time


# what may differ


@dataclass(frozen=True, slots=True)
class Situation:
    """One patient under one state of the rules; `screening` is None where the change turns none of its answers."""

    patient: Patient
    screening: Screening | None
    course: Course | None
    mixtures: tuple[Mixture, ...]
    on: date


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that a change of the rules may turn, in words; the same words before and after: it does not."""

    key: str
    title: str | Promise
    words: Callable[[Situation], str]


def _verdict(of: Situation) -> str:
    if of.screening is None:
        return ""
    return str(VerdictWord(of.screening.verdict.word).label)


def _earliest(of: Situation) -> str:
    if of.screening is None:
        return ""
    if of.screening.not_before is None:
        return _("no date yet")
    return date_format(of.screening.not_before, "D j M Y")


def _next_session(of: Situation) -> str:
    """The next planned session, by the one function that says whether sessions collide."""
    ahead = _ahead(of.course, of.on)
    if of.screening is None or of.course is None or ahead is None:
        return ""
    windows = (*of.screening.windows, *courses.busy_windows(of.patient))
    collides = any(found.session == ahead for found in courses.collisions(of.course, windows, of.on))
    day = date_format(ahead.day, "D j M Y")
    return _("%(day)s, not possible") % {"day": day} if collides else _("%(day)s, possible") % {"day": day}


def _ahead(course: Course | None, on: date) -> PlannedSession | None:
    days = (
        [] if course is None or course.cancelled else [one for one in course.sessions.all() if one.day >= on]
    )
    return min(days, key=lambda session: session.day, default=None)


def _mixture(of: Situation) -> str:
    return "; ".join(one.words for one in of.mixtures)


ASPECTS: Final = (
    Aspect("verdict", gettext_lazy("Verdict"), _verdict),
    Aspect("not_before", gettext_lazy("Earliest date"), _earliest),
    Aspect("next_session", gettext_lazy("Next session"), _next_session),
    Aspect("mixture", gettext_lazy("Mixture"), _mixture),
)


# the answer


@dataclass(frozen=True, slots=True)
class Turned:
    """One aspect of one patient, before and after."""

    key: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that makes it so: what it found before and finds after, in words."""

    rule: str
    title: str
    before: str
    after: str
    words: str  # of the rule for the clinician, where it weighs after the change; else what falls away


@dataclass(frozen=True, slots=True)
class Affected:
    """One patient for whom something differs."""

    patient: Patient
    verdicts: tuple[str, str]  # before and after, as the component of verdicts wants them
    turned: tuple[Turned, ...]
    reasons: tuple[Reason, ...]
    decision: int | None

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(one.key for one in self.turned)

    @property
    def graver(self) -> bool:
        order = [word.value for word in VerdictWord]
        return order.index(self.verdicts[1]) > order.index(self.verdicts[0])


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change does on a day: to whom, and to how many it does nothing."""

    on: date
    rules: tuple[str, ...]  # of the screening, that judge differently
    active: int
    affected: tuple[Affected, ...]

    @property
    def unaffected(self) -> int:
        return self.active - len(self.affected)

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """For each aspect how many patients it turns for."""
        counted = Counter(key for one in self.affected for key in one.keys)
        return tuple((str(aspect.title), counted[aspect.key]) for aspect in ASPECTS)

    @property
    def graver(self) -> int:
        return sum(one.graver for one in self.affected)

    def __bool__(self) -> bool:
        return bool(self.affected)


def impact(before: Knowledge, after: Knowledge, on: date) -> Impact:
    """Whom it touches when `after` takes the place of `before`, judged on a day: the one on which it begins to hold."""
    compared = BeforeAndAfter(before.ruleset, after.ruleset, on)
    active = active_patients(on)
    number = active.count()
    affected = tuple(_affected(active, compared, (before, after)))
    return Impact(
        on=on,
        rules=tuple(sorted(compared.rules)),
        active=number,
        affected=tuple(
            sorted(affected, key=lambda one: (not one.graver, one.patient.search_name, one.patient.pk))
        ),
    )


def active_patients(on: date) -> QuerySet[Patient]:
    """Patients with a session ahead, a decision that a plan may rest on, or answers handed in within a year."""
    plans = courses.latest_of_each_patient().filter(cancelled=False)
    ahead = PlannedSession.objects.filter(course__in=plans, course__patient=OuterRef("pk"), day__gte=on)
    decided = Decision.objects.filter(patient=OuterRef("pk"), on__gt=on - courses.DECISION_LASTS)
    told = Intake.objects.filter(
        patient=OuterRef("pk"), handed_in_at__isnull=False, on__gt=on - HEARD_OF_WITHIN
    )
    return Patient.objects.filter(Q(Exists(ahead)) | Q(Exists(decided)) | Q(Exists(told)))


_Sides = tuple[Knowledge, Knowledge]


def _affected(active: QuerySet[Patient], compared: BeforeAndAfter, sides: _Sides) -> Iterator[Affected]:
    """In lots, so that a large clinic is not held in memory; read in full are only those whom the change may turn."""
    other_mixtures = mixtures.differ(*sides)
    if compared.idle and not other_mixtures:
        return
    numbers = list(active.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(numbers), _AT_ONCE):
        lot = numbers[first : first + _AT_ONCE]
        turns = {} if compared.idle else dict(_turns(lot, compared))
        sheets = mixtures.standing_of(lot if other_mixtures else turns, compared.on)
        yield from _told(turns, sheets, sides, compared.on)


def _turns(lot: Sequence[int], compared: BeforeAndAfter) -> Iterator[tuple[int, Turn]]:
    for patient, facts, unmapped, aside in _known(lot, compared.reads, compared):
        turn = compared.turn(facts, unmapped=unmapped, set_aside=aside)
        if turn is not None:
            yield patient, turn


_Known = tuple[int, Facts, tuple[Unmapped, ...], frozenset[str]]


def _known(lot: Sequence[int], reads: frozenset[str] | None, compared: BeforeAndAfter) -> Iterator[_Known]:
    """What is known of those patients of a lot whom the change may turn, with the findings set aside."""
    newest = (
        Decision.objects.filter(patient=OuterRef("patient")).order_by("-decided_at", "-id").values("pk")[:1]
    )
    decided = (
        Decision.objects.filter(patient__in=lot, pk=Subquery(newest))
        .order_by("patient")
        .values_list("pk", "patient", "facts", "unmapped", "decided_at")
    )
    later = dict(
        Intake.objects.filter(patient__in=lot, handed_in_at__isnull=False)
        .order_by("handed_in_at")
        .values_list("patient", "handed_in_at")
    )
    left = set(lot)
    known = []
    for pk, patient, plain, unmapped, at in decided:
        since = later.get(patient)
        if since is None or since <= at:
            left.discard(patient)
            known.append((pk, patient, plain, unmapped))
    aside: dict[int, set[str]] = {}
    for pk, rule in Override.objects.filter(decision__in=[row[0] for row in known]).values_list(
        "decision", "rule"
    ):
        aside.setdefault(pk, set()).add(rule)
    for pk, patient, plain, unmapped in known:
        rules = frozenset(aside.get(pk, ()))
        if reads is not None and not rules & compared.rules:
            few = plain_facts_of(item for item in plain if item["fact"] in reads)
            if not compared.may_turn(few):
                continue
        yield patient, plain_facts_of(plain), tuple(unmapped_of(entry) for entry in unmapped), rules
    # Told something since, or never decided about: what is known is put together as for a decision.
    for who in Patient.objects.filter(pk__in=left):
        facts, unread = facts_of(who, on=compared.on)
        yield who.pk, facts, unread, frozenset()


def _told(
    turns: Mapping[int, Turn], sheets: Mapping[int, Sequence[Worksheet]], sides: _Sides, on: date
) -> Iterator[Affected]:
    numbers = sorted(turns.keys() | sheets.keys())
    patients = Patient.objects.in_bulk(numbers)
    plans = courses.latest_of_each_patient().filter(patient__in=turns).prefetch_related("sessions")
    standing = {course.patient_id: course for course in plans}
    decisions = dict(
        Decision.objects.filter(patient__in=numbers).order_by("decided_at", "pk").values_list("patient", "pk")
    )
    for number in numbers:
        patient, turn = patients[number], turns.get(number)
        answers = (None, None) if turn is None else (turn.before, turn.after)
        verdicts = _verdicts(patient, turn)
        before, after = (
            Situation(
                patient,
                answer,
                standing.get(number),
                tuple(
                    mixtures.judged(sheet, side, on, treatable=verdict.treatable)
                    for sheet in sheets.get(number, ())
                ),
                on,
            )
            for answer, side, verdict in zip(answers, sides, verdicts, strict=True)
        )
        turned = tuple(
            Turned(aspect.key, str(aspect.title), first, second)
            for aspect in ASPECTS
            if (first := aspect.words(before)) != (second := aspect.words(after))
        )
        if turned:
            why = (
                *(() if turn is None else turn.why),
                *mixtures.reasons(before.mixtures, after.mixtures),
            )
            yield Affected(
                patient=patient,
                verdicts=(verdicts[0].word, verdicts[1].word),
                turned=turned,
                reasons=tuple(map(_reason, why)),
                decision=decisions.get(number),
            )


def _verdicts(patient: Patient, turn: Turn | None) -> tuple[Verdict, Verdict]:
    """Of the screening; where the change turns none, the one that mixtures rest on."""
    if turn is not None:
        return turn.before.verdict, turn.after.verdict
    decision = latest_decision(patient)
    stands = Verdict.INCOMPLETE if decision is None else screening_standing(decision).verdict
    return stands, stands


def _reason(why: Why) -> Reason:
    there = why.after or why.before
    assert there is not None
    return Reason(why.rule, there.title, _found(why.before), _found(why.after), there.reason)


def _found(finding: Finding | None) -> str:
    if finding is None:
        return _("no such rule")
    if finding.state is State.NOT_MATCHED:
        return _("not matched")
    if finding.state is State.UNKNOWN:
        return _("unknown")
    word = str(VerdictWord(finding.verdict.word).label).lower()
    if finding.until is None:
        return word
    return _("%(verdict)s until %(day)s") % {"verdict": word, "day": date_format(finding.until, "j M Y")}


# what is to be done about it


def tasks_of(found: Impact, *, by: User | str, due: date, reference: str) -> list[Task]:
    """A task for the prescriber about each affected patient; asked again for the same change, none is made twice.

    `reference`: the name of the change. The words say nothing of what was found; the page of the decision does.
    """
    wanted = [
        Wanted(
            kind=LOOK_AGAIN,
            words=(
                _("Look at the mixture of %(name)s again: a rule has changed")
                if one.keys == {"mixture"}
                else _("Decide again about %(name)s: a rule has changed")
            )
            % {"name": one.patient.name},
            due=due,
            patient=one.patient,
            role=Role.PRESCRIBER,
            address=reverse(
                "formulation:mixtures" if one.keys == {"mixture"} else "screening:screening",
                args=[one.patient.number],
            ),
        )
        for one in found.affected
    ]
    return add_tasks(by=by, origin=ORIGIN, reference=reference, wanted=wanted)


def rows(found: Impact) -> Iterator[list[Any]]:
    """The table of an impact, to be taken away: a line for each aspect of each patient."""
    for one in found.affected:
        why = "; ".join(f"{reason.rule}: {reason.before} → {reason.after}" for reason in one.reasons)
        for turned in one.turned:
            yield [one.patient.number, one.patient.name, turned.title, turned.before, turned.after, why]


def header() -> list[str]:
    return [_("Number"), _("Patient"), _("What"), _("Before"), _("After"), _("Why")]
