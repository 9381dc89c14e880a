"""Opened containers: what was in them, what was drawn, and how they ended.

Content = drawn + wasted + discrepancy, to the last microlitre; a discrepancy has a reason.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import Patient, User

from .lots import Lot, Movement, Place
from .products import plain


class Vial(models.Model):
    """One opened container. `use_by` ends its clock; a single-dose one belongs to one patient and session."""

    records_grow = True

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="vials")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="vials")
    movement = models.OneToOneField(Movement, on_delete=models.PROTECT, related_name="vial")
    content_ml = models.DecimalField(_("content in mL"), max_digits=8, decimal_places=3)
    single_dose = models.BooleanField(_("single-dose"))
    opened_at = models.DateTimeField(_("opened"))
    use_by = models.DateTimeField(_("use by"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["use_by", "id"]
        verbose_name = _("opened vial")
        verbose_name_plural = _("opened vials")
        constraints = [
            models.CheckConstraint(condition=models.Q(content_ml__gt=0), name="vial_has_content"),
        ]

    def __str__(self) -> str:
        return self.mark

    @property
    def mark(self) -> str:
        """What is written on the vial."""
        return f"V{self.pk}"

    def past(self, at: datetime) -> bool:
        """Whether its clock has run out."""
        return at >= self.use_by


class Draw(models.Model):
    """What was drawn from a vial, for what: `purpose` is the reference of a worksheet."""

    records_grow = True

    vial = models.ForeignKey(Vial, on_delete=models.PROTECT, related_name="draws")
    number = models.PositiveSmallIntegerField()  # 1, 2, 3 … of this vial
    volume_ml = models.DecimalField(_("volume in mL"), max_digits=8, decimal_places=3)
    left_ml = models.DecimalField(_("left in mL"), max_digits=8, decimal_places=3)  # after this draw
    purpose = models.CharField(_("for"), max_length=100, db_index=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="draws")
    key = models.UUIDField(unique=True)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["vial", "number"]
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        constraints = [
            # Two hands at one vial want the same number: one draws, the other is told.
            models.UniqueConstraint(fields=["vial", "number"], name="one_draw_of_each_number"),
            models.CheckConstraint(condition=models.Q(volume_ml__gt=0), name="draw_takes_something"),
            models.CheckConstraint(condition=models.Q(left_ml__gte=0), name="vial_is_never_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.vial}: {self.volume_ml} mL"

    @property
    def volume_words(self) -> str:
        return f"{plain(self.volume_ml)} mL"


class VialClosed(models.Model):
    """The end of a vial: what was thrown away, and what cannot be accounted for."""

    records_grow = True

    vial = models.OneToOneField(Vial, on_delete=models.PROTECT, related_name="closed")
    wasted_ml = models.DecimalField(_("wasted in mL"), max_digits=8, decimal_places=3)
    discrepancy_ml = models.DecimalField(_("not accounted for in mL"), max_digits=8, decimal_places=3)
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    witness = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("closed vial")
        verbose_name_plural = _("closed vials")
        constraints = [
            models.CheckConstraint(condition=models.Q(wasted_ml__gte=0), name="waste_is_not_below_zero"),
            models.CheckConstraint(
                condition=models.Q(discrepancy_ml=0) | ~models.Q(reason=""), name="discrepancy_says_why"
            ),
            models.CheckConstraint(
                condition=models.Q(witness__isnull=True)
                | models.Q(by__isnull=True)
                | ~models.Q(witness=models.F("by")),
                name="vial_witness_is_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.vial)
