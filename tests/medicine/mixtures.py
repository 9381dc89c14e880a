"""Requests and formularies in few words, for tests of mixtures."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from anagen.knowledge.loader import shipped
from anagen.medicine.facts import Facts
from anagen.medicine.formulary import Formulary
from anagen.medicine.formulation import judge_mixture
from anagen.medicine.mixture import (
    Component,
    Content,
    Legal,
    MixtureAnswer,
    MixtureRequest,
    Product,
    Range,
)
from anagen.medicine.quantities import Quantity

ON = date(2026, 11, 21)
LIDOCAINE = "ingredient.lidocaine"


def strength(text: str) -> Quantity:
    return Quantity.parse(text)


def part(name: str, concentration: str | None = None, volume: str = "1", **more: Any) -> Component:
    stated = None if concentration is None else strength(concentration)
    return Component(name, Decimal(volume), stated, **more)


def request(*components: Component, **more: Any) -> MixtureRequest:
    return MixtureRequest(**{"route": "intradermal", **more, "components": components})


def judged(
    *components: Component, facts: Facts | None = None, formulary: Formulary | None = None, **more: Any
) -> MixtureAnswer:
    at = more.pop("at", None)
    known = formulary or shipped().formulary
    return judge_mixture(request(*components, **more), known, on=ON, facts=facts, at=at)


def weighing(answer: MixtureAnswer) -> dict[str, str]:
    """Rule → the verdict of its finding, for all that weigh more than a missing answer."""
    return {
        finding.rule: finding.verdict.word
        for finding in answer.reasons
        if finding.verdict.word != "incomplete"
    }


def product(name: str = "product.ready", **more: Any) -> Product:
    """A registered product with one ingredient and a whole label."""
    return Product(
        **{
            "id": name,
            "title": name,
            "legal": Legal.MEDICINE,
            "contents": (Content("ingredient.dexpanthenol", strength("50 mg/mL")),),
            "is_complete": True,
            "injectable": True,
            "routes": ("intradermal",),
            "ph": Range(Decimal("6.0"), Decimal("7.0")),
            "osmolality": Decimal(310),
            "stable_mixed": timedelta(hours=2),
            **more,
        }
    )


def with_products(*products: Product) -> Formulary:
    return shipped().formulary.adding({one.id: one for one in products})
