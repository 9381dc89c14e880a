"""Containers that come, move, are counted, held back, and leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.medicine.dates import add_months

from .. import queries
from ..models import (
    Balance,
    ExpiryChange,
    Lot,
    Movement,
    MovementKind,
    Place,
    Product,
    Quarantine,
    QuarantineLifted,
    StockCount,
    StockTake,
)
from ..witness import Witness, other_than
from ..wording import containers, day_words, look_of, tidy
from .common import MOST_AT_ONCE, held, held_product, may, person, positive, why

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
    _check_place(place)
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
                raise Refused(_expired(lot))
        return _put(by, lot, place, MovementKind.RECEIPT, count, key, at, reason=tidy(note))


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
    _check_place(target)
    with acting(by):
        left = _take(by, lot, source, MovementKind.TRANSFER, count, key, at)
        return left, _put(by, lot, target, MovementKind.TRANSFER, count, key, at)


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
    before = _sent_before(key, lot, place)
    if before is not None:
        return before
    positive(count)
    reason = why(reason, _("Say in a few words why it is thrown away."))
    if _past(lot, at):
        raise Refused(_only_loss(lot))
    seen = _witnessed(by, lot, witness)
    with acting(by):
        return _take(by, lot, place, MovementKind.WASTE, count, key, at, reason=reason, witness=seen)


@transaction.atomic
def give_back(
    *, by: User | str, lot: Lot, place: Place, count: int, reason: str, at: datetime, key: UUID
) -> Movement:
    """Send containers back to whoever sold or recalled them; a lot in quarantine may go.

    Raises NotAllowed; Refused without a reason, when fewer lie there, and for a lot that has expired.
    """
    may(by, Permission.KEEP_STOCK)
    lot = held(lot)
    before = _sent_before(key, lot, place)
    if before is not None:
        return before
    positive(count)
    reason = why(reason, _("Say in a few words why it is sent back."))
    if _past(lot, at):
        raise Refused(_only_loss(lot))
    with acting(by):
        return _take(by, lot, place, MovementKind.RETURN, count, key, at, reason=reason)


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
    before = _sent_before(key, lot, place)
    if before is not None:
        return before
    if not lot.expired(timezone.localdate(at)):
        raise Refused(_("Lot %(lot)s is in date until %(day)s.") % {"lot": lot, "day": day_words(lot.expiry)})
    there = queries.count_of(lot, place)
    if count is None and there == 0:
        raise Refused(_nothing_there(lot, place, 0))
    seen = _witnessed(by, lot, witness)
    reason = "" if lot.expiry is not None else _("Expiry not known")
    with acting(by):
        return _take(
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
def take_stock(
    *,
    by: User | str,
    place: Place,
    counted: Mapping[int, int],
    seen: int,
    at: datetime,
    key: UUID,
    reason: str = "",
) -> StockTake:
    """Keep what was counted in a place: `counted` maps each lot (by its id) to its containers.

    `seen`: `queries.last_movement(place)` when the counting began. Differences become corrections with `reason`.
    Raises NotAllowed; Refused for a lot left out or a difference without a reason; ChangedMeanwhile when
    something was moved there while it was counted.
    """
    may(by, Permission.KEEP_STOCK)
    place = Place.objects.select_for_update().get(pk=place.pk)
    before = StockTake.objects.filter(key=key).first()
    if before is not None:
        return before
    lots = list(
        Lot.objects.select_for_update(of=("self",))
        .select_related("product")
        .filter(pk__in=[lot.pk for lot in queries.lots_to_count(place, timezone.localdate(at))])
        .order_by("pk")
    )
    if queries.last_movement(place) != seen:
        raise ChangedMeanwhile(
            _("Something was put there or taken away while you counted. Please count this place again.")
        )
    if {lot.pk for lot in lots} != set(counted):
        raise Refused(_("Count every lot of this place. Enter 0 for one that is not there."))
    if any(not 0 <= count <= MOST_AT_ONCE for count in counted.values()):
        raise Refused(_("A count is a whole number from 0 to %(most)d.") % {"most": MOST_AT_ONCE})
    expected = {lot.pk: queries.count_of(lot, place) for lot in lots}
    differing = [lot for lot in lots if counted[lot.pk] != expected[lot.pk]]
    said = why(reason, _("The count differs. Say in a few words why.")) if differing else ""
    with acting(by):
        take = StockTake.objects.create(place=place, reason=said, key=key, at=at, by=person(by))
        StockCount.objects.bulk_create(
            StockCount(take=take, lot=lot, counted=counted[lot.pk], expected=expected[lot.pk]) for lot in lots
        )
        for lot in differing:
            difference = counted[lot.pk] - expected[lot.pk]
            change = _put if difference > 0 else _take
            change(by, lot, place, MovementKind.CORRECTION, abs(difference), key, at, reason=said)
    return take


@transaction.atomic
def quarantine(*, by: User | str, lot: Lot, reason: str, at: datetime) -> Quarantine:
    """Hold a lot back at once: nobody opens or draws from it until it is released.

    A lot that is held already stays so. Raises NotAllowed; Refused without a reason.
    """
    may(by, Permission.KEEP_STOCK)
    lot = held(lot)
    standing = queries.quarantine_of(lot)
    if standing is not None:
        return standing
    reason = why(reason, _("Say in a few words why the lot is held back."))
    with acting(by):
        return Quarantine.objects.create(lot=lot, reason=reason, at=at, by=person(by))


@transaction.atomic
def release(*, by: User | str, quarantine: Quarantine, reason: str, at: datetime) -> QuarantineLifted:
    """Let a lot be used again. Raises NotAllowed (RELEASE_STOCK); Refused without a reason; ChangedMeanwhile."""
    may(by, Permission.RELEASE_STOCK)
    held(quarantine.lot)
    if QuarantineLifted.objects.filter(quarantine=quarantine).exists():
        raise ChangedMeanwhile(_("Somebody else has released this lot already."))
    reason = why(reason, _("Say in a few words why the lot may be used again."))
    with acting(by):
        return QuarantineLifted.objects.create(quarantine=quarantine, reason=reason, at=at, by=person(by))


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
    return lot


@transaction.atomic
def rebuild(*, by: User | str) -> list[str]:
    """Make every balance the sum of its movements again; what was wrong, one line each.

    Raises Refused, changing nothing, when the movements of a place add up to less than nothing.
    """
    list(Lot.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    wrong = queries.wrong_balances()
    for line in wrong:
        if line.moved < 0:
            raise Refused(_("The movements of %(where)s add up to less than nothing.") % {"where": line})
    with acting(by):
        for line in wrong:
            Balance.objects.update_or_create(
                lot_id=line.lot, place_id=line.place, defaults={"count": line.moved}
            )
    return [str(line) for line in wrong]


# what lies there


def _put(
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
    return Movement.objects.create(
        lot=lot, place=place, kind=kind, count=count, reason=reason, key=key, at=at, by=person(by)
    )


def _take(
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
        raise Refused(_nothing_there(lot, place, queries.count_of(lot, place)))
    return Movement.objects.create(
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


def take_one(by: User | str, lot: Lot, place: Place, key: UUID, at: datetime) -> Movement:
    """One container leaves because it is opened. The lot's row is held by the caller."""
    return _take(by, lot, place, MovementKind.OPENED, 1, key, at)


