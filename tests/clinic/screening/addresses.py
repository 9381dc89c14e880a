"""Samples of the addresses of screening: a patient with a finding that a prescriber may set aside."""

from __future__ import annotations

from typing import Any

from tests.clinic.addresses import World
from tests.clinic.screening.known import answer

from anagen.clinic.people.permissions import Role
from anagen.clinic.people.queries import today
from anagen.clinic.screening.actions import decide

ANSWERS = {"screening:decide": 405}


def samples(world: World) -> dict[str, dict[str, Any]]:
    answer(world.patient, today(), drug__anticoagulant="yes")
    decision = decide(by=world.users[Role.PRESCRIBER], patient=world.patient, on=today())
    number = {"number": world.patient.number}
    one = number | {"decision": decision.pk}
    return {
        "screening:screening": number,
        "screening:decide": number,
        "screening:decision": one,
        "screening:sign": one,
        "screening:override": one | {"rule": "drug.anticoagulation"},
    }
