"""What lies in which place: products, lots, opened vials, and every movement of them.

A count is the sum of its movements. What was received, opened, drawn or thrown away is added, never edited.
"""

from __future__ import annotations

from .lots import (
    Balance,
    ExpiryChange,
    Lot,
    Movement,
    MovementKind,
    Place,
    Quarantine,
    QuarantineLifted,
    StockCount,
    StockTake,
)
from .products import Container, Dosing, Gtin, LegalClass, Product, ProductIngredient, Route
from .vials import Draw, Vial, VialClosed

__all__ = [
    "Balance",
    "Container",
    "Dosing",
    "Draw",
    "ExpiryChange",
    "Gtin",
    "LegalClass",
    "Lot",
    "Movement",
    "MovementKind",
    "Place",
    "Product",
    "ProductIngredient",
    "Quarantine",
    "QuarantineLifted",
    "Route",
    "StockCount",
    "StockTake",
    "Vial",
    "VialClosed",
]
