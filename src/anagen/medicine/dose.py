"""The arithmetic of a mixture: how much of what, how strong, how acid, in exact fractions.

Volumes are in millilitres, doses in milligrams or in the units of the label, osmolality in mosm/kg.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from anagen.medicine.formulary import Formulary
from anagen.medicine.mixture import (
    Component,
    Content,
    Given,
    Ingredient,
    Limit,
    MixtureRequest,
    Osmolality,
    Product,
    Range,
    exact,
)
from anagen.medicine.quantities import Quantity

PER_ML = "/mL"
_MONTH = timedelta(days=30)
_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Part:
    """A component with what the formulary knows of it; neither ingredient nor product when it knows nothing."""

    component: Component
    ingredient: Ingredient | None
    product: Product | None

    @property
    def id(self) -> str:
        known = self.ingredient or self.product
        return self.component.name if known is None else known.id

    @property
    def title(self) -> str:
        known = self.ingredient or self.product
        return self.component.name if known is None else known.title

    @property
    def contents(self) -> tuple[Content, ...]:
        """Its ingredients with their strengths in it; a strength that is stated for a product of one is that one's."""
        stated = self.component.concentration
        if self.ingredient is not None:
            if stated is None and self.ingredient.is_diluent:
                stated = self.ingredient.strengths.usual
            return (Content(self.ingredient.id, stated),)
        if self.product is None:
            return ()
        if stated is not None and len(self.product.contents) == 1:
            (only,) = self.product.contents
            return (Content(only.ingredient, only.strength or stated),)
        return self.product.contents

    @property
    def strength_known(self) -> bool:
        return bool(self.contents) and all(content.strength is not None for content in self.contents)


def parts(request: MixtureRequest, formulary: Formulary) -> tuple[Part, ...]:
    """Each component with its entry. A word for a product is not taken for an ingredient, nor the other way round."""
    return tuple(
        Part(
            component,
            None if component.is_product else formulary.ingredient(component.name),
            formulary.product(component.name) if component.is_product else None,
        )
        for component in request.components
    )


def volume(request: MixtureRequest) -> Fraction:
    return sum((Fraction(component.volume) for component in request.components), _NOTHING)


def doses(all_parts: Iterable[Part]) -> dict[str, Quantity | None]:
    """Ingredient → how much of it; None where a strength is not known, or stands in two kinds of units."""
    sums: dict[str, Fraction | None] = {}
    units: dict[str, str] = {}
    for part in all_parts:
        for content in part.contents:
            name, strength = content.ingredient, content.strength
            before = sums.get(name, _NOTHING)
            unit = strength.unit.removesuffix(PER_ML) if strength is not None else ""
            if strength is None or before is None or units.setdefault(name, unit) != unit:
                sums[name] = None
            else:
                sums[name] = before + Fraction(strength.value) * Fraction(part.component.volume)
    return {
        name: None if amount is None else Quantity(exact(amount), units[name])
        for name, amount in sums.items()
    }


def volumes(all_parts: Iterable[Part]) -> dict[str, Fraction]:
    """Ingredient → the millilitres of the components that hold it."""
    found: dict[str, Fraction] = {}
    for part in all_parts:
        for name in dict.fromkeys(content.ingredient for content in part.contents):
            found[name] = found.get(name, _NOTHING) + Fraction(part.component.volume)
    return found


def percent(part: Fraction, whole: Fraction) -> Decimal:
    return exact(part * 100 / whole)


# limits


def given(before: Iterable[Given], ingredient: str, per: str, on: date, unit: str) -> Fraction:
    """What counts beside today's dose: of the same day, of thirty days, or of the whole course."""
    return sum(
        (
            Fraction(dose.dose.value)
            for dose in before
            if dose.ingredient == ingredient and dose.dose.unit == unit and _counts(per, dose.on, on)
        ),
        _NOTHING,
    )


def _counts(per: str, then: date, on: date) -> bool:
    if per == "course":
        return then <= on
    if per == "month":
        return on - _MONTH < then <= on
    return then == on


