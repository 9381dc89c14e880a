"""The map of a session: what is asked of it, the points that come of it, and the data that is kept.

Nothing here reads or writes the database. Places on the head are in degrees (`medicine.scalp_surface.Place`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any, Final

from django.utils.translation import gettext as _

from anagen.clinic.people.actions import Refused
from anagen.exchange.scalp import document
from anagen.exchange.scalp_drawing import Progress, view_svg
from anagen.medicine.scalp import Point, Scalp, ScalpMap, plan_map
from anagen.medicine.scalp_check import MapFinding, Weight, check_map
from anagen.medicine.scalp_surface import Head, ImpossibleMap, Place, Vector
from anagen.medicine.scalp_views import View

from .marks import Mark, region_words, zones

PROPOSED: Final = (
    "frontal",
    "midscalp",
    "vertex",
)  # where hair is lost by pattern, when nothing else is known
_SHARE: Final = Decimal("0.001")  # mL; a syringe is not read finer
_SYRINGE: Final = "syringe"  # the finding that is asked about at the end, when it is known what was given


@dataclass(frozen=True, slots=True)
class Wish:
    """What a map is asked to be. `volume` is the total or that of each point, in mL."""

    head_cm: Decimal
    regions: tuple[str, ...]
    spacing_mm: Decimal
    depth_mm: Decimal
    shared: bool  # the volume is the total, shared out
    volume_ml: Decimal
    marks: tuple[Mark, ...] = ()
    left_out: frozenset[str] = frozenset()  # keys of places
    done: frozenset[str] = frozenset()  # ids of rows

    @classmethod
    def kept(cls, map_: Mapping[str, Any]) -> Wish:
        """As an event has it."""
        return cls(
            head_cm=Decimal(map_["head_cm"]),
            regions=tuple(map_["regions"]),
            spacing_mm=Decimal(map_["spacing_mm"]),
            depth_mm=Decimal(map_["depth_mm"]),
            shared=bool(map_["shared"]),
            volume_ml=Decimal(map_["volume_ml"]),
            marks=tuple(Mark.read(mark) for mark in map_["marks"]),
            left_out=frozenset(one["place"] for one in map_["left_out"]),
            done=frozenset(map_["done"]),
        )


def checked(wish: Wish, scalp: Scalp, deepest: Decimal) -> dict[str, str]:
    """What cannot be drawn: field → words. `deepest`: mm that the device may reach."""
    faults: dict[str, str] = {}
    shape, spacing, depth = scalp.shape, scalp.limits.spacing, scalp.limits.depth
    bounds = {
        "head": (
            wish.head_cm,
            shape.least_cm,
            shape.most_cm,
            "cm",
            _("The head is measured above the brows"),
        ),
        "spacing": (wish.spacing_mm, spacing.least, spacing.most, "mm", _("Points lie")),
        "depth": (
            wish.depth_mm,
            depth.refuse_below,
            min(deepest, depth.refuse_above or deepest),
            "mm",
            _("Depth"),
        ),
    }
    for name, (value, least, most, unit, label) in bounds.items():
        if least is None or most is None or not least <= value <= most:
            faults[name] = _("%(label)s: %(least)s to %(most)s %(unit)s.") % {
                "label": label,
                "least": least,
                "most": most,
                "unit": unit,
            }
    if not wish.regions:
        faults["regions"] = _("Choose at least one region.")
    if not wish.volume_ml:
        faults["volume"] = _("Enter how much is given.")
    return faults


@dataclass(frozen=True, slots=True)
class Last:
    """The points of the session before."""

    day: Any
    positions: tuple[Vector, ...]


@dataclass(frozen=True)
class Spot:
    """A point of the map with what becomes of it."""

    point: Point
    place: str
    left_out: bool

    @property
    def number(self) -> int:
        return self.point.number


@dataclass(frozen=True)
class Row:
    """One parting in one region, front to back."""

    region: str
    parting: str
    spots: tuple[Spot, ...]
    done: bool

    @property
    def id(self) -> str:
        return f"{self.region}:{self.parting}"

    @property
    def words(self) -> str:
        return parting_words(self.parting)

    @property
    def region_words(self) -> str:
        return region_words(self.region)

    @property
    def given(self) -> list[Spot]:
        return [spot for spot in self.spots if not spot.left_out]

    @property
    def ml(self) -> Decimal:
        return sum((spot.point.volume_ml for spot in self.given), Decimal(0))

    @property
    def first(self) -> int:
        return self.spots[0].number

    @property
    def last(self) -> int:
        return self.spots[-1].number


@dataclass(frozen=True)
class Group:
    """The rows of one region."""

    region: str
    rows: tuple[Row, ...]

    @property
    def words(self) -> str:
        return region_words(self.region)

    @property
    def points(self) -> int:
        return sum(len(row.given) for row in self.rows)

    @property
    def ml(self) -> Decimal:
        return sum((row.ml for row in self.rows), Decimal(0))

    @property
    def all_out(self) -> bool:
        return not self.points


def parting_words(parting: str) -> str:
    """`L2` → left 2."""
    number = parting[1:]
    match parting[:1]:
        case "M":
            return _("midline")
        case "L":
            return _("left %(number)s") % {"number": number}
        case "R":
            return _("right %(number)s") % {"number": number}
        case _other:
            return parting


@dataclass(frozen=True)
class Plan:
    """A map that was drawn: all its points, which of them are left out, and what speaks against it."""

    wish: Wish
    scalp: Scalp
    drawn: ScalpMap
    syringe_ml: Decimal | None = None
    last: Last | None = None

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        found = []
        for (region, parting), points in groupby(
            self.drawn.points, key=lambda point: (point.region, point.parting)
        ):
            spots = tuple(self._spot(point) for point in points)
            found.append(Row(region, parting, spots, f"{region}:{parting}" in self.wish.done))
        return tuple(found)

    def _spot(self, point: Point) -> Spot:
        place = place_of(self.drawn.head, point.position_mm)
        return Spot(point, place, place in self.wish.left_out)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        return tuple(
            Group(region, tuple(rows)) for region, rows in groupby(self.rows, key=lambda row: row.region)
        )

    @cached_property
    def spots(self) -> tuple[Spot, ...]:
        return tuple(spot for row in self.rows for spot in row.spots)

    @cached_property
    def given(self) -> ScalpMap:
        """The map without the points that are left out. Area and cover stay those of the whole."""
        return replace(self.drawn, points=tuple(spot.point for spot in self.spots if not spot.left_out))

    @property
    def each_ml(self) -> Decimal:
        return self.drawn.points[0].volume_ml if self.drawn.points else Decimal(0)

    @property
    def rest_ml(self) -> Decimal | None:
        """What stays in the syringe: positive; negative is what is missing. None while no syringe is known."""
        return None if self.syringe_ml is None else self.syringe_ml - self.given.total_ml

    @property
    def rest_words(self) -> Decimal | None:
        return None if self.rest_ml is None else abs(self.rest_ml)

    @property
    def covered_percent(self) -> int:
        return round(self.drawn.covered * 100)

    @property
    def left_out(self) -> int:
        return len(self.drawn.points) - len(self.given.points)

    @property
    def done(self) -> int:
        """Punctures in the rows that are done."""
        return sum(len(row.given) for row in self.rows if row.done)

    @cached_property
    def findings(self) -> tuple[MapFinding, ...]:
        return check_map(self.given, limits=self.scalp.limits, syringe_ml=self.syringe_ml)

    @property
    def refused(self) -> list[MapFinding]:
        return [finding for finding in self.findings if finding.weight is Weight.REFUSE]

    @property
    def asks(self) -> list[MapFinding]:
        """What needs a reason before the map is kept. The syringe is asked about when the session is finished."""
        return [one for one in self.findings if one.weight is Weight.REASON and one.kind != _SYRINGE]

    @cached_property
    def progress(self) -> Progress:
        return Progress(
            left_out=frozenset(spot.number for spot in self.spots if spot.left_out),
            done=frozenset(spot.number for row in self.rows if row.done for spot in row.given),
            last=self.last.positions if self.last is not None else (),
        )

    def picture(self, view: View) -> str:
        return view_svg(self.drawn, self.scalp, view, self.progress)

    def without(self, places: Iterable[str]) -> Wish:
        """The wish with these places left out; taken in again when all of them are out already."""
        named = frozenset(places)
        out = self.wish.left_out
        return replace(self.wish, left_out=out - named if named <= out else out | named)

    def with_done(self, row: str | None) -> Wish:
        """The wish with this row done, or all of them; a row that is done is not. From then on no dose moves."""
        known = frozenset(one.id for one in self.rows)
        done = known if row is None else (self.wish.done & known) ^ ({row} & known)
        return replace(self.wish, done=done, shared=False, volume_ml=self.each_ml)

    def data(self, words: str = "") -> dict[str, Any]:
        """What is kept of it, as the data of an event."""
        wish = self.wish
        figures = document(self.drawn)
        return {
            "points": [_plain(spot) for spot in self.spots if not spot.left_out],
            "map": {
                "head_cm": f"{wish.head_cm:f}",
                "spacing_mm": f"{wish.spacing_mm:f}",
                "depth_mm": f"{wish.depth_mm:f}",
                "shared": wish.shared,
                "volume_ml": f"{wish.volume_ml:f}",
                "regions": list(wish.regions),
                "marks": [str(mark) for mark in wish.marks],
                "left_out": [_plain(spot) for spot in self.spots if spot.left_out],
                "done": sorted(row.id for row in self.rows if row.done),
                **{name: figures[name] for name in _FIGURES},
            },
            "words": words,
        }


_FIGURES: Final = ("area_cm2", "treatable_cm2", "covered", "clear_of_last_mm")


def _plain(spot: Spot) -> dict[str, Any]:
    point = spot.point
    return {
        "number": point.number,
        "region": point.region,
        "parting": point.parting,
        "place": spot.place,
        "position_mm": [round(value, 1) for value in point.position_mm],
        "depth_mm": f"{point.depth_mm:f}",
        "volume_ml": f"{point.volume_ml:f}",
    }


def place_of(head: Head, position: Vector) -> str:
    """A name for a place on the head that stays when the points are numbered anew: whole degrees, under 2 mm."""
    place = head.place(position)
    return f"{round(place.along)},{round(place.across)}"


# drawing


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
    except (KeyError, TypeError, ValueError, ArithmeticError, IndexError):
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
