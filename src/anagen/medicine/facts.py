"""What is known of a patient: a value, when it was said, by whom.

Three answers are kept apart. *None of this* is a value (no, never). *Don't know* is :data:`UNKNOWN`.
*Not asked* is the absence of any statement.

A direct answer can say that something is and that it is not. A record (a diagnosis on a list, a procedure
in a history) can only say that something is or was: its absence, or its end, says nothing of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from functools import lru_cache
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


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """What a lone statement says, without its speaker and with no more of its record than that there is one.

    Equal keys are one and the same object, so that looking one up costs next to nothing.
    """

    fact: str
    value: Answer
    on: date
    since: date | None
    until: date | None
    is_record: bool


_MOST_KEPT: Final = 100_000  # answers remembered before starting afresh
_KEYS: Final[dict[tuple[str, Answer, date, date | None, date | None, bool], Key]] = {}


def _key(fact: str, value: Answer, on: date, since: date | None, until: date | None, is_record: bool) -> Key:
    said = (fact, value, on, since, until, is_record)
    key = _KEYS.get(said)
    if key is None:
        if len(_KEYS) >= _MOST_KEPT:
            _KEYS.clear()  # what is said again gets a second key: that costs time, and changes nothing
        key = _KEYS.setdefault(said, Key(*said))
    return key


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
    key: Key = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        key = _key(self.fact, self.value, self.on, self.since, self.until, bool(self.record))
        object.__setattr__(self, "key", key)

    def has_begun(self, on: date) -> bool:
        return self.since is None or self.since <= on

    def holds(self, on: date) -> bool:
        """Whether it is said to be so on that day: begun, and not over."""
        return self.value is True and self.has_begun(on) and (self.until is None or on < self.until)


def of_key(key: Key) -> Statement:
    """A statement with this key."""
    record = "record" if key.is_record else ""
    return Statement(key.fact, key.value, key.on, Speaker.PATIENT, key.since, key.until, record)


@lru_cache(maxsize=2**14)
def _plain(fact: str, value: bool, on: date, speaker: Speaker) -> Statement:
    """A yes or no without more; many patients give the same ones on the same day."""
    return Statement(fact, value, on, speaker)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A few keys that are looked up together: what follows one another in an intake is much the same from patient
    to patient, a page of noes. Equal pages are one and the same object."""

    keys: tuple[Key, ...]


_PAGE: Final = 8
_PAGES: Final[dict[tuple[Key, ...], Page]] = {}


def _page(keys: tuple[Key, ...]) -> Page:
    page = _PAGES.get(keys)
    if page is None:
        if len(_PAGES) >= _MOST_KEPT:
            _PAGES.clear()
        page = _PAGES.setdefault(keys, Page(keys))
    return page


class Facts:
    """All statements about one patient; immutable. Later ones of the same speaker and record replace earlier ones."""

    __slots__ = ("_lone", "_said", "_several", "pages", "several", "statements")

    def __init__(self, statements: Iterable[Statement] = ()) -> None:
        self.statements: tuple[Statement, ...] = tuple(statements)
        self._lone = {statement.fact: statement for statement in self.statements}
        self._several: dict[str, tuple[Statement, ...]] = {}
        if len(self._lone) < len(self.statements):
            self._set_several_apart()
        self.several: tuple[str, ...] = tuple(self._several)
        # What is said of each fact, in a form that is looked up fast: a key, or several statements as they are.
        lone = {fact: statement.key for fact, statement in self._lone.items()}
        self._said: dict[str, Key | tuple[Statement, ...]] = {**lone, **self._several}
        keys = tuple(lone.values())
        self.pages = tuple(_page(keys[first : first + _PAGE]) for first in range(0, len(keys), _PAGE))

    def _set_several_apart(self) -> None:
        by_fact: dict[str, list[Statement]] = {}
        for statement in self.statements:
            by_fact.setdefault(statement.fact, []).append(statement)
        self._several = {fact: tuple(said) for fact, said in by_fact.items() if len(said) > 1}
        self._lone = {fact: said[0] for fact, said in by_fact.items() if len(said) == 1}

    @classmethod
    def answered(
        cls, answers: Mapping[str, Answer], *, on: date, speaker: Speaker = Speaker.PATIENT
    ) -> Facts:
        """Plain answers all given on one day by one speaker."""
        return cls(
            _plain(fact, value, on, speaker)
            if value is True or value is False
            else Statement(fact, value, on, speaker)
            for fact, value in answers.items()
        )

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
        lone = self._lone.get(fact)
        return self._several.get(fact, ()) if lone is None else (lone,)

    def said_of(self, facts: Iterable[str]) -> tuple[Key | tuple[Statement, ...] | None, ...]:
        """Everything said of some facts, as one key."""
        return tuple(map(self._said.get, facts))

    def known(self) -> frozenset[str]:
        """Ids of the facts that anything was said about."""
        return frozenset(self._said)

    def without(self, fact: str) -> Facts:
        """The same patient, never asked about this fact."""
        return Facts(statement for statement in self.statements if statement.fact != fact)

    def adding(self, statements: Iterable[Statement]) -> Facts:
        return Facts((*self.statements, *statements))

    def latest(self, fact: str, on: date) -> tuple[Statement, ...]:
        """What each speaker (and each record) last said of it by that day, in the order first said."""
        lone = self._lone.get(fact)
        if lone is not None:
            return (lone,) if lone.on <= on else ()
        current: dict[tuple[Speaker, str], Statement] = {}
        for statement in self.about(fact):
            if statement.on > on:
                continue
            key = (statement.speaker, statement.record)
            standing = current.get(key)
            if standing is None or standing.on <= statement.on:
                current[key] = statement
        return tuple(current.values())
