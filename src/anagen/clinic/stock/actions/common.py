"""What every action on the stock checks first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.utils.translation import gettext as _

from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.review.queries import current

from ..models import Lot, Product
from ..wording import tidy

MOST_AT_ONCE = 10_000  # containers in one movement; more is a slip of the finger

_P = ParamSpec("_P")
_R = TypeVar("_R")


def knowledge_first(action: Callable[_P, _R]) -> Callable[_P, _R]:
    """Have the knowledge read before the transaction of an action begins.

    The first time in a process that takes seconds. A transaction holds back everybody else who writes, and on
    SQLite they give up after twenty.
    """

    @wraps(action)
    def prepared(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        current()
        return action(*args, **kwargs)

    return prepared


def may(by: User | str, permission: Permission) -> None:
    # A name instead of a user is the machine itself: the demo, the command line.
    if isinstance(by, User) and not by.may(permission):
        raise NotAllowed(_("Your role does not allow this."))


def person(by: User | str) -> User | None:
    return by if isinstance(by, User) else None


def held(lot: Lot) -> Lot:
    """The lot as it stands now, its row held until the transaction ends."""
    return Lot.objects.select_for_update(of=("self",)).select_related("product").get(pk=lot.pk)


def held_product(product: Product) -> Product:
    return Product.objects.select_for_update().get(pk=product.pk)


def why(reason: str, words: str) -> str:
    """The reason in one line; Refused with `words` when nothing is said."""
    said = tidy(reason)
    if len(said) < 3:
        raise Refused(words)
    return said


def positive(count: int) -> int:
    if count < 1:
        raise Refused(_("Enter how many containers: a whole number of 1 or more."))
    if count > MOST_AT_ONCE:
        raise Refused(
            _("%(n)d containers at once is more than the %(most)d that can be meant. Check the number.")
            % {"n": count, "most": MOST_AT_ONCE}
        )
    return count
