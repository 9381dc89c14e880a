"""Samples of the addresses of formulation: a worksheet that was decided and prepared, and one to decide."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.utils import timezone
from tests.clinic.addresses import World
from tests.clinic.formulation.conftest import decided, first_sources, sheet_of

from anagen.clinic.formulation import actions
from anagen.clinic.formulation.judging import Wanted, Wish
from anagen.clinic.formulation.models import Worksheet
from anagen.clinic.intake.examples import answer_as_example
from anagen.clinic.people.permissions import Role
from anagen.clinic.people.queries import today
from anagen.clinic.screening import actions as screening
from anagen.clinic.stock import actions as stock

ANSWERS = {"formulation:judge": 405, "formulation:divide": 405}


def samples(world: World) -> dict[str, dict[str, Any]]:
    number = world.patient.number
    if not Worksheet.objects.exists():
        _fill(world)
    first, *_others, last = Worksheet.objects.order_by("pk")
    one = {"number": number, "worksheet": first.pk}
    return (
        {f"formulation:{name}": {"number": number} for name in ("mixtures", "new", "judge")}
        | {f"formulation:{name}": one for name in ("worksheet", "divide", "labels", "check", "discard")}
        | {
            "formulation:decide": {"number": number, "worksheet": last.pk, "finding": 0},
            "formulation:prepare": {"number": number, "worksheet": Worksheet.objects.order_by("pk")[1].pk},
        }
    )


def _fill(world: World) -> None:
    nurse, at = world.users[Role.NURSE], timezone.now()
    answer_as_example(world.patient, today())
    screening.decide(by="test", patient=world.patient, on=today())
    place = stock.add_place(by="test", name="Bench")
    products = []
    for name in ("panthenol", "saline"):
        product = stock.add_product(by="test", sheet=sheet_of(name))
        stock.receive(
            by="test", product=product, number="A1", expiry=today() + timedelta(days=90), count=9,
            place=place, at=at, key=uuid4(),
        )  # fmt: skip
        products.append(product)
    wish = Wish([Wanted(products[0], Decimal("0.5")), Wanted(products[1], Decimal("4.5"))])
    sheets = [
        actions.make_worksheet(by=nurse, patient=world.patient, wish=wish, on=today(), key=uuid4())
        for _turn in range(3)
    ]
    for sheet in sheets[:2]:
        decided(sheet, world.users[Role.PRESCRIBER])
    actions.prepare(by=nurse, worksheet=sheets[0], takes=first_sources(sheets[0], at), at=at, key=uuid4())
