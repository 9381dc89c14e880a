"""What the drawing is made of: lines, words, patterns. Every text is escaped by ElementTree."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString, mark_safe

# strokes that a pattern is made of, in a square of six
PATTERNS: Mapping[str, tuple[int, str]] = {
    "stop": (6, "M-1 1l2-2M0 6l6-6M5 7l2-2M-1 5l2 2M0 0l6 6M5-1l2 2"),
    "heal": (6, "M-1 1l2-2M0 6l6-6M5 7l2-2"),
    "own": (6, "M1.5 1.5h.01M4.5 4.5h.01"),
    "review": (5, "M0 2.5h5"),
    "do": (5, "M2.5 0v5"),
}


def patterns(defs: Element, name: str) -> None:
    for kind, (side, strokes) in PATTERNS.items():
        pattern = SubElement(
            defs,
            "pattern",
            {
                "id": f"{name}-{kind}",
                "patternUnits": "userSpaceOnUse",
                "width": f"{side}",
                "height": f"{side}",
            },
        )
        SubElement(pattern, "path", {"d": strokes, "class": f"pattern pattern--{kind}"})


def swatch(kind: str, name: str) -> SafeString:
    svg = Element(
        "svg", {"class": f"swatch-bar bar bar--{kind}", "viewBox": "0 0 28 14", "aria-hidden": "true"}
    )
    place = {"x": "1", "y": "1", "rx": "3"} | size(26, 12)
    SubElement(svg, "rect", {"class": "bar-ground"} | place)
    if kind in PATTERNS:
        SubElement(svg, "rect", {"fill": f"url(#{name}-{kind})", "class": "bar-pattern"} | place)
    return markup(svg)


def size(width: float, height: float) -> dict[str, str]:
    return {"width": f"{width:g}", "height": f"{height:g}"}


def line(parent: Element, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
    ends = {"x1": f"{x1:g}", "y1": f"{y1:g}", "x2": f"{x2:g}", "y2": f"{y2:g}"}
    SubElement(parent, "line", {"class": kind} | ends)


def text(parent: Element, x: float, y: float, words: str, kind: str, anchor: str = "start") -> None:
    place = {"x": f"{x:g}", "y": f"{y:g}", "class": kind, "text-anchor": anchor}
    SubElement(parent, "text", place).text = words


def markup(element: Element) -> SafeString:
    # ElementTree escapes every text and attribute; nothing in it is markup that somebody typed.
    return mark_safe(tostring(element, encoding="unicode"))
