"""What every page knows: the navigation of this person, the theme they chose."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from anagen.clinic.people.menu import Entry, entries_for

THEMES = ("light", "dark")
THEME_COOKIE = "anagen_theme"


def page(request: HttpRequest) -> dict[str, Any]:
    user: Any = getattr(request, "user", None)
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "theme": theme if theme in THEMES else "",
        "menu": _menu(request, user) if user is not None and user.is_authenticated else [],
    }


def _menu(request: HttpRequest, user: Any) -> list[tuple[Entry, bool]]:
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
    return [(entry, entry.url_name == here) for entry in entries]
