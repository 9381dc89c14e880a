"""What a verdict may rest on, and what each of it sees of a patient's answers.

A matter is a rule, an open question, two speakers who disagree, or entries that nobody understood. It is judged
by :mod:`anagen.medicine` alone; here stands only which answers it looks at, so that answers in which no matter
sees a difference share one code.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from anagen.medicine.compiled import bearing_on
from anagen.medicine.conditions import Leaf, Situation
from anagen.medicine.facts import Facts, Statement
from anagen.medicine.rules import Rule, Ruleset, RuleVersion, State, Verdict, judge
from anagen.medicine.screening import (
    UNMAPPED,
    Unmapped,
    disagreements,
    unanswered_finding,
    unmapped_finding,
)
from anagen.medicine.together import leaves_of
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import AGE, BIRTH_DATE, Vocabulary

# an entry without a fact, as if it were an answer: rows of codes need nothing more
NOT_UNDERSTOOD: Final = (Statement(UNMAPPED, True, date.min, record="entry"),)


class Judged(NamedTuple):
    """What a matter says of a patient."""

    state: State
    verdict: Verdict


class Matter(ABC):
    """Something a verdict may rest on. ``facts`` are all that it looks at."""

    __slots__ = ()
    facts: frozenset[str]

    @abstractmethod
    def judged(self, situation: Situation) -> Judged:
        """What medicine says of it."""

    @abstractmethod
    def sees(self, fact: str, situation: Situation) -> Hashable:
        """All that it notices in the answers to one of its facts: where that is equal, so is what it says."""


@dataclass(frozen=True, slots=True)
class OfRule(Matter):
    rule: Rule
    version: RuleVersion
    facts: frozenset[str]
    leaves: tuple[Leaf, ...]

    def judged(self, situation: Situation) -> Judged:
        finding = judge(self.rule, self.version, situation)
        return Judged(finding.state, finding.verdict)

    def sees(self, fact: str, situation: Situation) -> Hashable:
        return _comparisons(self.leaves, fact, situation)


@dataclass(frozen=True, slots=True)
class OfQuestion(Matter):
    """A question of the intake, which somebody it applies to must have answered."""

    fact: str
    facts: frozenset[str]
    leaves: tuple[Leaf, ...]
    verdict: Verdict = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "verdict", unanswered_finding((self.fact,)).verdict)

    def judged(self, situation: Situation) -> Judged:
        if situation.said(self.fact) or situation.applies(self.fact) is Truth.NO:
            return Judged(State.NOT_MATCHED, Verdict.CLEAR)
        return Judged(State.UNKNOWN, self.verdict)

    def sees(self, fact: str, situation: Situation) -> Hashable:
        answered = fact == self.fact and bool(situation.said(fact))
        return answered, _comparisons(self.leaves, fact, situation)


@dataclass(frozen=True, slots=True)
class OfSpeakers(Matter):
    """Whether those who speak of a fact agree."""

    facts: frozenset[str]

    def judged(self, situation: Situation) -> Judged:
        found = disagreements(situation)
        if not found:
            return Judged(State.NOT_MATCHED, Verdict.CLEAR)
        return Judged(State.MATCHED, max(finding.verdict for finding in found))

    def sees(self, fact: str, situation: Situation) -> Hashable:
        return bool(situation.facts.several) and self.judged(situation)


@dataclass(frozen=True, slots=True)
class OfEntries(Matter):
    """Entries of a health record that nobody has understood."""

    facts: frozenset[str] = frozenset({UNMAPPED})

    def judged(self, situation: Situation) -> Judged:
        if not situation.facts.about(UNMAPPED):
            return Judged(State.NOT_MATCHED, Verdict.CLEAR)
        return Judged(State.UNKNOWN, unmapped_finding((Unmapped("", "", ""),)).verdict)

    def sees(self, fact: str, situation: Situation) -> Hashable:
        return bool(situation.facts.about(fact))


def matters(ruleset: Ruleset, on: date) -> Iterator[Matter]:
    """Everything a verdict of that day may rest on."""
    words = ruleset.vocabulary
    for rule, version in ruleset.standing(on):
        facts = bearing_on(version.when.facts(), words)
        yield OfRule(rule, version, facts, (*leaves_of(version.when), *_gates(facts, words)))
    for fact in words:
        if fact.asked_in_intake:
            facts = bearing_on((fact.id,), words)
            yield OfQuestion(fact.id, facts, tuple(_gates(facts, words)))
        yield OfSpeakers(frozenset({fact.id}))
    yield OfEntries()


def _gates(facts: frozenset[str], words: Vocabulary) -> Iterator[Leaf]:
    """The comparisons that decide which of some questions apply."""
    for fact in sorted(facts):
        asked_when = words[fact].asked_when
        if asked_when is not None:
            yield from leaves_of(asked_when)


def _comparisons(leaves: tuple[Leaf, ...], fact: str, situation: Situation) -> Hashable:
    """How the comparisons of a fact turn out: the least and the greatest judgement, or none at all."""
    found = []
    for leaf in leaves:
        if (BIRTH_DATE if leaf.fact == AGE else leaf.fact) == fact:
            judgements = leaf.judgements(situation)
            found.append((min(judgements), max(judgements)) if judgements else None)
    return tuple(found)


def situation_of(statements: tuple[Statement, ...], ruleset: Ruleset, on: date) -> Situation:
    return Situation(Facts(statements), on, ruleset.vocabulary)
