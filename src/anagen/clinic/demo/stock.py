"""The shelves of the demo clinic: invented products with real ingredients; nothing of it is a recommendation.

Something of everything that somebody has to look after: low, expiring soon, expired, held back, expiry unknown, and
an opened vial.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from anagen.clinic.people.models import User
from anagen.clinic.stock import actions
from anagen.clinic.stock.actions import Part, Sheet
from anagen.clinic.stock.models import Lot, Place, Product

MAKER: Final = "Demo Works (invented)"

PRODUCTS: Final = {
    "panthenol": Sheet(
        name="Demo-Panthenol 250",
        maker=MAKER,
        legal_class="medicine",
        container="ampoule",
        content_ml=Decimal(2),
        routes=("intradermal", "intramuscular"),
        storage="15 to 25 °C",
        ph=Decimal("6.5"),
        osmolality=1400,
        complete=True,
        ingredients=(Part("Dexpanthenol", "ingredient.dexpanthenol", "250 mg/mL"),),
    ),
    "biotin": Sheet(
        name="Demo-Biotin 5",
        maker=MAKER,
        legal_class="medicine",
        container="ampoule",
        content_ml=Decimal(1),
        routes=("intradermal", "intramuscular"),
        storage="2 to 8 °C",
        from_light=True,
        complete=True,
        ingredients=(Part("Biotin", "ingredient.biotin", "5 mg/mL"),),
    ),
    "lidocaine": Sheet(
        name="Demo-Lidocaine 1 %",
        maker=MAKER,
        legal_class="medicine",
        container="vial",
        content_ml=Decimal(20),
        dosing="multi",
        opened_hours=14 * 24,
        routes=("intradermal", "subcutaneous"),
        storage="15 to 25 °C",
        ph=Decimal("6.3"),
        witnessed=True,
        complete=True,
        ingredients=(
            Part("Lidocaine", "ingredient.lidocaine", "10 mg/mL"),
            Part("Methylparaben", "ingredient.methylparaben", "1 mg/mL"),
        ),
    ),
    "saline": Sheet(
        name="Demo-Saline 0.9 %",
        maker=MAKER,
        legal_class="medicine",
        container="ampoule",
        content_ml=Decimal(10),
        routes=("intradermal", "subcutaneous", "intravenous"),
        storage="15 to 25 °C",
        ph=Decimal("5.5"),
        osmolality=308,
        complete=True,
        low_below=20,
        ingredients=(Part("Sodium chloride", "ingredient.sodium_chloride", "9 mg/mL"),),
    ),
    "cocktail": Sheet(
        name="Demo-Hair cocktail",
        maker=MAKER,
        legal_class="cosmetic",
        container="vial",
        content_ml=Decimal(5),
        routes=("topical",),
        storage="15 to 25 °C",
        ingredients=(Part("Biotin", "ingredient.biotin"), Part("Growth complex")),
    ),
}

# product, lot, containers, days until it expires (None: nobody knows), place
LOTS: Final = (
    ("panthenol", "PA2401", 24, 420, "Cupboard"),
    ("panthenol", "PA2312", 6, 21, "Cupboard"),
    ("biotin", "BI77", 3, 200, "Fridge"),
    ("biotin", "BI71", 4, -12, "Fridge"),
    ("lidocaine", "LC100", 5, 300, "Cupboard"),
    ("lidocaine", "LC093", 2, 150, "Cupboard"),
    ("saline", "SA900", 40, 700, "Cupboard"),
    ("saline", "SA-X", 10, None, "Cupboard"),
    ("cocktail", "HC5", 4, 250, "Cupboard"),
)
GTINS: Final = {"panthenol": "09506000134352", "biotin": "09506000134369", "lidocaine": "09506000134376"}


def fill_stock(*, nurse: User, on: date) -> dict[str, Product]:
    """Two places, five products, nine lots; one held back, one vial opened the day before. By short name."""
    at = timezone.make_aware(datetime.combine(on, time(7)))
    places = {name: actions.add_place(by=nurse, name=name) for name in ("Cupboard", "Fridge")}
    products = {
        name: actions.add_product(by=nurse, sheet=sheet, gtins=[GTINS[name]] if name in GTINS else [])
        for name, sheet in PRODUCTS.items()
    }
    lots = {
        number: _received(nurse, products[name], number, count, days, places[place], at)
        for name, number, count, days, place in LOTS
    }
    actions.quarantine(by=nurse, lot=lots["LC093"], reason="Flakes seen in one vial", at=at)
    actions.open_container(
        by=nurse,
        lot=lots["LC100"],
        place=places["Cupboard"],
        at=at - timedelta(days=1),
        key=uuid5(NAMESPACE_URL, "opened"),
    )
    return products


def _received(
    by: User, product: Product, number: str, count: int, days: int | None, place: Place, at: datetime
) -> Lot:
    return actions.receive(
        by=by,
        product=product,
        number=number,
        expiry=None if days is None else timezone.localdate(at) + timedelta(days=days),
        count=count,
        place=place,
        at=at - timedelta(days=40),
        key=uuid5(NAMESPACE_URL, number),
    ).lot
