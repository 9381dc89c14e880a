"""Samples of the addresses of signed cases: one of the public case file, signed."""

from __future__ import annotations

from typing import Any

from tests.clinic.addresses import World
from tests.clinic.cases.known import HEALTHY, signed

from anagen.clinic.cases.models import SignedCase
from anagen.clinic.people.permissions import Role


def samples(world: World) -> dict[str, dict[str, Any]]:
    case = SignedCase.objects.first() or signed(world.users[Role.MEDICAL_LEAD], HEALTHY)
    return {f"cases:{name}": {"case": case.number} for name in ("case", "withdraw")}
