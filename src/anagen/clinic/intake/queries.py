"""What is known of a patient, from every intake that was handed in, and what is known while one is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from anagen.clinic.people.models import Patient, Sex
from anagen.clinic.review.queries import current
from anagen.knowledge import build
from anagen.medicine.conditions import Situation
from anagen.medicine.facts import UNKNOWN, Facts, Speaker, Statement, Unknown, Value
from anagen.medicine.quantities import Quantity
from anagen.medicine.screening import Unmapped
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import BIRTH_DATE, Vocabulary

from .models import ASKING, Answer, Intake, IntakeLink, LinkGuess, Resolution, UnreadEntry

SEX = "sex"
_STATED = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.OTHER: "other"}


def vocabulary() -> Vocabulary:
    return current().ruleset.vocabulary


def facts_of(patient: Patient, *, on: date) -> tuple[Facts, tuple[Unmapped, ...]]:
    """Everything said of a patient by that day, and what of it could not be understood.

    Birth date and sex come from the patient's file. Of each intake the last answer to a question counts. The
    patient's answers to questions that, by everything else, do not apply are dropped.
    """
    words = vocabulary()
    statements = [*from_file(patient, on), *_said_before(patient, on, words)]
    return Facts(_applying(statements, on, words)), tuple(
        Unmapped(entry.where, entry.text, entry.why, entry.system, entry.code)
        for entry in unread_of(patient, on=on)
    )


def _said_before(patient: Patient, on: date, words: Vocabulary) -> list[Statement]:
    answers = Answer.objects.filter(
        intake__patient=patient, intake__handed_in_at__isnull=False, intake__on__lte=on
    )
    return [statement_of(answer, words) for answer in last_answers(answers)]


def last_answers(answers: QuerySet[Answer] | Iterable[Answer]) -> list[Answer]:
    """The last answer to each question of each intake, oldest first; those taken back are left out."""
    last: dict[tuple[int, str, str], Answer] = {}
    for answer in sorted(answers, key=lambda answer: answer.pk):
        last[(answer.intake_id, answer.fact, answer.record)] = answer
    words = vocabulary()
    standing = (answer for answer in last.values() if answer.value is not None and answer.fact in words)
    return sorted(standing, key=lambda answer: answer.pk)


def from_file(patient: Patient, on: date) -> Iterable[Statement]:
    """What the patient's file itself says: the birth date, and the sex where it is stated."""
    said = min(on, patient.created_at.date())
    yield Statement(BIRTH_DATE, patient.birth_date, said, Speaker.SYSTEM)
    stated = _STATED.get(Sex(patient.sex))
    if stated is not None:
        yield Statement(SEX, stated, said, Speaker.SYSTEM)


def stated_in_file(patient: Patient) -> frozenset[str]:
    """Facts that the file answers, so that nobody is asked again."""
    return frozenset({BIRTH_DATE, SEX} if Sex(patient.sex) in _STATED else {BIRTH_DATE})


def statement_of(answer: Answer, words: Vocabulary) -> Statement:
    """A stored answer as medicine's statement."""
    definition = words[answer.fact]
    if answer.value == UNKNOWN.value:
        made: Value | Unknown = UNKNOWN
    else:
        made = build.value(definition, answer.value)
        if isinstance(made, Quantity):
            made = words.measured(definition.id, made)
    return Statement(
        answer.fact,
        made,
        answer.said_on,
        Speaker(answer.speaker),
        since=answer.since,
        until=answer.until,
        record=answer.record,
    )


def stored(value: Value | Unknown | None) -> Any:
    """The plain form in which a statement's value is kept: what :func:`statement_of` reads back."""
    if value is UNKNOWN:
        return UNKNOWN.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Quantity):
        return f"{value.value:f} {value.unit}"
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


def _own(statement: Statement) -> bool:
    return statement.speaker is Speaker.PATIENT and not statement.record


def _applying(statements: Iterable[Statement], on: date, words: Vocabulary) -> list[Statement]:
    """Without the patient's own answers to questions that do not apply; what that settles is asked anew."""
    left = list(statements)
    while True:
        situation = Situation(Facts(left), on, words)
        gone = {
            fact
            for fact in {said.fact for said in left if _own(said)}
            if words[fact].asked_when is not None and situation.applies(fact) is Truth.NO
        }
        if not gone:
            return left
        left = [said for said in left if said.fact not in gone or not _own(said)]


# one intake while it is answered


