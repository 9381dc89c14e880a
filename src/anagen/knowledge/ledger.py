"""The ledger: every claim of the source documents, and what became of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anagen.knowledge.reading import ROOT


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of one document, in our own words."""

    id: str
    topic: str
    statement: str
    subject: str
    value: str
    source: str
    line: int
    sense_check: str
    note: str


def claims(root: Path = ROOT) -> dict[str, Claim]:
    """All claims by id, in the order of the ledger."""
    with (root / "ledger" / "claims.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: Claim(**{**row, "line": int(row["line"])}) for row in csv.DictReader(file)}


def groups(root: Path = ROOT) -> dict[str, dict[str, list[str]]]:
    """Claims that agree or clash: subject → position → claim ids."""
    grouped: dict[str, dict[str, list[str]]] = json.loads(
        (root / "ledger" / "claim-groups.json").read_text(encoding="utf-8")
    )
    return grouped


def uses(plain: Mapping[str, Any]) -> dict[str, list[str]]:
    """Claim id → ids of the rules, care and protocols that rest on it."""
    used: dict[str, list[str]] = {}
    for item in (*plain["care"], *plain["protocols"]):
        for claim in item["claims"]:
            used.setdefault(claim, []).append(item["id"])
    for rule in plain["rules"]:
        for claim in dict.fromkeys(claim for version in rule["versions"] for claim in version["claims"]):
            used.setdefault(claim, []).append(rule["id"])
    return used


def set_aside(plain: Mapping[str, Any]) -> dict[str, str]:
    """Claim id → why nothing rests on it."""
    return {claim: item["reason"] for item in plain["set_aside"] for claim in item["claims"]}
