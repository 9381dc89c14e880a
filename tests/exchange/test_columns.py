"""A population as columns: the answers of screening, for every shape that rules and answers can take."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.medicine.builders import (
    DAY,
    WORDS,
    compares,
    definition,
    facts,
    no,
    rule,
    ruleset,
    said,
    until,
    vocabulary,
    yes,
)
from tests.medicine.test_compiled import PATIENTS, RULES

from anagen.exchange import cases, columns
from anagen.exchange.columns import packing
from anagen.knowledge.loader import shipped
from anagen.medicine.conditions import All, AnyOf, Condition, Not, Situation
from anagen.medicine.facts import Facts, Speaker
from anagen.medicine.rules import Ruleset, Verdict
from anagen.medicine.screening import Unmapped, screen

CASES = Path(__file__).resolve().parents[2] / "docs" / "cases"
EVERYBODY = [facts(*statements) for statements in PATIENTS.values()]


def one_by_one(patients: list[Facts], rules: Ruleset) -> list[Verdict]:
    return [screen(each, ruleset=rules, on=DAY).verdict for each in patients]


def looked_up(patients: list[Facts], rules: Ruleset) -> list[Verdict]:
    found = columns.verdicts(columns.encode(patients, rules, on=DAY), rules)
    return [Verdict(value) for value in found.tolist()]


def states(patients: list[Facts], rules: Ruleset, rule: str) -> list[str]:
    found = columns.touched(columns.encode(patients, rules, on=DAY), rules, rule)
    return [columns.STATES[value].value for value in found.tolist()]


def states_one_by_one(patients: list[Facts], rules: Ruleset, rule: str) -> list[str]:
    screened = (screen(each, ruleset=rules, on=DAY).findings for each in patients)
    return [next(found.state.value for found in findings if found.rule == rule) for findings in screened]


# the same answers


def test_the_verdicts_are_those_of_screening() -> None:
    assert looked_up(EVERYBODY, RULES) == one_by_one(EVERYBODY, RULES)


def test_what_each_rule_says_is_what_its_finding_says() -> None:
    for each, _ in RULES.standing(DAY):
        assert states(EVERYBODY, RULES, each.id) == states_one_by_one(EVERYBODY, RULES, each.id), each.id


def test_every_public_case_has_its_verdict() -> None:
    rules = shipped().ruleset
    bases = cases.baselines((CASES / cases.BASELINES).read_text(encoding="utf-8"), file="baselines")
    by_day: dict[Any, list[cases.Case]] = defaultdict(list)
    for file in sorted(CASES.glob("*.jsonl")):
        text = file.read_text(encoding="utf-8")
        for case in cases.read(text, file=file.name, bases=bases, vocabulary=rules.vocabulary):
            by_day[case.on].append(case)
    assert sum(map(len, by_day.values())) > 1000
    for on, its in by_day.items():
        odd = {place for place, case in enumerate(its) if case.unmapped}
        made = columns.encode((case.facts for case in its), rules, on=on, not_understood=odd)
        found = [Verdict(value).word for value in columns.verdicts(made, rules).tolist()]
        wrong = [case.id for case, word in zip(its, found, strict=True) if case.expect["verdict"] != word]
        assert wrong == [], on


def test_an_entry_that_was_not_understood_is_never_clear() -> None:
    words = vocabulary(definition("cold"))
    rules = ruleset(rule(yes("cold"), Verdict.DEFER), words=words)
    patients = [facts(cold=False), facts(cold=True), facts(cold=False)]
    made = columns.encode(patients, rules, on=DAY, not_understood=[0, 1])
    entry = Unmapped("Condition/7", "odd spots", "words only")
    assert columns.verdicts(made, rules).tolist() == [
        screen(each, ruleset=rules, on=DAY, unmapped=[entry] if place < 2 else []).verdict
        for place, each in enumerate(patients)
    ]


def test_nobody_at_all_is_a_population_as_well() -> None:
    made = columns.encode([], RULES, on=DAY)
    assert (made.patients, columns.verdicts(made, RULES).tolist()) == (0, [])


def test_many_patients_are_read_and_looked_up_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_READ", 7)
    monkeypatch.setattr(columns, "_STEP", 5)
    assert looked_up(EVERYBODY, RULES) == one_by_one(EVERYBODY, RULES)


def test_answers_that_are_columns_already_give_the_same() -> None:
    alphabets = {
        fact.id: list(dict.fromkeys([(), *(each.about(fact.id) for each in EVERYBODY)])) for fact in WORDS
    }
    answers = {
        fact: np.array([its.index(each.about(fact)) for each in EVERYBODY]) for fact, its in alphabets.items()
    }
    made = columns.encode_answers(alphabets, answers, RULES, on=DAY)
    assert columns.verdicts(made, RULES).tolist() == one_by_one(EVERYBODY, RULES)


def test_a_question_of_which_nobody_was_asked_may_be_left_out() -> None:
    rules = ruleset(
        rule(yes("cold"), Verdict.DEFER), words=vocabulary(definition("cold"), definition("rash"))
    )
    made = columns.encode_answers(
        {"cold": [(), (said("cold"),)]}, {"cold": np.array([0, 1, 1])}, rules, on=DAY
    )
    assert columns.verdicts(made, rules).tolist() == [Verdict.INCOMPLETE, Verdict.DEFER, Verdict.DEFER]


# what does not fit into one column


def wide(number: int) -> tuple[Ruleset, list[Facts]]:
    """A rule on so many facts, and patients who differ in one or two of them."""
    names = [f"fact{place}" for place in range(number)]
    parts: tuple[Condition, ...] = tuple(
        yes(name) if at % 2 else Not(no(name)) for at, name in enumerate(names)
    )
    rules = ruleset(
        rule(AnyOf((All(parts[:2]), All(parts[2:]))), Verdict.REFER, id="wide"),
        rule(yes(names[0]), Verdict.CAUTION, id="narrow"),
        words=vocabulary(*map(definition, names)),
    )
    patients = [Facts()]
    for first in names:
        for second in names:
            patients.append(facts(*(said(name, name in (first, second)) for name in names)))
            patients.append(facts(*(said(name, name != second) for name in names if name != first)))
    return rules, patients


@pytest.mark.parametrize("number", [3, 6, 14, 24])
def test_a_rule_on_many_facts_is_looked_up_among_the_ways_they_meet(number: int) -> None:
    rules, patients = wide(number)
    assert looked_up(patients, rules) == one_by_one(patients, rules)
    assert states(patients, rules, "wide") == states_one_by_one(patients, rules, "wide")


def test_a_rule_with_too_many_kinds_of_answers_sees_but_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The column is narrower than the facts together, and wide enough for what the rule tells apart."""
    grades = [
        rule(compares("temperature", "at_least", f"{at}.0 Cel"), Verdict.CAUTION, id=f"{at}")
        for at in range(35, 42)
    ]
    both = rule(All((compares("temperature", "above", "38.5 Cel"), yes("cold"))), Verdict.REFER, id="both")
    rules = ruleset(*grades, both)
    patients = [
        facts(said("temperature", packed, by=Speaker.CLINICIAN), cold=cold)
        for packed in [compares("temperature", "above", f"{at}.7 Cel").limit for at in range(33, 43)]
        for cold in (True, False)
    ]
    monkeypatch.setattr(packing, "MOST", 12)
    made = columns.encode(patients, rules, on=DAY)
    assert any(layout.kinds is not None and layout.met is None for layout, _ in made._layouts)
    assert looked_up(patients, rules) == one_by_one(patients, rules)
    assert states(patients, rules, "both") == states_one_by_one(patients, rules, "both")


