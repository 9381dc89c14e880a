"""Samples of the addresses of tasks: one that is open for everybody."""

from __future__ import annotations

from typing import Any

from tests.clinic.addresses import World

from anagen.clinic.people.queries import today
from anagen.clinic.tasks.actions import Wanted, add_tasks
from anagen.clinic.tasks.models import Task


def samples(world: World) -> dict[str, dict[str, Any]]:
    wanted = Wanted("call", "Call the patient", today(), patient=world.patient)
    add_tasks(by="test", origin="sample", reference="1", wanted=[wanted])
    return {
        "tasks:task": {"task": Task.objects.get(origin="sample").pk},
        "tasks:of_patient": {"number": world.patient.number},
    }
