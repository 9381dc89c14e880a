"""Counting what lies there, and adding the movements up again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission

from .. import queries
from ..models import Balance, Lot, MovementKind, Place, StockCount, StockTake
from .common import MOST_AT_ONCE, may, person, why
from .moving import put, take


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
    Raises NotAllowed; Refused for a lot left out, a difference without a reason, and for missing containers that are
    expired or watched; ChangedMeanwhile when something was moved there while it was counted.
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
    _check_missing([lot for lot in differing if counted[lot.pk] < expected[lot.pk]], timezone.localdate(at))
    said = why(reason, _("The count differs. Say in a few words why.")) if differing else ""
    with acting(by):
        record = StockTake.objects.create(place=place, reason=said, key=key, at=at, by=person(by))
        StockCount.objects.bulk_create(
            StockCount(take=record, lot=lot, counted=counted[lot.pk], expected=expected[lot.pk])
            for lot in lots
        )
        for lot in differing:
            difference = counted[lot.pk] - expected[lot.pk]
            change = put if difference > 0 else take
            change(by, lot, place, MovementKind.CORRECTION, abs(difference), key, at, reason=said)
    return record


def _check_missing(lots: Iterable[Lot], on: date) -> None:
    """What is watched when it leaves, or leaves only as loss, does not leave by being counted."""
    for lot in lots:
        if lot.product.witnessed or lot.expired(on):
            raise Refused(
                _(
                    "Containers of %(product)s, lot %(lot)s, are missing. Write it off or throw it away with a "
                    "witness; then count again."
                )
                % {"product": lot.product, "lot": lot}
            )


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