def test_more_than_columns_can_hold_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    rules, patients = wide(14)
    monkeypatch.setattr(packing, "MOST", 50)
    with pytest.raises(columns.TooMuch, match="the answers meet in more than 50 ways"):
        columns.encode(patients, rules, on=DAY)
    rules, patients = wide(45)
    with pytest.raises(columns.TooMuch, match="more than can be told apart together"):
        columns.encode(patients[:200], rules, on=DAY)


def test_a_hundred_questions_that_nobody_answered_take_no_room() -> None:
    names = [f"fact{place}" for place in range(100)]
    rules = ruleset(rule(yes(names[0])), words=vocabulary(*map(definition, names)))
    assert looked_up([Facts(), Facts()], rules) == [Verdict.INCOMPLETE] * 2
    assert columns.encode([Facts()], rules, on=DAY).bytes_per_patient == 2


# bad input


def test_a_fact_that_the_rules_do_not_know_is_refused() -> None:
    with pytest.raises(KeyError, match="humour"):
        columns.encode([facts(said("humour"))], RULES, on=DAY)


def test_columns_are_for_their_own_rules_alone() -> None:
    made = columns.encode(EVERYBODY, RULES, on=DAY)
    with pytest.raises(ValueError, match="made for other rules"):
        columns.verdicts(made, ruleset(rule(yes("cold"))))


