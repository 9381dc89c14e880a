"""A request for a mixture with the products it rests on, as plain JSON and back without loss.

What was asked for has to be judged again in ten years: a product may be described otherwise by then, so that the
worksheet carries it as it stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from anagen.exchange.mixture import request_of
from anagen.medicine.formulary import Formulary
from anagen.medicine.mixture import Component, Content, Given, Legal, MixtureRequest, Product, Range
from anagen.medicine.quantities import Quantity

_FILE: Final = "worksheet"


def plain_request(request: MixtureRequest) -> dict[str, Any]:
    """The document that `exchange.mixture.request_of` reads; what is not known is left out."""
    said: dict[str, Any] = {
        "route": f"{request.route} {request.area}",
        "components": [_component(one) for one in request.components],
    }
    for key, value, unit in (
        ("weight", request.weight, " kg"),
        ("volume_per_point", request.volume_per_point, " mL"),
        ("ph", request.measured_ph, ""),
        ("osmolality", request.measured_osmolality, " mosm/kg"),
    ):
        if value is not None:
            said[key] = f"{_number(value)}{unit}"
    if request.points is not None:
        said["points"] = request.points
    if request.prepared_at is not None:
        said["prepared_at"] = request.prepared_at.isoformat()
    if request.given_before is not None:
        said["given_before"] = [_given(one) for one in request.given_before]
    return said


def _component(one: Component) -> dict[str, Any]:
    said = {"product" if one.is_product else "ingredient": one.name, "volume": f"{_number(one.volume)} mL"}
    if one.concentration is not None:
        said["concentration"] = _said(one.concentration)
    if one.lot:
        said["lot"] = one.lot
    if one.expires is not None:
        said["expires"] = one.expires.isoformat()
    return said


def _given(one: Given) -> dict[str, str]:
    return {"ingredient": one.ingredient, "dose": _said(one.dose), "on": one.on.isoformat()}


def _said(amount: Quantity) -> str:
    return f"{_number(amount.value)} {amount.unit}"


def _number(value: Decimal) -> str:
    """Exactly, without idle zeros: the same however it was kept."""
    return f"{value.normalize():f}"


# products


def plain_products(products: Iterable[Product]) -> list[dict[str, Any]]:
    """What judging asks of each product."""
    return [_product(one) for one in products]


def _product(one: Product) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "legal": one.legal.value,
        "contents": [
            {
                "ingredient": part.ingredient,
                "strength": None if part.strength is None else _said(part.strength),
            }
            for part in one.contents
        ],
        "is_complete": one.is_complete,
        "names": list(one.names),
        "maker": one.maker,
        "injectable": one.injectable,
        "routes": list(one.routes),
        "single_dose": one.single_dose,
        "container": None if one.container is None else _said(one.container),
        "ph": None if one.ph is None else [_number(one.ph.low), _number(one.ph.high)],
        "osmolality": None if one.osmolality is None else _number(one.osmolality),
        "after_opening": None if one.after_opening is None else int(one.after_opening.total_seconds()),
    }


def products_of(plain: Iterable[Mapping[str, Any]]) -> dict[str, Product]:
    """The products of a worksheet by their id."""
    return {one["id"]: _read(one) for one in plain}


def _read(one: Mapping[str, Any]) -> Product:
    return Product(
        id=one["id"],
        title=one["title"],
        legal=Legal(one["legal"]),
        contents=tuple(Content(part["ingredient"], _quantity(part["strength"])) for part in one["contents"]),
        is_complete=one["is_complete"],
        names=tuple(one["names"]),
        maker=one["maker"],
        injectable=one["injectable"],
        routes=tuple(one["routes"]),
        single_dose=one["single_dose"],
        container=_quantity(one["container"]),
        ph=None if one["ph"] is None else Range(*map(Decimal, one["ph"])),
        osmolality=None if one["osmolality"] is None else Decimal(one["osmolality"]),
        after_opening=None if one["after_opening"] is None else timedelta(seconds=one["after_opening"]),
    )


def _quantity(text: str | None) -> Quantity | None:
    return None if text is None else Quantity.parse(text)


def request_and_formulary(plain: Mapping[str, Any], formulary: Formulary) -> tuple[MixtureRequest, Formulary]:
    """What a stored worksheet asked for, and the knowledge with the products that it named."""
    whole = formulary.adding(products_of(plain["products"]))
    said = dict(plain["request"])
    before = said.pop("given_before", None)
    request = request_of(said, formulary=whole, file=_FILE)
    if before is None:
        return request, whole
    # Whatever was given before is counted as it was kept, also in a unit that is asked for no longer.
    return replace(request, given_before=tuple(map(_given_of, before))), whole


def _given_of(plain: Mapping[str, str]) -> Given:
    return Given(plain["ingredient"], Quantity.parse(plain["dose"]), date.fromisoformat(plain["on"]))
