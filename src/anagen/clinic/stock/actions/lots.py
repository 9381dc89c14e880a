"""Containers that come, move, are counted, held back, and leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.medicine.dates import add_months

from .. import queries
from ..models import (
    ExpiryChange,
    Lot,
    Movement,
    MovementKind,
    Place,
    Product,
)
from ..witness import Witness
from ..wording import day_words, look_of, tidy
from .alerting import settle
from .common import held, held_product, may, person, positive, why
from .moving import (
    check_place,
    expired_words,
    nothing_there,
    only_loss,
    past,
    put,
    sent_before,
    take,
    witnessed,
)

LONGEST_SHELF_LIFE_YEARS: Final = 10  # an expiry beyond it is a slip of the finger or of a scanner


class LooksLike(Refused):
    """A lot number that differs from a known one of the same product only by letters that look alike."""

    def __init__(self, number: str, lots: Sequence[Lot]) -> None:
        self.lots = list(lots)
        super().__init__(
            _(
                "“%(number)s” looks like the lot %(known)s, which is there already. Compare the pack letter by letter."
            )
            % {"number": number, "known": ", ".join(f"“{lot.number}”" for lot in lots)}
        )


@transaction.atomic
def receive(
    *,
    by: User | str,
    product: Product,
    number: str,
    expiry: date | None,
    count: int,
    place: Place,
    at: datetime,
    key: UUID,
    another: bool = False,
    note: str = "",
) -> Movement:
    """Take in `count` containers of a lot. Without `expiry` they lie there and are never used.

    `another`: the person has compared the number with the lots that look like it. Raises NotAllowed; Refused for
    a lot that has expired, an expiry that cannot be or differs from what is known; LooksLike.
    """
    may(by, Permission.KEEP_STOCK)
    number, on = lot_number(number), timezone.localdate(at)
    product = held_product(product)
    before = Movement.objects.filter(key=key).first()
    if before is not None:
        return before
    if not product.in_use:
        raise Refused(_("This product is no longer in use."))
    positive(count)
    check_place(place)
    if expiry is not None:
        _check_expiry(expiry, on)
    lot = Lot.objects.filter(product=product, number=number).first()
    with acting(by):
        if lot is None:
            if not another and (like := queries.look_alikes(product, number)):
                raise LooksLike(number, like)
            lot = Lot.objects.create(
                product=product,
                number=number,
                look=look_of(number),
                expiry=expiry,
                made_at=at,
                made_by=person(by),
            )
            ExpiryChange.objects.create(lot=lot, expiry=expiry, at=at, by=person(by))
        else:
            lot = held(lot)
            if expiry is not None and lot.expiry is None:
                _set_expiry(by, lot, expiry, _("Said at a later receipt"), at)
            elif expiry is not None and lot.expiry != expiry:
                raise Refused(
                    _("Lot %(lot)s is known to expire on %(known)s, not on %(said)s. Compare the packs.")
                    % {"lot": lot, "known": day_words(lot.expiry), "said": day_words(expiry)}
                )
            if lot.expiry is not None and lot.expired(on):
                raise Refused(expired_words(lot))
        return put(by, lot, place, MovementKind.RECEIPT, count, key, at, reason=tidy(note))


@transaction.atomic
def move(
    *, by: User | str, lot: Lot, source: Place, target: Place, count: int, at: datetime, key: UUID
) -> tuple[Movement, Movement]:
    """Carry containers to another place; what is held back or has expired may be carried too.

    Raises NotAllowed; Refused when fewer lie there.
    """
    may(by, Permission.KEEP_STOCK)
    lot = held(lot)
    both = list(Movement.objects.filter(key=key, lot=lot).order_by("count"))
    if both:
        return both[0], both[-1]
    positive(count)
    if source.pk == target.pk:
        raise Refused(_("They lie there already. Choose another place."))
    check_place(target)
    with acting(by):
        left = take(by, lot, source, MovementKind.TRANSFER, count, key, at)
        return left, put(by, lot, target, MovementKind.TRANSFER, count, key, at)


@transaction.atomic
def waste(
    *,
    by: User | str,
    lot: Lot,
    place: Place,
    count: int,
    reason: str,
    at: datetime,
    key: UUID,
    witness: Witness | None = None,
) -> Movement:
    """Throw away unopened containers that are broken, spilt or spoilt.

    Raises NotAllowed; Refused without a reason, without a witness where the product asks for one, when fewer
    lie there, and for a lot that has expired: that leaves as loss (`write_off_expired`).
    """
    may(by, Permission.KEEP_STOCK)
    lot = held(lot)
    before = sent_before(key, lot, place)
    if before is not None:
        return before
    positive(count)
    reason = why(reason, _("Say in a few words why it is thrown away."))
    if past(lot, at):
        raise Refused(only_loss(lot))
    seen = witnessed(by, lot, witness)
    with acting(by):
        return take(by, lot, place, MovementKind.WASTE, count, key, at, reason=reason, witness=seen)


@transaction.atomic
def give_back(
    *, by: User | str, lot: Lot, place: Place, count: int, reason: str, at: datetime, key: UUID
) -> Movement:
    """Send containers back to whoever sold or recalled them; a lot in quarantine may go.

    Raises NotAllowed; Refused without a reason, when fewer lie there, and for a lot that has expired.
    """
    may(by, Permission.KEEP_STOCK)
    lot = held(lot)
    before = sent_before(key, lot, place)
    if before is not None:
        return before
    positive(count)
    reason = why(reason, _("Say in a few words why it is sent back."))
    if past(lot, at):
        raise Refused(only_loss(lot))
    with acting(by):
        return take(by, lot, place, MovementKind.RETURN, count, key, at, reason=reason)


@transaction.atomic
def write_off_expired(
    *,
    by: User | str,
    lot: Lot,
    place: Place,
    at: datetime,
    key: UUID,
    count: int | None = None,
    witness: Witness | None = None,
) -> Movement:
    """Write off what has expired, or whose expiry nobody knows; all of it when no `count` is said.

    Raises NotAllowed; Refused for a lot in date, without a witness where the product asks for one.
    """
    may(by, Permission.KEEP_STOCK)
    lot = held(lot)
    before = sent_before(key, lot, place)
    if before is not None:
        return before
    if not lot.expired(timezone.localdate(at)):
        raise Refused(_("Lot %(lot)s is in date until %(day)s.") % {"lot": lot, "day": day_words(lot.expiry)})
    there = queries.count_of(lot, place)
    if count is None and there == 0:
        raise Refused(nothing_there(lot, place, 0))
    seen = witnessed(by, lot, witness)
    reason = "" if lot.expiry is not None else _("Expiry not known")
    with acting(by):
        return take(
            by,
            lot,
            place,
            MovementKind.EXPIRED,
            positive(count if count is not None else there),
            key,
            at,
            reason=reason,
            witness=seen,
        )


@transaction.atomic
def correct_expiry(*, by: User | str, lot: Lot, expiry: date, reason: str, at: datetime) -> Lot:
    """Say when a lot expires, or correct it. A known expiry is only changed with RELEASE_STOCK.

    Raises NotAllowed; Refused without a reason or for a day that cannot be.
    """
    may(by, Permission.KEEP_STOCK)
    lot = held(lot)
    if lot.expiry is not None:
        may(by, Permission.RELEASE_STOCK)
    reason = why(reason, _("Say in a few words where the expiry is written."))
    _check_expiry(expiry, timezone.localdate(at), may_be_past=True)
    if lot.expiry == expiry:
        return lot
    with acting(by):
        _set_expiry(by, lot, expiry, reason, at)
        settle(by, lot.product, at)
    return lot


# the expiry


def _set_expiry(by: User | str, lot: Lot, expiry: date, reason: str, at: datetime) -> None:
    ExpiryChange.objects.create(lot=lot, expiry=expiry, reason=reason, at=at, by=person(by))
    lot.expiry = expiry
    lot.save(update_fields=["expiry"])


# what is refused


def lot_number(text: str) -> str:
    """A lot number as it is kept: one line, capitals. Refused when it is empty or looks like a whole scan."""
    number = tidy(text, 200).upper()
    if not look_of(number):
        raise Refused(_("Enter the lot number. It stands on the pack after “LOT”, “Ch.-B.” or “Серия”."))
    if len(number) > 40:
        raise Refused(_("A lot number has at most 40 characters. This looks like a whole scanned code."))
    return number


def _check_expiry(expiry: date, on: date, *, may_be_past: bool = False) -> None:
    if expiry < on and not may_be_past:
        raise Refused(
            _("This lot expired on %(day)s. It cannot be taken in: send it back.")
            % {"day": day_words(expiry)}
        )
    if expiry > add_months(on, 12 * LONGEST_SHELF_LIFE_YEARS) or expiry.year < 2000:
        raise Refused(
            _("%(day)s cannot be an expiry date: at most %(years)d years ahead. Check the year.")
            % {"day": day_words(expiry), "years": LONGEST_SHELF_LIFE_YEARS}
        )
