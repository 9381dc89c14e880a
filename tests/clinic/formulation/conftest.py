"""A screened patient, a stocked cupboard, and mixtures of every kind, made through actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from anagen.clinic.formulation import actions
from anagen.clinic.formulation.actions import Source, Take
from anagen.clinic.formulation.judging import Wanted, Wish
from anagen.clinic.formulation.models import Preparation, Worksheet
from anagen.clinic.intake.examples import answer_as_example
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening import actions as screening
from anagen.clinic.stock import actions as stock
from anagen.clinic.stock import queries as stock_queries
from anagen.clinic.stock.actions import Part, Sheet
from anagen.clinic.stock.models import Place, Product

GTINS = {"panthenol": "04006381333931", "saline": "04012345678901"}
# name → content in mL, ingredient, strength, pH, osmolality
KNOWN = {
    "panthenol": ("2", "ingredient.dexpanthenol", "250 mg/mL", "6.5", 1400),
    "saline": ("10", "ingredient.sodium_chloride", "9 mg/mL", "5.5", 308),
    "vitamin c": ("5", "ingredient.vitamin_c", "100 mg/mL", "6.5", 1200),
    "lidocaine": ("20", "ingredient.lidocaine", "10 mg/mL", "6.3", 300),
    "b12": ("1", "ingredient.cyanocobalamin", "1 mg/mL", "5.5", 300),
}
Prepare = Callable[..., Preparation]
Sheets = Callable[..., Worksheet]


def sheet_of(known: str, **other: Any) -> Sheet:
    content, ingredient, strength, ph, osmolality = KNOWN[known]
    said: dict[str, Any] = {
        "name": f"Demo {known}",
        "maker": "Demo Works",
        "legal_class": "medicine",
        "container": "ampoule",
        "content_ml": Decimal(content),
        "routes": ("intradermal",),
        "ph": Decimal(ph),
        "osmolality": osmolality,
        "complete": True,
        "ingredients": (Part(known, ingredient, strength),),
    }
    return Sheet(**(said | other))


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def nurse(users: dict[Role, User]) -> User:
    return users[Role.NURSE]


@pytest.fixture
def prescriber(users: dict[Role, User]) -> User:
    return users[Role.PRESCRIBER]


@pytest.fixture
def lead(users: dict[Role, User]) -> User:
    return users[Role.MEDICAL_LEAD]


@pytest.fixture
def screened(patient: Patient, today: date) -> Patient:
    """Answered as a healthy adult; the screening is clear."""
    answer_as_example(patient, today)
    screening.decide(by="test", patient=patient, on=today)
    return patient


@pytest.fixture
def cupboard(db: None) -> Place:
    return stock.add_place(by="test", name="Cupboard")


@pytest.fixture
def stocked(cupboard: Place, at: datetime) -> dict[str, Product]:
    """Five products, ten ampoules of each in lot A1."""
    found = {}
    for name in KNOWN:
        product = stock.add_product(
            by="test", sheet=sheet_of(name), gtins=[GTINS[name]] if name in GTINS else []
        )
        receive(product, cupboard, at)
        found[name] = product
    return found


def receive(product: Product, place: Place, at: datetime, *, number: str = "A1", count: int = 10) -> Any:
    return stock.receive(
        by="test",
        product=product,
        number=number,
        expiry=timezone.localdate(at) + timedelta(days=365),
        count=count,
        place=place,
        at=at,
        key=uuid4(),
    ).lot


@pytest.fixture
def worksheet(screened: Patient, stocked: dict[str, Product], nurse: User, today: date) -> Sheets:
    """`worksheet(panthenol="0.5", saline="4.5")`."""

    def make(*, by: User = nurse, **parts: str) -> Worksheet:
        other = {name: parts.pop(name) for name in ("points", "point_ml") if name in parts}
        wish = Wish(
            [Wanted(stocked[name.replace("_", " ")], Decimal(ml)) for name, ml in parts.items()],
            points=int(other["points"]) if "points" in other else None,
            point_ml=Decimal(other["point_ml"]) if "point_ml" in other else None,
        )
        return actions.make_worksheet(by=by, patient=screened, wish=wish, on=today, key=uuid4())

    return make


def decided(sheet: Worksheet, by: User) -> Worksheet:
    """Every finding that may be decided is."""
    from anagen.clinic.formulation import queries

    for finding in queries.barriers(sheet).to_decide:
        actions.decide_finding(
            by=by,
            worksheet=sheet,
            rule=finding.rule,
            about=finding.about,
            reason=finding.override.reasons[0],
            comment="Read the maker's letter of May",
        )
    return sheet


def first_sources(sheet: Worksheet, at: datetime) -> list[Take]:
    """First expired first out for every component."""
    from anagen.clinic.formulation.actions.preparing import products_of

    found = []
    for product in products_of(sheet):
        balances = stock_queries.to_take(product, timezone.localdate(at))
        found.append(Take([Source(one.lot, one.place) for one in balances]))
    return found


@pytest.fixture
def prepare(at: datetime, nurse: User) -> Prepare:
    """Mix a worksheet from what expires first."""

    def mix(sheet: Worksheet, **other: Any) -> Preparation:
        moment = other.get("at", at)
        asked: dict[str, Any] = {
            "by": nurse,
            "takes": first_sources(sheet, moment),
            "at": moment,
            "key": uuid4(),
        }
        return actions.prepare(worksheet=sheet, **(asked | other))

    return mix
