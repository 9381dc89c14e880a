"""What every action on a recall checks first."""

from __future__ import annotations

from django.utils.translation import gettext as _

from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.stock.wording import tidy

from ..models import Contact, Recall

LEAST = 3  # letters of a reason


def may(by: User | str, permission: Permission) -> None:
    # A name instead of a user is the machine itself: the demo, the command line.
    if isinstance(by, User) and not by.may(permission):
        raise NotAllowed(_("Your role does not allow this."))


def person(by: User | str) -> User | None:
    return by if isinstance(by, User) else None


def said(words: str, otherwise: str, most: int = 300) -> str:
    """One line; Refused with `otherwise` when nothing is said."""
    kept = tidy(words, most)
    if len(kept) < LEAST:
        raise Refused(otherwise)
    return kept


def held(recall: Recall) -> Recall:
    """The recall, its row held until the transaction ends. Raises ChangedMeanwhile when it is closed."""
    found = Recall.objects.select_for_update(of=("self",)).get(pk=recall.pk)
    if hasattr(found, "closed"):
        raise ChangedMeanwhile(_("This recall is closed. Nothing is added to it any more."))
    return found


def held_contact(contact: Contact) -> Contact:
    """The contact as it stands, its recall held."""
    recall = held(contact.recall)
    found = Contact.objects.select_related("patient", "acknowledged__by", "not_reached__by").get(
        pk=contact.pk
    )
    found.recall = recall
    return found
