"""Facts as plain JSON and back, and answers of a form as facts."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from tests.exchange.documents import ON, answers, reading, screened

from anagen.exchange.facts import NotFacts, answered, applicable, facts_of, plain_facts, value_of
from anagen.exchange.screening import plain_screening, screening_of
from anagen.knowledge.loader import shipped
from anagen.medicine.facts import UNKNOWN, Facts, Speaker, Statement
from anagen.medicine.quantities import Quantity

WORDS = shipped().ruleset.vocabulary


def test_the_example_goes_through_json_and_comes_back() -> None:
    facts = reading(answers()).facts
    assert facts_of(json.loads(json.dumps(plain_facts(facts)))) == facts


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"fact": "asthma"},
        {"fact": 3, "value": True, "on": "2026-11-21", "speaker": "patient"},
        {"fact": "asthma", "value": "no", "on": "2026-11-21", "speaker": "patient"},
        {"fact": "asthma", "value": True, "on": "21.11.2026", "speaker": "patient"},
        {"fact": "asthma", "value": True, "on": "2026-11-21", "speaker": "nurse"},
        {"fact": "asthma", "value": True, "on": "2026-11-21", "speaker": "patient", "mood": "good"},
        {"fact": "weight", "value": {"value": "x", "unit": "kg"}, "on": "2026-11-21", "speaker": "patient"},
    ],
)
def test_what_is_no_statement_is_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(NotFacts):
        facts_of([plain])


@pytest.mark.parametrize("plain", [None, 3, "yes", {"option": 1}, {"codes": [1]}, {"value": "3"}, {}])
def test_what_is_no_answer_is_refused(plain: Any) -> None:
    with pytest.raises(NotFacts):
        value_of(plain)


def test_a_form_becomes_facts() -> None:
    facts = answered(
        WORDS,
        {
            "sex": "female",
            "asthma": "no",
            "diabetes": "unknown",
            "procedure.vaccination": "2026-11-01",
            "procedure.surgery": "never",
            "infection.fever": {"value": "yes", "since": "2026-11-20"},
            "vital.temperature": "101.1 [degF]",
            "diagnosis.scalp": ["L64.9"],
            "birth_date": "1992-06-15",
            "hypertension": "",
            "pregnancy": {"value": "no", "said": "2026-11-20"},
        },
        on=ON,
    )
    said = {statement.fact: statement for statement in facts}
    assert said["diabetes"].value is UNKNOWN
    assert said["procedure.vaccination"].since == date(2026, 11, 1)
    assert said["procedure.surgery"].value is False
    assert said["infection.fever"].since == date(2026, 11, 20)
    assert said["vital.temperature"].value == Quantity.parse("38.4 Cel")
    assert said["pregnancy"].on == date(2026, 11, 20)
    assert "hypertension" not in said
    assert {statement.speaker for statement in facts} == {Speaker.PATIENT}


def test_a_form_that_makes_no_sense_names_the_fact() -> None:
    with pytest.raises(ValueError, match="asthma: “perhaps” is no answer"):
        answered(WORDS, {"asthma": "perhaps"}, on=ON)
    with pytest.raises(ValueError, match="no fact is called “mood”"):
        answered(WORDS, {"mood": "yes"}, on=ON)


def test_questions_that_no_longer_apply_are_left_out_of_the_facts() -> None:
    facts = answered(
        WORDS, {"sex": "male", "pregnancy": "no", "diabetes": "no", "diabetes.control": "steady"}, on=ON
    )
    assert facts.known() == {"sex", "diabetes"}


def test_only_those_named_may_fall_away() -> None:
    facts = Facts([Statement("sex", "male", ON), Statement("pregnancy", True, ON, record="Condition/1")])
    assert applicable(facts, WORDS, ON, set())[1] == []
    assert [gone.fact for gone in applicable(facts, WORDS, ON)[1]] == ["pregnancy"]


@pytest.mark.parametrize("document", [answers(), answers() | {"item": []}])
def test_a_screening_goes_through_json_and_comes_back(document: dict[str, Any]) -> None:
    found = screened(document)
    assert screening_of(json.loads(json.dumps(plain_screening(found)))) == found
