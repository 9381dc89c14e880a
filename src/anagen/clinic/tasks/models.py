"""Tasks: what somebody has to do, by when, and where it came from. A task is added and never changed; that it is done
or dropped is a row of its own, with the name of who said so."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role


class Task(models.Model):
    """One thing to do. Its words are read by everybody in the clinic, the front desk as well: nothing of what was
    found stands in them. That is read where the task leads."""

    records_grow = True

    kind = models.CharField(max_length=40)  # what sort of work; each app names its own
    words = models.CharField(_("what to do"), max_length=300)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="tasks")
    role = models.CharField(_("for"), max_length=20, choices=Role.choices, blank=True, default="")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="tasks")
    due = models.DateField(_("due"), db_index=True)
    origin = models.CharField(max_length=40)  # the list that it came from: a sort of event …
    reference = models.CharField(max_length=160)  # … and which one of them; the patient makes it one task
    address = models.CharField(max_length=300, blank=True, default="")  # the page where it is done
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["due", "id"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            # The same list is not made twice, however often it is asked for.
            models.UniqueConstraint(
                fields=["origin", "reference", "kind", "patient"],
                condition=models.Q(patient__isnull=False),
                name="one_task_of_each_origin_and_patient",
            ),
            models.UniqueConstraint(
                fields=["origin", "reference", "kind"],
                condition=models.Q(patient__isnull=True),
                name="one_task_of_each_origin",
            ),
            models.CheckConstraint(condition=~models.Q(words=""), name="task_says_what_to_do"),
            models.CheckConstraint(
                condition=models.Q(role="") | models.Q(person__isnull=True),
                name="task_is_for_a_role_or_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.words


class End(models.TextChoices):
    DONE = "done", _("done")
    DROPPED = "dropped", _("dropped")


class TaskEnded(models.Model):
    """A task is done, or not to be done any more; what was said of it."""

    records_grow = True

    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="ended")
    how = models.CharField(max_length=10, choices=End.choices)
    said = models.TextField(blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("task ended")
        verbose_name_plural = _("tasks ended")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(how=End.DONE) | ~models.Q(said=""), name="dropped_task_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.how}"