def share(
    limit: Limit, ingredient: Ingredient, dose: Quantity | None, request: MixtureRequest, on: date
) -> Decimal | None:
    """The dose in percent of the limit, with what was given before; None while something of that is not known.

    What has been given before today is asked for only by limits that reach beyond today.
    """
    if limit.per == "site":
        return _at_a_point(limit, dose, request)
    unit = limit.amount.unit.removesuffix("/kg")
    ceiling = Fraction(limit.amount.value)
    if (
        dose is None
        or dose.unit != unit
        or (limit.per in ("course", "month") and request.given_before is None)
    ):
        return None
    if limit.per == "kg":
        if request.weight is None:
            return None
        ceiling *= Fraction(request.weight)
    before = given(request.given_before or (), ingredient.id, limit.per, on, unit)
    return percent(Fraction(dose.value) + before, ceiling)


def _at_a_point(limit: Limit, dose: Quantity | None, request: MixtureRequest) -> Decimal | None:
    at_a_point = request.volume_per_point
    if at_a_point is None:
        return None
    if limit.amount.unit == "mL":
        return percent(Fraction(at_a_point), Fraction(limit.amount.value))
    if dose is None or dose.unit != limit.amount.unit:
        return None
    one = Fraction(dose.value) * Fraction(at_a_point) / volume(request)
    return percent(one, Fraction(limit.amount.value))


def holding(ingredient: Ingredient, beside: Mapping[str, frozenset[str]]) -> tuple[Limit, ...]:
    """The limits that hold: one that asks for company in the same product replaces the plain one of its kind."""
    company = beside.get(ingredient.id, frozenset())
    special = {limit.per for limit in ingredient.limits if limit.beside in company}
    return tuple(
        limit
        for limit in ingredient.limits
        if limit.beside in company or (not limit.beside and limit.per not in special)
    )


def company(all_parts: Iterable[Part]) -> dict[str, frozenset[str]]:
    """Ingredient → what stands beside it in every component that holds it: the maker's own company."""
    found: dict[str, frozenset[str]] = {}
    for part in all_parts:
        names = frozenset(content.ingredient for content in part.contents)
        for name in names:
            found[name] = found.get(name, names) & names
    return found


# the finished mixture


def ph(all_parts: Iterable[Part]) -> tuple[Range | None, tuple[str, ...]]:
    """Between the most acid and the most alkaline part; None with the titles of those nobody knows it of."""
    known, unknown = [], []
    for part in all_parts:
        entry = part.ingredient or part.product
        if entry is None or entry.ph is None:
            unknown.append(part.title)
        else:
            known.append(entry.ph)
    if unknown or not known:
        return None, tuple(unknown)
    return Range(min(one.low for one in known), max(one.high for one in known)), ()


def osmolality(all_parts: tuple[Part, ...]) -> tuple[Decimal | None, tuple[str, ...]]:
    """The average of the parts by volume; None with the titles of those nobody knows it of."""
    total, whole, unknown = _NOTHING, _NOTHING, []
    for part in all_parts:
        own = _own_osmolality(part)
        if own is None:
            unknown.append(part.title)
        else:
            total += own * Fraction(part.component.volume)
        whole += Fraction(part.component.volume)
    return (None, tuple(unknown)) if unknown else (exact(total / whole), ())


def _own_osmolality(part: Part) -> Fraction | None:
    if part.product is not None:
        return None if part.product.osmolality is None else Fraction(part.product.osmolality)
    if part.ingredient is None:
        return None
    (content,) = part.contents
    return _at_strength(part.ingredient.osmolality, content.strength)


def _at_strength(known: tuple[Osmolality, ...], strength: Quantity | None) -> Fraction | None:
    """As said for this very strength, or on the line between two strengths; nothing is said beyond them."""
    points: dict[Fraction, Fraction] = {}
    for one in known:
        if one.at is None:
            return Fraction(one.value)
        if strength is not None and one.at.unit == strength.unit:
            points[Fraction(one.at.value)] = Fraction(one.value)
    if strength is None:
        return None
    wanted = Fraction(strength.value)
    if wanted in points:
        return points[wanted]
    lower = max((point for point in points if point < wanted), default=None)
    upper = min((point for point in points if point > wanted), default=None)
    if lower is None or upper is None:
        return None
    return points[lower] + (points[upper] - points[lower]) * (wanted - lower) / (upper - lower)