def _sent_before(key: UUID, lot: Lot, place: Place) -> Movement | None:
    return Movement.objects.filter(key=key, lot=lot, place=place).first()


def _witnessed(by: User | str, lot: Lot, witness: Witness | None) -> User | None:
    seen = other_than(by, witness)
    if lot.product.witnessed and seen is None:
        raise Refused(_("For this product a second person watches and confirms with their own password."))
    return seen


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


def _check_place(place: Place) -> None:
    if not Place.objects.filter(pk=place.pk, in_use=True).exists():
        raise Refused(_("“%(place)s” is no longer in use. Choose another place.") % {"place": place})


def _past(lot: Lot, at: datetime) -> bool:
    return lot.expired(timezone.localdate(at))


def _expired(lot: Lot) -> str:
    if lot.expiry is None:
        return _("Nobody knows when lot %(lot)s expires, so it is not used. Enter the expiry first.") % {
            "lot": lot
        }
    return _("Lot %(lot)s expired on %(day)s.") % {"lot": lot, "day": day_words(lot.expiry)}


def _only_loss(lot: Lot) -> str:
    return f"{_expired(lot)} {_('It leaves only as loss: write it off.')}"


def _nothing_there(lot: Lot, place: Place, there: int) -> str:
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
    if _past(lot, at):
        raise Refused(_expired(lot))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
