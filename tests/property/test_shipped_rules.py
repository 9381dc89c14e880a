"""The laws once more, for the rules that are shipped, around the healthy adult of the intake's example."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.medicine.builders import DAY, interpreted

from anagen.exchange.facts import facts_of, plain_facts
from anagen.knowledge.loader import shipped
from anagen.medicine import compiled
from anagen.medicine.conditions import All, AnyOf, Condition, Is, Leaf, Not, Situation
from anagen.medicine.facts import UNKNOWN, Facts, Speaker, Statement
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Ruleset, Verdict
from anagen.medicine.screening import screen
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import FactDefinition, FactType

RULES = shipped().ruleset
WORDS = RULES.vocabulary
HEALTHY = {
    fact.id: Statement(fact.id, fact.example, DAY, fact.speakers[0])
    for fact in WORDS
    if fact.example is not None
}
STATES = [fact.id for fact in WORDS if fact.type in (FactType.STATE, FactType.EVENT)]


@cache
def values(id: str) -> st.SearchStrategy[Any]:
    return values_of(WORDS[id])


def values_of(fact: FactDefinition) -> st.SearchStrategy[Any]:
    match fact.type:
        case FactType.STATE | FactType.EVENT:
            return st.booleans()
        case FactType.CHOICE:
            return st.sampled_from(list(fact.options))
        case FactType.CODE:
            return st.sampled_from([frozenset({"L64.9"}), frozenset({"L63.0"}), frozenset()])
        case FactType.DATE:
            return st.sampled_from([date(1990, 5, 5), date(2009, 1, 1), date(2015, 1, 1), date(1955, 1, 1)])
        case FactType.QUANTITY:
            low, high = fact.plausible or (Quantity.parse("0 1"), Quantity.parse("1 1"))
            return st.decimals(low.value, high.value, places=fact.decimals).map(
                lambda value: Quantity(value, str(fact.unit))
            )


@cache
def answers(id: str) -> st.SearchStrategy[Any]:
    return values(id) | st.just(UNKNOWN)


_AGO = st.integers(0, 60).map(lambda before: DAY - timedelta(days=before))
_BOUND = st.none() | st.integers(-90, 30).map(lambda ahead: DAY + timedelta(days=ahead))
_FACTS = st.sampled_from(list(WORDS))
_SPEAKERS = st.sampled_from([Speaker.PATIENT, Speaker.CLINICIAN])
_RECORDS = st.sampled_from(["", "", "Condition/1"])


@st.composite
def said(draw: st.DrawFn) -> Statement:
    fact = draw(_FACTS)
    value = draw(answers(fact.id))
    since = until = None
    if value is True:
        since, until = draw(_BOUND), draw(_BOUND)
    return Statement(fact.id, value, draw(_AGO), draw(_SPEAKERS), since, until, draw(_RECORDS))


@st.composite
def patients(draw: st.DrawFn) -> Facts:
    """The healthy adult, with some answers lacking and some other things said."""
    lacking = draw(st.sets(st.sampled_from(sorted(HEALTHY)), max_size=2))
    kept = [statement for fact, statement in HEALTHY.items() if fact not in lacking]
    other = draw(st.lists(said(), max_size=6))
    if draw(st.booleans()):  # what is said stands in place of the example's answer, or beside it
        kept = [statement for statement in kept if statement.fact not in {said.fact for said in other}]
    return Facts((*kept, *other))


def verdict(told: Facts, rules: Ruleset = RULES) -> Verdict:
    return screen(told, ruleset=rules, on=DAY).verdict


@given(patients())
def test_the_compiled_rules_say_what_the_rules_say(told: Facts) -> None:
    assert compiled.day(RULES, DAY).findings(told) == interpreted(told, RULES)


@given(patients())
def test_removing_an_answer_never_makes_a_patient_treatable(told: Facts) -> None:
    """As in test_screening.py: but for an answer to a question that by all the others does not apply."""
    if verdict(told).treatable:
        return
    for fact in told.known():
        rest = told.without(fact)
        if verdict(rest).treatable:
            assert Situation(rest, DAY, WORDS).applies(fact) is Truth.NO, fact


@settings(max_examples=25)  # every order is a ruleset to make ready
@given(patients(), st.randoms())
def test_the_order_of_the_rules_never_matters(told: Facts, random: Any) -> None:
    order = list(RULES.rules)
    random.shuffle(order)
    one = screen(told, ruleset=RULES, on=DAY)
    other = screen(told, ruleset=replace(RULES, rules=tuple(order)), on=DAY)
    assert (one.verdict, one.not_before, set(one.findings)) == (
        other.verdict,
        other.not_before,
        set(other.findings),
    )


@given(patients())
def test_a_replayed_decision_is_the_same(told: Facts) -> None:
    again = facts_of(json.loads(json.dumps(plain_facts(told))))
    assert screen(again, ruleset=RULES, on=DAY) == screen(told, ruleset=RULES, on=DAY)


def only_risks(condition: Condition) -> bool:
    """Whether a yes can only help to fulfil it: there is no ``not``, and no ``is: no``."""
    match condition:
        case All(parts) | AnyOf(parts):
            return all(only_risks(part) for part in parts)
        case Is(_, values):
            return False not in values
    return isinstance(condition, Leaf) and not isinstance(condition, Not)


RISK_RULES = replace(
    RULES,
    rules=tuple(rule for rule in RULES.rules if all(only_risks(version.when) for version in rule.versions)),
)


@st.composite
def answered(draw: st.DrawFn) -> Facts:
    """Every question answered, also those that do not apply; measured values, too."""
    changed = draw(st.sets(st.sampled_from(STATES), max_size=4))
    statements = []
    for fact in WORDS:
        value = HEALTHY[fact.id].value if fact.id in HEALTHY else draw(values(fact.id))
        if fact.id in changed:
            value = not value
        since = DAY - timedelta(days=5) if value is True and fact.type is FactType.EVENT else None
        statements.append(Statement(fact.id, value, DAY, fact.speakers[0], since))
    return Facts(statements)


@given(answered(), st.sampled_from(STATES))
def test_adding_a_risk_never_lowers_the_verdict_of_rules_without_not(told: Facts, fact: str) -> None:
    assert len(RISK_RULES.rules) > 100
    risk = Statement(fact, True, DAY, Speaker.SYSTEM, since=DAY - timedelta(days=1))
    assert verdict(told.adding([risk]), RISK_RULES) >= verdict(told, RISK_RULES)


def test_the_healthy_adult_is_clear() -> None:
    assert verdict(Facts(HEALTHY.values())) is Verdict.CLEAR
