"""The scalp: topics made into medicine's head, regions and zones, with the limits that the procedure sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    pieces = [each for id, item in topics.items() if id.startswith(f"{TOPIC}.") for each in piece(item)]
    shapes = [each for each in pieces if isinstance(each, Shape)]
    regions = [each for each in pieces if isinstance(each, Region)]
    zones = [each for each in pieces if isinstance(each, Zone)]
    if len(shapes) != 1 or not regions:
        raise Refused((), "A scalp has one head and at least one region.", "Add scalp.head and its regions.")
    return Scalp(
        shape=shapes[0],
        regions={region.id: region for region in regions},
        zones=tuple(zones),
        limits=Limits(**{name: _limit(topics, *where) for name, where in _LIMITS.items()}),
    )


def piece(plain: Plain) -> Sequence[Shape | Region | Zone]:
    """What one topic of the scalp holds: the shape of heads, or a region or zone with its mirror image."""
    match plain["details"]["kind"]:
        case "head":
            return [_shape(plain["details"])]
        case "region":
            return _regions(plain)
        case _:
            return _zones(plain)


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


def _regions(plain: Plain) -> list[Region]:
    name = _name(plain)
    outline = _places(plain, "outline")
    if plain["details"]["sides"] == "middle":
        _from_midline_to_midline(outline)
        return [Region(name, plain["title"], Side.MIDDLE, outline)]
    return [
        Region(f"{name}-{side}", f"{plain['title']} {side}", side, outline)
        for side in (Side.LEFT, Side.RIGHT)
    ]


def _zones(plain: Plain) -> list[Zone]:
    details = plain["details"]
    name, title, why = _name(plain), plain["title"], details["why"]
    margin = float(number(details["margin"]))
    closed = "outline" in details
    path = _places(plain, "outline" if closed else "course")
    mirrored = tuple(place.mirrored for place in reversed(path))
    if details["sides"] == "middle":
        _from_midline_to_midline(path)
        whole = path + tuple(place for place in mirrored if place.across)
        return [Zone(name, title, why, whole, margin, closed)]
    return [
        Zone(f"{name}-{side}", f"{title}, {side}", why, sided, margin, closed)
        for side, sided in ((Side.LEFT, mirrored), (Side.RIGHT, path))
    ]


def _name(plain: Plain) -> str:
    return str(plain["id"]).removeprefix(f"{TOPIC}.")


def _from_midline_to_midline(outline: Sequence[Place]) -> None:
    """Half an outline and its mirror image make a whole only when both ends lie on the midline."""
    on_midline = [not place.across for place in outline]
    if not on_midline[0] or not on_midline[-1] or any(on_midline[1:-1]):
        raise Refused(
            ("details",),
            "Half an outline does not run from the midline to the midline.",
            "Let the first and the last place have 0 degrees across, and no other.",
        )


def _places(plain: Plain, key: str) -> tuple[Place, ...]:
    return tuple(Place(float(along), float(across)) for along, across in plain["details"][key])


def _limit(topics: Mapping[str, Plain], topic: str, name: str) -> Limit:
    parameters: list[dict[str, Any]] = topics.get(topic, {}).get("details", {}).get("parameters", [])
    for parameter in parameters:
        if parameter["name"] == name:
            return Limit(**{key: number(parameter[key]) for key in _NUMBERS if key in parameter})
    raise Refused((), f"{topic} has no parameter “{name}”.", "Every map needs it: add it there.")


def number(text: str) -> Decimal:
    """The number of “15 mm”; the schema has seen to its unit."""
    return Decimal(text.split()[0])
