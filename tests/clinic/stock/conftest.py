"""A cupboard, a fridge, and a product of each kind, made through actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Role
from anagen.clinic.stock import actions
from anagen.clinic.stock.actions import Part, Sheet
from anagen.clinic.stock.models import Lot, Movement, Place, Product, Vial

DAY = timedelta(days=1)
GTIN = "04006381333931"

AMPOULE = Sheet(
    name="Demo Panthenol",
    maker="Demo Works",
    legal_class="medicine",
    container="ampoule",
    content_ml=Decimal(5),
    routes=("intradermal",),
    ingredients=(Part("Dexpanthenol", "ingredient.dexpanthenol", "250 mg/mL"),),
)
MULTI = Sheet(
    name="Demo Lidocaine",
    maker="Demo Works",
    legal_class="medicine",
    container="vial",
    content_ml=Decimal(20),
    dosing="multi",
    opened_hours=14 * 24,
    routes=("intradermal", "subcutaneous"),
)
Receive = Callable[..., Lot]


@pytest.fixture
def at(today: date) -> datetime:
    """Ten in the morning."""
    return timezone.make_aware(datetime.combine(today, time(10)))


@pytest.fixture
def desk(users: dict[Role, User]) -> User:
    return users[Role.FRONT_DESK]


@pytest.fixture
def nurse(users: dict[Role, User]) -> User:
    return users[Role.NURSE]


@pytest.fixture
def prescriber(users: dict[Role, User]) -> User:
    return users[Role.PRESCRIBER]


@pytest.fixture
def cupboard(db: None) -> Place:
    return actions.add_place(by="test", name="Cupboard")


@pytest.fixture
def fridge(db: None) -> Place:
    return actions.add_place(by="test", name="Fridge")


@pytest.fixture
def ampoule(db: None) -> Product:
    """Single-dose, 5 mL."""
    return actions.add_product(by="test", sheet=AMPOULE, gtins=[GTIN])


@pytest.fixture
def multi(db: None) -> Product:
    """Multi-dose, 20 mL, 14 days after opening."""
    return actions.add_product(by="test", sheet=MULTI)


@pytest.fixture
def receive(ampoule: Product, cupboard: Place, nurse: User, at: datetime, today: date) -> Receive:
    """`receive("A1", 10)`: ten ampoules that expire in a year."""

    def take_in(number: str, count: int = 10, **other: object) -> Lot:
        asked: dict[str, object] = {
            "product": ampoule,
            "place": cupboard,
            "by": nurse,
            "at": at,
            "expiry": today + 365 * DAY,
            "key": uuid4(),
        }
        movement: Movement = actions.receive(number=number, count=count, **(asked | other))  # type: ignore[arg-type]
        return movement.lot

    return take_in


@pytest.fixture
def opened(receive: Receive, multi: Product, cupboard: Place, nurse: User, at: datetime) -> Vial:
    """A multi-dose vial, opened just now."""
    lot = receive("M1", 3, product=multi)
    return actions.open_container(by=nurse, lot=lot, place=cupboard, at=at, key=uuid4())
