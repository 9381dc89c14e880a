"""A map as a picture: SVG that needs nothing from outside, one view or a sheet with all four.

Every mark has a class and takes its colours from custom properties, so that a page can set them; a sheet that stands
alone brings :data:`STYLE` with it. Nothing depends on colour: regions have borders and number ranges, and zones are
hatched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from anagen.exchange.scalp import parting_in_words
from anagen.exchange.scalp_outline import area, frame, half_widths, scale, scalp_border, seen, silhouette
from anagen.medicine.scalp import Point, Region, Scalp, ScalpMap, Zone
from anagen.medicine.scalp_surface import Head, Place, Vector
from anagen.medicine.scalp_views import Flat, View, best_view, facing, project

CAPTIONS: Final = {
    View.ABOVE: "From above",
    View.LEFT: "Left side",
    View.RIGHT: "Right side",
    View.BEHIND: "From behind",
}
STYLE: Final = """\
.map{--map-paper:#fff;--map-skin:#fbf8f3;--map-ink:#1c2a2a;--map-soft:#6d7b7a;--map-line:#b9bfba;--map-zone:#7c5a4a;\
--map-1:#dcefe9;--map-2:#fbeccd;--map-3:#e3e8fa;--map-4:#f8e0d6;--map-5:#e9f0d2;--map-6:#efe2f4;\
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:var(--map-ink)}
@media (prefers-color-scheme:dark){.map{--map-paper:#151d1d;--map-skin:#1c2626;--map-ink:#e8efed;--map-soft:#9dacaa;\
--map-line:#45534f;--map-zone:#d3a88f;--map-1:#1c3d37;--map-2:#413516;--map-3:#28315a;--map-4:#472a20;--map-5:#303c18;\
--map-6:#3b2a49}}
@media print{.map{--map-paper:#fff;--map-skin:#fff;--map-ink:#000;--map-soft:#333;--map-line:#888;--map-zone:#000;\
--map-1:#f4f4f4;--map-2:#fff;--map-3:#ececec;--map-4:#f8f8f8;--map-5:#f0f0f0;--map-6:#fff}}
.map-paper{fill:var(--map-paper)}
.map-head{fill:var(--map-skin);stroke:var(--map-soft);stroke-width:.8}
.map-ear{fill:var(--map-skin);stroke:var(--map-soft);stroke-width:.8}
.map-region{fill:none;stroke:var(--map-line);stroke-width:.5}
.map-region--1{fill:var(--map-1)}.map-region--2{fill:var(--map-2)}.map-region--3{fill:var(--map-3)}
.map-region--4{fill:var(--map-4)}.map-region--5{fill:var(--map-5)}.map-region--6{fill:var(--map-6)}
.map-zone{stroke:none}
.map-course{fill:none;stroke-linecap:round;stroke-linejoin:round}
.map-hatch{stroke:var(--map-zone);stroke-width:.7;opacity:.8}
.map-hairline{fill:none;stroke:var(--map-ink);stroke-width:1.1;stroke-linecap:round}
.map-parting{fill:none;stroke:var(--map-soft);stroke-width:.45;opacity:.65}
.map-point circle{fill:var(--map-paper);stroke:var(--map-ink);stroke-width:.5}
.map-point text{fill:var(--map-ink);text-anchor:middle;dominant-baseline:central;font-variant-numeric:tabular-nums}
.map-point--aside circle{fill:var(--map-soft);stroke:none}
.map-point--done circle{fill:var(--map-ink)}.map-point--done text{fill:var(--map-paper)}
.map-point--out circle{fill:none;stroke:var(--map-soft);stroke-dasharray:1.2 1}
.map-point--out text{fill:var(--map-soft)}
.map-cross{fill:none;stroke:var(--map-ink);stroke-width:.9;stroke-linecap:round}
.map-last{fill:none;stroke:var(--map-soft);stroke-width:.5;opacity:.75}
.map-caption{fill:var(--map-ink);font-size:8px;font-weight:600;text-anchor:middle}
.map-key{fill:var(--map-ink);font-size:6.6px}
.map-note{fill:var(--map-soft);font-size:6.6px}
.map-swatch{stroke:var(--map-soft);stroke-width:.4}
"""
_RADIUS, _LARGEST, _ASIDE = 0.36, 5.8, 1.1  # of a spacing, and mm
_NARROWEST: Final = 0.76  # a point seen from the side is drawn smaller, down to this
_MARGIN, _CAPTION, _KEY = 8.0, 14.0, 11.0  # mm
_LAST: Final = 1.7  # mm; a ring where a needle went in the session before


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of a map: numbers of points left out and done, and the positions of the session before."""

    left_out: frozenset[int] = frozenset()
    done: frozenset[int] = frozenset()
    last: tuple[Vector, ...] = ()


def view_svg(drawn: ScalpMap, scalp: Scalp, view: View, progress: Progress | None = None) -> str:
    """One view, to be put into a page: no style of its own, sizes from its view box."""
    x, y, width, height = frame(view, drawn.head)
    marks = "".join(_view(drawn, scalp, view, progress or Progress()))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map map--{view.value}" role="img" '
        f'aria-label="{escape(_said(drawn, view))}" viewBox="{x:.1f} {y:.1f} {width:.1f} {height:.1f}">'
        f"{marks}</svg>"
    )


def sheet_svg(drawn: ScalpMap, scalp: Scalp) -> str:
    """All four views with a key, as a file that stands alone."""
    rows = ((View.ABOVE, View.BEHIND), (View.LEFT, View.RIGHT))
    frames = {view: frame(view, drawn.head) for view in View}
    width = max(sum(frames[view][2] for view in row) for row in rows) + 3 * _MARGIN
    body: list[str] = []
    top = _MARGIN
    for row in rows:
        tallest = max(frames[view][3] for view in row)
        gap = (width - sum(frames[view][2] for view in row)) / (len(row) + 1)
        left = gap
        for view in row:
            x, y, wide, high = frames[view]
            body.append(
                f'<g transform="translate({left - x:.1f} {top + _CAPTION + tallest - high - y:.1f})">'
                f"{''.join(_view(drawn, scalp, view, Progress()))}</g>"
                f'<text class="map-caption" x="{left + wide / 2:.1f}" y="{top + 6:.1f}">{CAPTIONS[view]}</text>'
            )
            left += wide + gap
        top += tallest + _CAPTION + _MARGIN / 2
    key, height = _key(drawn, top + _MARGIN, width)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" role="img" '
        f'aria-label="{escape(_said(drawn, None))}" viewBox="0 0 {width:.1f} {height:.1f}" '
        f'width="{width * 2:.0f}" height="{height * 2:.0f}">'
        f"<style>{STYLE}</style>"
        f'<rect class="map-paper" width="{width:.1f}" height="{height:.1f}" rx="6"/>'
        f"{''.join(body)}{key}</svg>\n"
    )


def _said(drawn: ScalpMap, view: View | None) -> str:
    where = "" if view is None else f", {CAPTIONS[view].lower()}"
    titles = ", ".join(region.title for region in drawn.regions)
    return f"Map of {len(drawn.points)} points{where}: {titles}"


# one view


def _view(drawn: ScalpMap, scalp: Scalp, view: View, progress: Progress) -> Iterator[str]:
    head = drawn.head
    outline, before = silhouette(view, head)
    factor = scale(head)
    hatch, edge = f"map-hatch-{view.value}", f"map-edge-{view.value}"
    yield (
        f'<defs><pattern id="{hatch}" width="3" height="3" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><path class="map-hatch" d="M0 0V3"/></pattern>'
        f'<clipPath id="{edge}">{_ellipse(head, view)}</clipPath></defs>'
    )
    behind, front = (before, []) if view in (View.ABOVE, View.BEHIND) else ([], before)
    for line in behind:
        yield f'<path class="map-ear" transform="scale({factor:.4f})" d="{line}"/>'
    yield f'<path class="map-head" transform="scale({factor:.4f})" d="{outline}"/>'
    yield f'<g clip-path="url(#{edge})">'
    tints = _tints(drawn.regions)
    for region in scalp.regions.values():
        if corners := area(head, view, region.around):
            tint = f" map-region--{tints[region.id]}" if region.id in tints else ""
            yield (
                f'<path class="map-region{tint}" d="{_path(corners)}Z"><title>{escape(region.title)}</title></path>'
            )
    for parting in _partings(drawn):
        yield from _lines(head, view, parting, "map-parting")
    for zone in drawn.zones:
        yield from _zone(head, view, zone, hatch)
    yield "</g>"
    for ends in scalp_border(scalp.regions.values()):
        yield from _lines(head, view, ends, "map-hairline")
    for line in front:
        yield f'<path class="map-ear" transform="scale({factor:.4f})" d="{line}"/>'
    yield from _last(head, view, progress.last)
    yield from _points(drawn, view, progress)


def _ellipse(head: Head, view: View) -> str:
    wide, high = half_widths(head, view)
    return f'<ellipse rx="{wide:.1f}" ry="{high:.1f}"/>'


def _tints(regions: Sequence[Region]) -> dict[str, int]:
    """Left and right of one name share a tint."""
    names = list(dict.fromkeys(region.id.partition("-")[0] for region in regions))
    return {region.id: names.index(region.id.partition("-")[0]) % 6 + 1 for region in regions}


def _partings(drawn: ScalpMap) -> Iterator[list[Place]]:
    """Each parting from its first point to its last, wherever they lie."""
    by_name: dict[str, list[Place]] = {}
    for point in drawn.points:
        by_name.setdefault(point.parting, []).append(drawn.head.place(point.position_mm))
    for places in by_name.values():
        yield sorted(places, key=lambda place: place.along)


def _lines(head: Head, view: View, path: Sequence[Place], name: str) -> Iterator[str]:
    for stretch in seen(head, view, path):
        yield f'<path class="{name}" d="{_path(stretch)}"/>'


def _zone(head: Head, view: View, zone: Zone, hatch: str) -> Iterator[str]:
    title = f"<title>{escape(f'Not injected: {zone.title} ({zone.reason})')}</title>"
    if zone.closed:
        if corners := area(head, view, zone.path):
            yield f'<path class="map-zone" fill="url(#{hatch})" d="{_path(corners)}Z">{title}</path>'
        return
    for stretch in seen(head, view, zone.path):
        if len(stretch) == 1:
            (x, y), reach = stretch[0], zone.margin_mm
            yield (
                f'<circle class="map-zone" fill="url(#{hatch})" cx="{x:.1f}" cy="{y:.1f}" r="{reach}">'
                f"{title}</circle>"
            )
        else:
            yield (
                f'<path class="map-course" stroke="url(#{hatch})" stroke-width="{2 * zone.margin_mm:.1f}" '
                f'd="{_path(stretch)}">{title}</path>'
            )


def _path(corners: Sequence[Flat]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)


def _last(head: Head, view: View, positions: Sequence[Vector]) -> Iterator[str]:
    for position in positions:
        if facing(head, view, position) > 0:
            x, up = project(view, position)
            yield f'<circle class="map-last" cx="{x:.1f}" cy="{-up:.1f}" r="{_LAST}"/>'


def _points(drawn: ScalpMap, view: View, progress: Progress) -> Iterator[str]:
    """Points that this view shows best carry their number; the others that it shows are dots."""
    radius = min(_LARGEST, float(drawn.spacing_mm) * _RADIUS)
    numbered: list[str] = []
    for point in drawn.points:
        squarely = facing(drawn.head, view, point.position_mm)
        if squarely <= 0:
            continue
        x, up = project(view, point.position_mm)
        title = f"<title>{escape(_point_in_words(drawn, point))}</title>"
        out = point.number in progress.left_out
        state = " map-point--out" if out else " map-point--done" if point.number in progress.done else ""
        if best_view(drawn.head, point.position_mm) is not view:
            yield (
                f'<g class="map-point map-point--aside{state}">{title}'
                f'<circle cx="{x:.1f}" cy="{-up:.1f}" r="{_ASIDE}"/></g>'
            )
            continue
        size = radius * max(_NARROWEST, squarely)
        cross = ""
        if out:
            arm = size * 0.75
            cross = (
                f'<path class="map-cross" d="M{x - arm:.1f} {arm - up:.1f}L{x + arm:.1f} {-up - arm:.1f}"/>'
            )
        numbered.append(
            f'<g class="map-point{state}" data-point="{point.number}">{title}'
            f'<circle cx="{x:.1f}" cy="{-up:.1f}" r="{size:.2f}"/>'
            f'<text x="{x:.1f}" y="{-up:.1f}" font-size="{size * 1.05:.2f}">{point.number}</text>'
            f"{cross}</g>"
        )
    yield from numbered


def _point_in_words(drawn: ScalpMap, point: Point) -> str:
    region = next(region.title for region in drawn.regions if region.id == point.region)
    where = f"{region}, parting {parting_in_words(point.parting)}"
    return f"{point.number}: {where}; {point.depth_mm:f} mm deep, {point.volume_ml:f} mL"


# the key


def _key(drawn: ScalpMap, top: float, width: float) -> tuple[str, float]:
    """What the marks mean, and the figures of the session; with the height of the whole sheet."""
    tints = _tints(drawn.regions)
    entries: list[tuple[str, str]] = []
    for region in drawn.regions:
        numbers = [point.number for point in drawn.points if point.region == region.id]
        span = f"{numbers[0]}–{numbers[-1]}" if numbers else "no points"
        swatch = f"map-swatch map-region--{tints[region.id]}"
        entries.append((f'<rect class="{swatch}" width="9" height="6" rx="1"/>', f"{region.title}  {span}"))
    entries.append(
        (
            '<rect class="map-swatch" width="9" height="6" rx="1" fill="url(#map-hatch-above)"/>',
            "Not injected",
        )
    )
    entries.append(('<path class="map-hairline" d="M0 3H9"/>', "Hairline and neck"))
    columns = max(1, int((width - 2 * _MARGIN) // 105))
    found = []
    for number, (mark, words) in enumerate(entries):
        row, column = divmod(number, columns)
        x = _MARGIN * 1.5 + column * (width - 2 * _MARGIN) / columns
        found.append(
            f'<g transform="translate({x:.1f} {top + row * _KEY:.1f})">{mark}'
            f'<text class="map-key" x="13" y="5.4" xml:space="preserve">{escape(words)}</text></g>'
        )
    bottom = top + ((len(entries) - 1) // columns + 1) * _KEY + 6
    found.append(
        f'<text class="map-note" x="{_MARGIN * 1.5:.1f}" y="{bottom:.1f}">{escape(in_one_line(drawn))}</text>'
    )
    return "".join(found), bottom + _MARGIN


def in_one_line(drawn: ScalpMap) -> str:
    """The figures of a map: ``77 points, 15 mm apart, …``"""
    figures = [f"{len(drawn.points)} points, {drawn.spacing_mm:f} mm apart"]
    if drawn.points:
        depths = sorted({point.depth_mm for point in drawn.points})
        volumes = sorted({point.volume_ml for point in drawn.points})
        figures += [
            f"{' to '.join(f'{depth:f}' for depth in dict.fromkeys((depths[0], depths[-1])))} mm deep",
            f"{' to '.join(f'{each:f}' for each in dict.fromkeys((volumes[0], volumes[-1])))} mL each,"
            f" {drawn.total_ml:f} mL in all",
        ]
    figures.append(f"head {drawn.head.circumference_cm:f} cm")
    figures.append(f"{drawn.treatable_cm2:.0f} of {drawn.area_cm2:.0f} cm² may be injected")
    return "; ".join(figures)
