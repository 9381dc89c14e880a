"""Everything that writes money: prices, and what is charged."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from moneyed import Money, get_currency
from moneyed.classes import CurrencyDoesNotExist

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission

from . import queries
from .models import Charge, Price, Service

LARGEST = Decimal("10000000")


@transaction.atomic
def set_price(
    *,
    by: User | str,
    service: str,
    amount: Decimal,
    currency: str,
    valid_from: date,
    on: date,
    note: str = "",
) -> Price:
    """A new line of the price list. Lines of the past stay, and none is written for a day that has passed.

    Raises NotAllowed; Refused for an unknown service or currency, an amount that the currency does not have, a
    day in the past, or a second price from the same day.
    """
    _may(by, Permission.KEEP_PRICES)
    if service not in Service.values:
        raise Refused(_("There is no such service. Choose one of the list."))
    money = _money(amount, currency)
    if valid_from < on:
        raise Refused(_("Prices of the past stay as they were. Choose today or a later day."))
    try:
        with transaction.atomic(), acting(by):
            return Price.objects.create(
                service=service,
                amount=money.amount,
                currency=money.currency.code,
                valid_from=valid_from,
                note=" ".join(note.split())[:200],
                made_by=by if isinstance(by, User) else None,
            )
    except IntegrityError:
        raise Refused(_("There is a price from that day on already. Choose a later day.")) from None


def _money(amount: Decimal, currency: str) -> Money:
    try:
        known = get_currency(currency.strip().upper())
    except CurrencyDoesNotExist:
        raise Refused(
            _("“%(code)s” is no currency. Write its three letters, such as EUR.") % {"code": currency}
        ) from None
    if not amount.is_finite() or not 0 <= amount < LARGEST:
        raise Refused(_("The amount is not possible. Check the number."))
    if amount != amount.quantize(Decimal(1) / known.sub_unit):
        raise Refused(_("%(code)s has no such small coins. Check the number.") % {"code": known.code})
    return Money(amount, known)


@transaction.atomic
def charge(*, by: User | str, patient: Patient, service: str, day: date, key: UUID) -> Charge:
    """Charge for one thing at the price of its day. The same key again is the same charge.

    Raises NotAllowed; Refused when the list has no price for that day.
    """
    _may(by, Permission.TREAT)
    standing = Charge.objects.filter(key=key).first()
    if standing is not None:
        if (standing.patient_id, standing.service, standing.day) != (patient.pk, service, day):
            raise Refused(_("Something else was charged under this key."))
        return standing
    price = queries.price_of(service, day)
    if price is None:
        raise Refused(
            _("The price list says nothing of this. A medical lead or an administrator can add it.")
        )
    with acting(by):
        return Charge.objects.create(
            patient=patient,
            key=key,
            service=service,
            price=price,
            amount=price.amount,
            currency=price.currency,
            day=day,
            made_by=by if isinstance(by, User) else None,
        )


def _may(by: User | str, permission: Permission) -> None:
    if isinstance(by, User) and not by.may(permission):
        raise NotAllowed(_("Your role does not allow this."))
