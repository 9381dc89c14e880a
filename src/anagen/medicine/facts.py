"""What is known of a patient: a value, when it was said, by whom.

Three answers are kept apart. *None of this* is a value (no, never). *Don't know* is :data:`UNKNOWN`.
*Not asked* is the absence of any statement.

A direct answer can say that something is and that it is not. A record (a diagnosis on a list, a procedure
in a history) can only say that something is or was: its absence, or its end, says nothing of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import Final, Literal

from anagen.medicine.quantities import Quantity


class Speaker(StrEnum):
    """Who said it."""

    PATIENT = "patient"
    CLINICIAN = "clinician"
    LABORATORY = "laboratory"
    SYSTEM = "system"


class Unknown(Enum):
    """The type of the one answer *don't know*."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN

# yes/no and events: bool; choices: the option's word; codes: a set of them; measured: a quantity; a day
Value = bool | str | frozenset[str] | Quantity | date
Answer = Value | Literal[Unknown.UNKNOWN]


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said about a patient on a day.

    ``since`` and ``until`` bound a state (``until`` is the first day on which it no longer holds); for an
    event ``since`` is the day it happened. ``record`` names the entry of a health record that says so, such
    as ``Condition/7``; it is empty for a direct answer.
    """

    fact: str
    value: Answer
    on: date
    speaker: Speaker = Speaker.PATIENT
    since: date | None = None
    until: date | None = None
    record: str = ""

    def has_begun(self, on: date) -> bool:
        return self.since is None or self.since <= on

    def holds(self, on: date) -> bool:
        """Whether it is said to be so on that day: begun, and not over."""
        return self.value is True and self.has_begun(on) and (self.until is None or on < self.until)


# a single statement, without its speaker and with no more of its record than that there is one
Key = tuple[str, Answer, date] | tuple[str, Answer, date, date | None, date | None, bool]


def key_of(statement: Statement) -> Key:
    """What a lone statement says, as a key: when nobody else speaks, it does not matter who says it."""
    if statement.since is None and statement.until is None and not statement.record:
        return (statement.fact, statement.value, statement.on)
    return (
        statement.fact,
        statement.value,
        statement.on,
        statement.since,
        statement.until,
        bool(statement.record),
    )


def of_key(key: Key) -> Statement:
    """A statement that :func:`key_of` gives this key."""
    if len(key) == 3:
        fact, value, on = key
        return Statement(fact, value, on)
    fact, value, on, since, until, is_record = key
    return Statement(fact, value, on, Speaker.PATIENT, since, until, "record" if is_record else "")


class Facts:
    """All statements about one patient; immutable. Later ones of the same speaker and record replace earlier ones."""

    __slots__ = ("_by_fact", "_keys", "keys", "several", "statements")

    def __init__(self, statements: Iterable[Statement] = ()) -> None:
        self.statements: tuple[Statement, ...] = tuple(statements)
        by_fact: dict[str, list[Statement]] = {}
        for statement in self.statements:
            by_fact.setdefault(statement.fact, []).append(statement)
        self._by_fact: Mapping[str, tuple[Statement, ...]] = {
            fact: tuple(said) for fact, said in by_fact.items()
        }
        self._keys = {fact: key_of(said[0]) for fact, said in by_fact.items() if len(said) == 1}
        self.keys: tuple[Key, ...] = tuple(self._keys.values())
        self.several: tuple[str, ...] = tuple(fact for fact, said in by_fact.items() if len(said) > 1)

    @classmethod
    def answered(
        cls, answers: Mapping[str, Answer], *, on: date, speaker: Speaker = Speaker.PATIENT
    ) -> Facts:
        """Plain answers all given on one day by one speaker."""
        return cls(Statement(fact, value, on, speaker) for fact, value in answers.items())

    def __iter__(self) -> Iterator[Statement]:
        return iter(self.statements)

    def __len__(self) -> int:
        return len(self.statements)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Facts) and self.statements == other.statements

    def __hash__(self) -> int:
        return hash(self.statements)

    def about(self, fact: str) -> tuple[Statement, ...]:
        """Every statement about a fact, in the order given."""
        return self._by_fact.get(fact, ())

    def said_of(self, facts: Iterable[str]) -> tuple[Key | tuple[Statement, ...] | None, ...]:
        """Everything said of some facts, as one key."""
        return tuple(self._keys.get(fact) or self._by_fact.get(fact) for fact in facts)

    def known(self) -> frozenset[str]:
        """Ids of the facts that anything was said about."""
        return frozenset(self._by_fact)

    def without(self, fact: str) -> Facts:
        """The same patient, never asked about this fact."""
        return Facts(statement for statement in self.statements if statement.fact != fact)

    def adding(self, statements: Iterable[Statement]) -> Facts:
        return Facts((*self.statements, *statements))

    def latest(self, fact: str, on: date) -> tuple[Statement, ...]:
        """What each speaker (and each record) last said of it by that day, in the order first said."""
        current: dict[tuple[Speaker, str], Statement] = {}
        for statement in self.about(fact):
            if statement.on > on:
                continue
            key = (statement.speaker, statement.record)
            standing = current.get(key)
            if standing is None or standing.on <= statement.on:
                current[key] = statement
        return tuple(current.values())
