"""Everything that writes intakes: opening, answering, handing in, links for the patient's own phone."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission
from anagen.medicine.facts import Speaker, Statement
from anagen.medicine.screening import Unmapped

from . import queries
from .models import Answer, Channel, Intake, IntakeLink, LinkGuess, Resolution, UnreadEntry

LINK_LASTS: Final = timedelta(hours=72)
GUESS_WINDOW: Final = timedelta(minutes=15)
GUESSES_PER_ADDRESS: Final = 20  # a whole clinic may stand behind one address
GUESSES_PER_LINK: Final = 5
LEAST_COMMENT: Final = 5  # characters of a reason to set an entry aside


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as it is stored: the plain value, or None to take an answer back."""

    fact: str
    value: Any
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a clinician found, or a laboratory measured on a day."""

    given: Given
    said_on: date
    speaker: Speaker = Speaker.CLINICIAN


class HandedIn(Refused):
    """The intake speaks already and takes no more answers."""


class TooManyGuesses(Refused):
    """Opening links is paused for this address or this link."""


@transaction.atomic
def open_intake(*, by: User | str, patient: Patient, channel: Channel) -> Intake:
    """The patient's open intake, or a new one. Whoever asks next, and wherever, goes on with the same one."""
    _may(by, Permission.ANSWER_INTAKE)
    Patient.objects.select_for_update().get(pk=patient.pk)
    standing = queries.open_intake_of(patient)
    if standing is not None:
        return standing
    with acting(by):
        return Intake.objects.create(patient=patient, channel=channel, opened_by=_person(by))


@transaction.atomic
def save_answers(
    *, by: User | str, intake: Intake, speaker: str, answers: Iterable[Given], on: date, page: str = ""
) -> list[Answer]:
    """Keep what was just answered. An answer that stands already is not kept twice, and keeps its day.

    Raises HandedIn when the intake has been handed in meanwhile: then nothing is written.
    """
    _may(by, Permission.ANSWER_INTAKE)
    current = Intake.objects.select_for_update().get(pk=intake.pk)
    _must_be_open(current)
    before = {answer.fact: answer for answer in queries.last_answers(current.answers.all())}
    with acting(by):
        kept = [
            _keep(current, given, on, speaker, by)
            for given in answers
            if not _stands(before.get(given.fact), given, on)
        ]
        if page and current.page != page:
            current.page = page
            current.save(update_fields=["page"])
    return kept


def _must_be_open(intake: Intake) -> None:
    if not intake.is_open:
        raise HandedIn(
            _("These answers were handed in already. Begin a new round of questions to correct them.")
        )


def _keep(intake: Intake, given: Given, on: date, speaker: str, by: User | str, record: str = "") -> Answer:
    return Answer.objects.create(
        intake=intake,
        fact=given.fact,
        value=given.value,
        since=given.since,
        until=given.until,
        said_on=on,
        speaker=str(speaker),
        record=record,
        entered_by=_person(by),
    )


def _stands(before: Answer | None, given: Given, on: date) -> bool:
    """Whether the intake says so already, and freshly enough."""
    if before is None:
        return given.value is None
    if (before.value, before.since, before.until) != (given.value, given.since, given.until):
        return False
    words = queries.vocabulary()
    return not words[given.fact].is_stale(queries.statement_of(before, words), on)


@transaction.atomic
def hand_in(*, by: User | str, intake: Intake, on: date) -> Intake:
    """Close an intake: from now on its answers speak. Answers to questions that do not apply are taken back.

    Questions may stay open; they are then missing, and the verdict says so. Handing in twice is handing in once.
    """
    _may(by, Permission.ANSWER_INTAKE)
    current = Intake.objects.select_for_update().select_related("patient").get(pk=intake.pk)
    if not current.is_open:
        return current
    with acting(by):
        for fact in queries.not_applying(current, on):
            _keep(current, Given(fact, None), on, Speaker.PATIENT, by)
        _close(current, on)
        _withdraw(current)
    return current


