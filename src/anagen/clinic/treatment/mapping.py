"""The map of a session: what is asked of it, its points with what becomes of them, and the data that is kept.

Nothing here reads or writes the database. Places on the head are in degrees (`medicine.scalp_surface.Place`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from django.utils.translation import gettext as _

from anagen.exchange.scalp import document
from anagen.exchange.scalp_drawing import Progress, view_svg
from anagen.medicine.scalp import Point, Scalp, ScalpMap
from anagen.medicine.scalp_check import MapFinding, Weight, check_map
from anagen.medicine.scalp_surface import Head, Vector
from anagen.medicine.scalp_views import View

from .marks import Mark, region_words

PROPOSED: Final = (
    "frontal",
    "midscalp",
    "vertex",
)  # where hair is lost by pattern, when nothing else is known
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
