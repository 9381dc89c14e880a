"""Samples of the addresses of the knowledge browser: one entry of each kind."""

from __future__ import annotations

from typing import Any

from tests.clinic.addresses import World

RULE = "drug.anticoagulation"
ANSWERS = {"knowledge:read_condition": 405}


def samples(world: World) -> dict[str, dict[str, Any]]:
    return {
        "knowledge:rule": {"id": RULE},
        "knowledge:rule_patients": {"id": RULE},
        "knowledge:change_rule": {"id": RULE, "kind": "sign"},
        "knowledge:fact": {"id": "drug.anticoagulant"},
        "knowledge:topic": {"id": "ingredient"},
        "knowledge:care": {"id": "aftercare.wash"},
        "knowledge:protocol": {"id": "hair-standard"},
        "knowledge:conflict": {"id": "K02"},
        "knowledge:source": {"id": "document_000"},
        "knowledge:claim": {"id": "C071"},
    }
