"""Columns answer as screening does, for every ruleset and every patient that Hypothesis can think of."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.medicine.builders import DAY
from tests.property.strategies import patients, rulesets

from anagen.exchange import columns
from anagen.medicine.facts import Facts
from anagen.medicine.rules import Ruleset
from anagen.medicine.screening import screen


@settings(max_examples=40)
@given(rulesets(), st.lists(patients(), min_size=1, max_size=6))
def test_a_population_is_judged_as_its_patients_are(rules: Ruleset, several: list[Facts]) -> None:
    several += [several[0].without(fact) for fact in sorted(several[0].known())]
    made = columns.encode(several, rules, on=DAY)
    screened = [screen(told, ruleset=rules, on=DAY) for told in several]
    assert columns.verdicts(made, rules).tolist() == [each.verdict for each in screened]
    for each, _ in rules.standing(DAY):
        found = [columns.STATES[state] for state in columns.touched(made, rules, each.id).tolist()]
        assert found == [next(its.state for its in all_.findings if its.rule == each.id) for all_ in screened]


@settings(max_examples=30)
@given(rulesets(), rulesets(), st.lists(patients(), min_size=1, max_size=6))
def test_whom_a_change_touches_is_known_before_it_is_made(
    before: Ruleset, other: Ruleset, several: list[Facts]
) -> None:
    after = replace(other, rules=(*before.rules[1:], *other.rules[:1]))
    made = columns.encode(several, before, after, on=DAY)
    old, new = ([screen(told, ruleset=rules, on=DAY) for told in several] for rules in (before, after))
    verdicts = [place for place in range(len(several)) if old[place].verdict is not new[place].verdict]
    assert columns.compare(before, after, made).tolist() == verdicts
    differing = {
        place
        for place in range(len(several))
        if (old[place].reasons, old[place].not_before) != (new[place].reasons, new[place].not_before)
    }
    assert differing <= set(columns.may_differ(before, after, made).tolist())
