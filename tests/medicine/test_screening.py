"""One verdict with every finding: order, earliest date, disagreement, what is missing, overrides."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from tests.medicine.builders import (
    DAY,
    WORDS,
    amount,
    compares,
    day,
    definition,
    facts,
    rule,
    ruleset,
    said,
    until,
    vocabulary,
    yes,
)

from anagen.medicine.conditions import Condition
from anagen.medicine.facts import UNKNOWN, Speaker, Statement
from anagen.medicine.rules import Override, Rule, Verdict
from anagen.medicine.screening import (
    DISAGREEMENT,
    UNANSWERED,
    UNMAPPED,
    Screening,
    Unmapped,
    may_be_overridden,
    overridden,
    screen,
    without,
)
from anagen.medicine.vocabulary import Vocabulary

CLINICIAN = Speaker.CLINICIAN
FOUR = vocabulary(*(definition(fact, ends=True) for fact in ("cold", "rash", "wound", "itch")))
ALL_NO = {"cold": False, "rash": False, "wound": False, "itch": False}


def screened(
    *rules: Rule, said: tuple[Statement, ...] = (), words: Vocabulary = FOUR, **answers: object
) -> Screening:
    return screen(facts(*said, **answers), ruleset=ruleset(*rules, words=words), on=DAY)


def one_rule_each(condition: Condition, verdict: Verdict) -> Rule:
    ending = until("it is over") if verdict is Verdict.DEFER else None
    return rule(condition, verdict, id=verdict.word, until=ending)


CAUTION = one_rule_each(yes("cold"), Verdict.CAUTION)
DEFER = one_rule_each(yes("rash"), Verdict.DEFER)
REFER = one_rule_each(yes("wound"), Verdict.REFER)
EXCLUDE = one_rule_each(yes("itch"), Verdict.EXCLUDE)


# the verdict


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        (ALL_NO, Verdict.CLEAR),
        (ALL_NO | {"cold": True}, Verdict.CAUTION),
        (ALL_NO | {"cold": True, "rash": UNKNOWN}, Verdict.INCOMPLETE),
        (ALL_NO | {"cold": UNKNOWN, "rash": True}, Verdict.DEFER),
        (ALL_NO | {"rash": True, "wound": True}, Verdict.REFER),
        (ALL_NO | {"cold": True, "rash": True, "wound": True, "itch": True}, Verdict.EXCLUDE),
        ({}, Verdict.INCOMPLETE),
        ({"itch": True}, Verdict.EXCLUDE),
    ],
)
def test_the_worst_finding_wins_whatever_the_order_of_rules(
    answers: dict[str, object], verdict: Verdict
) -> None:
    for rules in permutations([CAUTION, DEFER, REFER, EXCLUDE]):
        assert screened(*rules, **answers).verdict is verdict


def test_every_finding_is_kept_matched_or_not() -> None:
    answer = screened(CAUTION, DEFER, REFER, EXCLUDE, **ALL_NO | {"rash": True})
    assert [(found.rule, found.state.value) for found in answer.findings] == [
        ("caution", "not_matched"),
        ("defer", "matched"),
        ("refer", "not_matched"),
        ("exclude", "not_matched"),
    ]


def test_reasons_are_what_weighs_heaviest_first() -> None:
    answer = screened(CAUTION, DEFER, REFER, EXCLUDE, cold=True, rash=False, wound=True, itch=True)
    assert [found.rule for found in answer.reasons] == ["exclude", "refer", "caution"]


def test_the_answer_names_the_day_and_the_rules_it_rests_on() -> None:
    answer = screened(**ALL_NO)
    assert (answer.on, answer.ruleset_version, answer.ruleset_hash) == (DAY, "2026.1", "hash")


def test_a_fact_of_another_vocabulary_is_refused() -> None:
    with pytest.raises(KeyError):
        screened(CAUTION, fever=True)


# the earliest date


def test_clear_and_caution_may_come_at_once() -> None:
    assert screened(CAUTION, **ALL_NO).not_before == DAY
    assert screened(CAUTION, **ALL_NO | {"cold": True}).not_before == DAY


@pytest.mark.parametrize(
    "answers",
    [{}, ALL_NO | {"cold": UNKNOWN}, ALL_NO | {"wound": True}, ALL_NO | {"itch": True}],
    ids=["incomplete", "dont know", "refer", "exclude"],
)
def test_no_date_is_promised_while_somebody_has_to_answer_or_decide(answers: dict[str, object]) -> None:
    assert screened(CAUTION, REFER, EXCLUDE, **answers).not_before is None


def test_a_deferral_names_the_first_day_on_which_none_stands() -> None:
    ends = rule(yes("cold"), Verdict.DEFER, id="one", until=until(of="cold", after="3 d"))
    later = rule(yes("rash"), Verdict.DEFER, id="two", until=until(of="rash", after="0 d"))
    told = (said("cold", until=day("2026-11-26")), said("rash", until=day("2026-12-04")))
    answer = screened(ends, later, said=told, wound=False, itch=False)
    assert (answer.verdict, answer.not_before) == (Verdict.DEFER, day("2026-12-04"))
    assert answer.waiting_for == ()
    assert [(found.start, found.end) for found in answer.windows] == [
        (DAY, day("2026-11-29")),
        (DAY, day("2026-12-04")),
    ]


def test_a_deferral_has_no_date_while_one_of_them_waits_for_an_event() -> None:
    ends = rule(yes("cold"), Verdict.DEFER, id="one", until=until(of="cold", after="3 d"))
    answer = screened(ends, DEFER, said=(said("cold", until=day("2026-11-26")),), rash=True)
    assert (answer.verdict, answer.not_before) == (Verdict.DEFER, None)
    assert answer.waiting_for == ("it is over",)


def test_a_deferral_keeps_its_date_though_other_answers_are_missing() -> None:
    ends = rule(yes("cold"), Verdict.DEFER, id="one", until=until(of="cold", after="3 d"))
    answer = screened(ends, said=(said("cold", until=day("2026-11-26")),), rash=UNKNOWN)
    assert (answer.verdict, answer.not_before) == (Verdict.DEFER, day("2026-11-29"))
    assert "rash" in answer.missing


def test_what_is_merely_incomplete_or_a_caution_makes_no_window() -> None:
    assert screened(CAUTION, REFER, cold=True).windows == ()
    assert [found.end for found in screened(REFER, wound=True).windows] == [None]


# what is missing


def test_clear_means_that_every_question_that_applies_is_answered() -> None:
    words = vocabulary(
        definition("cold"),
        definition("ache", asked_when=yes("cold")),
        definition("note", speakers=(CLINICIAN,)),
    )
    answer = screened(words=words)
    assert [(found.rule, found.facts) for found in answer.findings] == [(UNANSWERED, ("cold", "ache"))]
    assert answer.missing == ("cold", "ache")
    assert screened(words=words, cold=False).verdict is Verdict.CLEAR
    assert screened(words=words, cold=True).missing == ("ache",)
    assert screened(words=words, cold=True, ache=UNKNOWN).verdict is Verdict.INCOMPLETE
    assert screened(words=words, cold=True, ache=False).verdict is Verdict.CLEAR


def test_what_two_rules_miss_is_named_once_in_the_order_of_the_rules() -> None:
    answer = screened(EXCLUDE, CAUTION, DEFER, one_rule_each(yes("cold"), Verdict.REFER))
    assert answer.missing == ("itch", "cold", "rash", "wound")


# what was not understood


def test_what_was_not_understood_is_kept_and_makes_the_answer_incomplete() -> None:
    entries = [
        Unmapped("Condition/7", "odd spots", "words only"),
        Unmapped("Condition/8", "", "?", "x", "77"),
    ]
    answer = screen(facts(**ALL_NO), ruleset=ruleset(CAUTION, words=FOUR), on=DAY, unmapped=iter(entries))
    assert (answer.verdict, answer.unmapped) == (Verdict.INCOMPLETE, tuple(entries))
    assert answer.findings[-1].rule == UNMAPPED
    assert answer.findings[-1].reason.endswith(
        "2 of the entries could not be matched with a known fact: odd spots; 77"
    )
    worse = screen(
        facts(**ALL_NO | {"itch": True}), ruleset=ruleset(EXCLUDE, words=FOUR), on=DAY, unmapped=entries
    )
    assert worse.verdict is Verdict.EXCLUDE


# disagreement


def test_two_speakers_who_differ_are_a_finding_of_their_own() -> None:
    two = (said("cold", True), said("cold", False, by=CLINICIAN))
    answer = screened(CAUTION, said=two, rash=False, wound=False, itch=False)
    found = answer.findings[-1]
    assert (found.rule, found.verdict, found.facts) == (DISAGREEMENT, Verdict.CAUTION, ("cold",))
    assert (
        found.reason
        == "Cold: there are different answers (patient and clinician). The riskier one was counted."
    )
    assert answer.verdict is Verdict.CAUTION


def test_a_disagreement_without_a_rule_is_still_a_caution() -> None:
    two = (said("cold", True), said("cold", False, by=CLINICIAN))
    assert screened(said=two, rash=False, wound=False, itch=False).verdict is Verdict.CAUTION


@pytest.mark.parametrize(
    "two",
    [
        (said("cold"), said("cold", by=CLINICIAN)),
        (said("cold", False), said("cold", by=CLINICIAN, until=DAY)),  # over: both say that it is not so
        (said("cold", False), said("cold", UNKNOWN, by=CLINICIAN)),
        (said("cold", False, on=DAY - timedelta(days=1)), said("cold", True)),  # one speaker, later words
        (said("cold"), said("cold", False, record="Condition/1")),  # the absence in a record says nothing
        (said("cold"), said("cold", by=CLINICIAN, until=DAY, record="Condition/1")),
    ],
    ids=["agree", "over", "unknown", "corrected", "record absent", "record over"],
)
def test_there_is_no_disagreement_where_nobody_contradicts(two: tuple[Statement, ...]) -> None:
    answer = screened(CAUTION, said=two, rash=False, wound=False, itch=False)
    assert DISAGREEMENT not in {found.rule for found in answer.findings}


def test_measured_values_and_diagnoses_differ_by_nature() -> None:
    told = (
        said("temperature", amount("36.5"), by=CLINICIAN),
        said("temperature", amount("38.5"), by=Speaker.SYSTEM),
        said("diagnosis", frozenset({"L64"}), by=CLINICIAN),
        said("diagnosis", frozenset({"L65"}), by=Speaker.SYSTEM),
        said("sex", "male"),
        said("sex", "female", by=CLINICIAN),
    )
    answer = screened(rule(compares("temperature", "above", "38.0 Cel"), id="fever"), said=told, words=WORDS)
    assert answer.verdict is Verdict.EXCLUDE
    assert [found.facts for found in answer.findings if found.rule == DISAGREEMENT] == [("sex",)]


# what if


def test_what_the_verdict_would_be_without_one_finding() -> None:
    answer = screened(CAUTION, EXCLUDE, **ALL_NO | {"cold": True, "itch": True})
    assert without(answer, "exclude") is Verdict.CAUTION
    assert without(answer, "caution") is Verdict.EXCLUDE
    assert without(screened(EXCLUDE, **ALL_NO | {"itch": True}), "exclude") is Verdict.CLEAR


# overrides

MAY = Override(by=("prescriber",), reasons=("specialist_agreed",))
REFER_UNLESS = rule(yes("wound"), Verdict.REFER, id="refer", override=MAY)
DEFER_UNLESS = rule(
    yes("rash"), Verdict.DEFER, id="defer", override=MAY, until=until("it is over"), as_matched=True
)


def test_a_finding_set_aside_still_stands_and_weighs_as_a_caution() -> None:
    rules = ruleset(REFER_UNLESS, DEFER_UNLESS, words=FOUR)
    answer = screen(facts(**ALL_NO | {"wound": True, "rash": True}), ruleset=rules, on=DAY)
    one = overridden(answer, {"refer"}, ruleset=rules)
    assert (one.verdict, one.waiting_for, one.not_before) == (Verdict.DEFER, ("it is over",), None)
    both = overridden(answer, {"refer", "defer"}, ruleset=rules)
    assert (both.verdict, both.waiting_for, both.not_before) == (Verdict.CAUTION, (), DAY)
    assert [found.state.value for found in both.findings] == ["matched", "matched"]
    assert both.windows == ()


def test_what_nobody_may_override_stays() -> None:
    rules = ruleset(REFER, words=FOUR)
    answer = screen(facts(**ALL_NO | {"wound": True}), ruleset=rules, on=DAY)
    assert overridden(answer, {"refer"}, ruleset=rules) == answer


def test_what_is_unknown_or_does_not_forbid_cannot_be_set_aside() -> None:
    caution = rule(yes("cold"), Verdict.CAUTION, id="caution", override=MAY)
    rules = ruleset(caution, DEFER_UNLESS, words=FOUR)
    answer = screen(facts(cold=True), ruleset=rules, on=DAY)
    assert [may_be_overridden(found, rules, DAY) for found in answer.findings] == [False, False, False]
    assert overridden(answer, {"caution", "defer", UNANSWERED}, ruleset=rules) == answer


def test_a_finding_of_a_rule_that_no_longer_stands_cannot_be_set_aside() -> None:
    rules = ruleset(REFER_UNLESS, words=FOUR)
    found = screen(facts(wound=True), ruleset=rules, on=DAY).findings[0]
    assert may_be_overridden(found, rules, DAY)
    assert not may_be_overridden(found, ruleset(words=FOUR), DAY)


def test_setting_nothing_aside_changes_nothing_and_keeps_what_was_not_understood() -> None:
    rules = ruleset(REFER_UNLESS, words=FOUR)
    entry = Unmapped("Condition/7", "odd spots", "words only")
    answer = screen(facts(**ALL_NO | {"wound": True}), ruleset=rules, on=DAY, unmapped=[entry])
    assert overridden(answer, set(), ruleset=rules) == answer
    assert overridden(answer, {"refer"}, ruleset=rules).verdict is Verdict.INCOMPLETE
