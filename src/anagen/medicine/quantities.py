"""Amounts with a unit, exactly: decimals in, fractions between, decimals out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

_FORM: Final = re.compile(r"(-?\d+(?:\.\d+)?) (\S+)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A decimal value and the UCUM code of its unit."""

    value: Decimal
    unit: str

    @classmethod
    def parse(cls, text: str) -> Quantity:
        """Read ``"37.5 Cel"``. ValueError says what is wrong and what would be right."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError(
                f"“{text}” is no quantity; write a number, a space and a UCUM unit, as in “37.5 Cel”"
            )
        return cls(Decimal(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"


@dataclass(frozen=True, slots=True)
class Unit:
    """A UCUM unit: ``base value = (value + offset) × factor`` in the base unit of its dimension."""

    code: str
    dimension: str
    factor: Fraction
    offset: Fraction = Fraction(0)


class UnknownUnit(ValueError):
    """The unit is not in the table, or measures something else than what is asked for."""


@dataclass(frozen=True, slots=True)
class Units:
    """The table of units that conversions go by (source: UCUM, kept in ``knowledge/units.yaml``)."""

    table: Mapping[str, Unit]

    def convert(self, quantity: Quantity, unit: str, decimals: int | None = None) -> Quantity:
        """The same amount in another unit.

        A converted value is rounded to ``decimals``, the precision with which that quantity is measured, so
        that 101.1 [degF] is 38.4 Cel. A value already in the unit stays exactly as it is. UnknownUnit when
        one of the units is not in the table or the two measure different things.
        """
        if quantity.unit == unit:
            return quantity
        source, target = self._unit(quantity.unit), self._unit(unit)
        if source.dimension != target.dimension:
            raise UnknownUnit(f"{quantity.unit} measures {source.dimension}, not {target.dimension} ({unit})")
        exact = (Fraction(quantity.value) + source.offset) * source.factor / target.factor - target.offset
        return Quantity(_rounded(exact, decimals), unit)

    def _unit(self, code: str) -> Unit:
        try:
            return self.table[code]
        except KeyError:
            raise UnknownUnit(f"the unit “{code}” is not known") from None


def _rounded(exact: Fraction, decimals: int | None) -> Decimal:
    """Half to even; however large the value, it is not more than a number."""
    if decimals is None:
        return Decimal(exact.numerator) / Decimal(exact.denominator)
    return Decimal(f"{round(exact * 10**decimals)}E-{decimals}")
