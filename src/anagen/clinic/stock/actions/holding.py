"""Holding a lot back, and letting it go."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission

from .. import queries
from ..models import Lot, Quarantine, QuarantineLifted
from .common import held, may, person, why


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
