"""Verdicts, endings, versions, and the finding of one rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.medicine.builders import (
    DAY,
    WORDS,
    day,
    happened_within,
    lasted_within,
    rule,
    ruleset,
    said,
    situation,
    until,
    version,
    yes,
)

from anagen.medicine.conditions import All, Not
from anagen.medicine.facts import UNKNOWN, Speaker
from anagen.medicine.rules import Finding, Override, Rule, State, Verdict, judge

CLINICIAN = Speaker.CLINICIAN


def finding(of: Rule, *statements: object, **answers: object) -> Finding:
    return judge(of, of.versions[0], situation(*statements, **answers))


# verdicts


def test_verdicts_stand_in_order_of_severity() -> None:
    words = ["clear", "caution", "incomplete", "defer", "refer", "exclude"]
    assert [verdict.word for verdict in sorted(Verdict)] == words
    assert [Verdict.of(word) for word in words] == sorted(Verdict)


def test_only_clear_and_caution_may_be_treated() -> None:
    assert [verdict.word for verdict in Verdict if verdict.treatable] == ["clear", "caution"]


# the state of a finding


def test_a_rule_is_matched_not_matched_or_unknown() -> None:
    cold = rule(yes("cold"), Verdict.REFER)
    answers = [finding(cold, cold=True), finding(cold, cold=False), finding(cold)]
    assert [(found.state, found.verdict) for found in answers] == [
        (State.MATCHED, Verdict.REFER),
        (State.NOT_MATCHED, Verdict.CLEAR),
        (State.UNKNOWN, Verdict.INCOMPLETE),
    ]


def test_an_unknown_answer_counts_as_matched_where_the_rule_says_so() -> None:
    wary = rule(yes("cold"), Verdict.DEFER, as_matched=True, until=until("the cold is over"))
    for answer in ({}, {"cold": UNKNOWN}):
        found = finding(wary, **answer)
        assert (found.state, found.verdict) == (State.UNKNOWN, Verdict.DEFER)
        assert (found.until, found.event) == (None, "the cold is over")
        assert found.missing == ("cold",)
    assert finding(wary, cold=False).verdict is Verdict.CLEAR


def test_a_finding_carries_words_sources_claims_and_what_would_change_it() -> None:
    found = finding(rule(All((yes("cold"), Not(yes("rash")), yes("cold")))), cold=True)
    assert (found.rule, found.title) == ("rule", "Rule rule")
    assert (found.reason, found.patient_reason, found.change) == ("It is so.", "You were told.", "Wait.")
    assert found.facts == ("cold", "rash")
    assert found.sources == ("label",)
    assert found.claims == ("C001",)
    assert found.missing == ("rash",)
    assert found.effective_from == day("2026-01-01")


def test_only_an_unknown_finding_misses_anything() -> None:
    cold = rule(yes("cold"))
    assert finding(cold, cold=True).missing == finding(cold, cold=False).missing == ()


# endings

OVER = rule(yes("cold"), Verdict.DEFER, until=until("the cold is over", of="cold", after="3 d"))
AFTER_VACCINATION = rule(
    happened_within("vaccination", "14 d"),
    Verdict.DEFER,
    until=until("two weeks have passed", of="vaccination", after="14 d"),
)


def test_a_deferral_ends_so_long_after_the_end_of_the_state() -> None:
    found = finding(OVER, said("cold", until=day("2026-11-26")))
    assert (found.until, found.event) == (day("2026-11-29"), "")


def test_a_deferral_ends_so_long_after_the_day_of_the_event() -> None:
    found = finding(AFTER_VACCINATION, said("vaccination", since=day("2026-11-15")))
    assert (found.until, found.event) == (day("2026-11-29"), "")


def test_where_nobody_knows_the_end_the_event_is_named_instead() -> None:
    for cold in (said("cold"), said("cold", since=day("2026-11-20"))):
        found = finding(OVER, cold)
        assert (found.until, found.event) == (None, "the cold is over")


def test_of_several_ends_the_latest_counts() -> None:
    two = (said("cold", until=day("2026-11-26")), said("cold", by=CLINICIAN, until=day("2026-11-24")))
    assert finding(OVER, *two).until == finding(OVER, *reversed(two)).until == day("2026-11-29")


def test_of_several_ends_an_unknown_one_leaves_the_end_open() -> None:
    two = (said("cold", until=day("2026-11-26")), said("cold", by=CLINICIAN))
    assert finding(OVER, *two).until is None
    assert finding(OVER, *two).event == "the cold is over"


def test_an_end_long_past_does_not_count_among_several() -> None:
    old = said("cold", until=day("2026-10-01"), record="Condition/1")
    assert finding(OVER, old, said("cold", until=day("2026-11-26"))).until == day("2026-11-29")


def test_an_end_counts_as_past_on_the_day_on_which_the_rest_is_over() -> None:
    long_memory = rule(
        lasted_within("cold", "1 mo"), Verdict.DEFER, until=until("it is over", of="cold", after="3 d")
    )
    assert finding(long_memory, said("cold", until=day("2026-11-19"))).until == day("2026-11-22")
    found = finding(long_memory, said("cold", until=day("2026-11-18")))
    assert (found.verdict, found.until, found.event) == (Verdict.DEFER, None, "it is over")


def test_who_says_no_has_no_end_to_name() -> None:
    two = (said("cold", False), said("cold", by=CLINICIAN, until=day("2026-11-26")))
    assert finding(OVER, *two).until == day("2026-11-29")


def test_an_ending_in_words_alone_has_no_day() -> None:
    pregnancy = rule(yes("pregnancy"), until=until("the pregnancy has ended"))
    found = finding(pregnancy, said("pregnancy", until=day("2027-01-01")))
    assert (found.until, found.event) == (None, "the pregnancy has ended")


def test_an_ending_may_hang_on_another_fact_than_the_condition() -> None:
    treated = rule(
        yes("cold"), Verdict.DEFER, until=until("the course is over", of="antibiotic", after="14 d")
    )
    found = finding(treated, said("antibiotic", until=day("2026-11-30")), cold=True)
    assert found.until == day("2026-12-14")
    assert finding(treated, cold=True).event == "the course is over"


def test_a_rule_that_is_not_matched_or_only_asks_has_no_end() -> None:
    assert finding(OVER, cold=False).event == ""
    assert finding(OVER).event == ""
    assert finding(rule(yes("cold"), Verdict.EXCLUDE), cold=True).event == ""


# versions


def test_a_version_stands_from_its_first_day_to_the_day_before_its_end() -> None:
    dated = version(yes("cold"), start=day("2026-03-01"), end=day("2026-04-01"))
    days = ["2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"]
    assert [dated.stands(day(text)) for text in days] == [False, True, True, False]
    assert version(yes("cold"), start=day("2026-03-01")).stands(day("2999-01-01"))


def test_the_version_of_the_day_judges() -> None:
    first = version(yes("cold"), Verdict.CAUTION, start=day("2026-03-01"), end=day("2026-05-01"))
    second = version(yes("cold"), Verdict.EXCLUDE, start=day("2026-06-01"), end=day("2026-08-01"))
    dated = Rule("dated", "Dated", "deferral", (first, second))
    standing = {
        text: dated.version(day(text))
        for text in ("1999-01-01", "2026-04-30", "2026-05-15", "2026-06-01", "2026-07-31", "2026-08-01")
    }
    assert standing == {
        "1999-01-01": first,  # before there was a rule, the first judges: a rule left out would clear
        "2026-04-30": first,
        "2026-05-15": None,  # the rule has ended, and has not been taken up again
        "2026-06-01": second,
        "2026-07-31": second,
        "2026-08-01": None,
    }


def test_a_rule_that_a_clinic_has_added_begins_on_its_day() -> None:
    own = replace(version(yes("cold"), start=day("2026-03-01")), changed={"by": "Dr Example"})
    added = Rule("clinic.cold", "A cold", "contraindication", (own,))
    assert added.version(day("2026-02-28")) is None
    assert added.version(day("2026-03-01")) is own


def test_only_rules_that_stand_are_asked() -> None:
    ended = rule(yes("cold"), id="ended", end=day("2026-02-01"))
    stands = rule(yes("cold"), id="stands")
    assert [found.id for found, _ in ruleset(ended, stands).standing(DAY)] == ["stands"]


def test_a_ruleset_gives_rules_by_id() -> None:
    rules = ruleset(rule(yes("cold"), id="one"), rule(yes("rash"), id="two"))
    assert rules["two"].id == "two"
    with pytest.raises(StopIteration):
        _ = rules["three"]


def test_two_rulesets_are_never_equal_though_they_say_the_same() -> None:
    assert ruleset(words=WORDS) != ruleset(words=WORDS)


def test_an_override_is_allowed_when_somebody_may() -> None:
    assert not Override().allowed
    assert Override(by=("prescriber",), reasons=("specialist_agreed",)).allowed


def test_an_ending_without_a_length_of_time_has_no_day() -> None:
    assert until("it is over", of="cold").day(situation(cold=True)) is None
    assert until("it is over", after="3 d").day(situation(cold=True)) is None
