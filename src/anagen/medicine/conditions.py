"""Conditions over facts, in three-valued logic.

Where two speakers disagree the riskier answer counts: in a plain condition the one that fulfils it, under
``not`` the one that does not. What nobody knows stays unknown, and ``all`` names first what to ask first.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from anagen.medicine.codes import ancestors, expanded
from anagen.medicine.dates import Duration, add, age_in_years
from anagen.medicine.facts import UNKNOWN, Facts, Statement
from anagen.medicine.quantities import Quantity
from anagen.medicine.truth import Truth, all_of, any_of
from anagen.medicine.vocabulary import AGE, BIRTH_DATE, Vocabulary, age_of


class Gap(StrEnum):
    """Why nothing is known of a fact."""

    NOT_ASKED = "not asked"
    DOES_NOT_KNOW = "answered: don’t know"
    STALE = "the answer is too old"


@dataclass(slots=True)
class Situation:
    """One patient's facts seen on one day: who says what that still holds, and which questions apply."""

    facts: Facts
    on: date
    vocabulary: Vocabulary
    _said: dict[str, tuple[Statement, ...]] = field(default_factory=dict, repr=False)

    def said(self, fact: str) -> tuple[Statement, ...]:
        """Statements of that fact that are known and fresh on the day; age follows from the birth date."""
        said = self._said.get(fact)
        if said is None:
            said = self._said[fact] = self._age() if fact == AGE else self._fresh(fact)
        return said

    def _fresh(self, fact: str) -> tuple[Statement, ...]:
        definition = self.vocabulary[fact]
        return tuple(
            statement
            for statement in self.facts.latest(fact, self.on)
            if statement.value is not UNKNOWN and not definition.is_stale(statement, self.on)
        )

    def _age(self) -> tuple[Statement, ...]:
        return tuple(
            Statement(
                AGE, age_of(age_in_years(birth.value, self.on)), birth.on, birth.speaker, record=birth.record
            )
            for birth in self.said(BIRTH_DATE)
            if isinstance(birth.value, date) and birth.value <= self.on
        )

    def applies(self, fact: str) -> Truth:
        """Whether the question makes sense for this patient: NO for pregnancy in a man."""
        if fact == AGE:
            return Truth.YES
        asked_when = self.vocabulary[fact].asked_when
        return Truth.YES if asked_when is None else asked_when.truth(self)

    def gap(self, fact: str) -> Gap:
        """Why :meth:`said` is empty."""
        latest = self.facts.latest(BIRTH_DATE if fact == AGE else fact, self.on)
        if not latest:
            return Gap.NOT_ASKED
        return Gap.DOES_NOT_KNOW if latest[-1].value is UNKNOWN else Gap.STALE


class Condition(ABC):
    """Something that holds, does not hold, or is not known, of a situation."""

    __slots__ = ()

    @abstractmethod
    def truth(self, situation: Situation, *, negated: bool = False) -> Truth:
        """``negated`` says that the condition stands under an odd number of ``not``."""

    @abstractmethod
    def facts(self) -> Iterator[str]:
        """Ids of the facts it speaks of, in order, repeated as they stand."""

    @abstractmethod
    def asks(self, situation: Situation) -> Iterator[str]:
        """Facts to ask next, when the truth is unknown."""


@dataclass(frozen=True, slots=True)
class All(Condition):
    parts: tuple[Condition, ...]

    def truth(self, situation: Situation, *, negated: bool = False) -> Truth:
        return all_of(part.truth(situation, negated=negated) for part in self.parts)

    def facts(self) -> Iterator[str]:
        return (fact for part in self.parts for fact in part.facts())

    def asks(self, situation: Situation) -> Iterator[str]:
        for part in self.parts:
            if part.truth(situation) is Truth.UNKNOWN:
                yield from part.asks(situation)
                return


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    parts: tuple[Condition, ...]

    def truth(self, situation: Situation, *, negated: bool = False) -> Truth:
        return any_of(part.truth(situation, negated=negated) for part in self.parts)

    def facts(self) -> Iterator[str]:
        return (fact for part in self.parts for fact in part.facts())

    def asks(self, situation: Situation) -> Iterator[str]:
        for part in self.parts:
            if part.truth(situation) is Truth.UNKNOWN:
                yield from part.asks(situation)