@dataclass(frozen=True, slots=True)
class Round:
    """One intake as it stands on a day: what it says, what was said before, and which questions apply."""

    intake: Intake
    on: date
    answers: Mapping[str, Answer]  # of this intake, the standing ones
    earlier: Mapping[str, Statement]  # what the patient said before this intake, whatever its age
    situation: Situation = field(repr=False)

    @property
    def patient(self) -> Patient:
        return self.intake.patient

    def said(self, fact: str) -> Statement | None:
        """The answer of this intake, unless it has grown too old since it was begun."""
        answer = self.answers.get(fact)
        if answer is None:
            return None
        statement = statement_of(answer, self.situation.vocabulary)
        return None if self.situation.vocabulary[fact].is_stale(statement, self.on) else statement

    def last_time(self, fact: str) -> Statement | None:
        """What the patient said before: in an earlier intake, or in this one so long ago that it counts no more."""
        if self.said(fact) is not None:
            return None
        answer = self.answers.get(fact)
        return self.earlier.get(fact) if answer is None else statement_of(answer, self.situation.vocabulary)


def round_of(intake: Intake, on: date) -> Round:
    """Two queries, however many questions there are."""
    words = vocabulary()
    before = _said_before(intake.patient, on, words)
    answers = {
        answer.fact: answer
        for answer in last_answers(Answer.objects.filter(intake=intake))
        if not answer.record
    }
    now = [statement_of(answer, words) for answer in answers.values()]
    said_now = {statement.fact for statement in now}
    standing = [said for said in before if said.fact not in said_now or not _own(said)]
    facts = Facts(_applying([*from_file(intake.patient, on), *standing, *now], on, words))
    earlier: dict[str, Statement] = {}
    for said in before:
        if _own(said) and (said.fact not in earlier or earlier[said.fact].on <= said.on):
            earlier[said.fact] = said
    return Round(intake, on, answers, earlier, Situation(facts, on, words))


def not_applying(intake: Intake, on: date) -> list[str]:
    """Questions that were answered and, by the other answers, turn out not to apply."""
    found = round_of(intake, on)
    standing = found.situation.facts.known()
    return sorted(fact for fact in found.answers if fact not in standing)


# intakes and links


def open_intake_of(patient: Patient) -> Intake | None:
    """The one intake of the questionnaire that is not handed in yet."""
    return (
        Intake.objects.filter(patient=patient, channel__in=ASKING, handed_in_at__isnull=True)
        .select_related("patient", "opened_by")
        .first()
    )


def intakes_of(patient: Patient) -> QuerySet[Intake]:
    return Intake.objects.filter(patient=patient).select_related("opened_by")


def last_handed_in(patient: Patient) -> Intake | None:
    """The latest questionnaire that was handed in."""
    return (
        intakes_of(patient)
        .filter(channel__in=ASKING, handed_in_at__isnull=False)
        .order_by("-on", "-id")
        .first()
    )


def open_intakes() -> QuerySet[Intake]:
    """Questionnaires that somebody has begun or been sent, the longest untouched first."""
    return (
        Intake.objects.filter(channel__in=ASKING, handed_in_at__isnull=True)
        .select_related("patient")
        .prefetch_related(Prefetch("links", IntakeLink.objects.filter(revoked_at__isnull=True)))
        .order_by("opened_at")
    )


def live_link(intake: Intake, at: datetime) -> IntakeLink | None:
    return intake.links.filter(revoked_at__isnull=True, expires_at__gt=at).first()


def link_by_digest(digest: str) -> IntakeLink | None:
    return IntakeLink.objects.select_related("intake__patient__user").filter(token_hash=digest).first()


def guesses(*, at: datetime, within: timedelta, address: str = "", link: IntakeLink | None = None) -> int:
    """Failed attempts from one address, or at one link."""
    found = LinkGuess.objects.filter(at__gt=at - within)
    return (found.filter(link=link) if link is not None else found.filter(address=address)).count()


# what was not understood


def unread_of(patient: Patient, *, on: date) -> QuerySet[UnreadEntry]:
    """Entries of health records that no person has read by that day."""
    return UnreadEntry.objects.filter(
        intake__patient=patient, intake__handed_in_at__isnull=False, intake__on__lte=on
    ).exclude(resolutions__on__lte=on)


def resolved_of(patient: Patient) -> QuerySet[UnreadEntry]:
    """Entries that a person has read, with what they made of them."""
    return (
        UnreadEntry.objects.filter(intake__patient=patient, resolutions__isnull=False)
        .distinct()
        .prefetch_related(Prefetch("resolutions", Resolution.objects.select_related("by").order_by("id")))
    )


def unread_entry(patient: Patient, entry: int) -> UnreadEntry | None:
    return UnreadEntry.objects.select_related("intake").filter(pk=entry, intake__patient=patient).first()


def history_of(patient: Patient) -> QuerySet[Answer]:
    """Every answer that was handed in, oldest first, those taken back included."""
    return (
        Answer.objects.filter(intake__patient=patient, intake__handed_in_at__isnull=False)
        .select_related("intake", "entered_by")
        .order_by("id")
    )
