"""Small words for the pages of a course."""

from __future__ import annotations

from django import template

from ..models import BusyTime
from ..wording import stretch as in_words

register = template.Library()


@register.filter
def stretch(busy: BusyTime) -> str:
    """Mon 7 – Wed 9 Dec 2026"""
    return f"{in_words(busy.start, busy.end)} {busy.end.year}"


@register.filter
def positive(number: int) -> int:
    """Without its sign."""
    return abs(number)
