"""Filters of the pages of a session."""

from __future__ import annotations

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def plain(amount: Decimal) -> str:
    """An exact amount without empty decimals: 5.000 is 5, 10 is 10."""
    return f"{amount.normalize():f}"
