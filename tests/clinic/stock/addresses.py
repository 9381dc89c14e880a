"""Samples of the addresses of stock: a product with a lot in quarantine, an opened vial."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone
from tests.clinic.addresses import World
from tests.clinic.stock.conftest import MULTI

from anagen.clinic.people.permissions import Role
from anagen.clinic.people.queries import today
from anagen.clinic.stock import actions
from anagen.clinic.stock.models import Balance, Place, Product, Vial

ANSWERS: dict[str, int] = {}


def samples(world: World) -> dict[str, dict[str, Any]]:
    nurse, at = world.users[Role.NURSE], timezone.now()
    product = Product.objects.first() or actions.add_product(by=nurse, sheet=MULTI)
    place = Place.objects.first() or actions.add_place(by=nurse, name="Cupboard")
    vial = Vial.objects.first()
    if vial is None:
        lot = actions.receive(
            by=nurse,
            product=product,
            number="A1",
            expiry=today() + timedelta(days=90),
            count=2,
            place=place,
            at=at,
            key=uuid4(),
        ).lot
        vial = actions.open_container(by=nurse, lot=lot, place=place, at=at, key=uuid4())
    lot = {"lot": vial.lot_id}
    return {
        "stock:product": {"product": product.pk},
        "stock:change_product": {"product": product.pk},
        "stock:movements_csv": {"product": product.pk},
        "stock:count": {"place": place.pk},
        "stock:place": {"place": place.pk},
        "stock:open": {"balance": Balance.objects.get(lot=vial.lot_id).pk},
        "stock:close": {"vial": vial.pk},
    } | {f"stock:{name}": lot for name in ("lot", "lot_csv", "leave", "hold", "release", "expiry")}
