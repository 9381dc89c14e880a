"""What is known of a patient: three kinds of answers, who said what last, and the keys of lone statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.medicine.builders import DAY, amount, day, facts, said, situation

from anagen.medicine import facts as facts_module
from anagen.medicine.conditions import Gap
from anagen.medicine.facts import UNKNOWN, Facts, Speaker, Statement, of_key

CLINICIAN, PATIENT, SYSTEM = Speaker.CLINICIAN, Speaker.PATIENT, Speaker.SYSTEM
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


def test_none_of_this_and_dont_know_and_not_asked_are_three_different_things() -> None:
    none, unknown, not_asked = facts(cold=False), facts(cold=UNKNOWN), facts()
    assert [found.about("cold")[0].value for found in (none, unknown)] == [False, UNKNOWN]
    assert not_asked.about("cold") == ()
    assert len({none, unknown, not_asked}) == 3


def test_why_nothing_is_known_is_said_exactly() -> None:
    assert situation().gap("cold") is Gap.NOT_ASKED
    assert situation(cold=UNKNOWN).gap("cold") is Gap.DOES_NOT_KNOW
    assert situation(said("pregnancy", False, on=day("2026-09-01"))).gap("pregnancy") is Gap.STALE


def test_the_age_is_missing_for_the_same_reason_as_the_birth_date() -> None:
    assert situation().gap("age") is Gap.NOT_ASKED
    assert situation(birth_date=UNKNOWN).gap("age") is Gap.DOES_NOT_KNOW


def test_the_last_answer_of_a_speaker_counts() -> None:
    told = facts(said("cold", True, on=YESTERDAY), said("cold", False))
    assert [statement.value for statement in told.latest("cold", DAY)] == [False]


def test_the_last_answer_counts_whatever_the_order_in_which_they_are_given() -> None:
    told = facts(said("cold", False), said("cold", True, on=YESTERDAY))
    assert [statement.value for statement in told.latest("cold", DAY)] == [False]


def test_of_two_answers_on_one_day_the_later_given_counts() -> None:
    told = facts(said("cold", True), said("cold", False))
    assert [statement.value for statement in told.latest("cold", DAY)] == [False]


def test_what_is_said_later_is_not_yet_known() -> None:
    told = facts(said("cold", True), said("cold", False, on=TOMORROW))
    assert [statement.value for statement in told.latest("cold", DAY)] == [True]
    assert [statement.value for statement in told.latest("cold", TOMORROW)] == [False]
    assert facts(said("cold", on=TOMORROW)).latest("cold", DAY) == ()


def test_two_speakers_both_stand_in_the_order_first_heard() -> None:
    told = facts(said("cold", True), said("cold", False, by=CLINICIAN), said("cold", False))
    assert [(said.speaker, said.value) for said in told.latest("cold", DAY)] == [
        (PATIENT, False),
        (CLINICIAN, False),
    ]


def test_each_entry_of_a_record_speaks_for_itself() -> None:
    told = facts(
        said("rash", by=SYSTEM, record="Condition/1"),
        said("rash", by=SYSTEM, record="Condition/2"),
        said("rash", UNKNOWN, by=SYSTEM, record="Condition/2"),
    )
    assert [(said.record, said.value) for said in told.latest("rash", DAY)] == [
        ("Condition/1", True),
        ("Condition/2", UNKNOWN),
    ]


def test_a_state_holds_from_its_first_day_until_the_day_it_ends() -> None:
    cold = said("cold", since=day("2026-11-10"), until=day("2026-11-21"))
    days = {text: cold.holds(day(text)) for text in ("2026-11-09", "2026-11-10", "2026-11-20", "2026-11-21")}
    assert days == {"2026-11-09": False, "2026-11-10": True, "2026-11-20": True, "2026-11-21": False}


def test_a_state_without_bounds_always_holds_and_a_no_never() -> None:
    assert said("cold").holds(DAY)
    assert not said("cold", False).holds(DAY)
    assert not said("cold", UNKNOWN).holds(DAY)


def test_facts_know_what_they_speak_of() -> None:
    told = facts(said("cold"), said("cold", by=CLINICIAN), rash=False)
    assert told.known() == {"cold", "rash"}
    assert told.several == ("cold",)
    assert len(told) == 3
    assert [statement.fact for statement in told] == ["cold", "cold", "rash"]


def test_facts_are_equal_when_they_say_the_same() -> None:
    assert facts(cold=True) == facts(cold=True)
    assert hash(facts(cold=True)) == hash(facts(cold=True))
    assert facts(cold=True) != facts(cold=False)
    assert facts() != ()


def test_taking_a_fact_away_leaves_the_others() -> None:
    told = facts(said("cold"), said("cold", by=CLINICIAN), rash=False)
    assert told.without("cold") == facts(rash=False)
    assert told.without("fever") == told


def test_adding_statements_leaves_the_facts_themselves_as_they_were() -> None:
    before = facts(cold=True)
    after = before.adding([said("rash", False)])
    assert after == facts(cold=True, rash=False)
    assert before == facts(cold=True)


def test_plain_answers_are_said_by_one_speaker_on_one_day() -> None:
    told = Facts.answered({"cold": True, "rash": UNKNOWN}, on=YESTERDAY, speaker=CLINICIAN)
    assert told.statements == (
        Statement("cold", True, YESTERDAY, CLINICIAN),
        Statement("rash", UNKNOWN, YESTERDAY, CLINICIAN),
    )


@pytest.mark.parametrize(
    "statement",
    [
        said("cold"),
        said("cold", UNKNOWN),
        said("temperature", amount("37.5")),
        said("diagnosis", frozenset({"L64.9"})),
        said("birth_date", day("1990-02-01")),
        said("cold", since=YESTERDAY),
        said("cold", until=TOMORROW),
        said("cold", since=YESTERDAY, until=TOMORROW),
        said("cold", record="Condition/7"),
    ],
)
def test_a_key_says_all_that_a_lone_statement_can_decide(statement: Statement) -> None:
    again = of_key(statement.key)
    assert again.key is statement.key
    assert (again.fact, again.value, again.on) == (statement.fact, statement.value, statement.on)
    assert (again.since, again.until) == (statement.since, statement.until)
    assert bool(again.record) == bool(statement.record)


def test_a_key_does_not_tell_who_speaks() -> None:
    assert said("cold", by=CLINICIAN).key is said("cold", by=PATIENT).key
    assert said("cold", record="Condition/1").key is said("cold", record="Condition/2").key


def test_what_is_said_otherwise_has_another_key() -> None:
    others = [
        said("rash"),
        said("cold", False),
        said("cold", UNKNOWN),
        said("cold", on=YESTERDAY),
        said("cold", since=YESTERDAY),
        said("cold", until=TOMORROW),
        said("cold", record="Condition/7"),
    ]
    assert len({said("cold").key, *(other.key for other in others)}) == 8


def test_only_lone_statements_are_on_pages_and_the_rest_stands_whole() -> None:
    told = facts(said("cold"), said("cold", by=CLINICIAN), rash=False)
    rash = said("rash", False).key
    assert [page.keys for page in told.pages] == [(rash,)]
    assert told.said_of(["rash", "cold", "fever"]) == (rash, told.about("cold"), None)


def test_pages_hold_every_key_once_in_the_order_said() -> None:
    told = Facts(said(f"fact.{number}", False) for number in range(20))
    assert [len(page.keys) for page in told.pages] == [8, 8, 4]
    assert [key for page in told.pages for key in page.keys] == [each.key for each in told]


def test_equal_pages_are_one_object() -> None:
    assert facts(cold=True, rash=False).pages[0] is facts(cold=True, rash=False).pages[0]
    assert facts(cold=True, rash=False).pages[0] is not facts(cold=True, rash=True).pages[0]


def test_keys_and_pages_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_module, "_MOST_KEPT", 2)
    monkeypatch.setattr(facts_module, "_KEYS", {})
    monkeypatch.setattr(facts_module, "_PAGES", {})
    keys = [facts(said(f"fact.{number}")).pages[0].keys[0] for number in range(5)]
    assert [key.fact for key in keys] == [f"fact.{number}" for number in range(5)]
    assert len(facts_module._KEYS) <= 2
    assert len(facts_module._PAGES) <= 2
