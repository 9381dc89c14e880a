"""A map as the plain document of the command line and of other systems, and the same document read back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from anagen.exchange.errors import BadInput
from anagen.medicine.scalp import Point, ScalpMap
from anagen.medicine.scalp_check import MapFinding
from anagen.medicine.scalp_surface import Head, ImpossibleMap, Vector

_FAR: Final = 0.2  # of half the breadth; farther from the surface a position belongs to another head


def document(drawn: ScalpMap, findings: Iterable[MapFinding] = ()) -> dict[str, Any]:
    """Lengths in mm to a hundredth, volumes in mL, areas in cm²."""
    return {
        "points": [
            {
                "number": point.number,
                "region": point.region,
                "parting": point.parting,
                "position_mm": [round(value, 2) + 0.0 for value in point.position_mm],
                "depth_mm": _plain(point.depth_mm),
                "volume_ml": _plain(point.volume_ml),
            }
            for point in drawn.points
        ],
        "area_cm2": round(drawn.area_cm2, 1),
        "spacing_mm": _plain(drawn.spacing_mm),
        "head_cm": _plain(drawn.head.circumference_cm),
        "regions": [region.id for region in drawn.regions],
        "treatable_cm2": round(drawn.treatable_cm2, 1),
        "covered": round(drawn.covered, 3),
        "left_out": drawn.left_out,
        "total_ml": _plain(drawn.total_ml),
        "dose_ml_per_cm2": _plain(drawn.dose_per_cm2),
        "clear_of_last_mm": None if drawn.clear_of_last_mm is None else round(drawn.clear_of_last_mm, 2),
        "findings": [
            {
                "kind": finding.kind,
                "weight": finding.weight.value,
                "says": finding.says,
                "points": list(finding.points),
            }
            for finding in findings
        ],
    }


def _plain(number: Decimal) -> int | float:
    """A JSON number that reads as the decimal does."""
    return int(number) if number == number.to_integral_value() else float(number)


def positions(plain: Any, head: Head, name: str) -> tuple[Vector, ...]:
    """The positions of an earlier map's document, on this head. BadInput names the point that cannot be used."""
    points = plain.get("points") if isinstance(plain, dict) else None
    if not isinstance(points, list) or not points:
        raise BadInput(name, "points", "This is no map: it has no points.", "Give the --json of a map.")
    return tuple(_position(point, head, name, number) for number, point in enumerate(points))


def _position(point: Any, head: Head, name: str, number: int) -> Vector:
    place = f"points[{number}].position_mm"
    values = point.get("position_mm") if isinstance(point, dict) else None
    whole = isinstance(values, list) and len(values) == 3 and all(_is_number(value) for value in values)
    if not isinstance(values, list) or not whole:
        raise BadInput(name, place, "This is no position.", "Write three numbers in mm.")
    x, y, z = (float(value) for value in values)
    try:
        on_head = head.onto((x, y, z))
    except ImpossibleMap as impossible:
        raise BadInput(name, place, f"{impossible}.".capitalize(), "Give a map of this head.") from None
    if math.dist(on_head, (x, y, z)) > _FAR * head.half_breadth:
        raise BadInput(name, place, "This position is not on the head.", "Give a map of this head.")
    return on_head


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


@dataclass(frozen=True, slots=True)
class Row:
    """One parting in one region: its points are numbered from ``first`` to ``last``, front to back."""

    region: str
    parting: str
    first: int
    last: int
    volume_ml: Decimal

    @property
    def count(self) -> int:
        return self.last - self.first + 1


def rows(drawn: ScalpMap) -> list[Row]:
    """The map as a list: by region and parting, in the order in which it is worked through."""
    titles = {region.id: region.title for region in drawn.regions}
    found: list[Row] = []
    group: list[Point] = []
    for point in (*drawn.points, None):
        if group and (point is None or (point.region, point.parting) != (group[0].region, group[0].parting)):
            found.append(_row(titles, group))
            group = []
        if point is not None:
            group.append(point)
    return found


def _row(titles: dict[str, str], group: Sequence[Point]) -> Row:
    first = group[0]
    volume = sum((point.volume_ml for point in group), Decimal(0))
    return Row(titles[first.region], first.parting, first.number, group[-1].number, volume)


PARTINGS: Final = {"M": "midline", "L": "left", "R": "right"}


def parting_in_words(parting: str) -> str:
    """``M`` → midline, ``L2`` → left 2."""
    return f"{PARTINGS[parting[0]]} {parting[1:]}".rstrip()
