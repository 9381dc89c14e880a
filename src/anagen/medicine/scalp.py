"""Where on the scalp? Partings, and points along them at true distances, clear of what must not be injected.

Partings run from the hairline to the neck, ``spacing`` apart where they lie closest (over the top of the head); along
each the points follow one another at ``spacing``, both measured on the surface. One grid covers the whole head, so a
map of several regions keeps its distances across their borders, and left and right are mirror images.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from functools import partial
from itertools import repeat
from typing import Final

from anagen.medicine.scalp_area import Cells, region_area
from anagen.medicine.scalp_surface import TOP, Head, ImpossibleMap, Place, Shape, Vector, drawn_out, within

MIDLINE: Final = "M"
_HALF: Final = 0.5
_ON_THE_SYRINGE: Final = Decimal("0.001")  # mL; a volume for each point is not meant finer
_STEP: Final = 2.0  # degrees between neighbours where a distance to a path is measured; under 4 mm
_BEYOND: Final = 5.0  # degrees walked past the last region before a parting ends


class Side(StrEnum):
    MIDDLE = "middle"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the scalp. The outline is drawn on the right half; the left is its mirror image."""

    id: str
    title: str
    side: Side
    outline: tuple[Place, ...]

    def holds(self, place: Place) -> bool:
        mirrored = -place.across if self.side is Side.LEFT else place.across
        across = abs(mirrored) if self.side is Side.MIDDLE else mirrored
        return across >= 0 and within(self.outline, Place(place.along, across))

    @property
    def around(self) -> tuple[Place, ...]:
        """The whole outline on the head, both halves where it lies in the middle."""
        mirrored = tuple(place.mirrored for place in reversed(self.outline) if place.across)
        if self.side is Side.RIGHT:
            return self.outline
        return mirrored if self.side is Side.LEFT else self.outline + mirrored


@dataclass(frozen=True, slots=True)
class Zone:
    """Where nothing is injected: a closed area, the course of a vessel, or a spot, with a margin in mm around it."""

    id: str
    title: str
    reason: str
    path: tuple[Place, ...]
    margin_mm: float
    closed: bool = False

    @classmethod
    def spot(cls, id: str, title: str, place: Place, radius_mm: float) -> Zone:
        """A lesion or a mole that somebody marked."""
        return cls(id, title, "marked on this head", (place,), radius_mm)

    def holds(self, head: Head, position: Vector) -> bool:
        """Whether a position on the head lies in the zone or nearer to it than its margin."""
        return self._holds(head, position, self.course(head))

    def _holds(self, head: Head, position: Vector, course: Sequence[Vector]) -> bool:
        if self.closed and within(self.path, head.place(position)):
            return True
        return any(
            math.dist(position, point) <= self.margin_mm and head.distance(position, point) <= self.margin_mm
            for point in course
        )

    def course(self, head: Head) -> list[Vector]:
        """Positions along the path, close enough together to measure distances from."""
        return [head.position(place) for place in drawn_out(self.path, closed=self.closed, step=_STEP)]


