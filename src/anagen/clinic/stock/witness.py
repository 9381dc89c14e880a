"""A second person who has seen it, and proves to be there with their own password.

seen = confirm(username=…, password=…, address=…, at=…)      # in the view, before the action
actions.waste(by=user, …, witness=seen)                      # refuses a witness who is the doer
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from anagen.clinic.people.actions import Refused, note_sign_in_attempt, note_sign_in_succeeded
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.people.sign_in import Accounts


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody whose password was just given. Only `confirm` makes one outside of tests and the demo."""

    user: User


def confirm(*, username: str, password: str, address: str, at: datetime) -> Witness:
    """The witness, if the name and the password belong together and the account is staff of the clinic.

    Counts as an attempt to sign in, so that it is no way round the pause after wrong passwords. To be called
    outside a transaction: a refused attempt must stay written. Raises Refused, TooManyTries.
    """
    attempt = note_sign_in_attempt(username=username, address=address, at=at)
    user = Accounts().authenticate(None, username=username, password=password)
    if user is None:
        raise Refused(_("The witness’s user name and password do not belong together."))
    note_sign_in_succeeded(attempt=attempt, user=user, password=password)
    if not user.may(Permission.SEE_STOCK):
        raise Refused(_("A witness is somebody of the clinic who works with the stock."))
    return Witness(user)


def other_than(by: User | str, witness: Witness | None) -> User | None:
    """The witness's account. Raises Refused when it is the doer's own."""
    if witness is None:
        return None
    if isinstance(by, User) and witness.user.pk == by.pk:
        raise Refused(_("The witness is the person who does it. Ask somebody else to watch."))
    return witness.user
