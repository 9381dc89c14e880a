"""What was done: the session and everything that happened in it, consents, certificates, and the sealed chart.

A session's state is computed from what happened (`queries.state_of`). Nothing here is ever changed.
"""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from anagen.clinic.billing.models import Charge
from anagen.clinic.course.models import Course
from anagen.clinic.formulation.models import Syringe
from anagen.clinic.people.models import Patient, User
from anagen.clinic.screening.models import Decision


class Treatment(models.Model):
    """One visit of one patient. What was checked, given and seen are its events."""

    records_grow = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="treatments")
    key = models.UUIDField(default=uuid.uuid4, unique=True)  # of whoever began it: beginning twice is once
    day = models.DateField(_("day"), db_index=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="treatments")
    session = models.PositiveSmallIntegerField(_("planned session"), null=True)  # its number in the course
    room = models.CharField(_("room"), max_length=60, blank=True, default="")
    injector = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="treatments", verbose_name=_("who injects")
    )
    role = models.CharField(max_length=20)  # of the injector, on that day
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-day", "-id"]
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")
        indexes = [models.Index(fields=["patient", "-day"], name="treatment_latest")]

    def __str__(self) -> str:
        return f"{self.patient} {self.day}"


class Event(models.Model):
    """One thing that was checked, given, seen or said in a session. `key` makes it one, however often it is sent."""

    records_grow = True

    treatment = models.ForeignKey(Treatment, on_delete=models.PROTECT, related_name="events")
    key = models.UUIDField(unique=True)
    kind = models.CharField(_("kind"), max_length=20)  # medicine.treatment.Kind
    at = models.DateTimeField(_("when"))  # by the clock of the screen
    received_at = models.DateTimeField(_("received"))  # by our own
    clock_difference = models.IntegerField(_("clock difference"), default=0)  # theirs less ours, in seconds
    clock_off = models.BooleanField(_("clock was wrong"), default=False)
    data = models.JSONField(_("what"), default=dict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("event of a session")
        verbose_name_plural = _("events of sessions")
        indexes = [models.Index(fields=["treatment", "kind"], name="event_of_treatment")]

    def __str__(self) -> str:
        return f"{self.treatment}: {self.kind}"


class TodaysDecision(models.Model):
    """The decision that a session's questions led to."""

    records_grow = True

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="asked")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("decision of the day")
        verbose_name_plural = _("decisions of the day")

    def __str__(self) -> str:
        return str(self.decision)