@dataclass(frozen=True, slots=True)
class Limit:
    """The numbers of one parameter: the usual one, the accepted range, and where a reason or a refusal begins."""

    usual: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    reason_above: Decimal | None = None
    refuse_below: Decimal | None = None
    refuse_above: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a session may be: mm, mm, mL, mL, points and percent."""

    spacing: Limit
    depth: Limit
    volume_per_point: Limit
    volume: Limit
    points: Limit
    difference: Limit


@dataclass(frozen=True, slots=True)
class Scalp:
    """What is known of the scalp: how heads are made, their regions, what is not injected, the limits."""

    shape: Shape
    regions: Mapping[str, Region]
    zones: tuple[Zone, ...]
    limits: Limits

    def head(self, cm: Decimal | None = None) -> Head:
        """A head of this circumference; the usual adult one without it."""
        return Head.from_circumference(self.shape.usual_cm if cm is None else cm, self.shape)

    def region_at(self, place: Place) -> Region | None:
        """The region that a place lies in; None outside the scalp."""
        return next((region for region in self.regions.values() if region.holds(place)), None)


@dataclass(frozen=True, slots=True)
class Point:
    """One puncture. ``parting`` is M on the midline, else L or R and its number from there."""

    number: int
    region: str
    parting: str
    position_mm: Vector
    depth_mm: Decimal
    volume_ml: Decimal


@dataclass(frozen=True, slots=True)
class ScalpMap:
    """The points of one session, region by region along the partings, front to back.

    ``area_cm2`` is that of the regions, ``treatable_cm2`` what the zones leave of it, ``covered`` the share of
    that within half a spacing times √2 of a point. ``left_out`` counts places of the grid that lie in a zone, or so
    far from every other point that they would stand alone. ``clear_of_last_mm`` is the least distance to a point of the
    session before; None where there was none.
    """

    head: Head
    regions: tuple[Region, ...]
    zones: tuple[Zone, ...]
    spacing_mm: Decimal
    points: tuple[Point, ...]
    left_out: int
    area_cm2: float
    treatable_cm2: float
    covered: float
    clear_of_last_mm: float | None = None

    @property
    def total_ml(self) -> Decimal:
        return sum((point.volume_ml for point in self.points), Decimal(0))

    @property
    def dose_per_cm2(self) -> Decimal:
        """mL for each treatable cm², to a ten-thousandth."""
        if not self.treatable_cm2:
            return Decimal(0)
        return (self.total_ml / Decimal(self.treatable_cm2)).quantize(Decimal("0.0001"))


def plan_map(
    head: Head,
    regions: Iterable[Region],
    *,
    limits: Limits,
    spacing_mm: Decimal | None = None,
    depth_mm: Decimal | None = None,
    volume_per_point: Decimal | None = None,
    total_volume: Decimal | None = None,
    zones: Iterable[Zone] = (),
    last: Iterable[Vector] = (),
) -> ScalpMap:
    """The points of a session in these regions. Without a number the usual one of ``limits`` is taken.

    ``total_volume`` (mL) is shared out evenly, each point rounded down to 0.001 mL. ``last`` holds the positions of the
    session before: of the grids shifted by half a spacing, across, along or both, that one is used which stays farthest
    away from them. ImpossibleMap for a spacing or a depth outside ``limits``, and when no region is named.
    """
    chosen, avoided, before = tuple(regions), tuple(zones), tuple(last)
    if not chosen:
        raise ImpossibleMap("no region is named")
    spacing = _held("the spacing", spacing_mm, limits.spacing, "mm")
    depth = _held("the depth", depth_mm, limits.depth, "mm")
    barred = Barred(head, avoided)
    farthest = float(limits.spacing.most or spacing)
    grids = [
        _grid(head, chosen, barred, float(spacing), farthest, shift)
        for shift in (_SHIFTS if before else _SHIFTS[:1])
    ]
    found, clear = max(
        ((grid, _clearance(head, grid.places, before)) for grid in grids),
        key=lambda each: round(each[1] or 0.0, 6),
    )
    number = sum(len(placed) for placed in found.places.values())
    volume = volume_per_point or limits.volume_per_point.usual or Decimal(0)
    if total_volume is not None and number:
        volume = (total_volume / number).quantize(_ON_THE_SYRINGE, ROUND_DOWN)
    points = tuple(
        Point(count, region, parting, position, depth, volume)
        for count, (region, parting, position) in enumerate(found.in_order(), start=1)
    )
    area, treatable, covered = _areas(head, chosen, barred, points, float(spacing))
    return ScalpMap(head, chosen, avoided, spacing, points, found.left_out, area, treatable, covered, clear)


def _held(what: str, asked: Decimal | None, limit: Limit, unit: str) -> Decimal:
    """The number asked for, or the usual one; ImpossibleMap outside what may be."""
    number = limit.usual if asked is None else asked
    least = limit.refuse_below if limit.refuse_below is not None else limit.least
    most = limit.refuse_above if limit.refuse_above is not None else limit.most
    if number is None or least is None or most is None:
        raise ImpossibleMap(f"nothing says how large {what} may be")
    if not least <= number <= most:
        raise ImpossibleMap(f"{what} is {least} to {most} {unit}, not {number:f} {unit}")
    return number


# the grid

_SHIFTS: Final = ((0.0, 0.0), (_HALF, _HALF), (_HALF, 0.0), (0.0, _HALF))  # across, along


@dataclass(frozen=True, slots=True)
class _Grid:
    """Positions by region and parting, and how many of the grid were left out."""

    places: Mapping[tuple[str, str], list[Vector]]
    left_out: int

    def in_order(self) -> Iterator[tuple[str, str, Vector]]:
        for (region, parting), positions in self.places.items():
            for position in positions:
                yield region, parting, position


def _grid(
    head: Head,
    regions: Sequence[Region],
    barred: Barred,
    spacing: float,
    farthest: float,
    shift: tuple[float, float],
) -> _Grid:
    corners = [place for region in regions for place in region.outline]
    first = min(place.along for place in corners) - _BEYOND
    last = max(place.along for place in corners) + _BEYOND
    widest = max(place.across for place in corners)
    by_region: dict[str, dict[str, list[Vector]]] = {region.id: {} for region in regions}
    left_out = 0
    alone: list[tuple[str, str, Vector]] = []
    for parting, across in _partings(head, spacing, shift[0], widest):
        run: list[tuple[str, str, Vector]] = []
        for place in (*_along(head, across, spacing, shift[1], first, last), None):
            region = None if place is None else next((each for each in regions if each.holds(place)), None)
            if place is not None and region is not None:
                position = head.position(place)
                if barred.zone_at(position) is None:
                    by_region[region.id].setdefault(parting, []).append(position)
                    run.append((region.id, parting, position))
                    continue
                left_out += 1
            alone += run if len(run) == 1 else ()
            run = []
    for name, parting, position in _strays(head, alone, by_region, farthest):
        by_region[name][parting].remove(position)
        left_out += 1
    placed = {
        (name, parting): positions
        for name, partings in by_region.items()
        for parting, positions in partings.items()
        if positions
    }
    return _Grid(placed, left_out)


def _strays(
    head: Head,
    alone: Sequence[tuple[str, str, Vector]],
    by_region: Mapping[str, Mapping[str, Sequence[Vector]]],
    farthest: float,
) -> list[tuple[str, str, Vector]]:
    """Of the points without a neighbour on their parting, those that no other point is near enough to either."""
    near = [
        (position, other)
        for _, _, position in alone
        for partings in by_region.values()
        for positions in partings.values()
        for other in positions
        if other is not position and math.dist(position, other) <= farthest
    ]
    kept = {id(position) for position, other in near if head.distance(position, other) <= farthest}
    return [each for each in alone if id(each[2]) not in kept]


def _partings(head: Head, spacing: float, shift: float, widest: float) -> list[tuple[str, float]]:
    """Names and degrees across, from left to right."""
    middle = Place(TOP, 0.0)
    right = [head.aside(middle, shift * spacing) if shift else head.aside(middle, spacing)]
    while right[-1].across < widest:
        right.append(head.aside(right[-1], spacing))
    found = [(number, place.across) for number, place in enumerate(right, start=1)]
    centre = [] if shift else [(MIDLINE, 0.0)]
    return [
        *((f"L{number}", -across) for number, across in reversed(found)),
        *centre,
        *((f"R{number}", across) for number, across in found),
    ]


def _along(head: Head, across: float, spacing: float, shift: float, first: float, last: float) -> list[Place]:
    """Places on one parting from front to back; they are counted from the plane of the ears."""
    top = Place(TOP, across)
    start = head.onward(top, shift * spacing) if shift else top
    before, after = [start], [start]
    while before[-1].along > first:
        before.append(head.onward(before[-1], -spacing))
    while after[-1].along < last:
        after.append(head.onward(after[-1], spacing))
    return [*reversed(before), *after[1:]]


def _clearance(
    head: Head, places: Mapping[tuple[str, str], list[Vector]], last: Sequence[Vector]
) -> float | None:
    """The least distance between a new point and one of the session before; None where there are no two."""
    ways = (
        (min(map(math.dist, repeat(position), last)), position)
        for positions in places.values()
        for position in positions
        if last
    )
    nearest = min(ways, default=None)
    if nearest is None:
        return None
    return head.distance(nearest[1], min(last, key=partial(math.dist, nearest[1])))


class Barred:
    """The zones on one head, so that most positions are cleared by one comparison each."""

    def __init__(self, head: Head, zones: Sequence[Zone]) -> None:
        self.head = head
        self.zones = zones
        self.courses = [zone.course(head) for zone in zones]
        self._balls = [
            _ball(course, zone.margin_mm) for zone, course in zip(zones, self.courses, strict=True)
        ]

    def zone_at(self, position: Vector) -> Zone | None:
        """The zone that a position lies in; the first, where there are several."""
        for zone, course, (centre, reach) in zip(self.zones, self.courses, self._balls, strict=True):
            if math.dist(position, centre) <= reach and zone._holds(self.head, position, course):
                return zone
        return None


def _ball(course: Sequence[Vector], margin: float) -> tuple[Vector, float]:
    """A ball that holds the path and its margin; a closed path also bulges out, so it reaches farther."""
    x, y, z = (sum(values) / len(course) for values in zip(*course, strict=True))
    return (x, y, z), 1.5 * max(math.dist((x, y, z), point) for point in course) + margin


def _areas(
    head: Head, regions: Sequence[Region], barred: Barred, points: Sequence[Point], spacing: float
) -> tuple[float, float, float]:
    """cm² of the regions, cm² that the zones leave of them, and the share of that which is covered."""
    area = sum(region_area(head, region.outline) * len(_halves(region)) for region in regions)
    cells = Cells(head, [region.around for region in regions])
    free = cells.all
    for zone, course in zip(barred.zones, barred.courses, strict=True):
        free = free - cells.near(course, zone.margin_mm)
        if zone.closed:
            free = free - cells.inside(zone.path)
    reached = cells.near([point.position_mm for point in points], spacing * _HALF * math.sqrt(2))
    left = cells.area(free)
    share = left / cells.area(cells.all)
    return area, area * share, cells.area(free & reached) / left if left else 0.0


def _halves(region: Region) -> range:
    return range(2 if region.side is Side.MIDDLE else 1)
