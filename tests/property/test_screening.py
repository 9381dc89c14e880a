"""Laws of screening, for every ruleset and every patient that Hypothesis can think of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests.medicine.builders import DAY, interpreted
from tests.property.strategies import (
    TYPES,
    answered_patients,
    patients,
    rulesets,
    statements,
)

from anagen.exchange.facts import facts_of, plain_facts
from anagen.medicine import compiled
from anagen.medicine.conditions import Situation
from anagen.medicine.facts import Facts, Speaker, Statement
from anagen.medicine.rules import Ruleset, Verdict
from anagen.medicine.screening import Screening, Unmapped, screen
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import FactType

STATES = [name for name, type in TYPES.items() if type is FactType.STATE]


def screened(told: Facts, rules: Ruleset) -> Screening:
    return screen(told, ruleset=rules, on=DAY)


@given(rulesets(), patients(), st.randoms())
def test_the_order_of_rules_never_matters(rules: Ruleset, told: Facts, random: Random) -> None:
    order = list(rules.rules)
    random.shuffle(order)
    one, other = screened(told, rules), screened(told, replace(rules, rules=tuple(order)))
    assert (one.verdict, one.not_before) == (other.verdict, other.not_before)
    for part in ("findings", "windows", "waiting_for", "missing"):
        assert set(getattr(one, part)) == set(getattr(other, part))


@given(rulesets(), patients(), st.randoms())
def test_the_order_of_what_different_voices_say_never_matters(
    rules: Ruleset, told: Facts, random: Random
) -> None:
    voices = {(said.fact, said.speaker, said.record): said for said in told}
    order = list(voices.values())
    random.shuffle(order)
    one, other = screened(Facts(voices.values()), rules), screened(Facts(order), rules)
    assert (one.verdict, one.not_before, one.windows) == (other.verdict, other.not_before, other.windows)
    assert one.missing == other.missing


@given(rulesets(), st.lists(patients(), min_size=1, max_size=3))
def test_the_compiled_ruleset_says_what_its_rules_say(rules: Ruleset, several: list[Facts]) -> None:
    ready = compiled.Day(rules, DAY)
    nearly = [told.without(fact) for told in several for fact in sorted(told.known())]
    for told in (*several, *nearly, *several):
        findings, unanswered = interpreted(told, rules)
        assert ready.findings(told) == (findings, unanswered)
        worst = max(found.verdict for found in findings)
        assert ready.verdict(told) is (max(worst, Verdict.INCOMPLETE) if unanswered else worst)


@given(rulesets(), patients())
def test_removing_an_answer_never_makes_a_patient_treatable(rules: Ruleset, told: Facts) -> None:
    """An answer is all that was said of one fact.

    One answer is left out: that to a question which, by all the others, does not apply (a man is said to be
    pregnant). Medicine counts it as the risk that it may be, so with it the patient is refused, and without
    it the question counts as no. That is a contradiction to be cleared up, and not a gap; and the intake drops
    a patient's own answer of that kind before it is screened.
    """
    if screened(told, rules).verdict.treatable:
        return
    for fact in told.known():
        rest = told.without(fact)
        if Situation(rest, DAY, rules.vocabulary).applies(fact) is not Truth.NO:
            assert not screened(rest, rules).verdict.treatable


@given(rulesets(), patients())
def test_an_answer_against_the_others_is_counted_at_its_word(rules: Ruleset, told: Facts) -> None:
    seen = Situation(told, DAY, rules.vocabulary)
    for rule, version in rules.standing(DAY):
        for leaf in [version.when] if hasattr(version.when, "judgements") else []:
            judged = leaf.judgements(seen)
            if judged:
                assert leaf.truth(seen) is max(judged), rule.id
            else:
                applies = seen.applies(leaf.fact)
                assert leaf.truth(seen) is (Truth.NO if applies is Truth.NO else Truth.UNKNOWN)


@given(rulesets(), patients())
def test_nobody_is_clear_who_has_left_a_question_open(rules: Ruleset, told: Facts) -> None:
    answer = screened(told, rules)
    if answer.verdict.treatable:
        seen = Situation(told, DAY, rules.vocabulary)
        for fact in rules.vocabulary:
            assert not fact.asked_in_intake or seen.said(fact.id) or seen.applies(fact.id) is Truth.NO


@given(rulesets(risks=True), answered_patients(), st.sampled_from(STATES))
def test_adding_a_risk_to_a_whole_set_of_answers_never_lowers_the_verdict(
    rules: Ruleset, told: Facts, fact: str
) -> None:
    """Rules without ``not``, all answers known: another voice says that it is so, and it is."""
    risk = Statement(fact, True, DAY, Speaker.CLINICIAN, since=DAY - timedelta(days=1))
    assert screened(told.adding([risk]), rules).verdict >= screened(told, rules).verdict


@given(rulesets(risks=True, least=Verdict.DEFER), patients(), st.sampled_from(STATES))
def test_adding_a_risk_where_rules_forbid_never_lowers_the_verdict(
    rules: Ruleset, told: Facts, fact: str
) -> None:
    """Rules without ``not`` that forbid, any gaps: what is known already turns out to be so.

    A rule that only cautions is left out, for *caution* stands below *incomplete*: to learn that the risk is
    there settles the question. So does a first answer to a question that no rule asks.
    """
    if not Situation(told, DAY, rules.vocabulary).said(fact):
        return
    risk = Statement(fact, True, DAY, Speaker.SYSTEM, since=DAY - timedelta(days=1), record="Condition/9")
    assert screened(told.adding([risk]), rules).verdict >= screened(told, rules).verdict


@given(rulesets(), patients())
def test_a_decision_replayed_from_what_was_stored_is_the_same(rules: Ruleset, told: Facts) -> None:
    stored = json.loads(json.dumps(plain_facts(told)))
    again = facts_of(stored)
    assert again == told
    assert screened(again, rules) == screened(told, rules)


@given(rulesets(), patients())
def test_nothing_unmapped_is_ever_clear(rules: Ruleset, told: Facts) -> None:
    entry = Unmapped("Condition/7", "odd spots", "words only")
    answer = screen(told, ruleset=rules, on=DAY, unmapped=[entry])
    assert answer.verdict is max(screened(told, rules).verdict, Verdict.INCOMPLETE)
    assert answer.unmapped == (entry,)


@given(rulesets(), patients())
def test_the_earliest_date_lies_ahead_and_behind_every_window(rules: Ruleset, told: Facts) -> None:
    answer = screened(told, rules)
    if answer.not_before is None:
        assert answer.verdict > Verdict.CAUTION
    else:
        assert answer.not_before >= DAY
        assert all(window.end is not None and window.end <= answer.not_before for window in answer.windows)


@given(rulesets(), patients(), statements())
def test_what_is_said_later_changes_nothing_today(rules: Ruleset, told: Facts, later: Statement) -> None:
    ahead = replace(later, on=DAY + timedelta(days=1))
    assert screened(told.adding([ahead]), rules).verdict is screened(told, rules).verdict
