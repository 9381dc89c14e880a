"""A product is judged by the entries of what is in it; each caution and each limit has a name of its own."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.medicine.mixtures import judged, part, product, strength, weighing, with_products

from anagen.knowledge.loader import shipped
from anagen.medicine.mixture import Content

READY = "product.ready"


def of(*contents: tuple[str, str | None]) -> tuple[Content, ...]:
    return tuple(
        Content(f"ingredient.{name}", None if said is None else strength(said)) for name, said in contents
    )


ENTRY_RULES = {
    "mixture.strength_that_does_not_exist",
    "mixture.stock_too_strong",
    "mixture.wrong_kind_of_unit",
    "mixture.water_alone",
    "mixture.homeopathic",
    "mixture.strength_unknown",
}


@pytest.mark.parametrize(
    ("contents", "refused"),
    [
        (of(("lidocaine", "20 mg/mL")), {}),
        (of(("lidocaine", "0.2 mg/mL")), {"mixture.strength_that_does_not_exist": "exclude"}),
        (
            of(("methylparaben", "1 mg/mL"), ("lidocaine", "10 mg/mL"), ("biotin", "50 mg/mL")),
            {"mixture.strength_that_does_not_exist": "exclude"},
        ),
        (of(("minoxidil", "20 mg/mL")), {}),
        (of(("minoxidil", "50 mg/mL"), ("biotin", "5 mg/mL")), {"mixture.stock_too_strong": "exclude"}),
        (of(("lidocaine", "20 U/mL")), {"mixture.wrong_kind_of_unit": "exclude"}),
        (of(("botulinum_toxin_a", "20 mg/mL")), {"mixture.wrong_kind_of_unit": "exclude"}),
        (of(("biotin", "5 mg/mL"), ("unicorn", "5 U/mL")), {}),
        (of(("minoxidil", None)), {"mixture.strength_unknown": "refer"}),
        (of(("sodium_chloride", "0.1 mg/mL")), {"mixture.strength_that_does_not_exist": "exclude"}),
        (of(("biotin", "5 mg/mL"), ("sodium_chloride", "0.1 mg/mL")), {}),
        (of(("water_for_injection", None)), {"mixture.water_alone": "exclude"}),
        (of(("homeopathics", "1 mg/mL")), {"mixture.homeopathic": "exclude"}),
    ],
)
def test_a_product_is_judged_by_the_entries_of_what_is_in_it(
    contents: tuple[Content, ...], refused: dict[str, str]
) -> None:
    """A clinic stocks products: what the entries say of strength, unit, water and kind holds for them too."""
    found = judged(
        part(READY, volume="0.1", is_product=True), formulary=with_products(product(contents=contents))
    )
    assert {rule: said for rule, said in weighing(found).items() if rule in ENTRY_RULES} == refused


def test_each_caution_and_each_limit_of_an_ingredient_has_a_name_of_its_own() -> None:
    """So that a decision about one of them never stands for another."""
    for ingredient in shipped().formulary.ingredients.values():
        answer = judged(part(ingredient.title, "1000 mg/mL", "100"), weight=Decimal(60))
        names = [(one.rule, one.about) for one in answer.reasons]
        assert len(names) == len(set(names)), ingredient.id
    doses = judged(part("lidocaine", "20 mg/mL", "100"), weight=Decimal(60))
    assert {one.about for one in doses.reasons if one.rule == "mixture.dose_refused"} == {
        ("ingredient.lidocaine", "per kg"),
        ("ingredient.lidocaine", "per session"),
    }
