"""Intakes: who was asked what, when and how, and every answer that was given.

An answer is added, never changed: a corrected answer is a later one. What counts is the last answer to a
question in an intake that has been handed in.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import Patient, User


class Channel(models.TextChoices):
    DESK = "desk", _("at the desk, asked by staff")
    TABLET = "tablet", _("on a tablet of the clinic")
    PHONE = "phone", _("on the patient’s own device")
    EXAMINATION = "examination", _("by a clinician, on examination")
    IMPORT = "import", _("from a health record")


# the ways in which the questionnaire is answered; of these a patient has one open intake at most
ASKING = (Channel.DESK, Channel.TABLET, Channel.PHONE)


class SpeakerWord(models.TextChoices):
    PATIENT = "patient", _("patient")
    CLINICIAN = "clinician", _("clinician")
    LABORATORY = "laboratory", _("laboratory")
    SYSTEM = "system", _("health record")


class Intake(models.Model):
    """One round of questions to one patient. Open until it is handed in; then it only speaks."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="intakes")
    channel = models.CharField(max_length=12, choices=Channel.choices)
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    handed_in_at = models.DateTimeField(null=True, blank=True)
    on = models.DateField(_("day"), null=True, blank=True)  # the day for which the answers were given
    page = models.CharField(max_length=40, blank=True, default="")  # where the person was last

    class Meta:
        ordering = ["-opened_at", "-id"]
        verbose_name = _("intake")
        verbose_name_plural = _("intakes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(handed_in_at__isnull=True, on__isnull=True)
                | models.Q(handed_in_at__isnull=False, on__isnull=False),
                name="intake_handed_in_on_a_day",
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=models.Q(
                    handed_in_at__isnull=True, channel__in=[channel.value for channel in ASKING]
                ),
                name="one_open_intake_of_a_patient",
            ),
        ]
        indexes = [models.Index(fields=["patient", "handed_in_at"], name="intake_of_patient")]

    def __str__(self) -> str:
        return f"{self.patient} {self.opened_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.handed_in_at is None


class Answer(models.Model):
    """One answer to one question: the value as medicine's plain form, the day it was said, and by whom."""

    records_grow = True

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="answers")
    fact = models.CharField(max_length=80)
    # plain form: "yes" "no" "unknown", an option, "38.4 Cel", ["L64.9"], "1992-05-05"; null takes an answer back
    value = models.JSONField(null=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    said_on = models.DateField()
    speaker = models.CharField(max_length=12, choices=SpeakerWord.choices)
    record = models.CharField(max_length=120, blank=True, default="")  # entry of a health record, if from one
    entered_at = models.DateTimeField(auto_now_add=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        indexes = [models.Index(fields=["intake", "fact"], name="answer_to_question")]

    def __str__(self) -> str:
        return f"{self.fact}: {self.value}"


class UnreadEntry(models.Model):
    """An entry of an imported health record of which no fact could be made, and what a person made of it."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="unread")
    where = models.CharField(max_length=200)
    text = models.CharField(max_length=500)
    why = models.CharField(max_length=300)
    system = models.CharField(max_length=200, blank=True, default="")
    code = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["id"]
        verbose_name = _("unread entry")
        verbose_name_plural = _("unread entries")

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"

    @property
    def made_of_it(self) -> Resolution | None:
        """What a person made of it last; prefetch `resolutions` for a list."""
        return max(self.resolutions.all(), key=lambda made: made.pk, default=None)


class Resolution(models.Model):
    """What a clinician made of an unread entry: a fact, or nothing that matters. The last one counts."""

    records_grow = True

    entry = models.ForeignKey(UnreadEntry, on_delete=models.PROTECT, related_name="resolutions")
    on = models.DateField(_("day"))
    fact = models.CharField(max_length=80, blank=True, default="")  # empty: set aside
    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, null=True, related_name="resolution")
    comment = models.CharField(max_length=500, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer__isnull=False) | ~models.Q(comment=""),
                name="set_aside_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.fact or 'set aside'}"


class IntakeLink(models.Model):
    """A one-time address for the patient's own phone. Only its digest is kept; it opens once and expires."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("intake link")
        verbose_name_plural = _("intake links")

    def __str__(self) -> str:
        return f"{self.intake} {self.expires_at:%Y-%m-%d %H:%M}"


class LinkGuess(models.Model):
    """An attempt to open a link that failed: an address nobody made, or another person's date of birth."""

    at = models.DateTimeField(db_index=True)
    address = models.CharField(max_length=45, blank=True, default="")
    link = models.ForeignKey(IntakeLink, on_delete=models.PROTECT, null=True, related_name="guesses")

    class Meta:
        verbose_name = _("failed attempt to open a link")
        verbose_name_plural = _("failed attempts to open links")
        indexes = [models.Index(fields=["address", "at"], name="link_guess_by_address")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