def test_a_rule_that_there_is_not_is_refused_and_one_that_has_ended_matches_nobody() -> None:
    made = columns.encode(EVERYBODY, RULES, on=DAY)
    with pytest.raises(KeyError, match="nothing"):
        columns.touched(made, RULES, "nothing")
    assert not columns.touched(made, RULES, "ended").any()


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="rash: 2 patients, and 1 elsewhere"):
        columns.encode_answers(
            {"cold": [()], "rash": [()]}, {"cold": np.zeros(1, int), "rash": np.zeros(2, int)}, RULES, on=DAY
        )


# what a change would do


def changed(**more: Any) -> Ruleset:
    """The rules with another version of the one on colds."""
    old = RULES["cold"]
    new = replace(old, versions=(replace(old.versions[0], **more),))
    return replace(RULES, rules=tuple(new if each is old else each for each in RULES.rules), hash="new")


def test_whose_verdict_a_change_would_change() -> None:
    after = changed(verdict=Verdict.EXCLUDE)
    made = columns.encode(EVERYBODY, RULES, after, on=DAY)
    pairs = zip(one_by_one(EVERYBODY, RULES), one_by_one(EVERYBODY, after), strict=True)
    expected = [place for place, (old, new) in enumerate(pairs) if old is not new]
    assert expected
    assert columns.compare(RULES, after, made).tolist() == expected


@pytest.mark.parametrize(
    "after",
    [
        changed(verdict=Verdict.EXCLUDE),
        changed(until=until(of="cold", after="9 d")),
        changed(clinician="Other words."),
        replace(RULES, rules=RULES.rules[1:]),
        replace(RULES, vocabulary=replace(WORDS, facts={**WORDS.facts, "rash": replace(WORDS["rash"], label="Spots")})),
    ],
)  # fmt: skip
def test_those_who_may_differ_are_all_who_do(after: Ruleset) -> None:
    made = columns.encode(EVERYBODY, RULES, after, on=DAY)
    found = set(columns.may_differ(RULES, after, made).tolist())
    for place, each in enumerate(EVERYBODY):
        old, new = (screen(each, ruleset=rules, on=DAY) for rules in (RULES, after))
        same = (old.verdict, old.not_before, set(old.reasons)) == (
            new.verdict,
            new.not_before,
            set(new.reasons),
        )
        assert same or place in found
    assert len(found) < len(EVERYBODY)


def test_the_same_rules_touch_nobody() -> None:
    same = replace(RULES, version="again")
    made = columns.encode(EVERYBODY, RULES, same, on=DAY)
    assert columns.may_differ(RULES, same, made).tolist() == []


# one meaning


def test_what_the_tables_say_is_what_the_rules_were_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no second meaning of a rule: when its condition answers otherwise, so do the columns."""
    monkeypatch.setattr(type(yes("cold")), "judge", lambda self, statement, on: None)
    assert Situation(facts(cold=True), DAY, WORDS).said("cold")
    assert looked_up([facts(cold=True)], ruleset(rule(yes("cold")))) == [Verdict.INCOMPLETE]


def test_the_command_line_starts_without_numpy() -> None:
    code = (
        "import sys, anagen.cli.screen, anagen.cli.rules, anagen.cli.plan; sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
