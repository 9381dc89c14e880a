"""The ledger: every claim of the source documents, and what became of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from anagen.knowledge.reading import ROOT, Fault, KnowledgeError


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


_COLUMNS = ", ".join(field.name for field in fields(Claim))


def claims(root: Path = ROOT) -> dict[str, Claim]:
    """All claims by id, in the order of the ledger; KnowledgeError with the row that cannot be read."""
    name, found = "ledger/claims.csv", dict[str, Claim]()
    try:
        with (root / name).open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            for row in rows:
                _add(found, row, Fault(name, rows.line_num, "This row is no claim.", f"Write {_COLUMNS}."))
    except UnicodeDecodeError:
        raise KnowledgeError([Fault(name, 1, "The file is not UTF-8.", "Save it as UTF-8.")]) from None
    except (OSError, csv.Error) as error:
        raise KnowledgeError([Fault(name, 1, f"The ledger cannot be read: {error}.")]) from None
    return found


def _add(found: dict[str, Claim], row: dict[str, Any], fault: Fault) -> None:
    try:
        claim = Claim(**{**row, "line": int(row["line"])})
    except (KeyError, TypeError, ValueError):
        raise KnowledgeError([fault]) from None
    if claim.id in found:
        raise KnowledgeError(
            [replace(fault, what=f"“{claim.id}” stands twice.", mend="Give each its own id.")]
        )
    found[claim.id] = claim


def groups(root: Path = ROOT) -> dict[str, dict[str, list[str]]]:
    """Claims that agree or clash: subject → position → claim ids."""
    grouped: dict[str, dict[str, list[str]]] = json.loads(
        (root / "ledger" / "claim-groups.json").read_text(encoding="utf-8")
    )
    return grouped


def uses(plain: Mapping[str, Any]) -> dict[str, list[str]]:
    """Claim id → ids of the rules, care, protocols and topics that rest on it."""
    used: dict[str, list[str]] = {}
    for item in (*plain["care"], *plain["protocols"], *plain["topics"]):
        for claim in item["claims"]:
            used.setdefault(claim, []).append(item["id"])
    for rule in (*plain["rules"], *plain.get("mixture_rules", ())):
        for claim in dict.fromkeys(claim for version in rule["versions"] for claim in version["claims"]):
            used.setdefault(claim, []).append(rule["id"])
    return used


def set_aside(plain: Mapping[str, Any]) -> dict[str, str]:
    """Claim id → why nothing rests on it."""
    return {claim: item["reason"] for item in plain["set_aside"] for claim in item["claims"]}