def _close(intake: Intake, on: date) -> None:
    intake.handed_in_at, intake.on = timezone.now(), on
    intake.save(update_fields=["handed_in_at", "on"])


@transaction.atomic
def record_examination(*, by: User | str, patient: Patient, found: Sequence[Found], on: date) -> Intake:
    """Keep what a clinician found and measured. Raises Refused when there is nothing to keep."""
    _may(by, Permission.SCREEN)
    if not found:
        raise Refused(_("There is nothing to save yet. Fill in what you found."))
    with acting(by):
        intake = Intake.objects.create(patient=patient, channel=Channel.EXAMINATION, opened_by=_person(by))
        for item in found:
            _keep(intake, item.given, item.said_on, item.speaker, by)
        _close(intake, on)
    return intake


# the patient's own phone


@transaction.atomic
def make_link(*, by: User | str, patient: Patient) -> tuple[IntakeLink, str]:
    """A new one-time link to the patient's open intake, and its secret, which is shown once.

    Links made before are withdrawn.
    """
    _may(by, Permission.SEND_INTAKE)
    intake = open_intake(by=by, patient=patient, channel=Channel.PHONE)
    token = secrets.token_urlsafe(24)
    with acting(by):
        _withdraw(intake)
        link = IntakeLink.objects.create(
            intake=intake,
            token_hash=digest(token),
            made_by=_person(by),
            expires_at=timezone.now() + LINK_LASTS,
        )
    return link, token


@transaction.atomic
def withdraw_links(*, by: User | str, patient: Patient) -> int:
    """Close every link of the patient that still leads anywhere; how many there were. Answers stay."""
    _may(by, Permission.SEND_INTAKE)
    intake = queries.open_intake_of(patient)
    if intake is None:
        return 0
    with acting(by):
        return _withdraw(intake)


def _withdraw(intake: Intake) -> int:
    return intake.links.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())


def open_link(*, token: str, birth_date: date | None, address: str) -> IntakeLink:
    """Use a link for the first and only time. Raises Refused, with what to do, when it cannot be used.

    A failed attempt is written down before it is refused; too many of them, and nobody is let in for a while.
    """
    link = queries.link_by_digest(digest(token))
    hold_back_guessers(address=address, link=link)
    if link is None:
        note_guess(address=address, link=None)
    problem = link_problem(link)
    if link is None or problem:
        raise Refused(problem)
    if birth_date != link.intake.patient.birth_date:
        note_guess(address=address, link=link)
        raise Refused(
            _("This date of birth does not belong to this link. Please check it, or ask the clinic.")
        )
    with transaction.atomic(), acting(patient_itself(link.intake.patient)):
        opened = IntakeLink.objects.filter(pk=link.pk, opened_at__isnull=True)
        if not opened.update(opened_at=timezone.now()):
            raise Refused(opened_elsewhere())
    link.refresh_from_db(fields=["opened_at"])
    return link


def opened_elsewhere() -> str:
    return _(
        "This link has been opened before, in another browser. Go on there, or ask the clinic for a new link: "
        "your answers are kept."
    )


def hold_back_guessers(*, address: str, link: IntakeLink | None = None) -> None:
    """Raises TooManyGuesses after too many failed attempts from one address, or at one link."""
    now = timezone.now()
    tried = queries.guesses(at=now, within=GUESS_WINDOW, address=address)
    at_link = 0 if link is None else queries.guesses(at=now, within=GUESS_WINDOW, link=link)
    if tried >= GUESSES_PER_ADDRESS or at_link >= GUESSES_PER_LINK:
        raise TooManyGuesses(_("Too many attempts. Please wait a quarter of an hour, or call the clinic."))


@transaction.atomic
def note_guess(*, address: str, link: IntakeLink | None) -> None:
    """Write down that an attempt to open a link failed."""
    with acting("intake link"):
        LinkGuess.objects.create(at=timezone.now(), address=address, link=link)


