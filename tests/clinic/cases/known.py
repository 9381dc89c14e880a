"""Cases of the public file, and changes of the rules that turn their answers."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from anagen.clinic.cases import actions
from anagen.clinic.cases.models import SignedCase
from anagen.clinic.people.models import User
from anagen.knowledge.loader import Knowledge, shipped

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "cases"
HEALTHY = "healthy/woman"
PREGNANT = "matched/contraindication.pregnancy"


@cache
def public_cases() -> dict[str, dict[str, Any]]:
    lines = (line for file in FOLDER.glob("*.jsonl") for line in file.read_text("utf-8").splitlines())
    return {case["id"]: case for case in map(json.loads, lines)}


@cache
def bases() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "baselines.json").read_text("utf-8"))
    return found


def signed(by: User, name: str, knowledge: Knowledge | None = None, **changes: Any) -> SignedCase:
    return actions.sign_case(
        by=by,
        content=public_cases()[name] | changes,
        bases=bases(),
        came_from=name,
        knowledge=knowledge or shipped(),
    )


def changed(rule: str, **version: Any) -> Knowledge:
    """The shipped knowledge with the last version of one rule changed."""
    plain = deepcopy(dict(shipped().plain))
    found = next(item for item in plain["rules"] if item["id"] == rule)
    found["versions"][-1].update(version)
    return Knowledge(plain)


def changed_from(rule: str, day: str, **version: Any) -> Knowledge:
    """The shipped knowledge in which a rule has another version from a day on."""
    plain = deepcopy(dict(shipped().plain))
    found = next(item for item in plain["rules"] if item["id"] == rule)
    last = found["versions"][-1]
    found["versions"].append({**last, **version, "from": day})
    last["to"] = day
    return Knowledge(plain)
