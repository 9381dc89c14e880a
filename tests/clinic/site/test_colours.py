"""The colours of the stylesheet, computed: words can be read in light and in dark (WCAG 2.2 AA)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import anagen.clinic.site as site

SHEET = (Path(site.__file__).parent / "static/site/anagen.css").read_text(encoding="utf-8")


def tokens(selector: str) -> dict[str, str]:
    start = SHEET.index(selector)
    block = SHEET[start : SHEET.index("}", start)]
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", block))


LIGHT = tokens(":root {")
DARK = LIGHT | tokens(':root[data-theme="dark"] {')

ON_GROUNDS = ("ink", "ink-soft", "brand", "brand-strong", "exclude")
PAIRS = (
    [(word, ground) for word in ON_GROUNDS for ground in ("page", "surface", "sunken")]
    + [(tone, f"{tone}-soft") for tone in ("clear", "caution", "incomplete", "defer", "refer", "exclude")]
    + [("ink", f"{tone}-soft") for tone in ("clear", "caution", "exclude", "brand")]
    + [
        ("on-brand", "brand"),
        ("on-brand", "brand-strong"),
        ("brand-strong", "brand-soft"),
        ("caution", "surface"),
    ]
)
LINES = [
    ("line-strong", "surface"),
    ("focus", "page"),
    ("focus", "surface"),
    ("brand", "surface"),
    ("accent", "page"),
]


def light_of(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((light_of(one), light_of(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS, ids="-on-".join)
def test_words_can_be_read(theme: dict[str, str], pair: tuple[str, str]) -> None:
    assert contrast(theme[pair[0]], theme[pair[1]]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", LINES, ids="-on-".join)
def test_edges_can_be_seen(theme: dict[str, str], pair: tuple[str, str]) -> None:
    assert contrast(theme[pair[0]], theme[pair[1]]) >= 3


def test_the_device_and_the_choice_are_the_same_dark() -> None:
    assert tokens(':root:not([data-theme="light"])') == tokens(':root[data-theme="dark"] {')


def test_both_themes_know_the_same_colours() -> None:
    assert set(tokens(':root[data-theme="dark"] {')) == set(LIGHT)


def test_nothing_is_fetched_from_outside() -> None:
    assert "url(" not in SHEET and "@import" not in SHEET and "@font-face" not in SHEET
