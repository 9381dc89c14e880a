"""A ruleset made ready for one day: a decision costs what a patient has said, not what rules there are.

Most answers settle the rules that ask about them on their own: no epilepsy, and every rule on epilepsy is
settled. What one answer settles is found once, by asking the rules themselves with that answer alone, and is
kept as bits. Three-valued logic is monotone, so what one answer settles no other answer unsettles. A decision
then is the union of the bits of a patient's answers; rules that no single answer settles are judged in full,
once for each combination of what bears on them. The rules keep one meaning: :func:`anagen.medicine.rules.judge`.

One thing is not monotone: a question that does not apply counts as no until it is answered all the same. So
what a rule owes to that is kept apart, and holds only while nothing that the rule asks about is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, reduce
from operator import or_
from typing import Any, Final

from anagen.medicine.conditions import Situation
from anagen.medicine.facts import Facts, Key, of_key
from anagen.medicine.rules import Finding, Ruleset, RuleVersion, State, Verdict, judge
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import AGE, BIRTH_DATE, Vocabulary

_MOST_KEPT: Final = 50_000  # answers, or combinations of them, remembered for one day before starting afresh


class _Settled(dict[Key, int]):
    """For each answer what it settles, as the bits of :meth:`Day._bits`."""

    def __init__(self, bits: Callable[[Key], int]) -> None:
        super().__init__()
        self._bits = bits

    def __missing__(self, key: Key) -> int:
        if len(self) >= _MOST_KEPT:
            self.clear()
        bits = self[key] = self._bits(key)
        return bits


@dataclass(frozen=True, slots=True)
class _Union:
    """What all answers of a patient settle together: rules settled, fulfilled, to be judged in full; and the
    questions that are still open."""

    settled: int
    fulfilled: int
    to_judge: int
    open: int


class Day:
    """The rule versions that stand on one day, and what each answer settles among them."""

    def __init__(self, ruleset: Ruleset, on: date) -> None:
        self.on = on
        self.vocabulary = ruleset.vocabulary
        self.standing = ruleset.standing(on)
        self.asked = tuple(fact.id for fact in ruleset.vocabulary if fact.asked_in_intake)
        self._question = {fact: 1 << number for number, fact in enumerate(self.asked)}
        self._rules, self._questions = len(self.standing), len(self.asked)
        self._every_rule, self._every_question = (1 << self._rules) - 1, (1 << self._questions) - 1
        self._asking = self._by_fact(lambda version: _asked(version.when.facts()))
        self._bearing = tuple(
            tuple(sorted(_bearing(_judged_by(version), self.vocabulary))) for _, version in self.standing
        )
        self._touched = self._by_fact(lambda version: _bearing(version.when.facts(), self.vocabulary))
        self._gated = frozenset(fact.id for fact in self.vocabulary if fact.asked_when is not None)
        self._always_applying = Vocabulary(
            {fact.id: replace(fact, asked_when=None) for fact in self.vocabulary}, self.vocabulary.units
        )
        nothing = Situation(Facts(), on, self.vocabulary)
        self._unknown = [judge(rule, version, nothing) for rule, version in self.standing]
        self._not_matched = [self._as(number, State.NOT_MATCHED) for number in range(self._rules)]
        self._matched = [self._as(number, State.MATCHED) for number in range(self._rules)]
        self._dated = _bits_where(
            version.until is not None and version.until.of is not None for _, version in self.standing
        )
        self._of_verdict = [
            (verdict, _bits_where(version.verdict is verdict for _, version in self.standing))
            for verdict in sorted(Verdict, reverse=True)
        ]
        self._settled = _Settled(self._bits)
        self._judged: dict[tuple[Any, ...], Finding] = {}

    def verdict(self, facts: Facts) -> Verdict:
        """The worst verdict of rules and open questions, without a word of why."""
        union = self._union(facts)
        worst = next(
            (verdict for verdict, rules in self._of_verdict if union.fulfilled & rules), Verdict.CLEAR
        )
        for number in _numbers(union.to_judge):
            worst = max(worst, self._in_full(number, facts).verdict)
        for number in _numbers(self._every_rule & ~(union.settled | union.to_judge)):
            worst = max(worst, self._unknown[number].verdict)
        if worst < Verdict.INCOMPLETE and self._applying(union.open, facts):
            worst = Verdict.INCOMPLETE
        return worst

    def findings(self, facts: Facts) -> tuple[list[Finding], tuple[str, ...]]:
        """The finding of every rule, in the order of the rules, and the questions that are not answered."""
        union = self._union(facts)
        findings = self._not_matched.copy()
        for number in _numbers(union.fulfilled & ~self._dated):
            findings[number] = self._matched[number]
        for number in _numbers(self._every_rule & ~(union.settled | union.to_judge)):
            findings[number] = self._unknown[number]
        for number in _numbers(union.to_judge | union.fulfilled & self._dated):
            findings[number] = self._in_full(number, facts)
        return findings, self._applying(union.open, facts)

    def _union(self, facts: Facts) -> _Union:
        bits = reduce(or_, map(self._settled.__getitem__, facts.keys), 0)
        width, every = self._rules, self._every_rule
        settled, fulfilled, applying = bits & every, bits >> width & every, bits >> 2 * width & every
        not_applying, touched = bits >> 3 * width & every, bits >> 4 * width & every
        closed = bits >> 5 * width
        weighed = 0
        for fact in facts.several:  # their statements are weighed together, and may contradict one another
            weighed |= self._touched.get(fact, 0)
            closed |= self._question.get(fact, 0) if self._is_known(fact, facts) else 0
        settled = (settled | not_applying & ~applying) & ~weighed
        return _Union(
            settled, fulfilled & settled, (touched | weighed) & ~settled, self._every_question & ~closed
        )

    def _is_known(self, fact: str, facts: Facts) -> bool:
        return bool(Situation(facts, self.on, self.vocabulary).said(fact))

    def _in_full(self, number: int, facts: Facts) -> Finding:
        """One rule judged by everything that bears on it; the same for the same statements."""
        key = (number, *facts.said_of(self._bearing[number]))
        finding = self._judged.get(key)
        if finding is None:
            if len(self._judged) >= _MOST_KEPT:
                self._judged.clear()
            situation = Situation(facts, self.on, self.vocabulary)
            finding = self._judged[key] = judge(*self.standing[number], situation)
        return finding

    def _applying(self, questions: int, facts: Facts) -> tuple[str, ...]:
        """Those of some open questions that apply to this patient, or may."""
        if not questions:
            return ()
        situation = Situation(facts, self.on, self.vocabulary)
        asked = (self.asked[number] for number in _numbers(questions))
        return tuple(fact for fact in asked if situation.applies(fact) is not Truth.NO)

    # made ready once

    def _bits(self, key: Key) -> int:
        """What one answer alone does, in rows of a bit a rule: those it settles, those it fulfils, those whose
        questions it makes apply by being there, those it settles by making their questions not apply, those
        it bears on at all. Above them a row of a bit a question: those that it answers, or makes not apply."""
        statement = of_key(key)
        alone = Facts((statement,))
        asking = self._asking.get(statement.fact, 0)
        touched = self._touched.get(statement.fact, 0)
        situation = Situation(alone, self.on, self._always_applying)
        truths = {number: self._truth(number, situation) for number in _numbers(asking)}
        settled = sum(1 << number for number, truth in truths.items() if truth is not Truth.UNKNOWN)
        fulfilled = sum(1 << number for number, truth in truths.items() if truth is Truth.YES)
        closed = self._question.get(statement.fact, 0) if situation.said(statement.fact) else 0
        for fact in self.vocabulary:
            if fact.asked_when is not None and fact.asked_when.truth(situation) is Truth.NO:
                closed |= self._question.get(fact.id, 0)
        situation = Situation(alone, self.on, self.vocabulary)
        not_applying = sum(
            1 << number
            for number in _numbers(touched & ~asking)
            if self._truth(number, situation) is Truth.NO
        )
        applying = touched if statement.fact in self._gated else asking
        rows = (settled, fulfilled, applying, not_applying, touched, closed)
        return sum(row << self._rules * number for number, row in enumerate(rows))

    def _truth(self, number: int, situation: Situation) -> Truth:
        return self.standing[number][1].when.truth(situation)

    def _as(self, number: int, state: State) -> Finding:
        """The finding of a rule that is settled, where it depends on no day."""
        version = self.standing[number][1]
        matched = state is State.MATCHED
        forbids = matched and version.until is not None and version.verdict >= Verdict.DEFER
        return replace(
            self._unknown[number],
            state=state,
            verdict=version.verdict if matched else Verdict.CLEAR,
            event=version.until.event if forbids and version.until is not None else "",
            missing=(),
        )

    def _by_fact(self, facts_of: Callable[[RuleVersion], Iterable[str]]) -> dict[str, int]:
        rules: dict[str, int] = {}
        for number, (_, version) in enumerate(self.standing):
            for fact in facts_of(version):
                rules[fact] = rules.get(fact, 0) | 1 << number
        return rules


@lru_cache(maxsize=16)
def day(ruleset: Ruleset, on: date) -> Day:
    """The ruleset made ready for a day; kept for the days that are asked about."""
    return Day(ruleset, on)


def _numbers(bits: int) -> Iterator[int]:
    """The positions of the bits that are set, from the lowest."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _bits_where(holds: Iterable[bool]) -> int:
    return sum(1 << number for number, is_so in enumerate(holds) if is_so)


def _asked(facts: Iterable[str]) -> frozenset[str]:
    """The facts that are asked for; for the age that is the birth date."""
    return frozenset(BIRTH_DATE if fact == AGE else fact for fact in facts)


def _judged_by(version: RuleVersion) -> Iterator[str]:
    """The facts of its condition, and the one whose end its finding is dated by."""
    yield from version.when.facts()
    if version.until is not None and version.until.of is not None:
        yield version.until.of


def _bearing(facts: Iterable[str], vocabulary: Vocabulary) -> frozenset[str]:
    """The facts asked for and those that decide whether they are asked."""
    bearing: set[str] = set()
    waiting = set(_asked(facts))
    while waiting:
        fact = waiting.pop()
        bearing.add(fact)
        asked_when = vocabulary[fact].asked_when
        if asked_when is not None:
            waiting |= _asked(asked_when.facts()) - bearing
    return frozenset(bearing)
