"""Each kind of condition, with every kind of answer: yes, no, unknown, stale, of a record, of two speakers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.medicine.builders import (
    DAY,
    amount,
    compares,
    day,
    definition,
    facts,
    happened_within,
    lasted_within,
    no,
    one_of,
    said,
    situation,
    vocabulary,
    yes,
)

from anagen.medicine.conditions import All, AnyOf, Condition, Not, Situation, Under
from anagen.medicine.facts import UNKNOWN, Speaker, Statement
from anagen.medicine.truth import Truth

CLINICIAN = Speaker.CLINICIAN
NO, UNKNOWN_TRUTH, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
ANDROGENETIC = Under("diagnosis", "icd-10", ("L64", "C40-C49"))
FEVER = compares("temperature", "at_least", "37.5 Cel")


def truth(condition: Condition, *statements: Statement, on: date = DAY, **answers: object) -> Truth:
    return condition.truth(situation(*statements, on=on, **answers))


# every leaf with every answer

LEAVES = {
    "is yes": (yes("cold"), True, False),
    "is no": (no("cold"), False, True),
    "is an option": (one_of("sex", "female", "other"), "female", "male"),
    "measured": (FEVER, amount("38.0"), amount("36.9")),
    "under a code": (ANDROGENETIC, frozenset({"L64.9"}), frozenset({"L65.0"})),
}


@pytest.mark.parametrize("leaf", LEAVES)
def test_an_answer_fulfils_a_condition_or_does_not(leaf: str) -> None:
    condition, fulfils, does_not = LEAVES[leaf]
    fact = next(condition.facts())
    assert truth(condition, said(fact, fulfils)) is YES
    assert truth(condition, said(fact, does_not)) is NO
    assert truth(Not(condition), said(fact, fulfils)) is NO
    assert truth(Not(condition), said(fact, does_not)) is YES


@pytest.mark.parametrize("leaf", LEAVES)
def test_not_asked_and_dont_know_are_unknown_also_under_not(leaf: str) -> None:
    condition, _, _ = LEAVES[leaf]
    fact = next(condition.facts())
    for statements in ((), (said(fact, UNKNOWN),)):
        assert truth(condition, *statements) is UNKNOWN_TRUTH
        assert truth(Not(condition), *statements) is UNKNOWN_TRUTH


@pytest.mark.parametrize("leaf", LEAVES)
def test_where_two_disagree_the_riskier_answer_counts(leaf: str) -> None:
    condition, fulfils, does_not = LEAVES[leaf]
    fact = next(condition.facts())
    for first, second in ((fulfils, does_not), (does_not, fulfils)):
        both = (said(fact, first), said(fact, second, by=CLINICIAN))
        assert truth(condition, *both) is YES
        assert truth(Not(condition), *both) is YES
        assert truth(Not(Not(condition)), *both) is YES


def test_who_knows_counts_and_who_does_not_know_says_nothing() -> None:
    assert truth(yes("cold"), said("cold", UNKNOWN), said("cold", False, by=CLINICIAN)) is NO


def test_a_stale_answer_is_unknown() -> None:
    old = said("pregnancy", False, on=DAY - timedelta(days=14))
    fresh = said("pregnancy", False, on=DAY - timedelta(days=13))
    assert truth(yes("pregnancy"), old) is UNKNOWN_TRUTH
    assert truth(yes("pregnancy"), fresh) is NO


def test_a_stale_yes_does_not_outweigh_a_fresh_no_of_another_speaker() -> None:
    old = said("pregnancy", True, on=DAY - timedelta(days=14))
    assert truth(yes("pregnancy"), old, said("pregnancy", False, by=CLINICIAN)) is NO


# states, events and records


def test_a_state_that_is_over_is_not_so_on_the_day_it_ends() -> None:
    cold = said("cold", until=day("2026-11-21"))
    assert truth(yes("cold"), cold, on=day("2026-11-21")) is NO
    cold = said("cold", on=day("2026-11-20"), until=day("2026-11-21"))
    assert truth(yes("cold"), cold, on=day("2026-11-20")) is YES
    assert truth(no("cold"), said("cold", until=day("2026-11-21"))) is YES


def test_a_state_that_has_not_begun_is_not_so_yet() -> None:
    assert truth(yes("cold"), said("cold", since=day("2026-11-22"))) is NO
    assert truth(yes("cold"), said("cold", since=day("2026-11-21"))) is YES


def test_a_record_can_say_that_something_is_but_its_absence_or_end_says_nothing() -> None:
    for silent in (
        said("cold", False, record="Condition/1"),
        said("cold", until=day("2026-11-20"), record="Condition/1"),
    ):
        assert truth(yes("cold"), silent) is UNKNOWN_TRUTH
        assert truth(no("cold"), silent) is UNKNOWN_TRUTH
    assert truth(yes("cold"), said("cold", record="Condition/1")) is YES
    assert truth(no("cold"), said("cold", record="Condition/1")) is NO


def test_a_record_that_is_silent_leaves_the_answer_to_others() -> None:
    over = said("cold", until=day("2026-11-20"), record="Condition/1")
    assert truth(yes("cold"), over, said("cold", False)) is NO
    assert truth(yes("cold"), over, said("cold", True)) is YES


def test_a_record_of_a_choice_or_a_code_counts_like_an_answer() -> None:
    assert truth(one_of("sex", "female"), said("sex", "male", record="Patient/1")) is NO
    assert truth(ANDROGENETIC, said("diagnosis", frozenset({"L40"}), record="Condition/1")) is NO


# within


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ("2026-11-08", YES),  # 13 days ago
        ("2026-11-07", NO),  # 14 days ago: the fourteen days are over
        ("2026-11-21", YES),
        ("2026-11-22", NO),  # what lies ahead has not happened
    ],
)
def test_an_event_lies_within_14_days_until_the_fourteenth(happened: str, expected: Truth) -> None:
    assert truth(happened_within("vaccination", "14 d"), said("vaccination", since=day(happened))) is expected


def test_an_event_within_months_goes_by_the_calendar() -> None:
    recent = happened_within("vaccination", "6 mo")
    assert truth(recent, said("vaccination", since=day("2026-05-22"))) is YES
    assert truth(recent, said("vaccination", since=day("2026-05-21"))) is NO


def test_an_event_that_never_happened_is_not_within_and_one_without_a_day_is_unknown() -> None:
    recent = happened_within("vaccination", "14 d")
    assert truth(recent, said("vaccination", False)) is NO
    assert truth(recent, said("vaccination", True)) is UNKNOWN_TRUTH


@pytest.mark.parametrize(
    ("until", "expected"), [("2026-11-08", YES), ("2026-11-07", NO), ("2026-11-21", YES), ("2026-12-24", YES)]
)
def test_a_state_lies_within_14_days_of_its_end(until: str, expected: Truth) -> None:
    assert truth(lasted_within("antibiotic", "14 d"), said("antibiotic", until=day(until))) is expected


def test_a_state_that_goes_on_is_within_and_one_to_come_is_not() -> None:
    recent = lasted_within("antibiotic", "14 d")
    assert truth(recent, said("antibiotic")) is YES
    assert truth(recent, said("antibiotic", since=day("2026-11-22"))) is NO
    assert truth(recent, said("antibiotic", False)) is NO


def test_a_record_of_something_long_past_does_not_say_that_nothing_was_recent() -> None:
    recent = happened_within("vaccination", "14 d")
    assert truth(recent, said("vaccination", since=day("2026-01-01"), record="Procedure/1")) is UNKNOWN_TRUTH
    assert truth(recent, said("vaccination", since=day("2026-11-20"), record="Procedure/1")) is YES
    assert truth(recent, said("vaccination", True, record="Procedure/1")) is UNKNOWN_TRUTH
    assert truth(lasted_within("cold", "3 d"), said("cold", False, record="Condition/1")) is UNKNOWN_TRUTH


# measured values and ages


@pytest.mark.parametrize(
    ("comparison", "below", "at", "above"),
    [
        ("at_least", NO, YES, YES),
        ("above", NO, NO, YES),
        ("at_most", YES, YES, NO),
        ("below", YES, NO, NO),
    ],
)
def test_a_comparison_at_its_limit(comparison: str, below: Truth, at: Truth, above: Truth) -> None:
    condition = compares("temperature", comparison, "37.5 Cel")
    for value, expected in (("37.4", below), ("37.5", at), ("37.50", at), ("37.6", above)):
        assert truth(condition, said("temperature", amount(value))) is expected


def test_a_value_of_another_kind_says_nothing_of_a_comparison_or_a_code() -> None:
    assert truth(FEVER, said("temperature", True)) is UNKNOWN_TRUTH
    assert truth(ANDROGENETIC, said("diagnosis", "L64")) is UNKNOWN_TRUTH


@pytest.mark.parametrize(
    ("birth", "expected"), [("2008-11-22", NO), ("2008-11-21", YES), ("2008-11-20", YES)]
)
def test_age_follows_from_the_birth_date_on_the_day_asked_about(birth: str, expected: Truth) -> None:
    assert truth(compares("age", "at_least", "18 a"), said("birth_date", day(birth))) is expected


def test_without_a_birth_date_that_can_be_the_age_is_unknown() -> None:
    adult = compares("age", "at_least", "18 a")
    assert truth(adult) is UNKNOWN_TRUTH
    assert truth(adult, said("birth_date", UNKNOWN)) is UNKNOWN_TRUTH
    assert truth(adult, said("birth_date", DAY + timedelta(days=1))) is UNKNOWN_TRUTH
    assert truth(adult, said("birth_date", "1990")) is UNKNOWN_TRUTH


def test_of_two_birth_dates_the_riskier_counts_both_ways() -> None:
    two = (said("birth_date", day("2010-01-01")), said("birth_date", day("1990-01-01"), by=CLINICIAN))
    assert truth(compares("age", "below", "18 a"), *two) is YES
    assert truth(compares("age", "at_least", "65 a"), *two) is NO
    assert truth(Not(compares("age", "at_least", "18 a")), *two) is YES


def test_any_of_several_codes_may_be_the_one() -> None:
    assert truth(ANDROGENETIC, said("diagnosis", frozenset({"L40.0", "L64.8"}))) is YES
    assert truth(ANDROGENETIC, said("diagnosis", frozenset())) is NO
    assert truth(ANDROGENETIC, said("diagnosis", frozenset({"C4A.4"}))) is YES


# together


def test_all_is_as_weak_as_its_weakest_part_and_any_as_strong_as_its_strongest() -> None:
    both, either = All((yes("cold"), yes("rash"))), AnyOf((yes("cold"), yes("rash")))
    assert truth(both, cold=True) is UNKNOWN_TRUTH
    assert truth(both, cold=False) is NO
    assert truth(either, cold=True) is YES
    assert truth(either, cold=False) is UNKNOWN_TRUTH
    assert list(both.facts()) == list(either.facts()) == ["cold", "rash"]


def test_under_not_a_disagreement_counts_against_the_patient_within_all_and_any() -> None:
    two = (said("cold", True), said("cold", False, by=CLINICIAN))
    assert truth(Not(All((yes("cold"), yes("cold")))), *two) is YES
    assert truth(Not(AnyOf((yes("cold"), yes("cold")))), *two) is YES


def test_all_asks_first_what_to_ask_first_and_any_asks_everything_open() -> None:
    nothing, half = situation(), situation(cold=True)
    both, either = All((yes("cold"), yes("rash"))), AnyOf((yes("cold"), yes("rash")))
    assert list(both.asks(nothing)) == ["cold"]
    assert list(both.asks(half)) == ["rash"]
    assert list(either.asks(nothing)) == ["cold", "rash"]
    assert list(AnyOf((no("cold"), yes("rash"))).asks(half)) == ["rash"]
    assert list(Not(either).asks(nothing)) == ["cold", "rash"]
    assert list(Not(yes("cold")).facts()) == ["cold"]


def test_all_asks_nothing_when_nothing_is_open() -> None:
    assert list(All((yes("cold"), no("cold"))).asks(situation(cold=True))) == []


def test_who_asks_for_an_age_asks_for_the_birth_date() -> None:
    assert list(compares("age", "below", "18 a").asks(situation())) == ["birth_date"]
    assert list(compares("age", "below", "18 a").facts()) == ["age"]


# questions that do not apply


def test_a_question_that_does_not_apply_counts_as_no() -> None:
    assert truth(yes("pregnancy"), sex="male") is NO
    assert truth(yes("pregnancy"), sex="female") is UNKNOWN_TRUTH
    assert truth(yes("pregnancy")) is UNKNOWN_TRUTH


def test_an_answer_counts_even_where_the_question_does_not_apply() -> None:
    assert truth(yes("pregnancy"), sex="male", pregnancy=True) is YES
    assert truth(yes("pregnancy"), sex="male", pregnancy=False) is NO


def test_dont_know_where_the_question_does_not_apply_is_no_answer() -> None:
    assert truth(yes("pregnancy"), sex="male", pregnancy=UNKNOWN) is NO


def test_a_question_applies_as_soon_as_one_speaker_says_so() -> None:
    two = (said("sex", "male"), said("sex", "female", by=CLINICIAN))
    assert truth(yes("pregnancy"), *two) is UNKNOWN_TRUTH


def test_whether_a_question_applies_may_hang_on_another_that_does_not() -> None:
    words = vocabulary(
        definition("a"), definition("b", asked_when=yes("a")), definition("c", asked_when=yes("b"))
    )
    assert yes("c").truth(Situation(facts(a=False), DAY, words)) is NO
    assert yes("c").truth(Situation(facts(a=True), DAY, words)) is UNKNOWN_TRUTH


def test_the_age_always_applies() -> None:
    assert situation().applies("age") is YES
    assert situation(sex="male").applies("pregnancy") is NO
    assert situation().applies("cold") is YES


def test_what_was_said_is_looked_up_once() -> None:
    once = situation(cold=True)
    assert once.said("cold") is once.said("cold")
