"""Lots, where they lie, and every movement of their unopened containers."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import User

from .products import Product


class Place(models.Model):
    """Where stock lies: a cupboard, a fridge, a room."""

    name = models.CharField(_("place"), max_length=80, unique=True)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("place")
        verbose_name_plural = _("places")

    def __str__(self) -> str:
        return self.name


class Lot(models.Model):
    """One lot of a product. `expiry` is the last day of use; without one it is never used.

    `expiry` is what the latest `ExpiryChange` says, kept here for speed.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lots")
    number = models.CharField(_("lot"), max_length=40)
    look = models.CharField(max_length=40, editable=False)  # what the number looks like: O is 0, l is 1
    expiry = models.DateField(_("expires"), null=True, blank=True)
    made_at = models.DateTimeField(_("first received"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["product", "expiry", "number"]
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [models.UniqueConstraint(fields=["product", "number"], name="one_lot_of_each_number")]
        indexes = [
            models.Index(fields=["number"], name="lot_by_number"),
            models.Index(fields=["product", "look"], name="lot_by_look"),
        ]

    def __str__(self) -> str:
        return self.number

    def expired(self, on: date) -> bool:
        """Whether it may no longer be used on `on`. Not knowing when it expires counts as expired."""
        return self.expiry is None or self.expiry < on


class ExpiryChange(models.Model):
    """What the expiry of a lot was said to be, and why that was changed. The latest counts."""

    records_grow = True

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="expiry_changes")
    expiry = models.DateField(_("expires"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("expiry of a lot")
        verbose_name_plural = _("expiries of lots")

    def __str__(self) -> str:
        return f"{self.lot}: {self.expiry}"


class MovementKind(models.TextChoices):
    RECEIPT = "receipt", _("Received")
    TRANSFER = "transfer", _("Moved")
    OPENED = "opened", _("Opened")
    WASTE = "waste", _("Wasted")
    EXPIRED = "expired", _("Lost by expiry")
    RETURN = "return", _("Sent back")
    CORRECTION = "correction", _("Corrected at stock-take")


class Movement(models.Model):
    """Containers that came to or left a place. A transfer is two of them with one key."""

    records_grow = True

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="movements")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(_("what"), max_length=12, choices=MovementKind.choices)
    count = models.IntegerField(_("containers"))  # below zero: they left
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    witness = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.UUIDField()  # of the form that was sent: sent twice, it counts once
    at = models.DateTimeField(_("when"), db_index=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        constraints = [
            models.UniqueConstraint(fields=["key", "lot", "place"], name="one_movement_of_each_form"),
            models.CheckConstraint(condition=~models.Q(count=0), name="movement_moves_something"),
            models.CheckConstraint(
                condition=models.Q(kind__in=MovementKind.values), name="movement_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["transfer", "correction"])
                | models.Q(kind="receipt", count__gt=0)
                | models.Q(kind__in=["opened", "waste", "expired", "return"], count__lt=0),
                name="movement_has_its_direction",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["waste", "return", "correction"]) | ~models.Q(reason=""),
                name="loss_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(witness__isnull=True)
                | models.Q(by__isnull=True)
                | ~models.Q(witness=models.F("by")),
                name="movement_witness_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot} {self.kind} {self.count:+d}"


class Balance(models.Model):
    """How many unopened containers of a lot lie in a place: the sum of its movements, kept for speed.

    `./anagen manage rebuild_stock --check` adds the movements up again and compares.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="balances")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="balances")
    count = models.IntegerField(_("containers"))

    class Meta:
        ordering = ["lot", "place"]
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        constraints = [
            models.UniqueConstraint(fields=["lot", "place"], name="one_balance_of_a_lot_in_a_place"),
            models.CheckConstraint(condition=models.Q(count__gte=0), name="stock_is_never_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.lot}, {self.place}: {self.count}"


class Quarantine(models.Model):
    """A lot that nobody may draw from until a person with the right to has released it."""

    records_grow = True

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="quarantines")
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("since"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("quarantine")
        verbose_name_plural = _("quarantines")
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="quarantine_says_why")]

    def __str__(self) -> str:
        return f"{self.lot}: {self.reason}"


class QuarantineLifted(models.Model):
    """A lot may be used again, by whose word and why."""

    records_grow = True

    quarantine = models.OneToOneField(Quarantine, on_delete=models.PROTECT, related_name="lifted")
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("released"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("release from quarantine")
        verbose_name_plural = _("releases from quarantine")
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="release_says_why")]

    def __str__(self) -> str:
        return f"{self.quarantine}: {self.reason}"


class StockTake(models.Model):
    """Somebody counted a place. What was counted stands in its lines, also where it was right."""

    records_grow = True

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="stock_takes")
    reason = models.CharField(_("reason for differences"), max_length=300, blank=True, default="")
    key = models.UUIDField(unique=True)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("stock-take")
        verbose_name_plural = _("stock-takes")

    def __str__(self) -> str:
        return f"{self.place} {self.at:%Y-%m-%d}"


class StockCount(models.Model):
    """One line of a stock-take: what was counted, and what the movements had said."""

    records_grow = True

    take = models.ForeignKey(StockTake, on_delete=models.PROTECT, related_name="counts")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    counted = models.PositiveIntegerField(_("counted"))
    expected = models.PositiveIntegerField(_("expected"))

    class Meta:
        ordering = ["take", "lot"]
        verbose_name = _("line of a stock-take")
        verbose_name_plural = _("lines of stock-takes")
        constraints = [models.UniqueConstraint(fields=["take", "lot"], name="one_line_of_each_lot")]

    def __str__(self) -> str:
        return f"{self.lot}: {self.counted} of {self.expected}"
