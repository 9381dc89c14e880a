"""A ruleset made ready for one day: a decision costs what a patient has said, not what rules there are.

Most rules ask about one thing: no epilepsy, and every rule on epilepsy is settled. What one answer settles is found
once, by asking the rules themselves with that answer alone, and is kept as bits. A decision then is the union of
the bits of a patient's answers. Rules that hang on several facts, and questions that apply to some patients only,
follow from how a few comparisons turned out, which are bits of that union too (:mod:`anagen.medicine.together`).
What several speakers say of one fact is weighed by the rules in full. The rules keep one meaning:
:func:`anagen.medicine.rules.judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache, reduce
from itertools import compress, count
from operator import or_
from typing import Any, Final, NamedTuple

from anagen.medicine import kept
from anagen.medicine.conditions import Condition, Situation
from anagen.medicine.dates import age_in_years
from anagen.medicine.facts import Facts, Key, Page, of_key
from anagen.medicine.kept import Kept
from anagen.medicine.rules import Finding, Ruleset, RuleVersion, State, Verdict, judge
from anagen.medicine.together import Together
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import AGE, BIRTH_DATE, Vocabulary

# looking a member up in its enumeration takes longer than comparing it
_CLEAR: Final = Verdict.CLEAR
_INCOMPLETE: Final = Verdict.INCOMPLETE


class _Union(NamedTuple):
    """What all answers of a patient settle together: the rules fulfilled, unknown, and to be judged in full for
    even their truth; the questions that are still open; and how the comparisons of :class:`Together` turned out."""

    fulfilled: int
    unknown: int
    to_judge: int
    open: int
    judged: int


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
        self._bearing = tuple(
            tuple(sorted(bearing_on(_judged_by(version), self.vocabulary))) for _, version in self.standing
        )
        self._touched = self._by_fact(lambda version: bearing_on(version.when.facts(), self.vocabulary))
        touching = [bearing_on(version.when.facts(), self.vocabulary) for _, version in self.standing]
        joint = {
            1 << number: self.standing[number][1].when
            for number, facts in enumerate(touching)
            if len(facts) > 1
        }
        self._joint = sum(joint)
        asking = self._by_fact(lambda version: _asked(version.when.facts()))
        self._asking = {fact: tuple(_numbers(rules & ~self._joint)) for fact, rules in asking.items()}
        self._hanging_on: dict[str, int] = {}
        for fact, question in self._question.items():
            gate = self.vocabulary[fact].asked_when
            for opening in () if gate is None else bearing_on(gate.facts(), self.vocabulary):
                self._hanging_on[opening] = self._hanging_on.get(opening, 0) | question
        self._together = Together(self.vocabulary, self._question, joint)
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
        worst_first = sorted(Verdict, reverse=True)
        self._of_verdict = [
            (verdict, _bits_where(version.verdict is verdict for _, version in self.standing))
            for verdict in worst_first
        ]
        self._unknown_of_verdict = [
            (verdict, _bits_where(finding.verdict is verdict for finding in self._unknown))
            for verdict in worst_first
        ]
        self._alone: Kept[Key, int] = Kept(self._bits)
        asked_about = {fact for _, version in self.standing for fact in version.when.facts()}
        asked_about |= {fact for gate in self._gates() for fact in gate.facts()}
        self._only_age = BIRTH_DATE not in asked_about  # then those of one age are alike
        self._of_age: dict[tuple[int, date, bool], int] = {}
        self._settled: Kept[Page, int] = Kept(self._bits_of_page)
        self._judged: dict[tuple[Any, ...], Finding] = {}
        self._lacked: dict[tuple[int, int], tuple[tuple[int, Finding], ...]] = {}

    @property
    def reads(self) -> frozenset[str]:
        """The facts that any of these rules asks about."""
        return frozenset().union(*self._bearing)

    def verdict(self, facts: Facts) -> Verdict:
        """The worst verdict of rules and open questions, without a word of why."""
        fulfilled, unknown, to_judge, open_, _ = self._union(facts)
        worst = _worst(fulfilled, self._of_verdict) if fulfilled else _CLEAR
        if unknown:
            worst = max(worst, _worst(unknown, self._unknown_of_verdict))
        for number in _numbers(to_judge) if to_judge else ():
            worst = max(worst, self._in_full(number, facts).verdict)
        if open_ and worst < _INCOMPLETE and self._applying(open_, facts):
            worst = _INCOMPLETE
        return worst

    def findings(self, facts: Facts) -> tuple[list[Finding], tuple[str, ...]]:
        """The finding of every rule, in the order of the rules, and the questions that are not answered."""
        union = self._union(facts)
        findings = self._not_matched.copy()
        for number in _numbers(union.fulfilled & ~self._dated):
            findings[number] = self._matched[number]
        for number in _numbers(union.unknown & ~self._joint):
            findings[number] = self._unknown[number]
        if lacking := union.unknown & self._joint:
            for number, finding in self._lacking(lacking, union.judged, facts):
                findings[number] = finding
        for number in _numbers(union.to_judge | union.fulfilled & self._dated):
            findings[number] = self._in_full(number, facts)
        return findings, self._applying(union.open, facts)

    def _union(self, facts: Facts) -> _Union:
        bits = reduce(or_, map(self._settled.__getitem__, facts.pages), 0)
        width, every = self._rules, self._every_rule
        above = bits >> 2 * width
        answered, judged = above & self._every_question, above >> self._questions
        weighed = 0
        for fact in facts.several:  # their statements are weighed together, and may contradict one another
            weighed |= self._touched.get(fact, 0)
            judged |= self._together.weighed(fact)
            answered |= self._question.get(fact, 0) if self._is_known(fact, facts) else 0
        together = self._together.settled[judged]
        settled = (bits | together.rules) & every & ~weighed
        return _Union(
            (bits >> width | together.fulfilled) & settled,
            every & ~(settled | weighed),
            weighed,
            self._every_question & ~(answered | together.shut),
            judged,
        )

    def _is_known(self, fact: str, facts: Facts) -> bool:
        return bool(Situation(facts, self.on, self.vocabulary).said(fact))

    def _in_full(self, number: int, facts: Facts) -> Finding:
        """One rule judged by everything that bears on it; the same for the same statements."""
        key = (number, facts.said_of(self._bearing[number]))
        finding = self._judged.get(key)
        if finding is None:
            if len(self._judged) >= kept.MOST:
                self._judged.clear()
            situation = Situation(facts, self.on, self.vocabulary)
            finding = self._judged[key] = judge(*self.standing[number], situation)
        return finding

    def _lacking(self, rules: int, judged: int, facts: Facts) -> tuple[tuple[int, Finding], ...]:
        """Rules on several facts that are unknown; what they lack follows from how the comparisons turned out."""
        found = self._lacked.get((rules, judged))
        if found is None:
            if len(self._lacked) >= kept.MOST:
                self._lacked.clear()
            found = tuple((number, self._in_full(number, facts)) for number in _numbers(rules))
            self._lacked[(rules, judged)] = found
        return found

    def _applying(self, questions: int, facts: Facts) -> tuple[str, ...]:
        """Those of some open questions that apply to this patient, or may."""
        doubtful = 0
        for fact in facts.several:  # what hangs on them has been left open
            doubtful |= self._hanging_on.get(fact, 0) & questions
        if doubtful:
            situation = Situation(facts, self.on, self.vocabulary)
            for number in _numbers(doubtful):
                if situation.applies(self.asked[number]) is Truth.NO:
                    questions ^= 1 << number
        return tuple(compress(self.asked, _flags(questions)))

    # made ready once

    def _bits(self, key: Key) -> int:
        """What one answer alone does. Nearly everybody has a birth date of their own, but not an age."""
        born = key.value
        if not (key.fact == BIRTH_DATE and self._only_age and isinstance(born, date) and born <= self.on):
            return self._bits_of(key)
        like = (age_in_years(born, self.on), key.on, key.is_record)
        bits = self._of_age.get(like)
        if bits is None:
            bits = self._of_age[like] = self._bits_of(key)
        return bits

    def _bits_of(self, key: Key) -> int:
        """A row of the rules that the answer settles, one of those it fulfils, the question that it answers, and
        how the comparisons of :class:`Together` turn out."""
        statement = of_key(key)
        situation = Situation(Facts((statement,)), self.on, self._always_applying)
        settled, fulfilled = 0, 0
        for number in self._asking.get(statement.fact, ()):
            truth = self.standing[number][1].when.truth(situation)
            settled |= 1 << number if truth is not Truth.UNKNOWN else 0
            fulfilled |= 1 << number if truth is Truth.YES else 0
        answered = self._question.get(statement.fact, 0) if situation.said(statement.fact) else 0
        judged = self._together.judged(statement.fact, situation)
        above = answered | judged << self._questions
        return settled | fulfilled << self._rules | above << 2 * self._rules

    def _bits_of_page(self, page: Page) -> int:
        return reduce(or_, map(self._alone.__getitem__, page.keys))

    def _gates(self) -> Iterator[Condition]:
        return (fact.asked_when for fact in self.vocabulary if fact.asked_when is not None)

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


_FLAGS: Final = bytes.maketrans(b"01", b"\0\1")


def _flags(bits: int) -> bytes:
    """The bits from the lowest on, a byte each."""
    return f"{bits:b}"[::-1].encode().translate(_FLAGS)


def _numbers(bits: int) -> Iterator[int]:
    """The positions of the bits that are set, from the lowest."""
    return compress(count(), _flags(bits))


def _worst(rules: int, of_verdict: Iterable[tuple[Verdict, int]]) -> Verdict:
    """The worst verdict among some rules, at least one; ``of_verdict`` goes from the worst on."""
    return next(verdict for verdict, those in of_verdict if rules & those)


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


def bearing_on(facts: Iterable[str], vocabulary: Vocabulary) -> frozenset[str]:
    """The facts that some facts are known by: those asked for, and those that decide whether they are asked."""
    bearing: set[str] = set()
    waiting = set(_asked(facts))
    while waiting:
        fact = waiting.pop()
        bearing.add(fact)
        asked_when = vocabulary[fact].asked_when
        if asked_when is not None:
            waiting |= _asked(asked_when.facts()) - bearing
    return frozenset(bearing)
