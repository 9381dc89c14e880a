"""Does a map hold? Its points against the limits of a session, the zones, and the syringe that was filled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from anagen.medicine.scalp import Barred, Limit, Limits, Point, ScalpMap, Zone

_HALF_A_GRID: Final = 0.45  # of a spacing; the grid widens and narrows a little over the head


class Weight(StrEnum):
    """``refuse``: not with this map. ``reason``: a person confirms it and says why."""

    REFUSE = "refuse"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class MapFinding:
    """One thing about a map; ``points`` are the numbers it is about, empty when it is about the whole."""

    kind: str
    weight: Weight
    says: str
    points: tuple[int, ...] = ()


def check_map(
    drawn: ScalpMap, *, limits: Limits, syringe_ml: Decimal | None = None
) -> tuple[MapFinding, ...]:
    """Everything that speaks against a map, the gravest first. ``syringe_ml`` is what was filled; None: not yet."""
    if not drawn.points:
        return (MapFinding("no_points", Weight.REFUSE, "The map has no points."),)
    found = [
        *_beyond("spacing", "The points are {} mm apart", drawn.spacing_mm, limits.spacing, "mm"),
        *_zones(drawn),
        *_each(drawn, "depth", limits.depth, "mm", lambda point: point.depth_mm),
        *_each(drawn, "volume_per_point", limits.volume_per_point, "mL", lambda point: point.volume_ml),
        *_beyond("points", "The map has {} points", Decimal(len(drawn.points)), limits.points, "points"),
        *_beyond("volume", "The points take {} mL", drawn.total_ml, limits.volume, "mL"),
        *_syringe(drawn.total_ml, limits.difference, syringe_ml),
        *_last(drawn),
    ]
    return tuple(sorted(found, key=lambda finding: finding.weight is not Weight.REFUSE))


def _beyond(kind: str, what: str, number: Decimal, limit: Limit, unit: str) -> Iterator[MapFinding]:
    """Where a number leaves its limit: refused first, then with a reason."""
    said = what.format(f"{number:f}")
    if limit.refuse_above is not None and number > limit.refuse_above:
        yield MapFinding(kind, Weight.REFUSE, f"{said}; never over {limit.refuse_above} {unit}.")
    elif limit.refuse_below is not None and number < limit.refuse_below:
        yield MapFinding(kind, Weight.REFUSE, f"{said}; never under {limit.refuse_below} {unit}.")
    elif limit.reason_above is not None and number > limit.reason_above:
        yield MapFinding(kind, Weight.REASON, f"{said}; over {limit.reason_above} {unit} with a reason.")
    elif limit.most is not None and number > limit.most:
        yield MapFinding(kind, Weight.REFUSE, f"{said}; {limit.most} {unit} at most.")
    elif limit.least is not None and number < limit.least:
        yield MapFinding(kind, Weight.REASON, f"{said}; under {limit.least} {unit} with a reason.")


_EACH: Final = {"depth": "The needle goes {} mm into the skin", "volume_per_point": "A point takes {} mL"}


def _each(
    drawn: ScalpMap, kind: str, limit: Limit, unit: str, of: Callable[[Point], Decimal]
) -> Iterator[MapFinding]:
    """The same number at many points is one finding."""
    for number in sorted({of(point) for point in drawn.points}, reverse=True):
        for finding in _beyond(kind, _EACH[kind], number, limit, unit):
            same = tuple(point.number for point in drawn.points if of(point) == number)
            yield MapFinding(kind, finding.weight, finding.says, same)


def _zones(drawn: ScalpMap) -> Iterator[MapFinding]:
    barred = Barred(drawn.head, drawn.zones)
    found: dict[Zone, list[int]] = {}
    for point in drawn.points:
        if zone := barred.zone_at(point.position_mm):
            found.setdefault(zone, []).append(point.number)
    for zone, inside in found.items():
        says = f"{_named(inside)} in a place that is not injected: {zone.title} ({zone.reason})."
        yield MapFinding("zone", Weight.REFUSE, says, tuple(inside))


def _syringe(total: Decimal, limit: Limit, syringe_ml: Decimal | None) -> Iterator[MapFinding]:
    """Points times volume against what was filled: more is impossible, less is asked about."""
    if syringe_ml is None:
        return
    said = f"Points times volume are {total:f} mL, the syringe holds {syringe_ml:f} mL"
    percent = limit.most or Decimal(0)
    if total * 100 > syringe_ml * (100 + percent):
        yield MapFinding("more_than_syringe", Weight.REFUSE, f"{said}; it cannot give more.")
    elif total * 100 < syringe_ml * (100 - percent):
        yield MapFinding("syringe", Weight.REASON, f"{said}; they differ by more than {percent} percent.")


def _last(drawn: ScalpMap) -> Iterator[MapFinding]:
    clear = drawn.clear_of_last_mm
    if clear is not None and clear < float(drawn.spacing_mm) * _HALF_A_GRID:
        yield MapFinding(
            "last", Weight.REASON, f"A point lies {clear:.1f} mm from one of the session before."
        )


def _named(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"Point {numbers[0]} lies"
    return f"Points {', '.join(map(str, numbers[:-1]))} and {numbers[-1]} lie"
