"""Samples of the addresses of people."""

from __future__ import annotations

from typing import Any

from tests.clinic.addresses import World

from anagen.clinic.people.permissions import Role

ANSWERS = {"people:sign_out": 405, "people:reset_password": 405, "people:my_record": 302}


def samples(world: World) -> dict[str, dict[str, Any]]:
    number = {"number": world.patient.number}
    username = {"username": world.users[Role.NURSE].username}
    return {
        "people:patient": number,
        "people:correct": number,
        "people:give_access": number,
        "people:change_account": username,
        "people:reset_password": username,
    }
