"""The shipped rules in the language of zen-engine, and patients in its context: the peer of ``decision.py``.

What zen is spared, so that the comparison is kind to it:

- it gets only the facts that some rule asks about, under short names, all in one flat object;
- what needs a calendar or a vocabulary is worked out beforehand and not counted: which answers are still fresh,
  whether a state holds on the day, the last day of an event as a number, the completed years of age, the
  hierarchy above a code, the first day that still counts as “within 6 months”;
- it returns the names of rules, not their reasons, sources and dates, and does not look for open questions.

Unknown is encoded as a missing key. A condition is written twice, once as “it holds” and once as “it does not
hold”, both in two-valued logic (:func:`holds`, :func:`holds_not`); neither means unknown. That is Kleene's logic
exactly: yes(A and B) = yes A and yes B, no(A and B) = no A or no B, yes(not A) = no A.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

import zen

from anagen.medicine import compiled
from anagen.medicine.codes import ancestors
from anagen.medicine.conditions import (
    All,
    AnyOf,
    Compares,
    Comparison,
    Condition,
    Is,
    Not,
    Situation,
    Under,
    Within,
)
from anagen.medicine.dates import Duration, add, age_in_years
from anagen.medicine.facts import Facts
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Rule, Ruleset, RuleVersion, State, Verdict
from anagen.medicine.screening import screen
from anagen.medicine.vocabulary import AGE, BIRTH_DATE, Vocabulary

_SIGNS: Final = {
    Comparison.AT_LEAST: (">=", "<"),
    Comparison.ABOVE: (">", "<="),
    Comparison.AT_MOST: ("<=", ">"),
    Comparison.BELOW: ("<", ">="),
}
_NEVER: Final = 0  # “last” of what never was
_STILL: Final = 9_999_999  # “last” of what goes on

Context = dict[str, Any]


class Language:
    """Conditions of one vocabulary on one day, as expressions."""

    def __init__(self, vocabulary: Vocabulary, on: date) -> None:
        self.vocabulary = vocabulary
        self.on = on

    def holds(self, condition: Condition) -> str:
        """When the condition is YES."""
        match condition:
            case All(parts):
                return _joined("and", map(self.holds, parts))
            case AnyOf(parts):
                return _joined("or", map(self.holds, parts))
            case Not(part):
                return self.holds_not(part)
            case Is(fact, values):
                return _is(name(fact), values)
            case Within(fact, duration):
                return f"{last(fact)} != null and {last(fact)} >= {_first_within(self.on, duration)}"
            case Compares(fact, comparison, limit):
                return f"{name(fact)} != null and {name(fact)} {_SIGNS[comparison][0]} {limit.value}"
            case Under(fact):
                return f"{name(fact)} != null and some({name(fact)}, # in {_entries(condition)})"
        raise TypeError(condition)

    def holds_not(self, condition: Condition) -> str:
        """When the condition is NO: known not to hold, or its question does not apply and is not answered."""
        match condition:
            case All(parts):
                return _joined("or", map(self.holds_not, parts))
            case AnyOf(parts):
                return _joined("and", map(self.holds_not, parts))
            case Not(part):
                return self.holds(part)
            case Is(fact, values):
                known, no = name(fact), f"not ({_is(name(fact), values)})"
            case Within(fact, duration):
                known, no = last(fact), f"{last(fact)} < {_first_within(self.on, duration)}"
            case Compares(fact, comparison, limit):
                known, no = name(fact), f"{name(fact)} {_SIGNS[comparison][1]} {limit.value}"
            case Under(fact):
                known, no = name(fact), f"none({name(fact)}, # in {_entries(condition)})"
            case _:
                raise TypeError(condition)
        definition = None if fact == AGE else self.vocabulary[fact]
        if definition is None or definition.asked_when is None:
            return f"{known} != null and {no}"
        # what says nothing (an event whose day nobody knows) is not silence: it is marked by “said”
        idle = f"{said(fact)} == null and ({self.holds_not(definition.asked_when)})"
        return f"({known} != null and {no}) or ({idle})"


def name(fact: str) -> str:
    return fact.replace(".", "_").replace("-", "_")


def last(fact: str) -> str:
    return f"{name(fact)}__last"


def said(fact: str) -> str:
    return f"{name(fact)}__said"


def _joined(word: str, parts: Iterable[str]) -> str:
    return f" {word} ".join(f"({part})" for part in parts)


def _is(known: str, values: Iterable[bool | str]) -> str:
    return _joined("or", (f"{known} == {json.dumps(value)}" for value in sorted(values, key=str)))


def _entries(condition: Under) -> str:
    return json.dumps(sorted(condition._entries))


def _first_within(on: date, duration: Duration) -> int:
    """The earliest last day that is still within: adding a duration keeps the order of days."""
    day = on
    while on < add(day, duration):
        day -= timedelta(days=1)
    return day.toordinal() + 1


def leaves(condition: Condition) -> Iterable[Condition]:
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


def context(facts: Facts, ruleset: Ruleset, on: date) -> Context:
    """What zen is told of a patient. Only lone direct answers can be told: no records, no two speakers."""
    words = ruleset.vocabulary
    situation = Situation(facts, on, words)
    told: Context = {}
    for _, version in ruleset.standing(on):
        for leaf in _all_leaves(version.when, words):
            _tell(told, leaf, situation, on)
    return told


def _all_leaves(condition: Condition, words: Vocabulary) -> Iterable[Condition]:
    """Its leaves, and those of the conditions on which their questions are asked."""
    for leaf in leaves(condition):
        yield leaf
        fact = next(iter(leaf.facts()))
        asked_when = None if fact == AGE else words[fact].asked_when
        if asked_when is not None:
            yield from _all_leaves(asked_when, words)


def _tell(told: Context, leaf: Condition, situation: Situation, on: date) -> None:
    fact = next(iter(leaf.facts()))
    statements = situation.said(BIRTH_DATE if fact == AGE else fact)
    if not statements:
        return
    (statement,) = statements
    if statement.record:
        raise ValueError(f"{fact} is of a record")
    value = statement.value
    if fact != AGE and situation.vocabulary[fact].asked_when is not None:
        told[said(fact)] = True
    match leaf:
        case Within(_, _, is_event):
            if value is not True or not statement.has_begun(on):
                told[last(fact)] = _NEVER
            elif is_event:
                if statement.since is not None:
                    told[last(fact)] = statement.since.toordinal()
            else:
                told[last(fact)] = _STILL if statement.until is None else statement.until.toordinal()
        case Compares() if fact == AGE:
            assert isinstance(value, date)
            if value <= on:
                told[name(AGE)] = age_in_years(value, on)
        case Compares():
            assert isinstance(value, Quantity)
            told[name(fact)] = float(value.value)
        case Under(_, system):
            assert isinstance(value, frozenset)
            told[name(fact)] = sorted({above for code in value for above in ancestors(system, code)})
        case _:
            told[name(fact)] = statement.holds(on) if isinstance(value, bool) else value


# decisions


def graph(node: Mapping[str, Any]) -> str:
    """A decision of one node between input and output."""
    place = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", **place},
        {"id": "it", "name": "it", **place, **node},
        {"id": "out", "type": "outputNode", "name": "out", **place},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "it"},
        {"id": "2", "type": "edge", "sourceId": "it", "targetId": "out"},
    ]
    return json.dumps({"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges})


def table(rows: Iterable[tuple[str, str]], hit: str) -> str:
    """A decision table of one column: condition → value. ``hit`` is ``first`` or ``collect``."""
    return graph(
        {
            "type": "decisionTableNode",
            "content": {
                "hitPolicy": hit,
                "inputs": [{"id": "c", "name": "condition", "type": "expression"}],
                "outputs": [{"id": "o", "name": "found", "field": "found", "type": "expression"}],
                "rules": [
                    {"_id": str(number), "c": condition, "o": json.dumps(value)}
                    for number, (condition, value) in enumerate(rows)
                ],
            },
        }
    )


Standing = Iterable[tuple[Rule, RuleVersion]]


def findings_table(standing: Standing, language: Language) -> str:
    """Every rule that is matched (by its id) and every rule that is unknown (by its id and a question mark)."""
    rows = []
    for rule, version in standing:
        yes, no = language.holds(version.when), language.holds_not(version.when)
        rows += [(yes, rule.id), (f"not (({yes}) or ({no}))", f"{rule.id}?")]
    return table(rows, "collect")


def matched_table(standing: Standing, language: Language) -> str:
    """Every rule that is matched, by its id; unknown and not matched are not told apart."""
    return table([(language.holds(version.when), rule.id) for rule, version in standing], "collect")


def verdict_table(standing: Standing, language: Language) -> str:
    """The worst verdict: the rows go from the worst to the mildest, and the first that holds decides."""
    rows: list[tuple[Verdict, str]] = []
    for _, version in standing:
        yes, no = language.holds(version.when), language.holds_not(version.when)
        rows.append((version.verdict, yes))
        if_unknown = version.verdict if version.unknown_counts_as_matched else Verdict.INCOMPLETE
        rows.append((if_unknown, f"not (({yes}) or ({no}))"))
    rows.sort(key=lambda row: -row[0])
    return table([(condition, verdict.word) for verdict, condition in rows], "first")


class Peers:
    """The same ruleset on the same day in every way of asking zen that is worth its while.

    ``verdict_table`` and ``findings_table`` are decision tables, as zen is meant to be used; ``verdict_formula`` and
    ``findings_formula`` are one compiled expression each, the fastest way found: every rule is a place in a list.
    The tables are loaded by an engine with a static loader, which compiles them once and is twice as fast as
    ``create_decision``.
    """

    def __init__(self, ruleset: Ruleset, on: date) -> None:
        self._ruleset = ruleset
        self._on = on
        self._rules = [rule.id for rule, _ in ruleset.standing(on)]
        standing, language = ruleset.standing(on), Language(ruleset.vocabulary, on)
        content = {
            "findings": json.loads(findings_table(standing, language)),
            "matched": json.loads(matched_table(standing, language)),
            "verdict": json.loads(verdict_table(standing, language)),
        }
        self._engine = zen.ZenEngine({"loader": {"type": "static", "content": content}})
        worst, states = [], []
        for _, version in standing:
            yes, no = language.holds(version.when), language.holds_not(version.when)
            if_unknown = version.verdict if version.unknown_counts_as_matched else Verdict.INCOMPLETE
            worst.append(f"({yes}) ? {version.verdict:d} : ({no}) ? 0 : {if_unknown:d}")
            states.append(f"({yes}) ? 2 : ({no}) ? 0 : 1")
        self._worst = zen.compile_expression(f"max([{', '.join(worst)}])")
        self._states = zen.compile_expression(f"[{', '.join(states)}]")

    def verdict_table(self, told: Context) -> Any:
        return self._engine.evaluate("verdict", told)["result"]

    def findings_table(self, told: Context) -> Any:
        return self._engine.evaluate("findings", told)["result"]

    def matched_table(self, told: Context) -> Any:
        return self._engine.evaluate("matched", told)["result"]

    def verdict_formula(self, told: Context) -> Any:
        return self._worst.evaluate(told)

    def findings_formula(self, told: Context) -> Any:
        return self._states.evaluate(told)

    def differences(self, facts: Facts) -> list[str]:
        """Where any of its answers is not that of Anagen for the same patient; empty when all agree."""
        ready = compiled.day(self._ruleset, self._on)
        findings, unanswered = ready.findings(facts)
        screened = screen(facts, ruleset=self._ruleset, on=self._on)
        told = context(facts, self._ruleset, self._on)
        by_rules = max(finding.verdict for finding in findings)
        noted = {
            finding.rule + ("" if finding.state is State.MATCHED else "?")
            for finding in findings
            if finding.state is not State.NOT_MATCHED
        }
        matched = {rule for rule in noted if not rule.endswith("?")}
        scale = {State.NOT_MATCHED: 0, State.UNKNOWN: 1, State.MATCHED: 2}
        pairs = {
            "verdict alone": (
                ready.verdict(facts),
                max(by_rules, Verdict.INCOMPLETE if unanswered else Verdict.CLEAR),
            ),
            "verdict of the screening": (screened.verdict, ready.verdict(facts)),
            "verdict table": (Verdict.of(self.verdict_table(told).get("found", "clear")), by_rules),
            "verdict formula": (Verdict(int(self.verdict_formula(told))), by_rules),
            "findings table": ({row["found"] for row in self.findings_table(told)}, noted),
            "matched table": ({row["found"] for row in self.matched_table(told)}, matched),
            "findings formula": (
                list(map(int, self.findings_formula(told))),
                [scale[finding.state] for finding in findings],
            ),
        }
        return [f"{name}: {theirs} and {ours}" for name, (theirs, ours) in pairs.items() if theirs != ours]
