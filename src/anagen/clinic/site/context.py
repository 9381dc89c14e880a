"""What every page knows: the navigation of this person, the theme they chose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from anagen.clinic.people.menu import SEEN_AT_ONCE, Entry, entries_for

THEMES = ("light", "dark")
THEME_COOKIE = "anagen_theme"


@dataclass(frozen=True)
class Link:
    entry: Entry
    here: bool  # the person is on this page


@dataclass(frozen=True)
class Menu:
    """The navigation of one person: what the day needs, and what stands behind “More”."""

    main: tuple[Link, ...] = ()
    more: tuple[Link, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.main or self.more)

    @property
    def short(self) -> bool:
        """It fits beside the name of the person."""
        return len(self.main) <= SEEN_AT_ONCE and not self.more

    @property
    def here_in_more(self) -> bool:
        return any(link.here for link in self.more)


def page(request: HttpRequest) -> dict[str, Any]:
    user: Any = getattr(request, "user", None)
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "theme": theme if theme in THEMES else "",
        "menu": _menu(request, user) if user is not None and user.is_authenticated else Menu(),
    }


def _menu(request: HttpRequest, user: Any) -> Menu:
    """Entries with whether the person is there now: the exact page first, else the first of its app."""
    entries = [] if user.must_change_password else entries_for(user)
    match = request.resolver_match
    exact = [entry.url_name for entry in entries if match is not None and entry.url_name == match.view_name]
    of_app = [
        entry.url_name
        for entry in entries
        if match is not None and entry.namespace == match.app_name and entry.url_name != "site:home"
    ]
    here = (exact or of_app or [""])[0]
    links = tuple(Link(entry, entry.url_name == here) for entry in entries)
    if len(links) <= SEEN_AT_ONCE:
        return Menu(links)
    return Menu(
        tuple(link for link in links if not link.entry.upkeep),
        tuple(link for link in links if link.entry.upkeep),
    )
