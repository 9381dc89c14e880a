"""A second person enters a preparation again without seeing it; and throwing syringes away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.stock.models import Product
from anagen.clinic.stock.models.products import plain
from anagen.clinic.stock.witness import Witness, other_than
from anagen.clinic.stock.wording import tidy

from .. import given, queries
from ..models import Preparation, SecondCheck, Syringe, SyringeDiscarded
from ..queries import Standing
from .common import held, may, person, why


@dataclass(frozen=True, slots=True)
class Entered:
    """One component as the second person reads it from the vials."""

    product: Product
    lot: str
    ml: Decimal


@transaction.atomic
def second_check(
    *, by: User, preparation: Preparation, entered: Sequence[Entered], at: datetime
) -> SecondCheck:
    """Compare what a second person entered with what was drawn, exactly; both stay, whatever comes out.

    Raises NotAllowed when it is the person who mixed; Refused when nothing is entered or nothing is to be checked;
    ChangedMeanwhile when it has been checked already.
    """
    may(by, Permission.PREPARE_MIXTURE)
    held(preparation.worksheet.patient)
    preparation = queries.preparations().get(pk=preparation.pk)
    if by.pk == preparation.by_id:
        raise NotAllowed(_("You mixed this yourself. Somebody else enters it again."))
    match queries.standing_of(preparation, at):
        case Standing.TO_CHECK:
            pass
        case Standing.CHECK_FAILED:
            raise Refused(_("It was entered differently three times. Throw it away and begin again."))
        case Standing.PAST:
            raise Refused(_("Its time has run out. Throw it away."))
        case _:
            raise ChangedMeanwhile(_("There is nothing to check here any more."))
    if not entered:
        raise Refused(_("Enter each component with its lot and volume."))
    differences = compared(preparation, entered)
    with acting(by):
        return SecondCheck.objects.create(
            preparation=preparation,
            by=by,
            entered=[{"product": str(one.product), "lot": one.lot, "ml": plain(one.ml)} for one in entered],
            differences=differences,
            agrees=not differences,
        )


def compared(preparation: Preparation, entered: Sequence[Entered]) -> list[dict[str, Any]]:
    """Where the two entries differ: product and lot with both volumes in mL, None where one has nothing of it."""
    drawn: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for part in preparation.drawn.all():
        lot = part.draw.vial.lot
        drawn[str(lot.product), lot.number.upper()] += part.draw.volume_ml
    read: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in entered:
        read[str(one.product), tidy(one.lot, 40).upper()] += one.ml
    return [
        {
            "product": product,
            "lot": lot,
            "drawn": plain(drawn[product, lot]) if (product, lot) in drawn else None,
            "entered": plain(read[product, lot]) if (product, lot) in read else None,
        }
        for product, lot in sorted(drawn.keys() | read.keys())
        if drawn.get((product, lot)) != read.get((product, lot))
    ]


@transaction.atomic
def discard(
    *,
    by: User | str,
    preparation: Preparation,
    reason: str,
    syringes: Sequence[Syringe] = (),
    witness: Witness | None = None,
) -> list[SyringeDiscarded]:
    """Throw syringes of a preparation away: those named, or all that are left.

    Raises NotAllowed; Refused without a reason, for a syringe that was given, or a witness that is missing;
    ChangedMeanwhile when it was thrown away already.
    """
    may(by, Permission.PREPARE_MIXTURE)
    held(preparation.worksheet.patient)
    preparation = queries.preparations().get(pk=preparation.pk)
    wanted = {one.pk for one in syringes}
    left = [
        one
        for one in preparation.syringes.all()
        if not hasattr(one, "discarded") and (one.pk in wanted if wanted else not given.was_given(one))
    ]
    if not left or (wanted and len(left) != len(wanted)):
        raise ChangedMeanwhile(_("That has been thrown away or given already."))
    if any(given.was_given(one) for one in left):
        raise Refused(_("A syringe that was given is not thrown away here."))
    said = why(reason, _("Say in a few words why it is thrown away."))
    seen = other_than(by, witness)
    if seen is None and any(part.draw.vial.lot.product.witnessed for part in preparation.drawn.all()):
        raise Refused(_("For this product a second person watches and confirms with their own password."))
    with acting(by):
        return [
            SyringeDiscarded.objects.create(syringe=one, reason=said, witness=seen, by=person(by))
            for one in left
        ]
