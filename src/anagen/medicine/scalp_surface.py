"""The head as a surface, and true distances on it.

The upper head is a triaxial ellipsoid. Axes in millimetres: x to the patient's right, y to the front, z up; the
origin lies in the plane of the largest circumference (brow to the back of the head), midway between the ears. A place
is two angles that follow the way hair is parted: ``along`` runs from the brow (0°) over the top (90°) to the back of
the head (180°) and down towards the neck; ``across`` leaves the midline, positive to the patient's right.
All with ``across`` alike lie in one plane parallel to the midline: that curve is a parting.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

Vector = tuple[float, float, float]

TOP: Final = 90.0  # degrees along: the plane through both ears and the top of the head
_SHORT: Final = 25.0  # mm; so short a way bends as an arc of a circle does
_ROUNDS: Final = 5  # corrections of a step; each divides what is left of the error by about a hundred


class ImpossibleMap(ValueError):
    """What was asked for cannot be drawn on this head, or must not be injected."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place on any head, in degrees."""

    along: float
    across: float

    @property
    def mirrored(self) -> Place:
        return Place(self.along, -self.across)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a head is made from its circumference: breadth and height as shares of the length."""

    breadth: float
    height: float
    least_cm: Decimal
    usual_cm: Decimal
    most_cm: Decimal


@dataclass(frozen=True, slots=True)
class Head:
    """One head: its circumference in cm and the three half axes in mm."""

    circumference_cm: Decimal
    half_breadth: float
    half_length: float
    half_height: float

    @classmethod
    def from_circumference(cls, cm: Decimal, shape: Shape) -> Head:
        """The head whose largest ellipse has this circumference. ImpossibleMap when no adult head has it."""
        if not shape.least_cm <= cm <= shape.most_cm:
            raise ImpossibleMap(
                f"a head measures {shape.least_cm} to {shape.most_cm} cm around, not {cm:f} cm"
            )
        half_length = float(cm) * 10 / perimeter(1.0, shape.breadth)
        return cls(cm, shape.breadth * half_length, half_length, shape.height * half_length)

    @property
    def axes(self) -> Vector:
        return self.half_breadth, self.half_length, self.half_height

    def position(self, place: Place) -> Vector:
        """Where a place lies on this head, in mm."""
        along, across = math.radians(place.along), math.radians(place.across)
        ring = math.cos(across)
        return (
            self.half_breadth * math.sin(across),
            self.half_length * ring * math.cos(along),
            self.half_height * ring * math.sin(along),
        )

    def place(self, position: Vector) -> Place:
        """The place of a position on the surface; ``along`` lies from -90° (under the brow) to 270°."""
        x, y, z = (value / axis for value, axis in zip(position, self.axes, strict=True))
        along = math.degrees(math.atan2(z, y))
        return Place(along + 360 if along < -90 else along, math.degrees(math.asin(max(-1.0, min(1.0, x)))))

    def outward(self, position: Vector) -> Vector:
        """The direction out of the head at a position, of length 1."""
        x, y, z = (value / axis**2 for value, axis in zip(position, self.axes, strict=True))
        length = math.hypot(x, y, z)
        return x / length, y / length, z / length

    def onto(self, position: Vector) -> Vector:
        """A position near the surface, moved straight in or out until it lies on it.

        ImpossibleMap when it is so far inside or outside that the line misses the surface.
        """
        if math.hypot(*position) < min(self.axes) / 2:
            raise ImpossibleMap("that position lies inside the head")
        direction = self.outward(position)
        square = sum((d / axis) ** 2 for d, axis in zip(direction, self.axes, strict=True))
        cross = sum(d * p / axis**2 for d, p, axis in zip(direction, position, self.axes, strict=True))
        excess = sum((p / axis) ** 2 for p, axis in zip(position, self.axes, strict=True)) - 1
        reach = cross * cross - square * excess
        if reach < 0:
            raise ImpossibleMap("that position lies far away from the head")
        way = (math.sqrt(reach) - cross) / square
        x, y, z = (p + way * d for p, d in zip(position, direction, strict=True))
        return x, y, z

    def distance(self, one: Vector, other: Vector) -> float:
        """The way from one position to another on the surface, in mm.

        Short ways bend as a circle of the surface's own curvature in their direction does; long ones are halved
        until they are short. Against geodesics found in other ways the error is under a hundred-thousandth up to 25 mm
        and under a thousandth up to 180 mm (tests/medicine/test_scalp_surface.py). ImpossibleMap for opposite sides
        of the head, between which there is no one shortest way.
        """
        chord = math.dist(one, other)
        if chord == 0:
            return 0.0
        if chord > _SHORT:
            middle = self.onto(_middle(one, other))
            return self.distance(one, middle) + self.distance(middle, other)
        return self._arc(one, other, chord)

    def _arc(self, one: Vector, other: Vector, chord: float) -> float:
        a, b, c = self.axes
        x, y, z = _middle(one, other)
        dx, dy, dz = other[0] - one[0], other[1] - one[1], other[2] - one[2]
        bend = ((dx / a) ** 2 + (dy / b) ** 2 + (dz / c) ** 2) / chord**2
        level = math.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)
        curvature = bend * level / math.hypot(x / a**2, y / b**2, z / c**2)
        return 2 / curvature * math.asin(min(1.0, curvature * chord / 2))

    def area_of(self, along: float, across: float) -> float:
        """The area of one square degree of places here, in mm²."""
        along, across = math.radians(along), math.radians(across)
        a, b, c = self.axes
        ring = math.cos(across)
        stretch = math.hypot(
            b * c * math.sin(across), a * c * ring * math.cos(along), a * b * ring * math.sin(along)
        )
        return ring * stretch * math.radians(1) ** 2

    def onward(self, start: Place, way: float) -> Place:
        """The next place on the same parting, ``way`` mm away on the surface; backwards when it is negative."""
        speed = math.radians(1) * self.half_height * math.cos(math.radians(start.across))
        return self._walk(start, way, speed, lambda degrees: Place(start.along + degrees, start.across))

    def aside(self, start: Place, way: float) -> Place:
        """The place ``way`` mm to the side, with ``along`` as it is; to the patient's left when it is negative."""
        speed = math.radians(1) * self.half_breadth
        return self._walk(start, way, speed, lambda degrees: Place(start.along, start.across + degrees))

    def _walk(self, start: Place, way: float, speed: float, to: Callable[[float], Place]) -> Place:
        here = self.position(start)
        degrees = way / speed
        for _ in range(_ROUNDS):
            degrees *= abs(way) / self.distance(here, self.position(to(degrees)))
        return to(degrees)


