"""Entries of the navigation and cards of the home page. Each app registers its own in `ready()`.

Both name the permission they need, so that nobody sees a link that would be refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import Promise

from .models import User
from .permissions import Permission

SEEN_AT_ONCE: Final = 7  # so many links are read at a glance; of more, those for upkeep stand behind “More”
UPKEEP: Final = 80  # from this order on: what is set up and looked after, not a day's work


@dataclass(frozen=True)
class Entry:
    """One link of the navigation. `icon` is a name known to the `icon` tag."""

    label: str | Promise
    url_name: str
    permission: Permission
    order: int
    icon: str = ""

    @property
    def namespace(self) -> str:
        return self.url_name.partition(":")[0]

    @property
    def upkeep(self) -> bool:
        return self.order >= UPKEEP


@dataclass(frozen=True)
class Card:
    """One card of the home page: a number or a short list, and one thing to do about it."""

    title: str
    url: str = ""
    action: str = ""  # words of the link; needs `url`
    count: int | None = None
    note: str = ""
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    wide: bool = False


BuildCard = Callable[[User], Card | None]

_entries: dict[str, Entry] = {}
_cards: dict[str, tuple[int, Permission, BuildCard]] = {}


def add_entry(entry: Entry) -> None:
    _entries[entry.url_name] = entry


def add_card(name: str, permission: Permission, build: BuildCard, *, order: int) -> None:
    """`build(user)` returns the card, or None when there is nothing worth showing. Lower `order` is first."""
    _cards[name] = (order, permission, build)


def entries_for(user: User) -> list[Entry]:
    return sorted(
        (entry for entry in _entries.values() if user.may(entry.permission)), key=lambda entry: entry.order
    )


def cards_for(user: User) -> list[Card]:
    cards = []
    for _order, permission, build in sorted(_cards.values(), key=lambda card: card[0]):
        card = build(user) if user.may(permission) else None
        if card is not None:
            cards.append(card)
    return cards
