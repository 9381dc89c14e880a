"""A product of the stock as medicine's plain object, for whoever judges a mixture. What is not said stays unknown."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from anagen.medicine import mixture
from anagen.medicine.quantities import Quantity

from .models import LegalClass, Product
from .models.products import INJECTED


def key_of(product: Product) -> str:
    """The id under which a product of the stock stands among those of the knowledge."""
    return f"stock.{product.pk}"


def as_medicine(product: Product) -> mixture.Product:
    """`contents` names only ingredients that the knowledge knows; `is_complete` says whether that is all of them."""
    rows = list(product.ingredients.all())
    return mixture.Product(
        id=key_of(product),
        title=str(product),
        legal=mixture.Legal(product.legal_class),
        contents=tuple(mixture.Content(row.ingredient, row.quantity) for row in rows if row.ingredient),
        is_complete=product.complete and all(row.ingredient for row in rows),
        names=(product.name,),
        maker=product.maker,
        injectable=_injectable(product),
        routes=tuple(product.routes),
        single_dose=product.is_single_dose,
        container=Quantity(product.content_ml, "mL"),
        ph=mixture.Range(product.ph, product.ph) if product.ph is not None else None,
        osmolality=Decimal(product.osmolality) if product.osmolality is not None else None,
        after_opening=timedelta(hours=product.opened_hours) if product.opened_hours is not None else None,
    )


def _injectable(product: Product) -> bool | None:
    """Yes when class and label say so, no when either excludes it, else unknown."""
    if product.injectable:
        return True
    never = product.legal_class in (LegalClass.COSMETIC, LegalClass.SUPPLEMENT)
    if never or (product.routes and not INJECTED & set(product.routes)):
        return False
    return None
