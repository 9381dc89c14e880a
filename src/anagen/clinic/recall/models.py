"""A recall: what is traced and why, who has to be told, every attempt, who knows, and how it ended.

Everything here is added, never changed; whether a recall is open or a patient has been told is computed from facts.
Whom a lot, a nurse or a room has reached is never stored as a status: `trace` follows it anew each time.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import Patient, User
from anagen.clinic.stock.models import Lot, Product, Quarantine


class About(models.TextChoices):
    """By what people were reached."""

    LOTS = "lots", _("Lots")
    PRODUCT = "product", _("Product")
    NURSE = "nurse", _("Person who injected")
    ROOM = "room", _("Room")


class Source(models.TextChoices):
    MAKER = "maker", _("The maker")
    AUTHORITY = "authority", _("An authority")
    OWN = "own", _("Our own finding")


class Severity(models.TextChoices):
    """How urgent it is for those who were reached."""

    SERIOUS = "serious", _("Serious: tell everybody today")
    MODERATE = "moderate", _("Moderate: tell everybody within days")
    MINOR = "minor", _("Minor: for information")

    @classmethod
    def gravest(cls, said: Iterable[str]) -> Severity:
        """Of several who judged the same; their order above is from grave to minor."""
        given = set(said)
        return next(one for one in cls if one.value in given)


class Recall(models.Model):
    """What is called back, or a drill of it. The list of patients is made in the same transaction."""

    records_grow = True

    key = models.UUIDField(default=uuid.uuid4, unique=True)  # of the form: sent twice, opened once
    about = models.CharField(_("by"), max_length=8, choices=About.choices)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="recalls")
    nurse = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    room = models.CharField(_("room"), max_length=60, blank=True, default="")
    first = models.DateField(_("from"), null=True)
    last = models.DateField(_("to"), null=True)
    reason = models.CharField(_("reason"), max_length=300)
    source = models.CharField(_("who says so"), max_length=10, choices=Source.choices)
    severity = models.CharField(_("how urgent"), max_length=10, choices=Severity.choices)
    is_drill = models.BooleanField(_("drill"), default=False)
    begun_at = models.DateTimeField(_("begun"))  # when somebody sat down to it
    opened_at = models.DateTimeField(_("opened"))
    list_ms = models.PositiveIntegerField(_("time to the list, ms"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-opened_at", "-id"]
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="recall_says_why"),
            models.CheckConstraint(
                condition=models.Q(about="lots", product=None, nurse=None, room="")
                | models.Q(about="product", product__isnull=False, nurse=None, room="")
                | models.Q(about="nurse", product=None, nurse__isnull=False, room="")
                | (models.Q(about="room", product=None, nurse=None) & ~models.Q(room="")),
                name="recall_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=Source.values, severity__in=Severity.values),
                name="recall_source_and_severity_are_known",
            ),
        ]

    @property
    def urgency(self) -> Severity:
        """The gravest of what was said when it was opened and by all who joined."""
        return Severity.gravest([self.severity, *(one.severity for one in self.joined.all() if one.severity)])

    def __str__(self) -> str:
        return f"{self.get_about_display()} {self.opened_at:%Y-%m-%d}"


class RecallLot(models.Model):
    """A lot of a recall, with the quarantine in which it lies because of it; none in a drill."""

    records_grow = True

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="lots")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="recalls")
    quarantine = models.ForeignKey(Quarantine, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["recall", "id"]
        verbose_name = _("lot of a recall")
        verbose_name_plural = _("lots of recalls")
        constraints = [models.UniqueConstraint(fields=["recall", "lot"], name="one_recall_lot_of_each")]

    def __str__(self) -> str:
        return str(self.lot)


class Joined(models.Model):
    """The same was called back again while it was open: who else said so, and why."""

    records_grow = True

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="joined")
    reason = models.CharField(_("reason"), max_length=300)
    source = models.CharField(_("who says so"), max_length=10, choices=Source.choices)
    # empty: not asked when it was joined
    severity = models.CharField(
        _("how urgent"), max_length=10, choices=Severity.choices, blank=True, default=""
    )
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("recall that joined another")
        verbose_name_plural = _("recalls that joined others")

    def __str__(self) -> str:
        return self.reason


class Contact(models.Model):
    """A patient who has to be told."""

    records_grow = True

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="contacts")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="recall_contacts")
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["recall", "patient__search_name", "id"]
        verbose_name = _("patient to be told")
        verbose_name_plural = _("patients to be told")
        constraints = [
            models.UniqueConstraint(fields=["recall", "patient"], name="one_contact_of_a_patient_in_a_recall")
        ]

    def __str__(self) -> str:
        return str(self.patient)


class Way(models.TextChoices):
    PHONE = "phone", _("Telephone")
    LETTER = "letter", _("Letter")
    IN_PERSON = "in_person", _("In person")
    OTHER = "other", _("Another way")


class Attempt(models.Model):
    """Somebody tried to reach a patient, and what was said."""

    records_grow = True

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="attempts")
    key = models.UUIDField(unique=True)
    how = models.CharField(_("how"), max_length=10, choices=Way.choices)
    reached = models.BooleanField(_("reached"))
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("attempt to reach a patient")
        verbose_name_plural = _("attempts to reach patients")

    def __str__(self) -> str:
        return f"{self.contact}: {self.how}"


class Link(models.Model):
    """A one-time address by which a patient says without a password: I have read it. The latest counts."""

    records_grow = True

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("link of a recall")
        verbose_name_plural = _("links of recalls")

    def __str__(self) -> str:
        return f"{self.contact} {self.expires_at:%Y-%m-%d}"


class Message(models.Model):
    """One e-mail to one patient, as it was written. It is kept before it goes, so that it never goes twice."""

    records_grow = True

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="messages")
    number = models.PositiveSmallIntegerField()  # 1, 2, 3 … of this patient
    link = models.OneToOneField(Link, on_delete=models.PROTECT, related_name="message")
    address = models.EmailField(_("email"))
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"))  # without the secret of the link
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("message of a recall")
        verbose_name_plural = _("messages of recalls")
        constraints = [
            # Two hands that write to one patient want the same number: one does, the other is told.
            models.UniqueConstraint(fields=["contact", "number"], name="one_recall_message_of_each_number")
        ]

    def __str__(self) -> str:
        return f"{self.contact}: {self.subject}"


class MessageResult(models.Model):
    """What came of a message. A message without one may have gone or not: nobody knows."""

    records_grow = True

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="result")
    sent = models.BooleanField(_("handed over"))
    words = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("result of a message")
        verbose_name_plural = _("results of messages")

    def __str__(self) -> str:
        return f"{self.message}: {self.sent}"


class Acknowledged(models.Model):
    """A patient knows: they said so by their link, or somebody told them and heard it."""

    records_grow = True

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="acknowledged")
    link = models.ForeignKey(Link, on_delete=models.PROTECT, null=True, related_name="+")
    told = models.TextField(_("what the patient was told"))
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # None: the patient

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints = [models.CheckConstraint(condition=~models.Q(told=""), name="acknowledged_says_what")]

    def __str__(self) -> str:
        return str(self.contact)


class NotReached(models.Model):
    """Why a patient could not be told, by the word of a named person."""

    records_grow = True

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="not_reached")
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("patient who was not reached")
        verbose_name_plural = _("patients who were not reached")
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="not_reached_says_why")]

    def __str__(self) -> str:
        return f"{self.contact}: {self.reason}"


class Closed(models.Model):
    """The end of a recall."""

    records_grow = True

    recall = models.OneToOneField(Recall, on_delete=models.PROTECT, related_name="closed")
    conclusion = models.TextField(_("conclusion"))
    figures = models.JSONField(default=dict)  # patients, told, seconds of each step, as they stood then
    at = models.DateTimeField(_("closed"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("end of a recall")
        verbose_name_plural = _("ends of recalls")
        constraints = [
            models.CheckConstraint(condition=~models.Q(conclusion=""), name="closed_recall_has_a_conclusion")
        ]

    def __str__(self) -> str:
        return str(self.recall)
