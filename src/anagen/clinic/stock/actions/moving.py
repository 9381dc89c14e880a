"""How containers come to a place and leave it, and what stands against it. For the other actions alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import User

from .. import queries
from ..models import Balance, Lot, Movement, MovementKind, Place
from ..witness import Witness, other_than
from ..wording import containers, day_words
from .alerting import settle
from .common import person


def put(
    by: User | str,
    lot: Lot,
    place: Place,
    kind: MovementKind,
    count: int,
    key: UUID,
    at: datetime,
    reason: str = "",
) -> Movement:
    Balance.objects.get_or_create(lot=lot, place=place, defaults={"count": 0})
    Balance.objects.filter(lot=lot, place=place).update(count=F("count") + count)
    moved = Movement.objects.create(
        lot=lot, place=place, kind=kind, count=count, reason=reason, key=key, at=at, by=person(by)
    )
    settle(by, lot.product, at)
    return moved


def take(
    by: User | str,
    lot: Lot,
    place: Place,
    kind: MovementKind,
    count: int,
    key: UUID,
    at: datetime,
    reason: str = "",
    witness: User | None = None,
) -> Movement:
    """Take containers away if as many lie there; Refused otherwise. One statement looks and takes."""
    enough = Balance.objects.filter(lot=lot, place=place, count__gte=count)
    if enough.update(count=F("count") - count) == 0:
        raise Refused(nothing_there(lot, place, queries.count_of(lot, place)))
    moved = Movement.objects.create(
        lot=lot,
        place=place,
        kind=kind,
        count=-count,
        reason=reason,
        witness=witness,
        key=key,
        at=at,
        by=person(by),
    )
    settle(by, lot.product, at)
    return moved


def take_one(by: User | str, lot: Lot, place: Place, key: UUID, at: datetime) -> Movement:
    """One container leaves because it is opened. The lot's row is held by the caller."""
    return take(by, lot, place, MovementKind.OPENED, 1, key, at)


def sent_before(key: UUID, lot: Lot, place: Place) -> Movement | None:
    return Movement.objects.filter(key=key, lot=lot, place=place).first()


def witnessed(by: User | str, lot: Lot, witness: Witness | None) -> User | None:
    seen = other_than(by, witness)
    if lot.product.witnessed and seen is None:
        raise Refused(_("For this product a second person watches and confirms with their own password."))
    return seen


def check_place(place: Place) -> None:
    if not Place.objects.filter(pk=place.pk, in_use=True).exists():
        raise Refused(_("“%(place)s” is no longer in use. Choose another place.") % {"place": place})


def past(lot: Lot, at: datetime) -> bool:
    return lot.expired(timezone.localdate(at))


def expired_words(lot: Lot) -> str:
    if lot.expiry is None:
        return _("Nobody knows when lot %(lot)s expires, so it is not used. Enter the expiry first.") % {
            "lot": lot
        }
    return _("Lot %(lot)s expired on %(day)s.") % {"lot": lot, "day": day_words(lot.expiry)}


def only_loss(lot: Lot) -> str:
    return f"{expired_words(lot)} {_('It leaves only as loss: write it off.')}"


def nothing_there(lot: Lot, place: Place, there: int) -> str:
    if there == 0:
        return _("No container of lot %(lot)s lies in %(place)s any more.") % {"lot": lot, "place": place}
    return _("Only %(there)s of lot %(lot)s lie in %(place)s.") % {
        "there": containers(there),
        "lot": lot,
        "place": place,
    }


def usable_or_refused(lot: Lot, at: datetime) -> None:
    """Refused when a lot may not be used now: expired, unknown expiry, quarantined."""
    standing = queries.quarantine_of(lot)
    if standing is not None:
        raise Refused(
            _("Lot %(lot)s is in quarantine: %(reason)s Do not use it.")
            % {"lot": lot, "reason": _sentence(standing.reason)}
        )
    if past(lot, at):
        raise Refused(expired_words(lot))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
