"""The facts that can be known: their type, their question, who may answer and how long an answer holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from anagen.medicine.codes import CodeIndex
from anagen.medicine.dates import Duration, add
from anagen.medicine.facts import Speaker, Statement, Value
from anagen.medicine.quantities import Quantity, Units

if TYPE_CHECKING:
    from anagen.medicine.conditions import Condition

BIRTH_DATE: Final = "birth_date"
AGE: Final = "age"  # derived from the birth date on the day asked about; never stated


class FactType(StrEnum):
    """What an answer looks like."""

    STATE = "state"  # bool, may carry since and until
    EVENT = "event"  # bool, since = the last day it happened
    QUANTITY = "quantity"
    CHOICE = "choice"
    CODE = "code"  # a set of codes of one system
    DATE = "date"


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """One thing that may be known of a patient. ``fresh`` is None where an answer never grows old."""

    id: str
    type: FactType
    group: str
    label: str
    question: str
    speakers: tuple[Speaker, ...]
    fresh: Duration | None
    help: str = ""
    unit: str | None = None
    decimals: int | None = None
    plausible: tuple[Quantity, Quantity] | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    system: str | None = None
    ends: bool = False
    asked_when: Condition | None = None
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    example: Value | None = None

    def is_stale(self, statement: Statement, on: date) -> bool:
        """Whether the statement says nothing any more: an answer of 1 March, fresh for 14 d, ends on 15 March."""
        if self.fresh is None or statement.on == on:
            return False
        return add(statement.on, self.fresh) <= on

    @property
    def asked_in_intake(self) -> bool:
        return Speaker.PATIENT in self.speakers


class ImplausibleValue(ValueError):
    """A measured value outside of what can be."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All facts, by id in the order in which they are asked, with the units they are measured in."""

    facts: Mapping[str, FactDefinition]
    units: Units
    index: CodeIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", CodeIndex({fact.id: fact.codes for fact in self}))

    def __iter__(self) -> Iterator[FactDefinition]:
        return iter(self.facts.values())

    def __getitem__(self, fact: str) -> FactDefinition:
        return self.facts[fact]

    def __contains__(self, fact: object) -> bool:
        return fact in self.facts

    def measured(self, fact: str, quantity: Quantity) -> Quantity:
        """The quantity in the fact's own unit and precision.

        UnknownUnit when it cannot be converted, ImplausibleValue outside the range that can be.
        """
        definition = self.facts[fact]
        if definition.unit is None:
            raise ValueError(f"{fact} is not measured")
        value = self.units.convert(quantity, definition.unit, definition.decimals)
        if definition.plausible is not None:
            low, high = definition.plausible
            if not low.value <= value.value <= high.value:
                raise ImplausibleValue(
                    f"{quantity} cannot be: {definition.label} lies between {low} and {high}"
                )
        return value


YEAR: Final = "a"


def age_of(years: int) -> Quantity:
    return Quantity(Decimal(years), YEAR)
