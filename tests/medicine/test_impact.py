"""A change of the rules and one patient: who is affected, how, and by which rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.medicine.builders import (
    DAY,
    day,
    definition,
    facts,
    rule,
    ruleset,
    said,
    until,
    version,
    vocabulary,
    yes,
)

from anagen.medicine.impact import BeforeAndAfter, Turn, differing
from anagen.medicine.rules import Override, Rule, Ruleset, Verdict
from anagen.medicine.screening import Unmapped

FEW = vocabulary(*(definition(fact, ends=True) for fact in ("cold", "rash", "wound")))
COLD = rule(yes("cold"), Verdict.REFER, id="cold", override=Override(("prescriber",), ("agreed",)))
RASH = rule(yes("rash"), Verdict.CAUTION, id="rash")
BEFORE = ruleset(COLD, RASH, words=FEW)
NOTHING = {"cold": False, "rash": False, "wound": False}


def now(*rules: Rule, words: object = FEW) -> Ruleset:
    return ruleset(*rules, words=words)  # type: ignore[arg-type]


def turn(
    after: Ruleset, *, aside: tuple[str, ...] = (), before: Ruleset = BEFORE, **answers: object
) -> Turn | None:
    return BeforeAndAfter(before, after, DAY).turn(facts(**{**NOTHING, **answers}), set_aside=aside)


STRICTER = now(rule(yes("cold"), Verdict.EXCLUDE, id="cold"), RASH)


def test_who_says_nothing_of_it_is_not_affected() -> None:
    assert turn(STRICTER, rash=True) is None


def test_who_is_affected_is_told_which_rule_makes_it_so() -> None:
    found = turn(STRICTER, cold=True)
    assert found is not None
    assert (found.before.verdict, found.after.verdict) == (Verdict.REFER, Verdict.EXCLUDE)
    assert [why.rule for why in found.why] == ["cold"]
    assert (found.verdict, found.not_before, found.windows) == (True, False, False)


def test_a_rule_that_is_new_and_one_that_is_gone() -> None:
    added = turn(now(COLD, RASH, rule(yes("wound"), Verdict.DEFER, id="wound", until=until())), wound=True)
    assert added is not None
    assert added.why[0].before is None
    assert added.not_before
    assert added.windows
    gone = turn(now(COLD), rash=True)
    assert gone is not None
    assert (gone.why[0].after, gone.after.verdict) == (None, Verdict.CLEAR)


def test_a_worse_finding_hides_a_change_of_a_lighter_one() -> None:
    assert (
        turn(now(COLD, rule(yes("rash"), Verdict.CAUTION, id="rash"), words=FEW), cold=True, rash=True)
        is None
    )
    graver = now(COLD, rule(yes("rash"), Verdict.REFER, id="rash"))
    assert turn(graver, cold=True, rash=True) is None


def test_other_days_are_closed_under_the_same_verdict() -> None:
    first, second = (
        now(rule(yes("wound"), Verdict.EXCLUDE, id="wound", until=until(of="wound", after=after)))
        for after in ("7 d", "30 d")
    )
    healed = facts(said("wound", until=DAY))
    found = BeforeAndAfter(first, second, DAY).turn(facts(said("wound", until=day("2026-12-01"))))
    assert found is not None
    assert (found.verdict, found.not_before, found.windows) == (False, False, True)
    assert BeforeAndAfter(first, first, DAY).turn(healed) is None


def test_a_finding_of_a_changed_rule_is_no_longer_set_aside() -> None:
    assert turn(BEFORE, cold=True, aside=("cold",)) is None
    found = turn(STRICTER, cold=True, aside=("cold",))
    assert found is not None
    assert (found.before.verdict, found.after.verdict) == (Verdict.CAUTION, Verdict.EXCLUDE)
    nobody = replace(COLD, versions=(replace(COLD.versions[0], override=Override()),))
    lost = turn(now(nobody, RASH), cold=True, aside=("cold",))
    assert lost is not None
    assert (lost.before.verdict, lost.after.verdict) == (Verdict.CAUTION, Verdict.REFER)


def test_other_words_turn_nothing() -> None:
    worded = replace(COLD, title="A cold", versions=(replace(COLD.versions[0], clinician="Other words."),))
    compared = BeforeAndAfter(BEFORE, now(worded, RASH), DAY)
    assert compared.idle
    assert compared.reads == frozenset()
    assert not compared.may_turn(facts(cold=True))


def test_what_decides_is_all_that_has_to_be_read() -> None:
    compared = BeforeAndAfter(BEFORE, STRICTER, DAY)
    assert not compared.idle
    assert compared.reads == {"cold"}
    assert compared.may_turn(facts(cold=True))
    assert not compared.may_turn(facts(cold=False))


def test_other_questions_are_asked_of_everybody() -> None:
    more = vocabulary(*FEW.facts.values(), definition("itch"))
    compared = BeforeAndAfter(BEFORE, now(COLD, RASH, words=more), DAY)
    assert compared.reads is None
    assert not compared.idle
    found = compared.turn(facts(**NOTHING))
    assert found is not None
    assert (found.before.verdict, found.after.verdict, found.why[0].before) == (
        Verdict.CLEAR,
        Verdict.INCOMPLETE,
        None,
    )


def test_rules_without_a_fact_judge_without_it() -> None:
    more = vocabulary(*FEW.facts.values(), definition("itch"))
    compared = BeforeAndAfter(BEFORE, now(COLD, RASH, words=more), DAY)
    assert compared.turn(facts(**NOTHING, itch=False)) is None


def test_what_nobody_understood_stays_so() -> None:
    unread = Unmapped("record 1", "words", "no code")
    found = BeforeAndAfter(BEFORE, STRICTER, DAY).turn(facts(**{**NOTHING, "cold": True}), unmapped=[unread])
    assert found is not None
    assert found.before.unmapped == found.after.unmapped == (unread,)


# the rules of a day


CHANGES = replace(
    COLD,
    versions=(
        version(yes("cold"), Verdict.REFER, start=day("2026-01-01"), end=day("2026-06-01")),
        version(yes("cold"), Verdict.EXCLUDE, start=day("2026-06-01"), end=day("2027-01-01")),
    ),
)


@pytest.mark.parametrize(
    ("as_on", "verdict"),
    [("2025-12-31", Verdict.REFER), ("2026-05-31", Verdict.REFER), ("2026-06-01", Verdict.EXCLUDE)],
)
def test_a_patient_of_any_day_is_judged_by_the_rules_of_one(as_on: str, verdict: Verdict) -> None:
    standing = now(CHANGES).as_on(day(as_on))
    for asked in ("2020-01-01", "2026-03-01", "2030-01-01"):
        found = standing["cold"].version(day(asked))
        assert found is not None
        assert found.verdict is verdict


def test_a_rule_that_has_ended_by_that_day_is_gone() -> None:
    assert now(CHANGES).as_on(day("2027-01-01")).rules == ()


def test_the_days_ahead_on_which_rules_turn() -> None:
    assert now(CHANGES).turns(day("2026-03-01")) == (day("2026-03-01"), day("2026-06-01"), day("2027-01-01"))
    assert now(CHANGES, RASH).turns(day("2028-01-01")) == (date(2028, 1, 1),)


def test_versions_are_compared_as_they_stand_on_the_day() -> None:
    later = now(CHANGES)
    assert differing(later, now(CHANGES), DAY) == frozenset()
    assert differing(BEFORE, now(CHANGES, RASH), day("2026-07-01")) == {"cold"}
    assert differing(now(), BEFORE, DAY) == {"cold", "rash"}
    assert differing(BEFORE, now(), DAY) == {"cold", "rash"}
