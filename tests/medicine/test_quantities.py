"""Amounts with a unit: exact, converted by the table, rounded to the precision of the measurement."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.medicine.builders import UNITS, quantity

from anagen.medicine.quantities import Quantity, UnknownUnit


def test_38_4_celsius_and_101_1_fahrenheit_are_the_same_temperature() -> None:
    assert UNITS.convert(quantity("101.1 [degF]"), "Cel", 1) == quantity("38.4 Cel")
    assert UNITS.convert(quantity("38.4 Cel"), "[degF]", 1) == quantity("101.1 [degF]")


def test_without_a_precision_a_converted_value_keeps_every_digit() -> None:
    assert UNITS.convert(quantity("101.12 [degF]"), "Cel") == quantity("38.4 Cel")
    assert str(UNITS.convert(quantity("101.1 [degF]"), "Cel").value).startswith("38.38888888888888")


@pytest.mark.parametrize("text", ["37.46 Cel", "37.5 Cel", "-4.000 Cel"])
def test_a_value_in_the_unit_asked_for_stays_exactly_as_it_is(text: str) -> None:
    assert UNITS.convert(quantity(text), "Cel", 1) == quantity(text)
    assert str(UNITS.convert(quantity(text), "Cel", 1)) == text


@pytest.mark.parametrize(
    ("given", "unit", "exact"),
    [("1 kg", "g", "1000"), ("1 [lb_av]", "g", "453.59237"), ("0 Cel", "K", "273.15"),
     ("-40 Cel", "[degF]", "-40"), ("99.5 [degF]", "Cel", "37.5")],
)  # fmt: skip
def test_conversions_are_exact_decimals(given: str, unit: str, exact: str) -> None:
    assert UNITS.convert(quantity(given), unit).value == Decimal(exact)


def test_a_tenth_is_a_tenth_and_no_binary_approximation() -> None:
    assert quantity("0.1 g").value + quantity("0.2 g").value == Decimal("0.3")


@pytest.mark.parametrize(("given", "rounded"), [("0.25", "0.2"), ("0.35", "0.4"), ("0.05", "0.0")])
def test_a_half_is_rounded_to_the_even_digit(given: str, rounded: str) -> None:
    assert UNITS.convert(quantity(f"{given} kg"), "g", 0).value == Decimal(given) * 1000
    assert UNITS.convert(Quantity(Decimal(given) * 1000, "g"), "kg", 1).value == Decimal(rounded)


def test_a_unit_that_is_not_in_the_table_is_refused_by_name() -> None:
    with pytest.raises(UnknownUnit, match="the unit “stone” is not known"):
        UNITS.convert(quantity("11 stone"), "kg")
    with pytest.raises(UnknownUnit, match="the unit “stone” is not known"):
        UNITS.convert(quantity("70 kg"), "stone")


def test_units_of_different_things_are_refused() -> None:
    with pytest.raises(UnknownUnit, match=r"kg measures mass, not temperature \(Cel\)"):
        UNITS.convert(quantity("70 kg"), "Cel")


@pytest.mark.parametrize(
    "text", ["37.5", "37,5 Cel", "37.5Cel", "Cel", "37. Cel", ".5 Cel", "1e3 g", "37.5 Cel "]
)
def test_a_quantity_without_a_number_or_a_unit_is_refused_with_the_mend(text: str) -> None:
    with pytest.raises(ValueError, match=r"write a number, a space and a UCUM unit, as in “37\.5 Cel”"):
        Quantity.parse(text)


@pytest.mark.parametrize("text", ["37.5 Cel", "-1 K", "0.50 kg", "150 10*9/L"])
def test_a_quantity_is_written_as_it_is_read(text: str) -> None:
    assert str(quantity(text)) == text


def test_a_value_of_forty_digits_is_converted_like_any_other() -> None:
    assert UNITS.convert(Quantity(Decimal(10) ** 40, "kg"), "g", 1).value == Decimal(10) ** 43
