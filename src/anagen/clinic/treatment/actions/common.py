"""What all actions of a session share."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.people.actions import NotAllowed, Refused, note_sign_in_attempt, note_sign_in_succeeded
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission
from anagen.medicine.treatment import Missing

from ..models import Treatment
from ..wording import missing_words


class NotReady(Refused):
    """Something is missing before the first needle; `missing` names it."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        self.missing = missing
        super().__init__(" ".join(missing_words(one) for one in missing))


class WrongPassword(Refused):
    """The person who signs is not who they say."""


def may(by: User | str, permission: Permission) -> None:
    # A name instead of a user is the machine itself: set-up, the demo, the command line.
    if isinstance(by, User) and not by.may(permission):
        raise NotAllowed(_("Your role does not allow this."))


def person(by: User | str) -> User | None:
    return by if isinstance(by, User) else None


def held(treatment: Treatment) -> Treatment:
    """The treatment, held until the transaction ends: whoever writes to it comes one after the other."""
    Patient.objects.select_for_update().get(pk=treatment.patient_id)
    return Treatment.objects.select_related("patient", "injector", "course").get(pk=treatment.pk)


def confirm(by: User, password: str, address: str) -> None:
    """Whoever signs enters the password again. Raises WrongPassword, and TooManyTries after too many of them.

    Stands outside of the transaction that signs: a wrong attempt is written down although nothing is signed.
    """
    attempt = note_sign_in_attempt(username=by.username, address=address, at=timezone.now())
    if not check_password(password, by.password):
        raise WrongPassword(_("This is not your password. Enter it again."))
    note_sign_in_succeeded(attempt=attempt, user=by, password=password)
