"""Prices and charges. Neither is ever changed: a new price is a later row, a charge taken back is a row of its own."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _
from moneyed import Money
from moneyed.l10n import format_money

from anagen.clinic.people.models import Patient, User


def in_words(money: Money) -> str:
    return format_money(money, locale=to_locale(get_language() or settings.LANGUAGE_CODE))


class Service(models.TextChoices):
    """What is charged for."""

    SESSION = "session", _("A session")
    SURFACE_SESSION = "surface_session", _("A session without injection")


class Price(models.Model):
    """One line of the price list, from a day on until the next line of the same service."""

    records_grow = True

    service = models.CharField(_("service"), max_length=40, choices=Service.choices)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    valid_from = models.DateField(_("from"))
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["service", "-valid_from", "-id"]
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(fields=["service", "valid_from"], name="one_price_of_a_service_a_day"),
            models.CheckConstraint(condition=models.Q(amount__gte=Decimal(0)), name="price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.valid_from}: {self.money}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def words(self) -> str:
        """As people of the reader's language write it."""
        return in_words(self.money)


class Charge(models.Model):
    """What a patient owes for one thing that was done on one day. `key` makes charging twice impossible."""

    records_grow = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="charges")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    service = models.CharField(_("service"), max_length=40, choices=Service.choices)
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="charges")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    day = models.DateField(_("day"), db_index=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-day", "-id"]
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=Decimal(0)), name="charge_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.patient} {self.day}: {self.money}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def words(self) -> str:
        """As people of the reader's language write it."""
        return in_words(self.money)
