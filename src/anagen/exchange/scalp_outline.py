"""What surrounds the scalp in a picture: heads seen from four sides, and lines on them cut off where they are hidden.

Coordinates are millimetres with y downwards, as SVG has it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from anagen.medicine.scalp import Region, Side
from anagen.medicine.scalp_surface import Head, Place, Vector, drawn_out
from anagen.medicine.scalp_views import Flat, View, facing, project

_STEP: Final = 2.0  # degrees between the corners of a drawn line
MODEL: Final = 99.76  # mm; half the length of the head of 56 cm that the faces were drawn for

# How far a picture reaches from the middle of the head: left, up, right, down.
REACH: Final[dict[View, tuple[float, float, float, float]]] = {
    View.ABOVE: (96, 118, 96, 106),
    View.LEFT: (122, 98, 106, 122),
    View.RIGHT: (106, 98, 122, 122),
    View.BEHIND: (96, 98, 96, 122),
}


def frame(view: View, head: Head) -> tuple[float, float, float, float]:
    """x, y, width and height of the picture of a view."""
    left, up, right, down = (reach * scale(head) for reach in REACH[view])
    return -left, -up, left + right, up + down


def scale(head: Head) -> float:
    return head.half_length / MODEL


def half_widths(head: Head, view: View) -> tuple[float, float]:
    """The half axes of the head's own ellipse in a view, before face and neck are added."""
    b, a, c = head.axes
    return {View.ABOVE: (b, a), View.BEHIND: (b, c)}.get(view, (a, c))


def silhouette(view: View, head: Head) -> tuple[str, list[str]]:
    """The outline of the head, and the lines of ears and nose that lie before it."""
    b, a, c = (axis / scale(head) for axis in head.axes)
    match view:
        case View.ABOVE:
            outline = f"M{-b:.1f} 0A{b:.1f} {a:.1f} 0 1 1 {b:.1f} 0A{b:.1f} {a:.1f} 0 1 1 {-b:.1f} 0Z"
            nose = f"M-11 {-a + 1:.1f}C-8 -106 -5 -113 0 -113C5 -113 8 -106 11 {-a + 1:.1f}"
            ears = [
                f"M{s * 76} 2C{s * 88} -10 {s * 91} 6 {s * 87} 16C{s * 84} 23 {s * 79} 20 {s * 76} 16"
                for s in (-1, 1)
            ]
            return outline, [nose, *ears]
        case View.BEHIND:
            x = b * math.sqrt(1 - (52 / c) ** 2)
            outline = (
                f"M-60 119C-52 104 -52 92 -56 84C-60 76 -62 66 {-x:.1f} 52"
                f"A{b:.1f} {c:.1f} 0 1 1 {x:.1f} 52C62 66 60 76 56 84C52 92 52 104 60 119"
            )
            return outline, [
                f"M{s * 76.5} 10C{s * 86} 0 {s * 93} 8 {s * 91} 26C{s * 89} 46 {s * 82} 66 {s * 72} 60"
                for s in (-1, 1)
            ]
        case _:
            s = 1 if view is View.RIGHT else -1
            back = -a * math.sqrt(1 - (40 / c) ** 2)
            sweep = 0 if s == 1 else 1
            points: Sequence[tuple[str, Sequence[Flat]]] = (
                ("M", [(40, 119)]),
                ("C", [(37, 112), (36, 108), (40, 101)]),
                ("C", [(54, 108), (70, 112), (88, 113)]),
                ("C", [(97, 112), (100, 104), (97, 97)]),
                ("C", [(95, 92), (98, 90), (101, 87)]),
                ("C", [(102, 83), (98, 81), (99, 79)]),
                ("C", [(104, 77), (104, 71), (100, 66)]),
                ("C", [(108, 65), (117, 61), (114, 54)]),
                ("C", [(108, 40), (103, 30), (97, 18)]),
                ("C", [(99, 12), (a, 7), (a, 0)]),
            )
            face = "".join(
                command + " ".join(f"{s * x:.1f} {y:.1f}" for x, y in corners) for command, corners in points
            )
            nape = (
                f"C{s * -85:.1f} 58 {s * -70:.1f} 66 {s * -66:.1f} 84"
                f"C{s * -63:.1f} 98 {s * -64:.1f} 110 {s * -68:.1f} 119"
            )
            outline = f"{face}A{a:.1f} {c:.1f} 0 1 {sweep} {s * back:.1f} 40{nape}"
            ear = (
                f"M{s * 9} 34C{s * 12} 14 {s * 2} 4 {s * -9} 6C{s * -22} 8 {s * -25} 22 {s * -20} 36"
                f"C{s * -16} 48 {s * -12} 66 {s * -2} 66C{s * 6} 66 {s * 7} 54 {s * 4} 46"
            )
            inner = f"M{s * 2} 20C{s * -6} 14 {s * -15} 18 {s * -14} 30C{s * -13} 38 {s * -8} 44 {s * -4} 50"
            return outline, [ear, inner]


# lines and areas on the head


def seen(head: Head, view: View, path: Sequence[Place]) -> Iterator[list[Flat]]:
    """The stretches of a line on the head that the eye sees, in the coordinates of the picture."""
    stretch: list[Flat] = []
    for place in drawn_out(path, closed=False, step=_STEP):
        position = head.position(place)
        if facing(head, view, position) > 0:
            stretch.append(_flat(view, position))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def area(head: Head, view: View, outline: Sequence[Place]) -> list[Flat]:
    """What the eye sees of an area; where it runs out of sight it ends at the edge of the head. Empty when hidden."""
    corners = [head.position(place) for place in drawn_out(outline, closed=True, step=_STEP)]
    if all(facing(head, view, corner) <= 0.02 for corner in corners):
        return []
    return [_flat(view, c) if facing(head, view, c) > 0 else _at_edge(head, view, c) for c in corners]


def _flat(view: View, position: Vector) -> Flat:
    across, up = project(view, position)
    return across, -up


def _at_edge(head: Head, view: View, position: Vector) -> Flat:
    """Where the direction of a hidden position meets the edge of the head."""
    flat = _flat(view, position)
    wide, high = half_widths(head, view)
    length = math.hypot(flat[0] / wide, flat[1] / high) or 1.0
    return flat[0] / length, flat[1] / length


def scalp_border(regions: Iterable[Region]) -> list[tuple[Place, Place]]:
    """The stretches where the scalp ends: those of the regions' outlines that no other region shares."""
    counted: dict[frozenset[Place], tuple[Place, Place]] = {}
    shared: set[frozenset[Place]] = set()
    for region in regions:
        if region.side is Side.LEFT:
            continue
        for before, after in zip(region.outline, (*region.outline[1:], region.outline[0]), strict=True):
            edge = frozenset((before, after))
            if before.across == after.across == 0 or edge in counted:
                shared.add(edge)
            counted[edge] = (before, after)
    right = [ends for edge, ends in counted.items() if edge not in shared]
    return right + [(before.mirrored, after.mirrored) for before, after in right]
