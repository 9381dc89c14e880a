"""Everything that writes the stock.

`at` is the moment it happens; `key` names one sending of a form: sent twice, it counts once. Whoever changes
what lies there holds the lot's row, so that a quarantine and a draw, or two hands at the last container, come
one after the other; what cannot be is refused by the database as well.
"""

from __future__ import annotations

from .alerting import keep_alerts
from .counting import rebuild, take_stock
from .holding import quarantine, release
from .lots import LooksLike, correct_expiry, give_back, move, receive, waste, write_off_expired
from .products import (
    Part,
    Sheet,
    add_gtin,
    add_place,
    add_product,
    change_product,
    rename_place,
    retire_place,
)
from .vials import close_vial, draw, open_container

__all__ = [
    "LooksLike",
    "Part",
    "Sheet",
    "add_gtin",
    "add_place",
    "add_product",
    "change_product",
    "close_vial",
    "correct_expiry",
    "draw",
    "give_back",
    "keep_alerts",
    "move",
    "open_container",
    "quarantine",
    "rebuild",
    "receive",
    "release",
    "rename_place",
    "retire_place",
    "take_stock",
    "waste",
    "write_off_expired",
]
