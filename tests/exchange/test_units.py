"""Units of other systems, and every unit of knowledge against an independent UCUM library."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from anagen.exchange.units import AnotherKind, ImplausibleValue, NeedsAPerson, UnknownUnit, measured
from anagen.knowledge.loader import shipped
from anagen.medicine.quantities import Unit

# UCUM defines the metre of mercury as 133.322 kPa exactly; ucumvert's is that of physics.
TOLERANCE = {"mm[Hg]": 1e-5}


def amount(fact: str, value: str, unit: str) -> str:
    return str(measured(shipped().ruleset.vocabulary, fact, Decimal(value), unit))


@pytest.mark.parametrize(
    ("fact", "value", "unit", "expected"),
    [
        ("vital.temperature", "101.1", "[degF]", "38.4 Cel"),
        ("vital.temperature", "38.4", "Cel", "38.4 Cel"),
        ("vital.weight", "70000", "g", "70.0 kg"),
        ("vital.platelets", "250", "10*3/uL", "250 10*9/L"),
        ("vital.platelets", "250", "10*3/mm3", "250 10*9/L"),  # not in the table: by UCUM's grammar
        ("vital.weight", "150", "[lb_av]", "68.0 kg"),
        ("vital.systolic", "12", "cm[Hg]", "120 mm[Hg]"),
        ("vital.pulse", "72", "{beats}/min", "72 /min"),
        (
            "vital.systolic",
            "120",
            "mm[Hg]{sitting}",
            "120 mm[Hg]",
        ),  # an annotation says nothing of the amount
    ],
)
def test_an_amount_in_the_unit_of_its_fact(fact: str, value: str, unit: str, expected: str) -> None:
    assert amount(fact, value, unit) == expected


@pytest.mark.parametrize(
    ("fact", "value", "unit", "error"),
    [
        ("vital.temperature", "38", "furlong", UnknownUnit),
        ("vital.temperature", "38", "", UnknownUnit),
        ("vital.temperature", "38", "kg", AnotherKind),
        ("vital.weight", "38", "[lb_av]/s", AnotherKind),
        ("vital.haemoglobin", "8", "mmol/L", NeedsAPerson),
        ("vital.temperature", "98.6", "Cel", ImplausibleValue),
        ("vital.weight", "5000", "[lb_av]", ImplausibleValue),
    ],
)
def test_what_cannot_be_converted_is_refused(
    fact: str, value: str, unit: str, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        amount(fact, value, unit)
    assert caught.type is error


def test_a_fact_that_is_not_measured_has_no_amount() -> None:
    with pytest.raises(ValueError, match="pregnancy is not measured"):
        amount("pregnancy", "1", "1")


@pytest.fixture(scope="module")
def registry() -> Any:
    from ucumvert import PintUcumRegistry

    return PintUcumRegistry()


def _units() -> list[Unit]:
    return list(shipped().ruleset.vocabulary.units.table.values())


# the base units of units.yaml, where the table itself has none
BASES = {
    "fraction": "1",
    "substance fraction": "mol/mol",
    "number by area": "/m2",
    "indexed filtration": "L/s",
}


@pytest.mark.parametrize("unit", _units(), ids=lambda unit: unit.code)
def test_every_unit_of_knowledge_agrees_with_ucumvert(unit: Unit, registry: Any) -> None:
    """Two amounts fix a straight line: both libraries must turn them into the same amounts of the base unit."""
    base = BASES.get(unit.dimension) or next(
        other.code
        for other in _units()
        if other.dimension == unit.dimension and other.factor == 1 and not other.offset
    )
    source, target = _from_ucum(registry, unit.code), _from_ucum(registry, base)
    for value in (Decimal(1), Decimal(40)):
        ours = float((Fraction(value) + unit.offset) * unit.factor)
        theirs = registry.Quantity(float(value) * source.magnitude, source.units).to(target.units)
        assert ours == pytest.approx(theirs.magnitude / target.magnitude, rel=TOLERANCE.get(unit.code, 1e-9))


def _from_ucum(registry: Any, code: str) -> Any:
    """UCUM: an annotation alone is the number one."""
    return registry.from_ucum("1" if re.fullmatch(r"\{[^}]*\}(/1)?", code) else code)
