"""Mixtures of the demo clinic in every state: refused, to be decided, ready, prepared, checked, thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from anagen.clinic.formulation import actions, queries
from anagen.clinic.formulation.actions import Entered, Source, Take
from anagen.clinic.formulation.actions.preparing import products_of
from anagen.clinic.formulation.judging import Wanted, Wish
from anagen.clinic.formulation.models import Preparation, Worksheet
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening.queries import latest_of_each, standing
from anagen.clinic.stock import queries as stock
from anagen.clinic.stock.models import Product

# in which state a worksheet is left → product and mL
STORIES: Final = (
    ("refused", {"cocktail": "2", "saline": "3"}),
    ("to decide", {"panthenol": "0.5", "saline": "4.5"}),
    ("ready", {"panthenol": "0.5", "saline": "4.5"}),
    ("to check", {"panthenol": "0.5", "saline": "4.5"}),
    ("checked", {"panthenol": "0.4", "saline": "4.6"}),
    ("thrown away", {"panthenol": "0.5", "saline": "4.5"}),
)
COMMENT: Final = "Mixed like this in the hospital pharmacy for years; their letter of May is filed"


def fill_mixtures(*, staff: Mapping[Role, User], products: Mapping[str, Product]) -> None:
    """One story for each patient whose screening allows a treatment, as far as there are any."""
    allowed = (
        decision.patient
        for decision in latest_of_each().order_by("pk")
        if standing(decision).verdict.treatable
    )
    for (state, parts), patient in zip(STORIES, allowed, strict=False):
        _tell(state, parts, patient, staff, products)


def _tell(
    state: str,
    parts: Mapping[str, str],
    patient: Patient,
    staff: Mapping[Role, User],
    products: Mapping[str, Product],
) -> None:
    nurse, prescriber, now = staff[Role.NURSE], staff[Role.PRESCRIBER], timezone.now()
    wish = Wish([Wanted(products[name], Decimal(ml)) for name, ml in parts.items()], 100, Decimal("0.05"))
    sheet = actions.make_worksheet(
        by=nurse, patient=patient, wish=wish, on=timezone.localdate(now), key=uuid5(NAMESPACE_URL, state)
    )
    if state in ("refused", "to decide"):
        return
    for finding in queries.barriers(sheet).to_decide:
        actions.decide_finding(
            by=prescriber,
            worksheet=sheet,
            rule=finding.rule,
            about=finding.about,
            reason=finding.override.reasons[0],
            comment=COMMENT,
        )
    if state == "ready":
        return
    made = _prepared(sheet, nurse, now)
    if state == "checked":
        entered = [
            Entered(part.draw.vial.lot.product, part.draw.vial.lot.number, part.draw.volume_ml)
            for part in made.drawn.all()
        ]
        actions.second_check(by=prescriber, preparation=made, entered=entered, at=now)
    elif state == "thrown away":
        actions.discard(by=nurse, preparation=made, reason="The patient went home before it was given")


def _prepared(sheet: Worksheet, nurse: User, now: datetime) -> Preparation:
    takes = [
        Take([Source(one.lot, one.place) for one in stock.to_take(product, timezone.localdate(now))])
        for product in products_of(sheet)
    ]
    return actions.prepare(
        by=nurse, worksheet=sheet, takes=takes, at=now, key=uuid5(sheet.key, "prepared"), syringes=2
    )
