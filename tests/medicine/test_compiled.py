"""A ruleset made ready for a day answers as its rules do one by one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.medicine.builders import (
    DAY,
    amount,
    compares,
    day,
    definition,
    facts,
    happened_within,
    interpreted,
    no,
    one_of,
    rule,
    ruleset,
    said,
    until,
    vocabulary,
    yes,
)

from anagen.medicine import compiled, kept
from anagen.medicine.conditions import All, AnyOf, Not, Under
from anagen.medicine.facts import UNKNOWN, Facts, Speaker, Statement
from anagen.medicine.rules import Ruleset, Verdict

CLINICIAN = Speaker.CLINICIAN

RULES = ruleset(
    rule(yes("cold"), Verdict.DEFER, id="cold", until=until(of="cold", after="3 d")),
    rule(yes("rash"), Verdict.CAUTION, id="rash"),
    rule(yes("pregnancy"), Verdict.EXCLUDE, id="pregnancy", until=until("it has ended")),
    rule(Not(no("pregnancy")), Verdict.CAUTION, id="not known to be free"),
    rule(All((yes("cold"), yes("rash"))), Verdict.REFER, id="both"),
    rule(AnyOf((yes("antibiotic"), compares("temperature", "at_least", "38 Cel"))), Verdict.REFER, id="either"),
    rule(happened_within("vaccination", "14 d"), Verdict.DEFER, id="vaccination",
         until=until(of="vaccination", after="14 d")),
    rule(compares("age", "below", "18 a"), Verdict.EXCLUDE, id="minor"),
    rule(Not(Under("diagnosis", "icd-10", ("L64",))), Verdict.REFER, id="diagnosis", as_matched=True,
         until=until("it is known")),
    rule(one_of("sex", "other"), Verdict.CAUTION, id="sex"),
    rule(yes("rash"), Verdict.DEFER, id="dated by another", until=until(of="antibiotic", after="7 d")),
    rule(yes("rash"), Verdict.EXCLUDE, id="ended", end=day("2026-02-01")),
)  # fmt: skip

HEALTHY = (
    said("birth_date", day("1992-06-15")),
    said("sex", "female"),
    said("pregnancy", False),
    *(said(fact, False) for fact in ("cold", "rash", "antibiotic", "vaccination")),
    said("diagnosis", frozenset({"L64.9"}), by=CLINICIAN),
)

PATIENTS: dict[str, tuple[Statement, ...]] = {
    "nobody": (),
    "healthy": HEALTHY,
    "cold until Thursday": (*HEALTHY[:3], said("cold", until=day("2026-11-26"))),
    "cold and rash": (said("cold"), said("rash")),
    "dont know": tuple(said(fact, UNKNOWN) for fact in ("cold", "rash", "pregnancy", "sex")),
    "stale": (said("pregnancy", False, on=DAY - timedelta(days=14)), said("sex", "female")),
    "man": (said("sex", "male"), said("rash", False)),
    "pregnant man": (said("sex", "male"), said("pregnancy", True)),
    "man who does not know": (said("sex", "male"), said("pregnancy", UNKNOWN)),
    "man with a silent record": (said("sex", "male"), said("pregnancy", False, record="Condition/1")),
    "a man, said twice": (said("sex", "male"), said("sex", "male", by=CLINICIAN)),
    "two sexes": (said("sex", "male"), said("sex", "female", by=CLINICIAN)),
    "two who disagree": (*HEALTHY, said("cold", True, by=CLINICIAN)),
    "two who say the same": (*HEALTHY, said("cold", False, by=CLINICIAN)),
    "two who do not know": (said("rash", UNKNOWN), said("rash", UNKNOWN, by=CLINICIAN)),
    "fever": (*HEALTHY, said("temperature", amount("39.1"), by=CLINICIAN)),
    "no fever": (said("antibiotic", False), said("temperature", amount("36.6"), by=CLINICIAN)),
    "vaccinated": (*HEALTHY[:3], said("vaccination", since=day("2026-11-10"))),
    "vaccinated, day unknown": (said("vaccination"),),
    "records": (
        said("cold", until=day("2026-11-20"), record="Condition/1"),
        said("cold", record="Condition/2"),
        said("diagnosis", frozenset({"L40"}), by=CLINICIAN, record="Condition/3"),
    ),
    "child": (said("birth_date", day("2015-01-01")),),
    "born tomorrow": (said("birth_date", DAY + timedelta(days=1)),),
    "rash, antibiotic": (said("rash"), said("antibiotic", until=day("2026-11-30"))),
    "rash, longer antibiotic": (said("rash"), said("antibiotic", until=day("2026-12-24"))),
    "said tomorrow": (said("cold", on=DAY + timedelta(days=1)),),
}


def worst(told: Facts, rules: Ruleset) -> Verdict:
    findings, unanswered = interpreted(told, rules)
    verdicts = [found.verdict for found in findings]
    return max([*verdicts, Verdict.INCOMPLETE if unanswered else Verdict.CLEAR])


@pytest.mark.parametrize("name", PATIENTS)
def test_the_findings_are_those_of_the_rules_one_by_one(name: str) -> None:
    told = facts(*PATIENTS[name])
    assert compiled.day(RULES, DAY).findings(told) == interpreted(told, RULES)


@pytest.mark.parametrize("name", PATIENTS)
def test_the_verdict_alone_is_that_of_the_findings(name: str) -> None:
    told = facts(*PATIENTS[name])
    assert compiled.day(RULES, DAY).verdict(told) is worst(told, RULES)


def test_a_finding_dated_by_another_fact_is_not_confused_between_patients() -> None:
    dates = []
    for name in ("rash, antibiotic", "rash, longer antibiotic"):
        findings, _ = compiled.day(RULES, DAY).findings(facts(*PATIENTS[name]))
        dates += [found.until for found in findings if found.rule == "dated by another"]
    assert dates == [day("2026-12-07"), day("2026-12-31")]


def test_a_question_that_no_rule_asks_must_be_answered_all_the_same() -> None:
    words = vocabulary(definition("cold"), definition("rash"))
    one_rule = ruleset(rule(yes("cold"), Verdict.CAUTION), words=words)
    ready = compiled.day(one_rule, DAY)
    assert ready.verdict(facts(cold=True)) is Verdict.INCOMPLETE
    assert ready.verdict(facts(cold=True, rash=False)) is Verdict.CAUTION
    assert ready.findings(facts(cold=True))[1] == ("rash",)


def test_one_patients_answer_does_not_stay_with_the_next() -> None:
    ready = compiled.Day(RULES, DAY)
    told = {name: facts(*statements) for name, statements in PATIENTS.items()}
    first = {name: ready.findings(each) for name, each in told.items()}
    assert {name: ready.findings(told[name]) for name in reversed(told)} == first


def test_a_ruleset_is_made_ready_once_for_a_day() -> None:
    assert compiled.day(RULES, DAY) is compiled.day(RULES, DAY)
    assert compiled.day(RULES, DAY) is not compiled.day(RULES, DAY + timedelta(days=1))


def test_what_is_remembered_is_forgotten_when_it_grows_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    ready = compiled.Day(RULES, DAY)
    for statements in PATIENTS.values():
        told = facts(*statements)
        assert ready.findings(told) == interpreted(told, RULES)
        assert len(ready._settled) <= 2
        assert len(ready._judged) <= 2
        assert len(ready._lacked) <= 2
