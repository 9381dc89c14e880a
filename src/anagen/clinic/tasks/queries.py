"""Reading tasks: what is open, for whom, and what was said of those that have ended."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission

from .models import Task


def open_tasks() -> QuerySet[Task]:
    """Neither done nor dropped, the most pressing first."""
    return Task.objects.filter(ended__isnull=True).select_related("patient", "person")


def open_for(user: User) -> QuerySet[Task]:
    """What is open for a person: their own, their role's, and what is for everybody."""
    if not user.may(Permission.SEE_TASKS):
        return open_tasks().none()
    return open_tasks().filter(_for(user))


def _for(user: User) -> Q:
    return Q(person=user) | Q(role=user.role) | Q(role="", person__isnull=True)


def is_for(task: Task, user: User) -> bool:
    """Whether a person may say that it is done: it is theirs, their role's or everybody's.

    The medical lead may end every task: somebody has to, when its person has left.
    """
    if not user.may(Permission.SEE_TASKS):
        return False
    if user.may(Permission.REVIEW_RULES):
        return True
    return task.person_id == user.pk if task.person_id is not None else task.role in ("", user.role)


def of_patient(patient: Patient) -> QuerySet[Task]:
    """All tasks about one patient, open ones first."""
    return (
        Task.objects.filter(patient=patient)
        .select_related("person", "ended__by", "made_by")
        .order_by("ended__at", "due", "id")
    )


def kinds(tasks: QuerySet[Task]) -> list[tuple[str, int]]:
    """How many of each kind, by kind."""
    counted = tasks.order_by("kind").values_list("kind").annotate(number=Count("pk"))
    return [(kind, number) for kind, number in counted]
