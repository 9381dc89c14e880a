"""The page of disputable decisions says where each is set, and what stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from anagen.knowledge.loader import shipped
from anagen.knowledge.reading import ROOT

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "disputable-decisions.md"
TEXT = " ".join(PAGE.read_text(encoding="utf-8").split())
NAMED = re.findall(r"`([a-z/-]+\.yaml)`, (?:rule|entry) `([a-z0-9_.]+)`(?:: \*\*([a-z]+)\*\*)?", TEXT)
RANGES = {
    "contraindication.age_over_65": ("60 to 76 years", "60 a", "76 a"),
    "drug.self_bought_painkiller": ("5 to 14 days", "5 d", "14 d"),
    "drug.antibiotic_course": ("3 to 21 days", "3 d", "21 d"),
    "deferral.childbirth": ("three to twelve can be set", "3 mo", "12 mo"),
}


def entries(file: str) -> dict[str, Any]:
    """Id → entry of a file of the knowledge."""
    (found,) = YAML(typ="safe").load((ROOT / file).read_text(encoding="utf-8")).values()
    return {entry["id"]: entry for entry in found}


def test_there_are_ten_decisions_and_each_says_where_it_is_set() -> None:
    headings = re.findall(r"^## (\d+)\. ", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [str(number) for number in range(1, 11)]
    assert TEXT.count("**Set in**") == TEXT.count("*Why so*") == TEXT.count("*To change it*") == 10
    assert len(NAMED) == 14


@pytest.mark.parametrize(("file", "name", "verdict"), NAMED)
def test_what_is_named_stands_there(file: str, name: str, verdict: str) -> None:
    entry = entries(file)[name]
    if verdict:
        assert entry["versions"][-1]["verdict"] == verdict


@pytest.mark.parametrize("name", RANGES)
def test_the_range_that_can_be_set_is_that_of_the_rule(name: str) -> None:
    words, least, most = RANGES[name]
    (rule,) = [rule for rule in shipped().plain["rules"] if rule["id"] == name]
    (number,) = rule["versions"][-1]["adjustable"]
    assert (number["least"], number["most"]) == (least, most)
    assert words in TEXT


def test_every_conflict_that_is_named_is_one() -> None:
    assert set(re.findall(r"\bK\d\d\b", TEXT)) <= set(shipped().conflicts)
