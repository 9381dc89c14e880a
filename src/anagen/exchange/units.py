"""Amounts as others write them: UCUM units into the unit of a fact.

The table of units is knowledge. Only a unit that is not in it goes to the UCUM grammar of ``ucumvert`` and the
arithmetic of ``pint``, which are slow to start and therefore imported then and not before.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import Any, Final

from anagen.medicine.quantities import Quantity, UnknownUnit
from anagen.medicine.vocabulary import ImplausibleValue, Vocabulary

__all__ = ["AnotherKind", "ImplausibleValue", "NeedsAPerson", "UnknownUnit", "measured"]

_ANNOTATION: Final = re.compile(r"\{[^{}]*\}")  # UCUM: what stands in braces says nothing of the amount
_CONCENTRATIONS: Final = frozenset(
    {
        "mass concentration", "substance concentration", "arbitrary concentration", "enzyme concentration",
        "fraction", "substance fraction", "number concentration",
    }
)  # fmt: skip


class AnotherKind(UnknownUnit):
    """The unit is known and measures something else."""


class NeedsAPerson(AnotherKind):
    """The unit is a legitimate one for such a value, but converting it needs more than a factor (a molar mass)."""


def measured(vocabulary: Vocabulary, fact: str, value: Decimal, unit: str) -> Quantity:
    """A value in the unit and precision of its fact.

    UnknownUnit for what is no unit, AnotherKind for a unit of something else (NeedsAPerson where a laboratory may
    well use it), ImplausibleValue outside of what can be.
    """
    wanted = vocabulary[fact].unit
    if wanted is None:
        raise ValueError(f"{fact} is not measured")
    table = vocabulary.units.table
    if unit not in table:
        bare = _ANNOTATION.sub("", unit)
        if bare in table:
            unit = bare
        else:
            value, unit = _by_grammar(value, unit, wanted, vocabulary[fact].decimals), wanted
    dimension, target = table[unit].dimension, table[wanted].dimension
    if dimension != target:
        what = f"{unit} measures {dimension}, and {vocabulary[fact].label} is a {target} ({wanted})"
        raise (NeedsAPerson if {dimension, target} <= _CONCENTRATIONS else AnotherKind)(what)
    return vocabulary.measured(fact, Quantity(value, unit))


def _by_grammar(value: Decimal, unit: str, wanted: str, decimals: int | None) -> Decimal:
    import pint

    registry = _registry()
    try:
        source = registry.from_ucum(unit)
    except Exception:  # the grammar raises its own kinds of error, and pint others
        raise UnknownUnit(f"“{unit}” is no unit of UCUM") from None
    try:
        amount = registry.Quantity(float(value), source.units) * source.magnitude
        found = Decimal(repr(float(amount.to(registry.from_ucum(wanted).units).magnitude)))
    except (pint.errors.PintError, ValueError, OverflowError, ArithmeticError):
        raise AnotherKind(f"{unit} cannot be turned into {wanted}") from None
    return found if decimals is None else found.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


@cache
def _registry() -> Any:
    from ucumvert import PintUcumRegistry

    return PintUcumRegistry()
