"""What the pages of knowledge share: how they are asked, and what is not there."""

from __future__ import annotations

from typing import TypeVar

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

PAGE_LENGTH = 30
Item = TypeVar("Item")


def wants(request: HttpRequest, part: str) -> bool:
    """Whether the page asks for one part of itself."""
    return bool(getattr(request, "htmx", False)) and request.htmx.target == part  # type: ignore[attr-defined]


def entry_of(items: dict[str, Item], id: str) -> Item:
    if id not in items:
        raise Http404(_("Nothing in the knowledge is called “%(id)s”.") % {"id": id})
    return items[id]
