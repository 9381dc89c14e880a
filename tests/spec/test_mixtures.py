"""The hand-calculated worksheets of docs/cases/mixtures: each is judged as the arithmetic written in it says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from anagen.exchange.facts import answered
from anagen.exchange.mixture import plain_answer, request_of
from anagen.knowledge import examples
from anagen.knowledge.loader import shipped
from anagen.medicine.facts import Facts
from anagen.medicine.formulation import judge_mixture

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "cases" / "mixtures"
SHEETS = sorted(FOLDER.glob("*.json"))
ON = date(2026, 11, 21)


def healthy(**answers: Any) -> Facts:
    """The healthy adult of the intake's example, with some answers changed."""
    knowledge = shipped()
    said = {item["id"]: item["example"] for item in knowledge.plain["facts"] if "example" in item}
    return answered(knowledge.ruleset.vocabulary, {**said, **answers}, on=ON)


@pytest.mark.parametrize("file", SHEETS, ids=lambda file: file.stem)
def test_worksheet(file: Path) -> None:
    sheet = json.loads(file.read_text(encoding="utf-8"))
    formulary = shipped().formulary
    request = request_of(sheet["mixture"], formulary=formulary, file=file.name)
    answer = judge_mixture(
        request, formulary, on=date.fromisoformat(sheet["on"]), facts=healthy(**sheet["patient"])
    )
    plain, expected = plain_answer(answer), sheet["expect"]
    assert sorted({finding.rule for finding in answer.reasons}) == expected["rules"]
    assert plain["verdict"] == expected["verdict"]
    for name, (dose, strength) in expected["totals"].items():
        total = plain["totals"]["ingredients"][name]
        assert (total["dose"], total["concentration"]) == (dose, strength)
    assert plain["totals"]["volume"] == expected.get("volume", plain["totals"]["volume"])
    for key in ("osmolality", "ph", "use_by"):
        assert plain[key] == expected.get(key, plain[key])


def test_there_are_worksheets_with_their_arithmetic() -> None:
    assert len(SHEETS) >= 12
    for file in SHEETS:
        assert json.loads(file.read_text(encoding="utf-8"))["arithmetic"], file.name


def examples_of_rules() -> list[Any]:
    return [
        pytest.param(rule["id"], example, id=f"{rule['id']}: {example['name']}")
        for rule in shipped().account["mixture_rules"]
        for example in rule["examples"]
    ]


@pytest.mark.parametrize(("name", "example"), examples_of_rules())
def test_rule_of_formulation(name: str, example: dict[str, Any]) -> None:
    formulary = shipped().formulary
    rule = next(rule for rule in formulary.rules if rule.id == name)
    assert examples.answer(examples.finding(example, rule, formulary.vocabulary)) == example["expect"]
