"""Signed cases. A signature is never changed; it can be withdrawn, with a reason, and stays to be read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import User


class SignedCase(models.Model):
    """One patient in plain data, on one day, with the answer that the medical lead stands for."""

    records_grow = True

    number = models.PositiveIntegerField(unique=True)  # 1, 2, 3 …; cases are spoken of by it
    title = models.CharField(_("title"), max_length=200)
    content = models.JSONField()  # the public form of docs/cases, whole: no base
    came_from = models.CharField(max_length=120)  # “decision”, or the file and case it was taken from
    ruleset_hash = models.CharField(max_length=64)  # the rules that gave the answer
    signed_at = models.DateTimeField(auto_now_add=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        verbose_name = _("signed case")
        verbose_name_plural = _("signed cases")

    def __str__(self) -> str:
        return f"{self.name}: {self.title}"

    @property
    def name(self) -> str:
        return f"signed/{self.number}"


class CaseWithdrawn(models.Model):
    """The medical lead no longer stands for the answer of a case: it holds back no change any more."""

    records_grow = True

    case = models.OneToOneField(SignedCase, on_delete=models.PROTECT, related_name="withdrawn")
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("case withdrawn")
        verbose_name_plural = _("cases withdrawn")
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="withdrawn_case_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.reason}"
