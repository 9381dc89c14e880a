"""The four views of a head: what a picture shows, and where on the head a tap on the picture lies."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

from anagen.medicine.scalp_surface import Head, Vector

Flat = tuple[float, float]


class View(StrEnum):
    """Parallel projections in mm: u to the right of the picture, v up. Seen from above the nose points up."""

    ABOVE = "above"
    LEFT = "left"
    RIGHT = "right"
    BEHIND = "behind"

    @property
    def towards(self) -> Vector:
        """The direction from the head to the eye."""
        return _TOWARDS[self]


# view → axis that the eye looks along, its direction, the axis and direction of u, and the axis of v
_TOWARDS: Final[dict[View, Vector]] = {
    View.ABOVE: (0.0, 0.0, 1.0),
    View.LEFT: (-1.0, 0.0, 0.0),
    View.RIGHT: (1.0, 0.0, 0.0),
    View.BEHIND: (0.0, -1.0, 0.0),
}
_ACROSS: Final[dict[View, tuple[int, int, int]]] = {
    View.ABOVE: (0, 1, 1),
    View.LEFT: (1, -1, 2),
    View.RIGHT: (1, 1, 2),
    View.BEHIND: (0, 1, 2),
}


def project(view: View, position: Vector) -> Flat:
    """Where a position appears in a view, in mm."""
    across, sign, up = _ACROSS[view]
    return sign * position[across], position[up]


def facing(head: Head, view: View, position: Vector) -> float:
    """How squarely the surface there faces the eye: 1 straight on, 0 at the edge, less when it is hidden."""
    return sum(a * b for a, b in zip(head.outward(position), view.towards, strict=True))


def unproject(head: Head, view: View, flat: Flat) -> Vector | None:
    """The position on the head that appears there; None beside the head."""
    across, sign, up = _ACROSS[view]
    depth = 3 - across - up
    square = 1 - (flat[0] / head.axes[across]) ** 2 - (flat[1] / head.axes[up]) ** 2
    if square < 0:
        return None
    found = [0.0, 0.0, 0.0]
    found[across] = sign * flat[0]
    found[up] = flat[1]
    found[depth] = view.towards[depth] * head.axes[depth] * math.sqrt(square)
    return found[0], found[1], found[2]


def best_view(head: Head, position: Vector) -> View:
    """The view in which a position is seen most squarely."""
    return max(View, key=lambda view: facing(head, view, position))
