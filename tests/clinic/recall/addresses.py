"""Samples of the addresses of recalls: an open drill with the patient on its list, and a link."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone
from tests.clinic.addresses import World
from tests.clinic.recall.reach import Bench

from anagen.clinic.people.permissions import Role
from anagen.clinic.recall import actions
from anagen.clinic.recall.actions import Subject
from anagen.clinic.recall.models import About, Recall

# without a query nobody knows what is looked for; what changes something is only posted; nobody made this link
ANSWERS: dict[str, int] = {
    "recall:trace": 422,
    "recall:open": 422,
    "recall:add": 405,
    "recall:write": 405,
    "recall:notice": 404,
}


def samples(world: World) -> dict[str, dict[str, Any]]:
    recall = Recall.objects.first()
    if recall is None:
        bench = Bench(world.users[Role.NURSE], timezone.now())
        lot = bench.lot()
        bench.gives(bench.syringe(world.patient, bench.vial(lot)))
        recall = actions.open_recall(
            by=world.users[Role.PRESCRIBER],
            subject=Subject(About.LOTS, [lot]),
            reason="Yearly drill",
            source="own",
            severity="minor",
            key=uuid4(),
            is_drill=True,
        ).recall
    one = {"recall": recall.pk}
    return {
        "recall:contact": one | {"number": world.patient.number},
        "recall:notice": {"token": "nobody-made-this"},
    } | {f"recall:{name}": one for name in ("recall", "add", "write", "letters", "csv", "close")}
