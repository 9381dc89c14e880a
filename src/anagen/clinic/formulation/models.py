"""What goes into a patient's syringes: the worksheet as it was judged, who decided, what was drawn, who checked.

Everything here is added, never changed. What was drawn from which vial is a `stock.Draw`; that a syringe was given
stands in `treatment`.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import Patient, User
from anagen.clinic.screening.models import Decision
from anagen.clinic.stock.models import Draw


class KeptFormulary(models.Model):
    """What mixtures were judged by on some day. Kept whole, so that a worksheet can be judged again for ever."""

    records_grow = True

    hash = models.CharField(max_length=64, unique=True)
    version = models.CharField(max_length=40)
    packed = models.TextField()
    first_used_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("formulary")
        verbose_name_plural = _("formularies")

    def __str__(self) -> str:
        return f"{self.version} ({self.hash[:12]})"


class Worksheet(models.Model):
    """One wish for one patient, judged: what was asked for, and the answer with all that it rests on."""

    records_grow = True

    key = models.UUIDField(default=uuid.uuid4, unique=True)  # sent twice, kept once; the purpose of its draws
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="worksheets")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="worksheets")
    revises = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="revised_by")
    session = models.PositiveSmallIntegerField(_("session of the course"), null=True)
    on = models.DateField(_("for the day"))
    request = models.JSONField()  # exchange.worksheets, lossless: products with their contents as they stood
    document = models.JSONField()  # the answer as it was given
    verdict = models.CharField(max_length=12)
    formulary_version = models.CharField(max_length=40)
    formulary_hash = models.CharField(max_length=64, db_index=True)  # of a `KeptFormulary`
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("worksheet")
        verbose_name_plural = _("worksheets")

    def __str__(self) -> str:
        return f"{self.patient} {self.on}: {self.verdict}"


class MixtureDecision(models.Model):
    """One finding about a mixture, decided by a named person: an unknown pair, a ceiling passed with a reason."""

    records_grow = True

    worksheet = models.ForeignKey(Worksheet, on_delete=models.PROTECT, related_name="decisions")
    rule = models.CharField(max_length=160)
    about = models.JSONField(default=list)  # ingredients or products
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)  # as it was on that day
    reason = models.CharField(max_length=60)
    comment = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("decision about a mixture")
        verbose_name_plural = _("decisions about mixtures")
        constraints = [
            models.UniqueConstraint(
                fields=["worksheet", "rule", "about"], name="one_decision_for_each_mixture_finding"
            ),
            models.CheckConstraint(condition=~models.Q(comment=""), name="mixture_decision_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"


class Preparation(models.Model):
    """A worksheet that was really mixed: by whom, when, and until when it may be given."""

    records_grow = True

    key = models.UUIDField(default=uuid.uuid4, unique=True)  # sent twice, prepared once
    worksheet = models.OneToOneField(Worksheet, on_delete=models.PROTECT, related_name="preparation")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(db_index=True)
    use_by = models.DateTimeField()
    needs_check = models.BooleanField()  # a second person has to enter it again before it may be given
    check_reasons = models.JSONField(default=list)  # codes of wording.CHECK_REASONS
    # Judged once more at this moment, with lots and the facts of the day:
    request = models.JSONField(default=dict)
    facts = models.JSONField(default=list)
    unmapped = models.JSONField(default=list)
    document = models.JSONField(default=dict)
    formulary_hash = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-prepared_at", "-id"]
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")

    def __str__(self) -> str:
        return f"{self.worksheet.patient} {self.prepared_at:%Y-%m-%d %H:%M}"


class Drawn(models.Model):
    """Which draw from a vial became which component of a preparation."""

    records_grow = True

    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, related_name="drawn")
    component = models.PositiveSmallIntegerField()  # its place in the worksheet's list, from 0
    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, related_name="drawn")

    class Meta:
        ordering = ["preparation", "component", "id"]
        verbose_name = _("part of a preparation")
        verbose_name_plural = _("parts of preparations")

    def __str__(self) -> str:
        return f"{self.component}: {self.draw}"


class Syringe(models.Model):
    """One syringe of a preparation, with the code on its label."""

    records_grow = True

    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, related_name="syringes")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=32, unique=True)
    volume_ml = models.DecimalField(max_digits=7, decimal_places=3)

    class Meta:
        ordering = ["preparation", "number"]
        verbose_name = _("syringe")
        verbose_name_plural = _("syringes")
        constraints = [
            models.UniqueConstraint(fields=["preparation", "number"], name="one_syringe_of_each_number"),
            models.CheckConstraint(condition=models.Q(volume_ml__gt=0), name="syringe_holds_something"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.volume_ml} mL"


class SecondCheck(models.Model):
    """A second person entered the preparation again, without seeing the first entry; `agrees` says how that went."""

    records_grow = True

    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, related_name="checks")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered = models.JSONField()
    differences = models.JSONField(default=list)
    agrees = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("second check")
        verbose_name_plural = _("second checks")

    def __str__(self) -> str:
        return f"{self.preparation}: {'agrees' if self.agrees else 'differs'}"


class SyringeDiscarded(models.Model):
    """A syringe that was thrown away without being given, and why."""

    records_grow = True

    syringe = models.OneToOneField(Syringe, on_delete=models.PROTECT, related_name="discarded")
    reason = models.CharField(max_length=300)
    witness = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("discarded syringe")
        verbose_name_plural = _("discarded syringes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(witness__isnull=True)
                | models.Q(by__isnull=True)
                | ~models.Q(witness=models.F("by")),
                name="discarding_witness_is_another",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="discarded_syringe_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.syringe}: {self.reason}"
