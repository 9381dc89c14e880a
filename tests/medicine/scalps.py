"""The shipped scalp, read from its own three files, and how its maps are looked at."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from functools import cache, partial
from heapq import nsmallest

from anagen.knowledge.reading import ROOT, read
from anagen.knowledge.scalp import scalp
from anagen.medicine.scalp import ScalpMap, Zone, plan_map
from anagen.medicine.scalp_surface import Head, Vector

_FILES = ("scalp.yaml", "scalp-zones.yaml", "procedure-parameters.yaml")
TOPICS = {item["id"]: item for name in _FILES for item in read(ROOT / "topics" / name, name).plain["topics"]}
SCALP = scalp(TOPICS)
HEAD = SCALP.head()


def drawn(
    *regions: str,
    head: Head = HEAD,
    spacing: str | None = None,
    zones: Iterable[Zone] = SCALP.zones,
    last: Iterable[Vector] = (),
) -> ScalpMap:
    """A map of these regions, or of the whole scalp. Maps never change, so each is made once."""
    return _made(regions or tuple(SCALP.regions), head, spacing, tuple(zones), tuple(last))


@cache
def _made(
    regions: tuple[str, ...],
    head: Head,
    spacing: str | None,
    zones: tuple[Zone, ...],
    last: tuple[Vector, ...],
) -> ScalpMap:
    return plan_map(
        head,
        [SCALP.regions[name] for name in regions],
        limits=SCALP.limits,
        spacing_mm=None if spacing is None else Decimal(spacing),
        zones=zones,
        last=last,
    )


def places(found: ScalpMap) -> list[Vector]:
    return [point.position_mm for point in found.points]


def nearest(found: ScalpMap) -> list[float]:
    """For each point the way to its nearest neighbour, which is among the four nearest by the straight line."""
    points = places(found)
    return [
        min(
            found.head.distance(point, other)
            for other in nsmallest(5, points, key=partial(math.dist, point))
            if other is not point
        )
        for point in points
    ]
