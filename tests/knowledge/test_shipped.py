"""What is shipped: enough rules, nothing without a unit, a source or an account, and a healthy adult who is clear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from anagen.knowledge import build, ledger
from anagen.knowledge.loader import shipped
from anagen.medicine.conditions import Situation
from anagen.medicine.facts import Facts, Statement
from anagen.medicine.rules import Verdict
from anagen.medicine.screening import screen
from anagen.medicine.truth import Truth

DAY = date(2026, 11, 21)
KNOWLEDGE = shipped()
RULES = KNOWLEDGE.ruleset
WORDS = RULES.vocabulary
PARTS = ("facts", "rules", "care", "protocols")

# numbers that count things and measure nothing
COUNTS = {"decimals", "sessions", "least", "usual", "most", "after_session", "most_per_year", "year"}
QUANTITY = re.compile(r"-?\d+(\.\d+)? \S+")


def numbers(value: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The ways to all bare numbers in plain data."""
    match value:
        case bool():
            return
        case int() | float():
            yield way
        case dict():
            for key, item in value.items():
                yield from numbers(item, (*way, key))
        case list():
            for item in value:
                yield from numbers(item, way)


def leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """The comparisons in a condition: operator and operand."""
    match value:
        case {"fact": _, **operators}:
            yield from operators.items()
        case dict():
            for item in value.values():
                yield from leaves(item)
        case list():
            for item in value:
                yield from leaves(item)


def test_there_are_at_least_sixty_rules() -> None:
    assert len(RULES.rules) >= 60


@pytest.mark.parametrize("part", PARTS)
def test_every_number_carries_a_unit(part: str) -> None:
    bare = {way for way in numbers(KNOWLEDGE.plain[part]) if not COUNTS & set(way)}
    assert bare == set()


def test_every_number_in_a_condition_is_a_quantity_or_a_duration() -> None:
    conditions = [version["when"] for rule in KNOWLEDGE.plain["rules"] for version in rule["versions"]]
    conditions += [fact["asked_when"] for fact in KNOWLEDGE.plain["facts"] if "asked_when" in fact]
    compared = [
        (operator, operand)
        for operator, operand in leaves(conditions)
        if operator not in ("is", "in", "under")
    ]
    assert len(compared) > 50
    for operator, operand in compared:
        assert QUANTITY.fullmatch(operand), (operator, operand)


def test_every_rule_care_and_course_has_a_source() -> None:
    for rule in RULES.rules:
        for version in rule.versions:
            assert version.evidence, rule.id
            assert {evidence.source for evidence in version.evidence} <= set(KNOWLEDGE.sources)
    for item in (*KNOWLEDGE.care, *KNOWLEDGE.protocols.values()):
        assert item.evidence, item.id


def test_every_claim_of_the_ledger_is_used_or_set_aside_and_never_both() -> None:
    account = KNOWLEDGE.account
    claims, used, aside = ledger.claims(), ledger.uses(account), ledger.set_aside(account)
    assert len(claims) == 1146
    assert set(used) | set(aside) == set(claims)
    assert set(used) & set(aside) == set()
    assert all(reason for reason in aside.values())


def test_every_group_of_claims_speaks_of_claims_that_are_there() -> None:
    claims = ledger.claims()
    grouped = {claim for positions in ledger.groups().values() for ids in positions.values() for claim in ids}
    assert grouped <= set(claims)


def test_the_hash_is_that_of_the_plain_data() -> None:
    assert RULES.hash == build.fingerprint(KNOWLEDGE.plain)
    assert re.fullmatch("[0-9a-f]{64}", RULES.hash)


# the healthy adult of the intake's example

HEALTHY = Facts(
    Statement(fact.id, fact.example, DAY, fact.speakers[0]) for fact in WORDS if fact.example is not None
)


def test_every_question_of_the_intake_has_an_example_that_is_an_answer() -> None:
    for fact in WORDS:
        assert not fact.asked_in_intake or fact.example is not None, fact.id


def test_the_healthy_adult_is_clear_at_once() -> None:
    answer = screen(HEALTHY, ruleset=RULES, on=DAY)
    assert (answer.verdict, answer.not_before, answer.missing) == (Verdict.CLEAR, DAY, ())


@pytest.mark.parametrize("fact", sorted(HEALTHY.known()))
def test_without_an_answer_that_applies_the_healthy_adult_is_not_clear(fact: str) -> None:
    rest = HEALTHY.without(fact)
    applies = Situation(rest, DAY, WORDS).applies(fact)
    verdict = screen(rest, ruleset=RULES, on=DAY).verdict
    if applies is Truth.NO:
        assert verdict is Verdict.CLEAR
    elif WORDS[fact].asked_in_intake:
        assert verdict is Verdict.INCOMPLETE
    else:
        assert verdict >= Verdict.INCOMPLETE
