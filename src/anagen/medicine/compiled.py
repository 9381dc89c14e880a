"""A ruleset made ready for one day: a decision costs what a patient has said, not what rules there are.

Most answers settle the rules that ask about them on their own: no epilepsy, and every rule on epilepsy is
settled. What one answer settles is found once, by asking the rules themselves with that answer alone, and is
kept as bits. Three-valued logic is monotone, so what one answer settles no other answer unsettles. A decision
then is the union of the bits of a patient's answers; only rules that no single answer settles are judged one
by one. The rules keep a single meaning: :func:`anagen.medicine.rules.judge`.

One thing is not monotone: a question that does not apply counts as no until it is answered all the same. So
what a rule owes to that is kept apart, and holds only while nothing that the rule asks about is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache, reduce
from operator import or_
from typing import Final

from anagen.medicine.conditions import Situation
from anagen.medicine.facts import Facts, Key, of_key
from anagen.medicine.rules import Finding, Rule, Ruleset, RuleVersion, State, Verdict, judge
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import AGE, BIRTH_DATE, Vocabulary

_MOST_KEPT: Final = 50_000  # answers remembered for one day, before starting afresh


class _Settled(dict[Key, int]):
    """For each answer what it settles, as the bits of :meth:`Day.bits`."""

    def __init__(self, day: Day) -> None:
        super().__init__()
        self._day = day

    def __missing__(self, key: Key) -> int:
        if len(self) >= _MOST_KEPT:
            self.clear()
        bits = self[key] = self._day.bits(key)
        return bits


class Day:
    """The rule versions that stand on one day, and what each answer settles among them."""

    def __init__(self, ruleset: Ruleset, on: date) -> None:
        self.on = on
        self.vocabulary = ruleset.vocabulary
        self.standing = ruleset.standing(on)
        self._count = len(self.standing)
        self._every = (1 << self._count) - 1
        self._asking = _rules_by_fact(self.standing, lambda version: _asked(version.when.facts()))
        self._touched = _rules_by_fact(
            self.standing, lambda version: _bearing(version.when.facts(), self.vocabulary)
        )
        self._always_applying = _always_applying(self.vocabulary)
        nothing = Situation(Facts(), on, self.vocabulary)
        self._unknown = [judge(rule, version, nothing) for rule, version in self.standing]
        self._not_matched = [self._as(number, State.NOT_MATCHED) for number in range(self._count)]
        self._matched = [self._as(number, State.MATCHED) for number in range(self._count)]
        self._dated = sum(
            1 << number
            for number, (_, version) in enumerate(self.standing)
            if version.until is not None and version.until.of is not None
        )
        self._of_verdict = [
            (verdict, sum(1 << number for number in range(self._count) if self._verdict(number) is verdict))
            for verdict in sorted(Verdict, reverse=True)
        ]
        self._settled = _Settled(self)

    def _verdict(self, number: int) -> Verdict:
        return self.standing[number][1].verdict

    def _as(self, number: int, state: State) -> Finding:
        """The finding of a rule that is settled, where it depends on no day."""
        rule, version = self.standing[number]
        unknown = self._unknown[number]
        matched = state is State.MATCHED
        ending = version.until if matched and version.verdict >= Verdict.DEFER else None
        return Finding(
            rule=rule.id,
            title=rule.title,
            state=state,
            verdict=version.verdict if matched else Verdict.CLEAR,
            reason=unknown.reason,
            patient_reason=unknown.patient_reason,
            facts=unknown.facts,
            sources=unknown.sources,
            claims=unknown.claims,
            event=ending.event if ending is not None else "",
            change=unknown.change,
            effective_from=unknown.effective_from,
        )

    def bits(self, key: Key) -> int:
        """Five rows of bits, a bit a rule: those this answer alone settles, those it fulfils, those that ask
        about it, those it settles by making their questions not apply, and those it bears on at all."""
        statement = of_key(key)
        alone = Facts((statement,))
        asking = self._asking.get(statement.fact, 0)
        touched = self._touched.get(statement.fact, 0)
        situation = Situation(alone, self.on, self._always_applying)
        settled = fulfilled = 0
        for number in _numbers(asking):
            truth = self._truth(number, situation)
            settled |= (truth is not Truth.UNKNOWN) << number
            fulfilled |= (truth is Truth.YES) << number
        situation = Situation(alone, self.on, self.vocabulary)
        not_applying = sum(
            1 << number
            for number in _numbers(touched & ~asking)
            if self._truth(number, situation) is Truth.NO
        )
        return self._rows(settled, fulfilled, asking, not_applying, touched)

    def _truth(self, number: int, situation: Situation) -> Truth:
        return self.standing[number][1].when.truth(situation)

    def _rows(self, *rows: int) -> int:
        return sum(row << self._count * number for number, row in enumerate(rows))

    def _union(self, facts: Facts) -> tuple[int, int, int]:
        """Rules that these facts settle one by one, those they fulfil, and those to be judged in full."""
        bits = reduce(or_, map(self._settled.__getitem__, facts.keys), 0)
        count, every = self._count, self._every
        settled, fulfilled, asking = bits & every, bits >> count & every, bits >> 2 * count & every
        not_applying, touched = bits >> 3 * count & every, bits >> 4 * count
        weighed = 0
        for fact in facts.several:  # their statements are weighed together, and may contradict one another
            weighed |= self._touched.get(fact, 0)
        settled = (settled | not_applying & ~asking) & ~weighed
        return settled, fulfilled & settled, (touched | weighed) & ~settled

    def verdict(self, facts: Facts) -> Verdict:
        """The worst verdict of the rules alone, without a word of why."""
        settled, fulfilled, to_judge = self._union(facts)
        worst = next((verdict for verdict, rules in self._of_verdict if fulfilled & rules), Verdict.CLEAR)
        for number in _numbers(self._every & ~settled & ~to_judge):
            worst = max(worst, self._unknown[number].verdict)
        if to_judge:
            situation = Situation(facts, self.on, self.vocabulary)
            for number in _numbers(to_judge):
                worst = max(worst, judge(*self.standing[number], situation).verdict)
        return worst

    def findings(self, facts: Facts) -> list[Finding]:
        """The finding of every rule, in the order of the rules."""
        settled, fulfilled, to_judge = self._union(facts)
        to_judge |= fulfilled & self._dated
        findings = self._not_matched.copy()
        for number in _numbers(fulfilled & ~self._dated):
            findings[number] = self._matched[number]
        for number in _numbers(self._every & ~settled & ~to_judge):
            findings[number] = self._unknown[number]
        if to_judge:
            situation = Situation(facts, self.on, self.vocabulary)
            for number in _numbers(to_judge):
                findings[number] = judge(*self.standing[number], situation)
        return findings


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


def _rules_by_fact(
    standing: tuple[tuple[Rule, RuleVersion], ...], facts_of: Callable[[RuleVersion], Iterable[str]]
) -> dict[str, int]:
    rules: dict[str, int] = {}
    for number, (_, version) in enumerate(standing):
        for fact in facts_of(version):
            rules[fact] = rules.get(fact, 0) | 1 << number
    return rules


def _asked(facts: Iterable[str]) -> frozenset[str]:
    """The facts that are asked for; for the age that is the birth date."""
    return frozenset(BIRTH_DATE if fact == AGE else fact for fact in facts)


def _always_applying(vocabulary: Vocabulary) -> Vocabulary:
    return Vocabulary({fact.id: replace(fact, asked_when=None) for fact in vocabulary}, vocabulary.units)


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
