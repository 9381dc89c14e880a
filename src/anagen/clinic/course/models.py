"""Courses: which sessions were planned for whom, on which decision, and what each later plan replaced.

A plan is added, never changed. Each row of `Course` is one plan of one patient; the latest is the one that
stands. Rows with the same `key` are versions of one course, so that a calendar moves its entries.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import Patient, User
from anagen.clinic.screening.models import Decision


class Course(models.Model):
    """One plan of a course: its sessions as they were placed on one day, for ever."""

    records_grow = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="courses")
    number = models.PositiveIntegerField()  # 1, 2, 3 … of this patient; what replaces a plan has the next one
    key = models.UUIDField(default=uuid.uuid4, db_index=True)  # the same for all versions of one course
    version = models.PositiveIntegerField(default=0)  # of this course; becomes SEQUENCE in calendars
    protocol = models.CharField(max_length=80)
    start = models.DateField(_("first possible day"))
    wanted = models.PositiveSmallIntegerField(_("number of sessions"))
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="courses")
    ruleset_hash = models.CharField(max_length=64)
    on = models.DateField(_("planned on"))
    cancelled = models.BooleanField(default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            # Two desks that plan at once want the same number: one plan stands, the other is told.
            models.UniqueConstraint(fields=["patient", "number"], name="one_plan_replaces_another"),
            models.UniqueConstraint(fields=["key", "version"], name="one_course_of_each_version"),
            models.CheckConstraint(
                condition=models.Q(cancelled=False) | ~models.Q(reason=""), name="cancelled_course_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient}: {self.protocol}, plan {self.number}"


class PlannedSession(models.Model):
    """One session of one plan, and the days to which it could be moved while the one before stays."""

    records_grow = True

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    day = models.DateField(db_index=True)
    earliest = models.DateField()
    latest = models.DateField()
    mixture = models.CharField(max_length=120, blank=True, default="")
    chosen = models.BooleanField(default=False)  # a person chose this day; others follow from it

    class Meta:
        ordering = ["course", "number"]
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="one_session_of_each_number"),
            models.CheckConstraint(
                condition=models.Q(day__gte=models.F("earliest"), day__lte=models.F("latest")),
                name="session_lies_in_its_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.day}"


class BusySource(models.TextChoices):
    TOLD = "told", _("told to us")
    CALENDAR = "calendar", _("from the patient’s own calendar")


class BusyTime(models.Model):
    """Days on which the patient has no time, `start <= day < end`, in the patient's words."""

    records_grow = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="busy_times")
    start = models.DateField(_("from"))
    end = models.DateField(_("until"))  # the first day that is free again
    words = models.CharField(_("what for"), max_length=120)
    source = models.CharField(max_length=10, choices=BusySource.choices, default=BusySource.TOLD)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["start", "end", "id"]
        verbose_name = _("busy time")
        verbose_name_plural = _("busy times")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="busy_time_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start} – {self.end}: {self.words}"


class BusyTimeTakenBack(models.Model):
    """The patient has time after all: one busy time no longer counts."""

    records_grow = True

    busy = models.OneToOneField(BusyTime, on_delete=models.PROTECT, related_name="taken_back")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("busy time taken back")
        verbose_name_plural = _("busy times taken back")

    def __str__(self) -> str:
        return str(self.busy)


class FeedToken(models.Model):
    """An address under which calendar programs read a patient's dates. Only the digest of its secret is kept."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    with_care = models.BooleanField(_("with what to do and avoid"), default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return f"{self.patient} {self.made_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None
