"""The worked examples of every rule, each a test under its own sentence. The manual prints the same examples."""

from __future__ import annotations

from typing import Any

import pytest

from anagen.knowledge import examples
from anagen.knowledge.loader import Knowledge, shipped


def cases() -> list[Any]:
    return [
        pytest.param(rule["id"], example, id=f"{rule['id']}: {example['name']}")
        for rule in shipped().plain["rules"]
        for example in rule["examples"]
    ]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return shipped()


@pytest.mark.parametrize(("rule", "example"), cases())
def test_example(rule: str, example: dict[str, Any], knowledge: Knowledge) -> None:
    found = examples.finding(example, knowledge.ruleset[rule], knowledge.ruleset.vocabulary)
    assert examples.answer(found) == example["expect"]
    if "until" in example:
        assert str(found.until) == example["until"]


def test_there_are_sixty_rules_and_three_kinds_of_examples_for_each(knowledge: Knowledge) -> None:
    rules = knowledge.plain["rules"]
    assert len(rules) >= 60
    for rule in rules:
        expected = {example["expect"] for example in rule["examples"]}
        assert {"not_matched", "unknown"} < expected, rule["id"]


def test_the_names_of_the_examples_of_a_rule_differ(knowledge: Knowledge) -> None:
    for rule in knowledge.plain["rules"]:
        names = [example["name"] for example in rule["examples"]]
        assert len(names) == len(set(names)), rule["id"]