@dataclass(frozen=True, slots=True)
class Not(Condition):
    part: Condition

    def truth(self, situation: Situation, *, negated: bool = False) -> Truth:
        return self.part.truth(situation, negated=not negated).negated

    def facts(self) -> Iterator[str]:
        return self.part.facts()

    def asks(self, situation: Situation) -> Iterator[str]:
        return self.part.asks(situation)


class Leaf(Condition):
    """A condition over one fact: each speaker's statement is judged, and the riskiest judgement counts."""

    __slots__ = ()
    fact: str

    @abstractmethod
    def judge(self, statement: Statement, on: date) -> Truth | None:
        """What one statement says of the condition; None when it says nothing."""

    def truth(self, situation: Situation, *, negated: bool = False) -> Truth:
        judgements = self.judgements(situation)
        if judgements:
            return min(judgements) if negated else max(judgements)
        if situation.applies(self.fact) is Truth.NO:
            return Truth.NO
        return Truth.UNKNOWN

    def judgements(self, situation: Situation) -> list[Truth]:
        return [
            judgement
            for statement in situation.said(self.fact)
            if (judgement := self.judge(statement, situation.on)) is not None
        ]

    def facts(self) -> Iterator[str]:
        yield self.fact

    def asks(self, situation: Situation) -> Iterator[str]:
        yield BIRTH_DATE if self.fact == AGE else self.fact


_OF: Final = {True: Truth.YES, False: Truth.NO}  # quicker than looking the members up in their enumeration


def _truth(holds: bool) -> Truth:
    return _OF[holds]


@dataclass(frozen=True, slots=True)
class Is(Leaf):
    """A state or event is (not) so, or a choice is one of some options."""

    fact: str
    values: frozenset[bool | str]

    def judge(self, statement: Statement, on: date) -> Truth | None:
        value = statement.value
        if value is True:
            value = statement.holds(on)
        if value is False and statement.record:
            return None
        return _truth(value in self.values)


@dataclass(frozen=True, slots=True)
class Within(Leaf):
    """The event happened, or the state lasted, less than ``duration`` ago; what lies ahead has not happened."""

    fact: str
    duration: Duration
    is_event: bool

    def judge(self, statement: Statement, on: date) -> Truth | None:
        recent = self._recent(statement, on)
        if recent is Truth.NO and statement.record:
            return None
        return recent

    def _recent(self, statement: Statement, on: date) -> Truth:
        if statement.value is not True or not statement.has_begun(on):
            return Truth.NO
        last = statement.since if self.is_event else statement.until
        if last is None:
            return Truth.UNKNOWN if self.is_event else Truth.YES
        return _truth(on < add(last, self.duration))


class Comparison(StrEnum):
    """How a measured value is compared with a limit."""

    AT_LEAST = "at_least"
    ABOVE = "above"
    AT_MOST = "at_most"
    BELOW = "below"


_COMPARED: Final[Mapping[Comparison, Callable[[Decimal, Decimal], bool]]] = {
    Comparison.AT_LEAST: operator.ge,
    Comparison.ABOVE: operator.gt,
    Comparison.AT_MOST: operator.le,
    Comparison.BELOW: operator.lt,
}


@dataclass(frozen=True, slots=True)
class Compares(Leaf):
    """A measured value against a limit in the fact's own unit."""

    fact: str
    comparison: Comparison
    limit: Quantity

    def judge(self, statement: Statement, on: date) -> Truth | None:
        measured = statement.value
        if not isinstance(measured, Quantity):
            return None
        return _truth(_COMPARED[self.comparison](measured.value, self.limit.value))


@dataclass(frozen=True, slots=True)
class Under(Leaf):
    """One of the stated codes is a listed one or stands below it."""

    fact: str
    system: str
    listed: tuple[str, ...]
    _entries: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        entries = frozenset(entry for item in self.listed for entry in expanded(self.system, item))
        object.__setattr__(self, "_entries", entries)

    def judge(self, statement: Statement, on: date) -> Truth | None:
        codes = statement.value
        if not isinstance(codes, frozenset):
            return None
        return _truth(any(not self._entries.isdisjoint(ancestors(self.system, code)) for code in codes))
