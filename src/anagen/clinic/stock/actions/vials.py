"""Opening a container, drawing from it, and ending it: each drop accounted for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission

from .. import clocks, queries
from ..models import Draw, Lot, Place, Vial, VialClosed
from ..witness import Witness, other_than
from ..wording import millilitres, tidy
from .alerting import settle
from .common import held, knowledge_first, may, person, why
from .moving import take_one, usable_or_refused

FINEST_ML: Final = Decimal("0.001")


@knowledge_first
@transaction.atomic
def open_container(*, by: User | str, lot: Lot, place: Place, at: datetime, key: UUID) -> Vial:
    """Open one container of a lot; its clock starts.

    Raises NotAllowed; Refused when none lies there, or the lot has expired, has no known expiry or is held back.
    """
    may(by, Permission.PREPARE_MIXTURE)
    lot = held(lot)
    before = Vial.objects.filter(movement__key=key, lot=lot, place=place).first()
    if before is not None:
        return before
    usable_or_refused(lot, at)
    with acting(by):
        movement = take_one(by, lot, place, key, at)
        return Vial.objects.create(
            lot=lot,
            place=place,
            movement=movement,
            content_ml=lot.product.content_ml,
            single_dose=not clocks.shared(lot),
            opened_at=at,
            use_by=clocks.use_by(lot, at),
            by=person(by),
        )


@transaction.atomic
def draw(
    *,
    by: User | str,
    vial: Vial,
    volume_ml: Decimal,
    purpose: str,
    at: datetime,
    key: UUID,
    patient: Patient | None = None,
) -> Draw:
    """Draw from an opened vial. `purpose`: the reference of the worksheet, or of what else it is for.

    Raises NotAllowed; Refused when less is left, the clock has run out, the lot is held back or has expired, or a
    single-dose vial already served another patient or another session.
    """
    may(by, Permission.PREPARE_MIXTURE)
    vial = _held(vial)
    before = Draw.objects.filter(key=key).first()
    if before is not None:
        return before
    purpose = tidy(purpose, 100)
    if not purpose:
        raise Refused(_("Say what it is drawn for: the worksheet."))
    usable_or_refused(vial.lot, at)
    if vial.past(at):
        raise Refused(_("The time of vial %(vial)s has run out. Close it and open another.") % {"vial": vial})
    if at < vial.opened_at:
        raise Refused(_("Vial %(vial)s was opened later than that.") % {"vial": vial})
    last = vial.draws.order_by("-number").first()
    if vial.single_dose:
        _check_single(vial, last, purpose, patient)
    left = last.left_ml if last is not None else vial.content_ml
    _check_volume(volume_ml)
    if volume_ml > left:
        raise Refused(
            _("Only %(left)s are left in vial %(vial)s.") % {"left": millilitres(left), "vial": vial}
        )
    with acting(by):
        try:
            with transaction.atomic():
                return Draw.objects.create(
                    vial=vial,
                    number=1 if last is None else last.number + 1,
                    volume_ml=volume_ml,
                    left_ml=left - volume_ml,
                    purpose=purpose,
                    patient=patient,
                    key=key,
                    at=at,
                    by=person(by),
                )
        except IntegrityError:
            raise ChangedMeanwhile(
                _("Somebody else drew from vial %(vial)s in the same moment. Look at what is left.")
                % {"vial": vial}
            ) from None


@transaction.atomic
def close_vial(
    *,
    by: User | str,
    vial: Vial,
    wasted_ml: Decimal,
    at: datetime,
    reason: str = "",
    witness: Witness | None = None,
) -> VialClosed:
    """End a vial with what was measured as waste. What drawn and wasted do not account for needs a reason.

    Raises NotAllowed; Refused for an amount that cannot be, a discrepancy without a reason, a missing witness;
    ChangedMeanwhile when it is closed already.
    """
    may(by, Permission.PREPARE_MIXTURE)
    vial = _held(vial, closing=True)
    if wasted_ml < 0 or wasted_ml > vial.content_ml or wasted_ml % FINEST_ML:
        raise Refused(
            _("The waste lies between 0 and %(content)s, to the thousandth.")
            % {"content": millilitres(vial.content_ml)}
        )
    discrepancy = queries.left_in(vial) - wasted_ml
    said = tidy(reason)
    if discrepancy:
        said = why(
            said,
            _("%(amount)s are not accounted for. Say why, or correct the waste.")
            % {"amount": millilitres(discrepancy)},
        )
    seen = other_than(by, witness)
    if vial.lot.product.witnessed and (wasted_ml or discrepancy) and seen is None:
        raise Refused(_("For this product a second person watches and confirms with their own password."))
    with acting(by):
        closed = VialClosed.objects.create(
            vial=vial,
            wasted_ml=wasted_ml,
            discrepancy_ml=discrepancy,
            reason=said,
            witness=seen,
            at=at,
            by=person(by),
        )
        settle(by, vial.lot.product, at)
    return closed


def _held(vial: Vial, *, closing: bool = False) -> Vial:
    """The vial, its lot's row held until the transaction ends. Raises ChangedMeanwhile when it is closed."""
    lot = held(vial.lot)
    vial = Vial.objects.get(pk=vial.pk)
    vial.lot = lot
    if VialClosed.objects.filter(vial=vial).exists():
        words = (
            _("Vial %(vial)s is closed already.") if closing else _("Vial %(vial)s was closed. Open another.")
        )
        raise ChangedMeanwhile(words % {"vial": vial})
    return vial


def _check_single(vial: Vial, last: Draw | None, purpose: str, patient: Patient | None) -> None:
    if patient is None:
        raise Refused(_("Vial %(vial)s is for one patient. Say for whom it is drawn.") % {"vial": vial})
    if last is not None and last.patient_id != patient.pk:
        raise Refused(
            _("Vial %(vial)s served another patient. A single-dose vial is never shared.") % {"vial": vial}
        )
    if last is not None and last.purpose != purpose:
        raise Refused(
            _("Vial %(vial)s was opened for another session. A single-dose vial is not kept.")
            % {"vial": vial}
        )


def _check_volume(volume_ml: Decimal) -> None:
    if volume_ml <= 0:
        raise Refused(_("Enter a volume above 0 mL."))
    if volume_ml % FINEST_ML:
        raise Refused(_("A volume is given to the thousandth of a millilitre at most."))