def link_problem(link: IntakeLink | None) -> str:
    """Why a link no longer leads anywhere; empty when it does."""
    if link is None:
        return _("This link is not known. Please check that it was copied whole, or ask for a new one.")
    if not link.intake.is_open:
        return _("Your answers have been handed in already. Thank you: there is nothing left to do.")
    if link.revoked_at is not None:
        return _("This link was withdrawn or replaced by a newer one. Please use the latest message.")
    if link.expires_at <= timezone.now():
        return _("This link has expired. Please ask the clinic for a new one: your answers are kept.")
    return ""


def patient_itself(patient: Patient) -> str:
    """The acting person when somebody answers by link or on the clinic's tablet, without an account."""
    return f"patient: {patient.number}"


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# health records


@transaction.atomic
def import_record(
    *,
    by: User | str,
    patient: Patient,
    statements: Iterable[Statement],
    unmapped: Iterable[Unmapped],
    on: date,
) -> Intake:
    """Keep what another system says of the patient as an intake of its own, with what could not be understood."""
    _may(by, Permission.SCREEN)
    with acting(by):
        intake = Intake.objects.create(patient=patient, channel=Channel.IMPORT, opened_by=_person(by))
        for statement in sorted(statements, key=lambda statement: statement.on):
            Answer.objects.create(
                intake=intake,
                fact=statement.fact,
                value=queries.stored(statement.value),
                since=statement.since,
                until=statement.until,
                said_on=statement.on,
                speaker=statement.speaker.value,
                record=statement.record[:120],
                entered_by=_person(by),
            )
        for entry in unmapped:
            UnreadEntry.objects.create(
                intake=intake,
                where=entry.where[:200],
                text=(entry.text or entry.code)[:500],
                why=entry.why[:300],
                system=entry.system[:200],
                code=entry.code[:80],
            )
        _close(intake, on)
    return intake


@transaction.atomic
def map_entry(*, by: User, entry: UnreadEntry, given: Given, on: date) -> Resolution:
    """Say which fact an unread entry stands for. The fact then speaks as that entry of the record."""
    _may(by, Permission.SCREEN)
    with acting(by):
        _take_back(entry, on, by)
        answer = _keep(entry.intake, given, on, Speaker.CLINICIAN, by, record=_record(entry))
        return Resolution.objects.create(entry=entry, on=on, fact=given.fact, answer=answer, by=by)


@transaction.atomic
def set_entry_aside(*, by: User, entry: UnreadEntry, comment: str, on: date) -> Resolution:
    """Say that an unread entry has no bearing on the treatment, and why."""
    _may(by, Permission.SCREEN)
    if len(comment.strip()) < LEAST_COMMENT:
        raise Refused(_("Say in a few words why it has no bearing."))
    with acting(by):
        _take_back(entry, on, by)
        return Resolution.objects.create(entry=entry, on=on, comment=comment.strip()[:500], by=by)


def _take_back(entry: UnreadEntry, on: date, by: User) -> None:
    """What was made of the entry before counts no more."""
    UnreadEntry.objects.select_for_update().get(pk=entry.pk)
    earlier = entry.resolutions.select_related("answer").order_by("id").last()
    if earlier is not None and earlier.answer is not None:
        before = earlier.answer
        _keep(entry.intake, Given(before.fact, None), on, before.speaker, by, record=before.record)


def _record(entry: UnreadEntry) -> str:
    """Names the entry of the health record; two unread entries of one resource stay apart."""
    return f"{entry.where[:100]} #{entry.pk}"


def _person(by: User | str) -> User | None:
    return by if isinstance(by, User) else None


def _may(by: User | str, permission: Permission) -> None:
    if isinstance(by, User) and not by.may(permission):
        raise NotAllowed(_("Your role does not allow this."))
