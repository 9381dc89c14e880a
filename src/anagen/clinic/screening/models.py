"""Decisions: what was said of whom on which day, with everything needed to say it again."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import Patient, User


class VerdictWord(models.TextChoices):
    CLEAR = "clear", _("Clear")
    CAUTION = "caution", _("Caution")
    INCOMPLETE = "incomplete", _("Incomplete")
    DEFER = "defer", _("Defer")
    REFER = "refer", _("Refer")
    EXCLUDE = "exclude", _("Exclude")


class Rulebook(models.Model):
    """The rules as they stood when a decision was made. Kept whole, so that it can be replayed for ever."""

    records_grow = True

    hash = models.CharField(max_length=64, unique=True)
    version = models.CharField(max_length=40)
    content = models.JSONField()
    first_used_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("rulebook")
        verbose_name_plural = _("rulebooks")

    def __str__(self) -> str:
        return f"{self.version} ({self.hash[:12]})"


class Decision(models.Model):
    """One screening of one patient on one day. Never changed; a new day asks anew."""

    records_grow = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="decisions")
    on = models.DateField(_("day"))
    facts = models.JSONField()  # exchange.facts, lossless
    unmapped = models.JSONField(default=list)
    rulebook = models.ForeignKey(Rulebook, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=12, choices=VerdictWord.choices)
    not_before = models.DateField(null=True)
    document = models.JSONField()  # the answer as it was given, exchange.screening
    decided_at = models.DateTimeField(auto_now_add=True, db_index=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-decided_at", "-id"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [models.Index(fields=["patient", "-decided_at"], name="decision_latest")]

    def __str__(self) -> str:
        return f"{self.patient} {self.on}: {self.verdict}"


class FindingOfDecision(models.Model):
    """One finding of a decision that weighs, apart, so that a rule leads to those it touched without a file being
    read. Made from the decision's own document, in the same moment."""

    records_grow = True

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="findings", db_index=False)
    rule = models.CharField(max_length=120)
    state = models.CharField(max_length=12)  # matched or unknown; what did not match is not kept apart
    verdict = models.CharField(max_length=12, choices=VerdictWord.choices)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        # Asked for by rule alone: an index by decision would cost with every decision and serve nobody.
        indexes = [models.Index(fields=["rule", "state", "decision"], name="finding_by_rule")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.state}"


class Override(models.Model):
    """One finding of one decision, set aside by a named person for a coded reason, in their own words."""

    records_grow = True

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="overrides")
    rule = models.CharField(max_length=120)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)  # as it was on that day
    reason = models.CharField(max_length=60)
    comment = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("override")
        verbose_name_plural = _("overrides")
        constraints = [
            models.UniqueConstraint(fields=["decision", "rule"], name="one_override_for_each_finding"),
            models.CheckConstraint(condition=~models.Q(comment=""), name="override_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"
