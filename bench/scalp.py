"""The map of a whole scalp: how fast, and how true its distances are.

    python bench/scalp.py

Distances between neighbouring points are compared with geographiclib's on a head of revolution, whose geodesics it
solves exactly; an error above a thousandth, and the benchmark fails. Then maps of the whole scalp are timed, alone,
with a session before and drawn as a sheet, and the command from a cold start.
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
from decimal import Decimal
from statistics import median

from _measure import begin, in_turn, milli, print_table
from geographiclib.geodesic import Geodesic

from anagen.cli.surroundings import CHECKOUT
from anagen.exchange.scalp_drawing import sheet_svg
from anagen.knowledge.loader import shipped
from anagen.medicine.scalp import Scalp, ScalpMap, plan_map
from anagen.medicine.scalp_surface import Head

ROUNDS, COLD, GOAL, TRUE = 15, 5, 0.2, 1e-3
SPACINGS = ("10", "15", "20")


def drawn(scalp: Scalp, spacing: str, head: Head | None = None, last: ScalpMap | None = None) -> ScalpMap:
    return plan_map(
        scalp.head() if head is None else head,
        scalp.regions.values(),
        limits=scalp.limits,
        spacing_mm=Decimal(spacing),
        zones=scalp.zones,
        last=() if last is None else [point.position_mm for point in last.points],
    )


def worst(found: ScalpMap, geodesic: Geodesic) -> float:
    """The largest relative error among the distances of neighbours on a parting."""
    ends = []
    for point in found.points:
        x, y, z = found.head.outward(point.position_mm)
        ends.append((math.degrees(math.asin(z)), math.degrees(math.atan2(y, x))))
    spacing = float(found.spacing_mm)
    errors = [0.0]
    for number, point in enumerate(found.points[1:], start=1):
        before = found.points[number - 1]
        if (before.region, before.parting) != (point.region, point.parting):
            continue
        if math.dist(before.position_mm, point.position_mm) < 1.5 * spacing:  # none was left out between
            way = geodesic.Inverse(*ends[number - 1], *ends[number])["s12"]
            errors.append(abs(way / spacing - 1))
    return max(errors)


def main() -> int:
    begin()
    scalp = shipped().scalp
    head = Head(Decimal(56), 88.0, 88.0, 92.0)
    geodesic = Geodesic(88.0, (88.0 - 92.0) / 88.0)
    rows = []
    for spacing in SPACINGS:
        error = worst(drawn(scalp, spacing, head), geodesic)
        if error > TRUE:
            print(f"  NOT TRUE  {spacing} mm: {error:.1e}")
            return 1
        first = drawn(scalp, spacing)
        times = in_turn(
            {
                "map": lambda each, s=spacing: drawn(scalp, s),
                "next": lambda each, s=spacing, f=first: drawn(scalp, s, last=f),
                "sheet": lambda each, f=first: sheet_svg(f, scalp),
            },
            [[None]] * ROUNDS,
        )
        rows.append(
            (
                f"{spacing} mm",
                len(first.points),
                *(f"{milli(times[name].least)} / {milli(times[name].median)}" for name in times),
                f"{error:.0e}",
                "met" if times["map"].median < GOAL else "missed",
            )
        )
    print(
        f"  whole scalp, 56 cm; ms of CPU, least / median of {ROUNDS}. Goal: {GOAL * 1000:.0f} ms for a map"
    )
    print_table(
        ("spacing", "points", "map", "after a session", "picture", "error against geographiclib", "goal"),
        rows,
    )
    cold = []
    for _ in range(COLD):
        start = time.perf_counter()
        subprocess.run(
            [str(CHECKOUT / "anagen"), "map", "--json"], check=True, cwd=CHECKOUT, stdout=subprocess.DEVNULL
        )
        cold.append(time.perf_counter() - start)
    print(f"  ./anagen map --json, cold: {milli(min(cold))} / {milli(median(cold))} ms by the clock")
    return 0


if __name__ == "__main__":
    sys.exit(main())
