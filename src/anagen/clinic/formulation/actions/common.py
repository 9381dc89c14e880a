"""What every action on a mixture checks first."""

from __future__ import annotations

from django.utils.translation import gettext as _

from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.review.queries import packed
from anagen.clinic.stock.wording import tidy
from anagen.exchange.errors import BadInput
from anagen.knowledge.loader import Knowledge

from ..judging import content_of
from ..models import KeptFormulary


def may(by: User | str, permission: Permission) -> None:
    # A name instead of a user is the machine itself: the demo, the command line.
    if isinstance(by, User) and not by.may(permission):
        raise NotAllowed(_("Your role does not allow this."))


def person(by: User | str) -> User | None:
    return by if isinstance(by, User) else None


def held(patient: Patient) -> Patient:
    """The patient, the row held until the transaction ends: what one patient gets is counted one after the other."""
    return Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)


def why(reason: str, words: str) -> str:
    """The reason in one line; Refused with `words` when nothing is said."""
    said = tidy(reason)
    if len(said) < 3:
        raise Refused(words)
    return said


def in_words(bad: BadInput) -> str:
    """What cannot be a mixture at all, for the person who typed it."""
    return " ".join(part for part in (bad.what, bad.mend) if part)


def kept(knowledge: Knowledge) -> KeptFormulary:
    """What this knowledge judges mixtures by, kept once under its hash."""
    known = knowledge.formulary
    row = KeptFormulary.objects.filter(hash=known.hash).first()
    if row is None:
        row, _new = KeptFormulary.objects.get_or_create(
            hash=known.hash, defaults={"version": known.version, "packed": packed(content_of(knowledge))}
        )
    return row
