"""Telling patients: attempts, messages, links, and that they know. Each is added, none is changed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from anagen.clinic.audit.context import acting
from anagen.clinic.intake.actions import digest, hold_back_guessers, note_guess, patient_itself
from anagen.clinic.people.actions import ChangedMeanwhile, Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.stock.wording import tidy
from anagen.clinic.tasks.actions import drop_list
from anagen.clinic.tasks.actions import finish as finish_task
from anagen.clinic.tasks.models import Task

from .. import letters, queries
from ..models import Acknowledged, Attempt, Contact, Link, Message, MessageResult, NotReached, Way
from .common import held_contact, may, person, said
from .opening import ORIGIN

LINK_LASTS: Final = timedelta(days=14)


@transaction.atomic
def note_attempt(
    *, by: User | str, contact: Contact, how: str, reached: bool, key: UUID, note: str = ""
) -> Attempt:
    """Somebody tried to reach the patient. The same key again is the same attempt.

    Raises NotAllowed; Refused for a way that is none; ChangedMeanwhile when the recall is closed.
    """
    may(by, Permission.SEE_RECALL)
    contact = held_contact(contact)
    if how not in Way.values:
        raise Refused(_("Say how you tried."))
    before = Attempt.objects.filter(key=key).first()
    if before is not None:
        return before
    with acting(by):
        return Attempt.objects.create(
            contact=contact,
            key=key,
            how=how,
            reached=reached,
            note=tidy(note, 500),
            at=timezone.now(),
            by=person(by),
        )


@transaction.atomic
def acknowledge(*, by: User | str, contact: Contact, told: str, note: str = "") -> Acknowledged:
    """The patient was told by a person and knows. `told`: what was said.

    Raises NotAllowed; ChangedMeanwhile when they knew already, naming since when.
    """
    may(by, Permission.SEE_RECALL)
    contact = held_contact(contact)
    told = said(told, _("Say what the patient was told."), most=4000)
    _not_yet(contact)
    with acting(by):
        made = Acknowledged.objects.create(
            contact=contact, told=told, note=tidy(note, 500), at=timezone.now(), by=person(by)
        )
    _task_done(by, contact, _("The patient was told."))
    return made


def _not_yet(contact: Contact) -> None:
    if hasattr(contact, "acknowledged"):
        raise ChangedMeanwhile(
            _("%(name)s has acknowledged this already, on %(day)s.")
            % {
                "name": contact.patient,
                "day": timezone.localtime(contact.acknowledged.at).strftime("%Y-%m-%d %H:%M"),
            }
        )


@transaction.atomic
def say_not_reached(*, by: User, contact: Contact, reason: str) -> NotReached:
    """Why the patient could not be told; counts for closing. Raises NotAllowed, Refused, ChangedMeanwhile."""
    may(by, Permission.SEE_RECALL)
    contact = held_contact(contact)
    reason = said(reason, _("Say why this patient could not be reached."))
    _not_yet(contact)
    if hasattr(contact, "not_reached"):
        raise ChangedMeanwhile(
            _("%(name)s has said already why: %(why)s")
            % {"name": contact.not_reached.by, "why": contact.not_reached.reason}
        )
    with acting(by):
        made = NotReached.objects.create(contact=contact, reason=reason, by=by)
    _task_done(by, contact, reason)
    return made


def _task_done(by: User | str, contact: Contact, words: str) -> None:
    task = Task.objects.filter(
        origin=ORIGIN, reference=str(contact.recall_id), patient=contact.patient, ended__isnull=True
    ).first()
    if task is None:
        return
    if isinstance(by, User):
        finish_task(by=by, task=task, said=words)
    else:
        drop_list(by=by, origin=ORIGIN, reference=str(contact.recall_id), said=words, patient=contact.patient)


# links and e-mails


@transaction.atomic
def make_link(*, by: User | str, contact: Contact) -> tuple[Link, str]:
    """A new one-time link and its secret, which is shown once. Links made before lead nowhere now.

    Raises NotAllowed; Refused in a drill; ChangedMeanwhile when the patient knows already.
    """
    may(by, Permission.SEE_RECALL)
    contact = held_contact(contact)
    _may_write(contact)
    return _link(by, contact)


def _link(by: User | str, contact: Contact) -> tuple[Link, str]:
    token, now = secrets.token_urlsafe(24), timezone.now()
    with acting(by):
        link = Link.objects.create(
            contact=contact,
            token_hash=digest(token),
            made_at=now,
            expires_at=now + LINK_LASTS,
            made_by=person(by),
        )
    return link, token


def _may_write(contact: Contact) -> None:
    if contact.recall.is_drill:
        raise Refused(_("This is a drill: patients get no messages."))
    _not_yet(contact)


def write_email(*, by: User | str, contact: Contact, address_of: Callable[[str], str]) -> Message:
    """Write to a patient, once. `address_of(secret)`: the whole address of a link.

    The message is kept before it goes and its result after: one whose result is missing is never sent again by
    itself. Raises NotAllowed; Refused in a drill, without an address, or when a message stands whose link still
    works; ChangedMeanwhile when the patient knows already or somebody else is writing.
    """
    may(by, Permission.SEE_RECALL)
    with transaction.atomic(), acting(by):
        contact = held_contact(contact)
        _may_write(contact)
        patient = contact.patient
        if not patient.email:
            raise Refused(_("No email is known of %(name)s. Call or send a letter.") % {"name": patient})
        last = queries.last_message(contact)
        _not_twice(last)
        link, token = _link(by, contact)
        with override(patient.language):
            subject, body = letters.subject(), letters.body(contact)
        try:
            with transaction.atomic():
                message = Message.objects.create(
                    contact=contact,
                    number=1 if last is None else last.number + 1,
                    link=link,
                    address=patient.email,
                    subject=subject,
                    body=body,
                    at=timezone.now(),
                    by=person(by),
                )
        except IntegrityError:
            raise ChangedMeanwhile(_("Somebody else is writing to this patient just now.")) from None
    with override(patient.language):
        problem = letters.send(
            to=patient.email, subject=subject, body=letters.with_link(body, address_of(token))
        )
    with transaction.atomic(), acting(by):
        MessageResult.objects.create(message=message, sent=not problem, words=problem)
    return message


def _not_twice(last: Message | None) -> None:
    if last is None or (hasattr(last, "result") and not last.result.sent):
        return
    if last.link.expires_at > timezone.now():
        raise Refused(
            _("This patient was written to on %(day)s already. Nobody is written to twice.")
            % {"day": timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M")}
        )


def link_problem(link: Link | None) -> str:
    """Why a link no longer leads anywhere; empty when it does. One that was used still shows its message."""
    if link is None:
        return _("This link is not known. Please check that it was copied whole, or call the clinic.")
    if hasattr(link.contact, "acknowledged"):
        return ""
    newest = queries.last_link(link.contact)
    if newest is not None and newest.pk != link.pk:
        return _("This link was replaced by a newer one. Please use the latest message.")
    if link.expires_at <= timezone.now():
        return _("This link has expired. Please call the clinic: the message is still for you.")
    return ""


def open_link(*, token: str, birth_date: date | None, address: str) -> Link:
    """The link, if it leads somewhere and the date of birth is right. Raises Refused, with what to do.

    Failed attempts count together with those at the links of the intake, from the same address.
    """
    hold_back_guessers(address=address)
    link = queries.link_by_digest(digest(token))
    problem = link_problem(link)
    if link is None:
        note_guess(address=address, link=None)
    if link is None or problem:
        raise Refused(problem)
    if birth_date != link.contact.patient.birth_date:
        note_guess(address=address, link=None)
        raise Refused(
            _("This date of birth does not belong to this link. Please check it, or call the clinic.")
        )
    return link


def acknowledge_by_link(*, token: str, birth_date: date | None, address: str) -> Acknowledged:
    """The patient says: I have read it. Saying so twice is saying so once. Raises Refused as `open_link`."""
    link = open_link(token=token, birth_date=birth_date, address=address)
    contact = link.contact
    with transaction.atomic(), acting(patient_itself(contact.patient)):
        made, new = Acknowledged.objects.get_or_create(
            contact=contact,
            defaults={"link": link, "told": letters.body(contact), "at": timezone.now()},
        )
        if new:
            _task_done(patient_itself(contact.patient), contact, _("The patient has read the message."))
    return made