def _middle(one: Vector, other: Vector) -> Vector:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2, (one[2] + other[2]) / 2


def perimeter(half: float, other_half: float) -> float:
    """The circumference of an ellipse, by Gauss's arithmetic-geometric mean."""
    mean, root = max(half, other_half), min(half, other_half)
    rest, weight = mean * mean - (mean * mean - root * root) / 2, 1.0
    while mean - root > 1e-12 * mean:
        mean, root, gap = (mean + root) / 2, math.sqrt(mean * root), (mean - root) / 2
        rest -= weight * gap * gap
        weight *= 2
    return 2 * math.pi * rest / mean


def within(outline: Sequence[Place], place: Place) -> bool:
    """Whether a place lies inside an outline. Of two outlines with a common edge exactly one holds a place on it."""
    inside = False
    before = outline[-1]
    for after in outline:
        if (before.across <= place.across) != (after.across <= place.across):
            share = (place.across - before.across) / (after.across - before.across)
            inside ^= place.along < before.along + share * (after.along - before.along)
        before = after
    return inside


def drawn_out(path: Sequence[Place], *, closed: bool, step: float) -> list[Place]:
    """The path with places in between, so that no two neighbours differ by more than ``step`` degrees."""
    found = [path[0]]
    for before, after in zip(path, (*path[1:], path[0]) if closed else path[1:], strict=False):
        gap = max(abs(after.along - before.along), abs(after.across - before.across))
        pieces = max(1, math.ceil(gap / step))
        for piece in range(1, pieces + 1):
            share = piece / pieces
            found.append(
                Place(
                    before.along + share * (after.along - before.along),
                    before.across + share * (after.across - before.across),
                )
            )
    return found[:-1] if closed else found
