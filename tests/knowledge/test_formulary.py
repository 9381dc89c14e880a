"""The formulary: ingredients, products, mixtures and pairs name each other truly and say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import pytest

from anagen.knowledge import build, ledger
from anagen.knowledge.loader import shipped
from anagen.medicine.quantities import Quantity

TOPICS = {"ingredient", "product", "cocktail_type", "formulation_rule", "storage_rule"}  # of the ledger


@pytest.fixture(scope="module")
def topics() -> Mapping[str, Mapping[str, Any]]:
    return shipped().topics


def details(topics: Mapping[str, Mapping[str, Any]], topic: str) -> dict[str, Mapping[str, Any]]:
    return {name: item["details"] for name, item in topics.items() if name.startswith(f"{topic}.")}


def named(plain: object) -> Iterator[str]:
    """Every word in details that looks like an entry of the formulary."""
    if isinstance(plain, Mapping):
        for value in plain.values():
            yield from named(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from named(value)
    elif isinstance(plain, str) and plain.startswith(("ingredient.", "product.", "mixture_type.")):
        yield plain


def test_whatever_details_name_is_there(topics: Mapping[str, Mapping[str, Any]]) -> None:
    lost = {(name, word) for name, item in topics.items() for word in named(item.get("details", {}))}
    assert not {pair for pair in lost if pair[1] not in topics}


def pairs(topics: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[frozenset[str], str]]:
    """Two ingredients and what the pair's entry answers."""
    for found in details(topics, "formulation").values():
        pair = found.get("pair")
        for one in pair["one"] if pair else ():
            for other in pair.get("other", ()):
                yield frozenset((one, other)), pair["action"]


def test_an_ingredient_and_its_pairs_say_the_same(topics: Mapping[str, Mapping[str, Any]]) -> None:
    ingredients = details(topics, "ingredient")
    listed = {
        kind: {
            frozenset((name, other)) for name, found in ingredients.items() for other in found.get(kind, ())
        }
        for kind in ("incompatible_with", "caution_with")
    }
    answered = list(pairs(topics))
    assert listed["incompatible_with"] == {pair for pair, action in answered if action == "refuse"}
    assert listed["caution_with"] == {
        pair for pair, action in answered if action in ("caution", "pharmacist")
    }


def test_both_of_a_pair_name_each_other(topics: Mapping[str, Mapping[str, Any]]) -> None:
    ingredients = details(topics, "ingredient")
    one_sided = {
        (name, other)
        for kind in ("incompatible_with", "caution_with")
        for name, found in ingredients.items()
        for other in found.get(kind, ())
        if name not in ingredients[other].get(kind, ())
    }
    assert not one_sided


def test_no_pair_is_answered_twice(topics: Mapping[str, Mapping[str, Any]]) -> None:
    answered = [pair for pair, _ in pairs(topics)]
    assert len(answered) == len(set(answered))


def test_what_bars_an_ingredient_is_a_condition_over_facts(topics: Mapping[str, Mapping[str, Any]]) -> None:
    plain = shipped().account
    words = build.vocabulary(plain["facts"], plain["units"])
    for name, found in details(topics, "ingredient").items():
        for bar in found.get("contraindicated", ()):
            assert build.condition(bar["when"], words).facts(), name


def test_a_word_for_many_asks_for_a_name_or_is_refused(topics: Mapping[str, Mapping[str, Any]]) -> None:
    loose = {
        name
        for name, found in details(topics, "ingredient").items()
        if found["entry"] == "group"
        and "refuse" not in found
        and "name_of_substance" not in found.get("needs", ())
    }
    assert not loose


def test_what_may_be_injected_needs_somebody(topics: Mapping[str, Mapping[str, Any]]) -> None:
    """No substance is fine by silence: refused, or a prescriber or a name is asked for (aids apart)."""
    loose = {
        name
        for name, found in details(topics, "ingredient").items()
        if "refuse" not in found
        and found["class"] not in ("diluent", "preservative")
        and not {"prescriber", "name_of_substance"} & set(found.get("needs", ()))
    }
    assert not loose


def base(quantity: str) -> Fraction:
    units = {"mg": Fraction(1), "g": Fraction(1000), "ug": Fraction(1, 1000)}
    value = Quantity.parse(quantity)
    return Fraction(value.value) * units[value.unit.removesuffix("/mL")]


def test_strengths_rise_from_usual_to_ceiling(topics: Mapping[str, Mapping[str, Any]]) -> None:
    for name, found in details(topics, "ingredient").items():
        strength = found.get("concentration", {})
        steps = [base(strength[key]) for key in ("usual", "reason_above", "ceiling") if key in strength]
        assert steps == sorted(steps), name


def test_the_lotion_of_minoxidil_is_above_the_ceiling(topics: Mapping[str, Mapping[str, Any]]) -> None:
    ceiling = topics["ingredient.minoxidil"]["details"]["concentration"]["ceiling"]
    assert base("50 mg/mL") > base(ceiling)


@pytest.mark.parametrize(
    "name",
    [
        *("buflomedil", "stem_cells", "growth_factors", "vegf", "bfgf", "igf_1", "glycolic_acid"),
        *("pyruvic_acid", "lipolytics", "deoxycholate", "antibiotics", "corticosteroids", "immunomodulators"),
        *("piroxicam", "salicylates", "iron", "vitamin_a", "vitamin_k", "vitamin_e", "collagen", "elastin"),
        *("ribomunyl", "enzymes", "mesoglycan", "homeopathics"),
    ],
)
def test_the_ledgers_list_of_what_to_refuse_is_refused(
    topics: Mapping[str, Mapping[str, Any]], name: str
) -> None:
    assert topics[f"ingredient.{name}"]["details"]["refuse"]["reason"]


def test_a_product_with_a_refused_part_is_refused(topics: Mapping[str, Mapping[str, Any]]) -> None:
    ingredients = details(topics, "ingredient")
    loose = {
        name
        for name, found in details(topics, "product").items()
        if any("refuse" in ingredients[part] for part in found.get("ingredients", ()))
        and "refuse" not in found
    }
    assert not loose


def test_claims_of_the_formulary_are_used_or_set_aside_by_a_named_entry(
    topics: Mapping[str, Mapping[str, Any]],
) -> None:
    plain = shipped().account
    used, aside = ledger.uses(plain), ledger.set_aside(plain)
    mine = [claim for claim in ledger.claims().values() if claim.topic in TOPICS]
    sound = [claim.id for claim in mine if claim.sense_check in ("ok", "conflicts")]
    assert len([claim for claim in sound if claim in used]) >= 0.85 * len(sound)
    unsafe = [claim.id for claim in mine if claim.sense_check == "unsafe" and claim.id not in used]
    unguarded = [
        claim for claim in unsafe if not any(word.strip(".,;") in topics for word in aside[claim].split())
    ]
    assert unsafe
    assert not unguarded
