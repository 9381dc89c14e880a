"""What is measured of a mixture: one subject for the whole, for each component, ingredient, limit and pair.

A measure that cannot be computed is left out, and so is unknown to the rules. No threshold stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Final

from anagen.medicine import dose
from anagen.medicine.dose import PER_ML, Part
from anagen.medicine.facts import Value
from anagen.medicine.formulary import Formulary
from anagen.medicine.mixed import Mixed, Subject
from anagen.medicine.mixture import (
    Action,
    Citation,
    Content,
    Ingredient,
    Known,
    Legal,
    Limit,
    MixtureRequest,
    Pair,
    exact,
)
from anagen.medicine.quantities import Quantity

NUMBER: Final = "1"
PERCENT: Final = "%"
_HOMEOPATHIC: Final = "mixture_type.homeopathic"
_LABORATORY: Final = ("/dL", "ng/mL", "pg/mL")

Entry = tuple[Content, Ingredient | None]


def subjects(mixed: Mixed) -> Iterator[Subject]:
    """Everything that the rules look at, in an order that does not hang on that of the components."""
    yield _whole(mixed)
    for part in sorted(mixed.parts, key=lambda part: (part.id, part.component.volume)):
        yield _component(part, mixed)
    for ingredient in mixed.ingredients:
        yield _ingredient(ingredient, mixed)
    company = dose.company(mixed.parts)
    for ingredient in mixed.ingredients:
        for limit in dose.holding(ingredient, company):
            yield _limit(limit, ingredient, mixed)
    for pair in sorted(mixed.pairs, key=lambda pair: sorted((pair.one, pair.other))):
        yield _pair(pair, mixed.formulary)


# the whole


def _whole(mixed: Mixed) -> Subject:
    request = mixed.request
    ph, _ = mixed.ph
    osmolality, _ = mixed.osmolality
    unnamed = [part for part in mixed.parts if not part.contents]
    actives = [one for one in mixed.ingredients if one.is_active]
    diluents = [one for part in mixed.parts for one in _if_diluent(_entries(part, mixed.formulary))]
    counted = len([one for one in mixed.ingredients if not one.is_diluent]) + len(unnamed)
    at_a_point = request.volume_per_point
    stated = request.points is not None or at_a_point is not None
    buffers = _buffers(mixed)
    return Subject(
        "mixture",
        (),
        "",
        {
            "mixture.components": _number(counted),
            "mixture.products": _number(len(mixed.parts)),
            "mixture.is_mixed": mixed.is_mixed,
            "mixture.way": request.route,
            "mixture.ph_lowest": None if ph is None else Quantity(ph.low, NUMBER),
            "mixture.ph_highest": None if ph is None else Quantity(ph.high, NUMBER),
            "mixture.osmolality": None if osmolality is None else Quantity(osmolality, "mosm/kg"),
            "mixture.water_alone": bool(diluents) and all(one.is_water for one in diluents),
            "mixture.points_stated": stated,
            "mixture.points_difference": _points_difference(request, mixed.volume),
            "mixture.volume_per_point": None if at_a_point is None else Quantity(at_a_point, "mL"),
            "mixture.anaesthetics": _anaesthetics(mixed),
            "mixture.prepared": request.prepared_at is not None,
            "mixture.past_use_by": mixed.is_past,
            "mixture.stability_known": None not in mixed.stabilities,
            "mixture.buffers_stated": bool(buffers),
            **buffers,
            "mixture.has_active": bool(actives or unnamed),
        },
    )


def _points_difference(request: MixtureRequest, volume: Fraction) -> Quantity | None:
    if request.points is None or request.volume_per_point is None:
        return None
    placed = request.points * Fraction(request.volume_per_point)
    return Quantity(dose.percent(abs(placed - volume), volume), PERCENT)


def _anaesthetics(mixed: Mixed) -> Quantity | None:
    """Each anaesthetic of the day with the highest part of its own ceilings, summed."""
    before = {one.ingredient for one in mixed.request.given_before or () if one.on == mixed.on}
    company = dose.company(mixed.parts)
    total = Fraction(0)
    for ingredient in mixed.formulary.ingredients.values():
        if not ingredient.is_anaesthetic or ingredient.id not in {*mixed.doses, *before}:
            continue
        amount = mixed.doses.get(ingredient.id, Quantity(Decimal(0), ingredient.measured_in))
        shares = [
            dose.share(limit, ingredient, amount, mixed.request, mixed.on)
            for limit in dose.holding(ingredient, company)
            if limit.action is Action.REFUSE
        ]
        known = [share for share in shares if share is not None]
        if not shares or len(known) < len(shares):
            return None
        total += Fraction(max(known))
    return Quantity(exact(total), PERCENT)


def _buffers(mixed: Mixed) -> dict[str, Value | None]:
    """Phosphate and citrate of the whole, once a label states either; a silent label makes both unknown."""
    products = [(part.product, part.component) for part in mixed.parts if part.product is not None]
    if not any(product.buffers for product, _ in products):
        return {}
    if not all(product.buffers for product, _ in products):
        return {"mixture.phosphate": None, "mixture.citrate": None}
    found: dict[str, Value | None] = {}
    for name in ("phosphate", "citrate"):
        amount = sum(
            (
                Fraction(product.buffers[name].value) * Fraction(component.volume)
                for product, component in products
                if name in product.buffers
            ),
            Fraction(0),
        )
        found[f"mixture.{name}"] = Quantity(exact(amount / mixed.volume), "mmol/L")
    return found


# components


def _component(part: Part, mixed: Mixed) -> Subject:
    component, ingredient, product = part.component, part.ingredient, part.product
    entry = ingredient or product
    described = entry is not None and all(
        content.ingredient in mixed.formulary.ingredients for content in part.contents
    )
    refusal = product.refusal if product is not None else None
    kind = Legal.HOMEOPATHIC.value
    entries = _entries(part, mixed.formulary)
    homeopathic = any(one is not None and one.kind == kind for _, one in entries) or (
        product is not None and product.mixture_type == _HOMEOPATHIC
    )
    traced = bool(component.lot) or component.expires is not None or mixed.request.prepared_at is not None
    measures: dict[str, Value | None] = {
        "component.described": described,
        "component.laboratory_unit": component.written.endswith(_LABORATORY),
        "component.traced": traced,
        "component.lot_known": bool(component.lot),
        "component.expired": None if component.expires is None else component.expires < mixed.on,
        "mixture.prepared": mixed.request.prepared_at is not None,
        **_strength(entries),
    }
    if entry is not None:
        measures |= {
            "component.legal": entry.legal.value,
            "component.homeopathic": homeopathic,
            "component.injectable": entry.injectable,
            "component.scalp": _scalp(part, mixed.request.route),
            "component.composition_known": ingredient is not None
            or (product is not None and product.is_complete),
            "component.barred": _barred(refusal is not None, refusal is not None and refusal.by_nobody),
            "component.strength_known": part.strength_known or _is_water(entries),
            "component.right_unit": _right_unit(entries),
            "component.agrees_with_label": _agrees(part),
        }
    detail = "" if refusal is None else refusal.reason
    cite = Citation() if product is None or refusal is None else product.cite
    return Subject("component", (part.id,), part.title, measures, detail, cite)


def _scalp(part: Part, route: str) -> str | None:
    if part.ingredient is not None:
        return part.ingredient.scalp
    routes = () if part.product is None else part.product.routes
    return None if not routes else "labelled" if route in routes else "off_label"


def _barred(barred: bool, for_good: bool) -> str:
    return "no" if not barred else "never" if for_good else "medical_lead"


def _entries(part: Part, formulary: Formulary) -> tuple[Entry, ...]:
    """What is in a component, of an ingredient and of a product alike: each with its entry, None when it has none."""
    return tuple((content, formulary.ingredients.get(content.ingredient)) for content in part.contents)


def _if_diluent(entries: tuple[Entry, ...]) -> tuple[Ingredient, ...]:
    """The entries of a component that only thins; nothing of any other."""
    thinning = tuple(one for _, one in entries if one is not None and one.is_diluent)
    return thinning if len(thinning) == len(entries) else ()


def _is_water(entries: tuple[Entry, ...]) -> bool:
    diluents = _if_diluent(entries)
    return bool(diluents) and all(one.is_water for one in diluents)


def _right_unit(entries: tuple[Entry, ...]) -> bool:
    return all(
        content.strength.unit == f"{one.measured_in}{PER_ML}"
        for content, one in entries
        if content.strength is not None and one is not None
    )


def _agrees(part: Part) -> bool:
    stated = part.component.concentration
    if part.product is None or stated is None:
        return True
    if len(part.product.contents) != 1:
        return not part.product.contents
    said = part.product.contents[0].strength
    return said is None or said == stated


def _strength(entries: tuple[Entry, ...]) -> dict[str, Value | None]:
    """The strength of each content beside those on file for it; of several contents the one that is furthest off.

    A diluent that stands beside other contents only makes them isotonic, in whatever strength that takes.
    """
    thins = bool(_if_diluent(entries))
    on_file = has_ceiling = False
    highest: list[Quantity] = []
    lowest: list[Quantity] = []
    drawn_up: list[Quantity] = []
    for content, one in entries:
        stated = content.strength
        if one is None or (one.is_diluent and not thins):
            continue
        unit = f"{one.measured_in}{PER_ML}"
        if stated is not None and stated.unit != unit:
            continue
        sold = [strength.value for strength in one.strengths.sold if strength.unit == unit]
        ceiling = one.strengths.drawn_up_ceiling
        on_file = on_file or bool(sold)
        has_ceiling = has_ceiling or ceiling is not None
        if stated is not None and sold:
            highest.append(_part_of(stated, max(sold)))
            lowest.append(_part_of(stated, min(sold)))
        if stated is not None and ceiling is not None:
            drawn_up.append(_part_of(stated, ceiling.value))
    measures: dict[str, Value | None] = {
        "component.strengths_on_file": on_file,
        "component.has_stock_ceiling": has_ceiling,
    }
    if highest:
        measures["component.of_highest_strength"] = max(highest, key=_value)
        measures["component.of_lowest_strength"] = min(lowest, key=_value)
    if drawn_up:
        measures["component.of_stock_ceiling"] = max(drawn_up, key=_value)
    return measures


def _value(quantity: Quantity) -> Decimal:
    return quantity.value


def _part_of(stated: Quantity, whole: Decimal) -> Quantity:
    return Quantity(dose.percent(Fraction(stated.value), Fraction(whole)), PERCENT)


# ingredients, limits, pairs


def _ingredient(ingredient: Ingredient, mixed: Mixed) -> Subject:
    refusal, interval, strengths = ingredient.refusal, ingredient.interval, ingredient.strengths
    strength = mixed.strengths[ingredient.id]
    measures: dict[str, Value | None] = {
        "ingredient.is_group": ingredient.is_group,
        "ingredient.barred": _barred(refusal is not None, refusal is not None and refusal.by_nobody),
        "ingredient.oily": ingredient.oily,
        "ingredient.is_active": ingredient.is_active,
        "ingredient.is_preservative": ingredient.kind == "preservative",
        "ingredient.from_animals": "animal" in ingredient.origin,
        "ingredient.from_plants": "plant" in (*ingredient.origin, ingredient.kind),
        "ingredient.has_ceiling": strengths.ceiling is not None,
        "ingredient.of_ceiling": _of(strength, strengths.ceiling),
        "ingredient.has_usual": strengths.reason_above is not None,
        "ingredient.of_usual": _of(strength, strengths.reason_above),
        "ingredient.beside_others": ingredient.own_syringe and _beside_others(ingredient, mixed),
        "ingredient.interval": "none" if interval is None else interval.action.value,
        "ingredient.too_soon": _too_soon(ingredient, mixed),
    }
    detail = "" if refusal is None else refusal.reason
    cite = Citation() if refusal is None else ingredient.cite
    return Subject("ingredient", (ingredient.id,), ingredient.title, measures, detail, cite)


def _of(strength: Quantity | None, limit: Quantity | None) -> Quantity | None:
    if strength is None or limit is None or strength.unit != limit.unit:
        return None
    return _part_of(strength, limit.value)


def _beside_others(ingredient: Ingredient, mixed: Mixed) -> bool:
    """Whether another component holds anything that is not known to go with it."""
    for one, other in combinations(mixed.parts, 2):
        names = [{content.ingredient for content in part.contents} for part in (one, other)]
        if ingredient.id not in names[0] | names[1]:
            continue
        if not all(names):
            return True
        strangers = names[1] if ingredient.id in names[0] else names[0]
        if any(
            mixed.formulary.pair(ingredient.id, stranger).known is not Known.GOOD
            for stranger in strangers - {ingredient.id}
        ):
            return True
    return False


def _too_soon(ingredient: Ingredient, mixed: Mixed) -> bool | None:
    before = mixed.request.given_before
    if ingredient.interval is None or before is None:
        return None
    days = [one.on for one in before if one.ingredient == ingredient.id and one.on < mixed.on]
    return bool(days) and max(days) + ingredient.interval.least > mixed.on


def _limit(limit: Limit, ingredient: Ingredient, mixed: Mixed) -> Subject:
    amount = mixed.doses[ingredient.id]
    share = dose.share(limit, ingredient, amount, mixed.request, mixed.on)
    measures: dict[str, Value | None] = {
        "limit.action": limit.action.value,
        "limit.share": None if share is None else Quantity(share, PERCENT),
    }
    had = "unknown amount" if amount is None else str(amount)
    weight = ""
    if limit.per == "kg":
        weight = ", weight not known" if mixed.request.weight is None else f", {mixed.request.weight} kg"
    per = "" if limit.per == "kg" else f" per {limit.per}"
    note = f" ({limit.note})" if limit.note else ""
    detail = f"{had}{weight}; the limit is {limit.amount}{per}{note}."
    about = (ingredient.id, f"per {limit.per}")
    return Subject("limit", about, ingredient.title, measures, detail, ingredient.cite)


def _pair(pair: Pair, formulary: Formulary) -> Subject:
    first, second = sorted((pair.one, pair.other))
    titles = [
        formulary.ingredients[one].title if one in formulary.ingredients else one for one in (first, second)
    ]
    measures: dict[str, Value | None] = {"pair.known": pair.known.value, "pair.action": pair.action}
    return Subject("pair", (first, second), " + ".join(titles), measures, pair.why, pair.cite)


def _number(count: int) -> Quantity:
    return Quantity(Decimal(count), NUMBER)
