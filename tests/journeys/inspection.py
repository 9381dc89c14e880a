"""What every page is held to: one heading, no fault that axe finds, no sideways scrolling at 360 px."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

NARROW: Final = 360  # pixels
WCAG: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_OPTIONS: Final = {"runOnly": {"type": "tag", "values": list(WCAG)}, "resultTypes": ["violations"]}
_CONTRAST: Final = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
_OVERFLOW: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_LAID_OUT: Final = """width => new Promise(done => {
    const soon = () => requestAnimationFrame(() => requestAnimationFrame(done));
    const look = () => innerWidth === width ? soon() : setTimeout(look, 5);
    look();
})"""

_axe = Axe()


def shape(address: str) -> str:
    """A page's address without whom it is about: /patients/*/screening/*."""
    path = urlsplit(address).path
    return re.sub(r"(?<=/link/)[^/]+|(?<=/)\d+(?=/|$)", "*", path)


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands, one line each; empty when all is well."""
    found = [*_headings(page), *_accessibility(page), *_overflow(page)]
    return [f"{shape(page.url)}: {fault}" for fault in found]


def _headings(page: Page) -> list[str]:
    heads = page.locator("h1").all_inner_texts()
    return [] if len(heads) == 1 else [f"{len(heads)} first-level headings: {heads}"]


def colours(page: Page) -> list[str]:
    """The contrasts that are too weak, in the colours that the page has now."""
    return [f"{shape(page.url)}: {fault}" for fault in _accessibility(page, _CONTRAST)]


def _accessibility(page: Page, options: dict[str, Any] = _OPTIONS) -> list[str]:
    found = _axe.run(page, options=options).response["violations"]
    return [
        f"axe {fault['id']} ({fault['impact']}): {fault['help']} – {node['html'][:160]}"
        for fault in found
        for node in fault["nodes"][:3]
    ]


def _overflow(page: Page) -> list[str]:
    before = page.viewport_size
    assert before is not None
    _resize(page, NARROW, 740)
    over = page.evaluate(_OVERFLOW)
    _resize(page, before["width"], before["height"])
    return [f"{over} px wider than a screen of {NARROW} px"] if over > 0 else []


def _resize(page: Page, width: int, height: int) -> None:
    """Another size, and wait until the page is laid out anew: a click must not land where something was."""
    if page.viewport_size != {"width": width, "height": height}:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(_LAID_OUT, width)
