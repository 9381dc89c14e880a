"""Draws the map that is asked for: anew, onward from what is done already, or as it was kept.

Nothing here reads or writes the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

from anagen.clinic.people.actions import Refused
from anagen.medicine.scalp import Point, Scalp, ScalpMap, plan_map
from anagen.medicine.scalp_surface import Head, ImpossibleMap, Place, Vector

from .mapping import Last, Plan, Wish, place_of
from .marks import Mark, zones

_SHARE: Final = Decimal("0.001")  # mL; a syringe is not read finer


@dataclass(frozen=True)
class _Grid:
    """Everything that decides where the points lie."""

    scalp: Scalp = field(hash=False)
    head_cm: Decimal
    regions: tuple[str, ...]
    spacing_mm: Decimal
    marks: tuple[Mark, ...]
    last: tuple[Vector, ...]


@lru_cache(maxsize=32)
def _planned(grid: _Grid) -> ScalpMap:
    """Volume, depth, and what is left out or done change no place: the grid is drawn once."""
    scalp = grid.scalp
    return plan_map(
        scalp.head(grid.head_cm),
        [region for id, region in scalp.regions.items() if id in grid.regions],
        limits=scalp.limits,
        spacing_mm=grid.spacing_mm,
        zones=(*scalp.zones, *zones(grid.marks)),
        last=grid.last,
    )


def planned(wish: Wish, scalp: Scalp, *, syringe_ml: Decimal | None = None, last: Last | None = None) -> Plan:
    """The points of this wish, which `checked` has nothing against."""
    head = scalp.head(wish.head_cm)
    before = tuple(on_head(head, last.positions)) if last is not None else ()
    drawn = _planned(_Grid(scalp, wish.head_cm, wish.regions, wish.spacing_mm, wish.marks, before))
    each = wish.volume_ml
    if wish.shared and drawn.points:
        each = share(wish.volume_ml, len(drawn.points))
    points = tuple(replace(point, depth_mm=wish.depth_mm, volume_ml=each) for point in drawn.points)
    shown = None if last is None else Last(last.day, before)
    return Plan(wish, scalp, replace(drawn, points=points), syringe_ml, shown)


def continued(kept: Plan, wish: Wish, *, syringe_ml: Decimal | None, last: Last | None) -> Plan:
    """A map of which something is done: no point moves, and none comes back. New marks take points away.

    Raises Refused when anything is changed on which the points that were given rest.
    """
    before = kept.wish
    if set(wish.regions) != set(before.regions) or any(
        getattr(wish, name) != getattr(before, name) for name in _RESTS_ON
    ):
        raise Refused(_("Partings are done already: head, regions, distance, depth and volume stay."))
    head = kept.drawn.head
    new = zones(mark for mark in wish.marks if mark not in before.marks)
    points = tuple(
        point for point in kept.drawn.points if not any(zone.holds(head, point.position_mm) for zone in new)
    )
    drawn = replace(kept.drawn, points=points, zones=(*kept.scalp.zones, *zones(wish.marks)))
    shown = None if last is None else Last(last.day, tuple(on_head(head, last.positions)))
    return Plan(wish, kept.scalp, drawn, syringe_ml, shown)


_RESTS_ON: Final = ("head_cm", "spacing_mm", "depth_mm", "shared", "volume_ml")


def share(total_ml: Decimal, points: int) -> Decimal:
    """Of a volume, what one of so many points gets: never more than there is, read off a syringe."""
    return (total_ml / points) // _SHARE * _SHARE


def on_head(head: Head, positions: Iterable[Sequence[Any]]) -> list[Vector]:
    """Positions that were measured on a head, on this one; what cannot be on it is left aside."""
    found = []
    for position in positions:
        x, y, z = (float(value) for value in position)
        try:
            found.append(head.onto((x, y, z)))
        except ImpossibleMap:
            continue
    return found


def along_parting(plan: Plan, row_id: str, offset_mm: Decimal) -> Place:
    """The place so many mm behind the first point of a row. Raises Refused."""
    row = next((row for row in plan.rows if row.id == row_id), None)
    if row is None:
        raise Refused(_("Choose a region and a parting."))
    if not -100 <= offset_mm <= 300:
        raise Refused(_("The distance along the parting is at most 300 mm."))
    head = plan.drawn.head
    first = head.place(row.spots[0].point.position_mm)
    return head.onward(first, float(offset_mm)) if offset_mm else first


# reading a map that was kept


def rebuilt(kept: Mapping[str, Any], scalp: Scalp) -> Plan | None:
    """The map of an event exactly as it was kept. None when it was entered by numbers alone, or names a region that
    the knowledge no longer has. Raises Refused when it cannot be read."""
    map_ = kept.get("map") or {}
    if "head_cm" not in map_:
        return None
    try:
        return _rebuilt(kept, map_, scalp)
    except (KeyError, TypeError, ValueError, ArithmeticError, IndexError, AttributeError):
        raise Refused(_("The map cannot be read.")) from None


def _rebuilt(kept: Mapping[str, Any], map_: Mapping[str, Any], scalp: Scalp) -> Plan | None:
    wish = Wish.kept(map_)
    head = scalp.head(wish.head_cm)
    plain = sorted([*kept["points"], *map_["left_out"]], key=lambda point: int(point["number"]))
    points = tuple(
        Point(
            number=int(point["number"]),
            region=point["region"],
            parting=point["parting"],
            position_mm=on_head(head, [point["position_mm"]])[0],
            depth_mm=Decimal(point["depth_mm"]),
            volume_ml=Decimal(point["volume_ml"]),
        )
        for point in plain
    )
    if not {*wish.regions, *(point.region for point in points)} <= scalp.regions.keys():
        return None
    drawn = ScalpMap(
        head=head,
        regions=tuple(scalp.regions[id] for id in wish.regions),
        zones=(*scalp.zones, *zones(wish.marks)),
        spacing_mm=wish.spacing_mm,
        points=points,
        left_out=0,
        area_cm2=float(map_["area_cm2"]),
        treatable_cm2=float(map_["treatable_cm2"]),
        covered=float(map_["covered"]),
        clear_of_last_mm=map_["clear_of_last_mm"],
    )
    out = {int(one["number"]) for one in map_["left_out"]}
    left = frozenset(place_of(head, point.position_mm) for point in points if point.number in out)
    return Plan(replace(wish, left_out=left), scalp, drawn)
