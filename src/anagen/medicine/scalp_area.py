"""Areas on the head: of an outline, and by small cells of what is left of it and what is reached."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence, Set
from typing import Final

from anagen.medicine.scalp_surface import Head, Place, Vector, within

_STRIP: Final = 0.5  # degrees across
_STRETCH: Final = 15.0  # degrees along; Simpson's rule is exact there to a millionth
_CELL: Final = 3.0  # degrees; about 5 mm
_MARGINAL: Final = math.radians(85.0)  # towards the ears partings shrink to a point

Cell = tuple[int, int]


def region_area(head: Head, outline: Sequence[Place]) -> float:
    """The area within an outline, in cm²: strips across, each integrated along between the outline's borders."""
    least = min(place.across for place in outline)
    most = max(place.across for place in outline)
    strips = max(1, math.ceil((most - least) / _STRIP))
    width = (most - least) / strips
    total = 0.0
    for strip in range(strips):
        across = least + (strip + 0.5) * width
        borders = sorted(_borders(outline, across))
        for start, end in zip(borders[::2], borders[1::2], strict=True):
            total += width * _along(head, across, start, end)
    return total / 100


def _borders(outline: Sequence[Place], across: float) -> Iterable[float]:
    before = outline[-1]
    for after in outline:
        if (before.across <= across) != (after.across <= across):
            share = (across - before.across) / (after.across - before.across)
            yield before.along + share * (after.along - before.along)
        before = after


def _along(head: Head, across: float, start: float, end: float) -> float:
    pieces = 2 * max(1, math.ceil((end - start) / _STRETCH))
    width = (end - start) / pieces
    heights = [head.area_of(start + number * width, across) for number in range(pieces + 1)]
    return width / 3 * (heights[0] + 4 * sum(heights[1::2]) + 2 * sum(heights[2:-1:2]) + heights[-1])


class Cells:
    """Small cells of the head, and those whose centres lie in one of the outlines."""

    def __init__(self, head: Head, outlines: Iterable[Sequence[Place]]) -> None:
        self.head = head
        self._areas: dict[Cell, float] = {}
        self._centres: dict[Cell, Vector] = {}
        for outline in outlines:
            for cell in _inside(outline):
                centre = _centre(cell)
                self._centres[cell] = head.position(centre)
                self._areas[cell] = head.area_of(centre.along, centre.across) * _CELL**2
        self.all: Set[Cell] = self._areas.keys()

    def area(self, cells: Iterable[Cell]) -> float:
        """The area of some of the cells, in mm²."""
        return sum(self._areas[cell] for cell in cells)

    def inside(self, outline: Sequence[Place]) -> set[Cell]:
        """The cells whose centres lie in an outline."""
        return {cell for cell in _inside(outline) if cell in self._areas}

    def near(self, positions: Iterable[Vector], reach: float) -> set[Cell]:
        """The cells whose centres lie within ``reach`` mm of one of the positions, measured on the surface."""
        found: set[Cell] = set()
        for position in positions:
            for cell in self._around(position, reach):
                centre = self._centres.get(cell)
                if (
                    centre is not None
                    and cell not in found
                    and math.dist(position, centre) <= reach
                    and self.head.distance(position, centre) <= reach
                ):
                    found.add(cell)
        return found

    def _around(self, position: Vector, reach: float) -> Iterable[Cell]:
        """All cells that can lie so near: a box of angles, wide enough where partings run close together."""
        place = self.head.place(position)
        slowest = min(self.head.axes)
        wide = math.degrees(reach / slowest)
        edge = min(_MARGINAL, math.radians(abs(place.across) + wide))
        far = min(180.0, math.degrees(reach / (slowest * math.cos(edge))))
        for row in range(_row(place.across - wide), _row(place.across + wide) + 1):
            for column in range(_row(place.along - far), _row(place.along + far) + 1):
                yield column, row


def _row(degrees: float) -> int:
    return math.floor(degrees / _CELL)


def _centre(cell: Cell) -> Place:
    return Place((cell[0] + 0.5) * _CELL, (cell[1] + 0.5) * _CELL)


def _inside(outline: Sequence[Place]) -> Iterable[Cell]:
    alongs = [place.along for place in outline]
    acrosses = [place.across for place in outline]
    for row in range(_row(min(acrosses)), _row(max(acrosses)) + 1):
        for column in range(_row(min(alongs)), _row(max(alongs)) + 1):
            if within(outline, _centre((column, row))):
                yield column, row
