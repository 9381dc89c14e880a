"""The scalp: topics made into medicine's head, regions and zones, with the limits that the procedure sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from anagen.knowledge.build import Plain
from anagen.knowledge.reading import Refused
from anagen.medicine.scalp import Limit, Limits, Region, Scalp, Side, Zone
from anagen.medicine.scalp_surface import Place, Shape

TOPIC: Final = "scalp"
# limit → the topic that sets it and the name of its parameter there: one number, one place
_LIMITS: Final = {
    "spacing": ("procedure.spacing", "distance"),
    "depth": ("procedure.depth", "needle in the skin"),
    "volume_per_point": ("procedure.volume_per_point", "at one point"),
    "volume": ("procedure.volume_per_point", "in a session"),
    "points": ("procedure.points", "punctures in a session"),
    "difference": ("procedure.volume_per_point", "difference between points times volume and the syringe"),
}
_NUMBERS: Final = ("usual", "least", "most", "reason_above", "refuse_below", "refuse_above")


def scalp(topics: Mapping[str, Plain]) -> Scalp:
    """Everything about the scalp, from checked topics by id. Refused when a part that every map needs is not there."""
    pieces = [piece(item) for id, item in topics.items() if id.startswith(f"{TOPIC}.")]
    shapes = [each for each in pieces if isinstance(each, Shape)]
    regions = [
        region for each in pieces if isinstance(each, list) for region in each if isinstance(region, Region)
    ]
    zones = [zone for each in pieces if isinstance(each, list) for zone in each if isinstance(zone, Zone)]
    if len(shapes) != 1 or not regions:
        raise Refused((), "A scalp has one head and at least one region.", "Add scalp.head and its regions.")
    return Scalp(
        shape=shapes[0],
        regions={region.id: region for region in regions},
        zones=tuple(zones),
        limits=Limits(**{name: _limit(topics, *where) for name, where in _LIMITS.items()}),
    )


def piece(plain: Plain) -> Shape | list[Region] | list[Zone]:
    """What one topic of the scalp holds: the shape of heads, or one or two mirrored regions or zones."""
    details = plain["details"]
    match details["kind"]:
        case "head":
            return _shape(details)
        case "region":
            return [region for _, region in _regions(plain)]
        case _:
            return list(_zones(plain))


def _shape(details: Plain) -> Shape:
    least, usual, most = (number(details["circumference"][key]) for key in ("least", "usual", "most"))
    if not 0 < least <= usual <= most:
        raise Refused(
            ("details", "circumference"),
            "The circumferences are out of order.",
            "Write least ≤ usual ≤ most.",
        )
    breadth, height = (float(number(details[key])) / 100 for key in ("breadth", "height"))
    if not 0.5 <= breadth <= 1 or not 0.5 <= height <= 1.2:
        raise Refused(
            ("details",), "No head has this shape.", "Write breadth and height in percent of the length."
        )
    return Shape(breadth, height, least, usual, most)


def _regions(plain: Plain) -> Iterator[tuple[Side, Region]]:
    name = plain["id"].removeprefix(f"{TOPIC}.")
    outline = _places(plain["details"]["outline"])
    if plain["details"]["sides"] == "middle":
        yield Side.MIDDLE, Region(name, plain["title"], Side.MIDDLE, outline)
        return
    for side in (Side.LEFT, Side.RIGHT):
        yield side, Region(f"{name}-{side}", f"{plain['title']} {side}", side, outline)


def _zones(plain: Plain) -> Iterator[Zone]:
    details = plain["details"]
    name = plain["id"].removeprefix(f"{TOPIC}.")
    margin = float(number(details["margin"]))
    if details["sides"] == "middle":
        half = _places(details.get("outline", details.get("course")))
        mirrored = tuple(place.mirrored for place in reversed(half) if place.across)
        yield Zone(name, plain["title"], details["why"], half + mirrored, margin, closed="outline" in details)
        return
    path = _places(details.get("outline", details.get("course")))
    for side in (Side.LEFT, Side.RIGHT):
        sided = path if side is Side.RIGHT else tuple(place.mirrored for place in path)
        yield Zone(
            f"{name}-{side}",
            f"{plain['title']}, {side}",
            details["why"],
            sided,
            margin,
            closed="outline" in details,
        )


def _places(pairs: Sequence[Sequence[float]]) -> tuple[Place, ...]:
    return tuple(Place(float(along), float(across)) for along, across in pairs)


def _limit(topics: Mapping[str, Plain], topic: str, name: str) -> Limit:
    parameters: list[dict[str, Any]] = topics.get(topic, {}).get("details", {}).get("parameters", [])
    for parameter in parameters:
        if parameter["name"] == name:
            return Limit(**{key: number(parameter[key]) for key in _NUMBERS if key in parameter})
    raise Refused((), f"{topic} has no parameter “{name}”.", "Every map needs it: add it there.")


def number(text: str) -> Decimal:
    """The number of “15 mm”; the schema has seen to its unit."""
    return Decimal(text.split()[0])
