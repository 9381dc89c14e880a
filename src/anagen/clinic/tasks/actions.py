"""Everything that writes tasks: adding a list of them, and saying that one is done or dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission

from . import queries
from .models import End, Task, TaskEnded

_AT_ONCE = 500  # rows of one INSERT
LEAST_REASON = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing to do, before it is a task.

    `words`: fit for everybody in the clinic, the front desk included; what was found stands at `address`.
    `role` or `person`: whom it is for, one of them or neither (everybody). `kind`: a short code of the calling app.
    """

    kind: str
    words: str
    due: date
    patient: Patient | None = None
    role: str = ""
    person: User | None = None
    address: str = ""


@transaction.atomic
def add_tasks(*, by: User | str, origin: str, reference: str, wanted: Iterable[Wanted]) -> list[Task]:
    """Add a list of tasks. `origin` and `reference` name what they come from, such as “rule change” and its id.

    A list that is asked for again adds only what is not there yet (one task for each origin, reference, kind and
    patient), whether the task is open or ended. Returns what was added. Raises NotAllowed; Refused for empty words.
    """
    if isinstance(by, User) and not by.may(Permission.SEE_TASKS):
        raise NotAllowed(_("Your role does not allow this."))
    wanted = list(wanted)
    for one in wanted:
        if not one.words.strip():
            raise Refused(_("A task says what is to be done."))
    there = _keys(Task.objects.filter(origin=origin, reference=reference))
    new: dict[tuple[str, int | None], Task] = {}
    for one in wanted:
        key = (one.kind, one.patient.pk if one.patient is not None else None)
        if key not in there:
            new.setdefault(key, _task(by, origin, reference, one))
    with acting(by):
        # Another who makes the same list in the same moment has added what is left out here.
        Task.objects.bulk_create(list(new.values()), batch_size=_AT_ONCE, ignore_conflicts=True)
    added = Task.objects.filter(origin=origin, reference=reference).select_related("patient", "person")
    return [task for task in added if (task.kind, task.patient_id) in new]


def _keys(tasks: Iterable[Task]) -> set[tuple[str, int | None]]:
    return {(task.kind, task.patient_id) for task in tasks}


def _task(by: User | str, origin: str, reference: str, one: Wanted) -> Task:
    return Task(
        kind=one.kind,
        words=" ".join(one.words.split())[:300],
        patient=one.patient,
        role=one.role,
        person=one.person,
        due=one.due,
        origin=origin,
        reference=reference,
        address=one.address,
        made_by=by if isinstance(by, User) else None,
    )


@transaction.atomic
def finish(*, by: User, task: Task, said: str = "") -> TaskEnded:
    """It is done. Raises NotAllowed for somebody whom the task is not for; Refused when it has ended before."""
    return _end(by, task, End.DONE, said)


@transaction.atomic
def drop(*, by: User, task: Task, said: str) -> TaskEnded:
    """It is not to be done any more. Raises as `finish`, and Refused without a reason."""
    if len(said.strip()) < LEAST_REASON:
        raise Refused(_("Say in a few words why it is not to be done any more."))
    return _end(by, task, End.DROPPED, said)


def _end(by: User, task: Task, how: End, said: str) -> TaskEnded:
    if not queries.is_for(task, by):
        raise NotAllowed(_("This task is for somebody else."))
    try:
        with transaction.atomic(), acting(by):
            return TaskEnded.objects.create(task=task, how=how, said=" ".join(said.split())[:2000], by=by)
    except IntegrityError:
        ended = TaskEnded.objects.select_related("by").get(task=task)
        raise Refused(
            _("%(name)s has said already that this is %(how)s.")
            % {"name": ended.by, "how": ended.get_how_display()}
        ) from None


@transaction.atomic
def drop_list(
    *, by: User | str, origin: str, reference: str, said: str, patient: Patient | None = None
) -> Sequence[TaskEnded]:
    """Drop what is left of a list whose cause has gone away, or of one patient's part of it. For other apps; the
    machine may do it too."""
    if isinstance(by, User) and not by.may(Permission.SEE_TASKS):
        raise NotAllowed(_("Your role does not allow this."))
    open_ = queries.open_tasks().filter(origin=origin, reference=reference).select_for_update(of=("self",))
    if patient is not None:
        open_ = open_.filter(patient=patient)
    with acting(by):
        return TaskEnded.objects.bulk_create(
            [
                TaskEnded(task=task, how=End.DROPPED, said=said, by=by if isinstance(by, User) else None)
                for task in open_
            ],
            batch_size=_AT_ONCE,
            ignore_conflicts=True,
        )
