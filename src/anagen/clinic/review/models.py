"""What a clinic has changed in the knowledge, and the last knowledge that passed its checks."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import User


class Kind(models.TextChoices):
    SIGNED = "signed", _("signed")
    ADJUSTED = "adjusted", _("set")
    ADVICE_ONLY = "advice_only", _("switched to advice only")
    ADDED = "added", _("added")
    WITHDRAWN = "withdrawn", _("taken back")


class RuleChange(models.Model):
    """One change of one rule, for ever. The rules of today are the shipped ones with every change in its order."""

    records_grow = True

    number = models.PositiveIntegerField()  # 1, 2, 3 … in this clinic
    kind = models.CharField(max_length=20, choices=Kind.choices)
    rule = models.CharField(_("rule"), max_length=120, db_index=True)
    content = models.JSONField()  # knowledge.changes, plain
    from_day = models.DateField(_("from"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=20, blank=True, default="")  # as it was on that day
    made_at = models.DateTimeField(auto_now_add=True)
    upon = models.CharField(max_length=64)  # the hash of the rules that the person had before them
    digest = models.CharField(max_length=64)  # of this change and all before it

    class Meta:
        ordering = ["number"]
        verbose_name = _("change of a rule")
        verbose_name_plural = _("changes of rules")
        constraints = [
            # Two leads who change at once want the same number: one change stands, the other is told.
            models.UniqueConstraint(fields=["number"], name="one_change_follows_another"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="change_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.rule}, {self.kind}"


class SoundKnowledge(models.Model):
    """Knowledge that has passed every check here. The newest is what the clinic goes on with when files are faulty."""

    records_grow = True

    key = models.CharField(max_length=64, unique=True)
    version = models.CharField(max_length=40)
    packed = models.TextField()  # JSON, compressed, base 64: half a megabyte becomes a sixth of that
    kept_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("sound knowledge")
        verbose_name_plural = _("sound knowledge")

    def __str__(self) -> str:
        return f"{self.version} ({self.key[:12]})"