class Finish(models.Model):
    """The injections are over: what was given, and what is owed for it, in one transaction."""

    records_grow = True

    treatment = models.OneToOneField(Treatment, on_delete=models.PROTECT, related_name="finish")
    key = models.UUIDField(unique=True)
    at = models.DateTimeField(_("when"))
    points = models.PositiveIntegerField(_("points"), default=0)
    by_points = models.DecimalField(
        _("volume by points, mL"), max_digits=8, decimal_places=3, default=Decimal(0)
    )
    reasons = models.JSONField(default=dict)  # question → why it was closed all the same
    # None when nothing was given
    charge = models.OneToOneField(
        Charge, on_delete=models.PROTECT, null=True, related_name="treatment_finish"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("end of a session")
        verbose_name_plural = _("ends of sessions")

    def __str__(self) -> str:
        return str(self.treatment)


class Administration(models.Model):
    """What came of one syringe. A syringe is given once, to one patient."""

    records_grow = True

    finish = models.ForeignKey(Finish, on_delete=models.PROTECT, related_name="administrations")
    syringe = models.OneToOneField(
        Syringe, on_delete=models.PROTECT, related_name="administration", verbose_name=_("syringe")
    )
    given = models.DecimalField(_("given, mL"), max_digits=8, decimal_places=3)
    wasted = models.DecimalField(_("thrown away, mL"), max_digits=8, decimal_places=3)

    class Meta:
        ordering = ["id"]
        verbose_name = _("administration")
        verbose_name_plural = _("administrations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(given__gte=Decimal(0), wasted__gte=Decimal(0)),
                name="given_and_wasted_are_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.syringe.code}: {self.given} mL"


class LinkKind(models.TextChoices):
    RECORD = "record", _("the record")
    COUNTERSIGNATURE = "countersignature", _("countersigned")
    ADDENDUM = "addendum", _("addendum")


class ChartLink(models.Model):
    """One signed and sealed entry of a patient's chart. Each seal is made over the one before it.

    The links of one patient are one chain (`chart.py`): 1, 2, 3 … without gaps.
    """

    records_grow = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="chart")
    number = models.PositiveIntegerField()
    treatment = models.ForeignKey(Treatment, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=20, choices=LinkKind.choices)
    key = models.UUIDField(unique=True)
    content = models.TextField()  # JSON, exactly as it was sealed
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)  # of the person who signed, on that day
    role = models.CharField(max_length=20)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["patient", "number"]
        verbose_name = _("entry of a chart")
        verbose_name_plural = _("entries of charts")
        constraints = [
            models.UniqueConstraint(fields=["patient", "number"], name="one_chart_link_of_each_number"),
            models.UniqueConstraint(
                fields=["treatment"], condition=models.Q(kind="record"), name="one_record_of_a_treatment"
            ),
            models.UniqueConstraint(
                fields=["treatment"],
                condition=models.Q(kind="countersignature"),
                name="one_countersignature_of_a_treatment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient} {self.number}: {self.kind}"


# consent


class ConsentKind(models.TextChoices):
    TREATMENT = "treatment", _("treatment")
    IMAGES = "images", _("use of pictures")


class ConsentText(models.Model):
    """One version of the words to which patients consent."""

    records_grow = True

    kind = models.CharField(_("for"), max_length=12, choices=ConsentKind.choices)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    valid_from = models.DateField(_("from"))
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["kind", "-version"]
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="one_consent_text_of_each_version"),
            models.CheckConstraint(condition=~models.Q(body=""), name="consent_text_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"


class ConsentHandout(models.Model):
    """A text was given to a patient to read. From then on the time to think runs."""

    records_grow = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consent_handouts")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="handouts")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("consent text handed out")
        verbose_name_plural = _("consent texts handed out")

    def __str__(self) -> str:
        return f"{self.patient}: {self.text}"


class Consent(models.Model):
    """A patient's signature under one text, and who saw it."""

    records_grow = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    key = models.UUIDField(unique=True)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    handout = models.ForeignKey(ConsentHandout, on_delete=models.PROTECT, related_name="consents")
    devices = models.JSONField(default=list)  # what the patient was told of; empty for pictures
    mixture = models.CharField(_("mixture"), max_length=200, blank=True, default="")
    signed_name = models.CharField(_("name as typed"), max_length=200)
    drawing = models.TextField(blank=True, default="")  # the drawn signature: points of an SVG path
    signed_at = models.DateTimeField()
    witness = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["signed_at", "id"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(condition=~models.Q(signed_name=""), name="consent_is_signed"),
        ]

    def __str__(self) -> str:
        return f"{self.patient}: {self.text}"


class ConsentWithdrawal(models.Model):
    """A consent that counts no more. It can be taken back at any time, also in the middle of a session."""

    records_grow = True

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="withdrawal")
    words = models.CharField(_("in the patient’s words"), max_length=300, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("consent withdrawn")
        verbose_name_plural = _("consents withdrawn")

    def __str__(self) -> str:
        return str(self.consent)


# who may inject


class CertificateKind(models.TextChoices):
    LICENCE = "licence", _("entry in the register of the profession")
    TRAINING = "training", _("certificate or training for mesotherapy")
    INSURANCE = "insurance", _("insurance for injections")


class Certificate(models.Model):
    """A paper that lets somebody inject, until a day."""

    records_grow = True

    holder = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("holder")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=CertificateKind.choices)
    number = models.CharField(_("number"), max_length=80)
    issuer = models.CharField(_("issued by"), max_length=120)
    covers = models.CharField(_("covers"), max_length=200, blank=True, default="")
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("last day"))
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["holder", "kind", "-valid_until"]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")),
                name="certificate_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder}: {self.kind} {self.number}"


class CertificateWithdrawal(models.Model):
    """A certificate that holds no more, before its last day."""

    records_grow = True

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="withdrawal")
    words = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("certificate withdrawn")
        verbose_name_plural = _("certificates withdrawn")

    def __str__(self) -> str:
        return str(self.certificate)


class DeviceSwitch(models.Model):
    """The medical lead allows a device that is off by default, or takes that back. The latest row counts."""

    records_grow = True

    device = models.CharField(_("device"), max_length=80)
    on = models.BooleanField(_("allowed"))
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("device allowed")
        verbose_name_plural = _("devices allowed")

    def __str__(self) -> str:
        return f"{self.device}: {self.on}"
