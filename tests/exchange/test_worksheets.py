"""A worksheet and its products as plain JSON: back without loss, whatever is known of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from anagen.exchange.worksheets import plain_products, plain_request, products_of, request_and_formulary
from anagen.knowledge.loader import shipped
from anagen.medicine.mixture import Component, Content, Given, Legal, MixtureRequest, Product, Range
from anagen.medicine.quantities import Quantity

FULL = Product(
    id="stock.1",
    title="Demo, ampoule of 2 mL",
    legal=Legal.MEDICINE,
    contents=(
        Content("ingredient.dexpanthenol", Quantity(Decimal(250), "mg/mL")),
        Content("ingredient.zinc"),
    ),
    is_complete=True,
    names=("Demo",),
    maker="Demo Works",
    injectable=True,
    routes=("intradermal",),
    single_dose=True,
    container=Quantity(Decimal(2), "mL"),
    ph=Range(Decimal("6.5"), Decimal("6.5")),
    osmolality=Decimal(1400),
    after_opening=timedelta(hours=12),
)
BARE = Product(id="stock.2", title="Demo cream", legal=Legal.UNKNOWN)
REQUEST = MixtureRequest(
    route="intradermal",
    components=(
        Component("stock.1", Decimal("0.5"), is_product=True, lot="A1, B2", expires=date(2027, 5, 31)),
        Component("ingredient.biotin", Decimal(1), Quantity(Decimal("0.5"), "mg/mL"), written="mg/mL"),
    ),
    weight=Decimal(60),
    points=30,
    volume_per_point=Decimal("0.05"),
    prepared_at=datetime(2026, 11, 21, 10, 30, tzinfo=UTC),
    given_before=(Given("ingredient.dexpanthenol", Quantity(Decimal("12.5"), "mg"), date(2026, 11, 14)),),
    measured_ph=Decimal("6.8"),
    measured_osmolality=Decimal(310),
)


def back(request: MixtureRequest) -> MixtureRequest:
    kept = json.loads(
        json.dumps({"request": plain_request(request), "products": plain_products([FULL, BARE])})
    )
    found, formulary = request_and_formulary(kept, shipped().formulary)
    assert formulary.products["stock.1"] == FULL and formulary.products["stock.2"] == BARE
    return found


def test_a_request_comes_back_without_loss() -> None:
    assert back(REQUEST) == REQUEST
    bare = MixtureRequest("intradermal", (Component("stock.2", Decimal(1), is_product=True),))
    assert back(bare) == bare
    assert back(replace(bare, given_before=())).given_before == (), (
        "nothing given is not the same as not known"
    )


def test_a_product_reads_the_same_however_its_numbers_are_kept() -> None:
    spread = replace(FULL, container=Quantity(Decimal("2.000"), "mL"), osmolality=Decimal("1400.0"))
    assert plain_products([spread]) == plain_products([FULL])
    assert products_of(plain_products([spread]))["stock.1"] == FULL


def test_a_dose_given_before_in_an_odd_unit_comes_back() -> None:
    odd = replace(
        REQUEST,
        given_before=(Given("ingredient.zinc", Quantity(Decimal("0.5"), "mmol"), date(2026, 11, 14)),),
    )
    assert back(odd).given_before == odd.given_before
    assert back(replace(REQUEST, given_before=())).given_before == ()
