"""A mixture with all that follows from it by arithmetic, and the subjects that rules look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from anagen.medicine import dose
from anagen.medicine.dose import PER_ML, Part
from anagen.medicine.facts import Value
from anagen.medicine.formulary import Formulary, all_pairs
from anagen.medicine.mixture import Citation, Ingredient, MixtureRequest, Pair, Range, exact
from anagen.medicine.quantities import Quantity


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that rules of one scope look at: its measures (None: unknown), its words and who says so."""

    scope: str
    about: tuple[str, ...]
    name: str
    measures: Mapping[str, Value | None]
    detail: str = ""
    cite: Citation = field(default_factory=Citation)


@dataclass(frozen=True)
class Mixed:
    """A request with all that follows from it and the formulary by arithmetic alone."""

    request: MixtureRequest
    formulary: Formulary
    on: date
    at: datetime | None = None

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return dose.parts(self.request, self.formulary)

    @cached_property
    def volume(self) -> Fraction:
        return dose.volume(self.request)

    @cached_property
    def doses(self) -> dict[str, Quantity | None]:
        return dose.doses(self.parts)

    @cached_property
    def ingredients(self) -> tuple[Ingredient, ...]:
        """All that the formulary describes, those inside products among them, by id."""
        found = (self.formulary.ingredients.get(name) for name in sorted(self.doses))
        return tuple(one for one in found if one is not None)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs that meet in the syringe; for those inside a product its maker answers."""
        groups = tuple(tuple(content.ingredient for content in part.contents) for part in self.parts)
        return all_pairs(self.formulary, groups)

    @cached_property
    def ph(self) -> tuple[Range | None, tuple[str, ...]]:
        measured = self.request.measured_ph
        return (Range(measured, measured), ()) if measured is not None else dose.ph(self.parts)

    @cached_property
    def osmolality(self) -> tuple[Decimal | None, tuple[str, ...]]:
        measured = self.request.measured_osmolality
        return (measured, ()) if measured is not None else dose.osmolality(self.parts)

    @property
    def is_mixed(self) -> bool:
        return len(self.parts) > 1

    @cached_property
    def stabilities(self) -> tuple[timedelta | None, ...]:
        """How long each part holds in a mixture; a diluent holds for as long as the others."""
        entries = [part.product or part.ingredient for part in self.parts]
        return tuple(
            None if entry is None else entry.stable_mixed
            for entry in entries
            if not (isinstance(entry, Ingredient) and entry.is_diluent)
        )

    @property
    def use_within(self) -> timedelta:
        """From the start of mixing: the shortest that is known, and the policy's where one is not."""
        known = [one for one in self.stabilities if one is not None]
        if self.is_mixed and len(known) < len(self.stabilities):
            known.append(self.formulary.use_within_unknown)
        return min((*known, self.formulary.use_within))

    @property
    def use_by(self) -> datetime | None:
        prepared = self.request.prepared_at
        return None if prepared is None else prepared + self.use_within

    @property
    def is_past(self) -> bool | None:
        """Whether its time is over: at the given moment, or on the day before which it ended."""
        prepared, use_by = self.request.prepared_at, self.use_by
        if prepared is None or use_by is None or prepared.date() > self.on:
            return None
        return use_by.date() < self.on if self.at is None else use_by < self.at

    @cached_property
    def strengths(self) -> dict[str, Quantity | None]:
        """Ingredient → its strength in the syringe."""
        return {
            name: None
            if amount is None
            else Quantity(exact(Fraction(amount.value) / self.volume), f"{amount.unit}{PER_ML}")
            for name, amount in self.doses.items()
        }
