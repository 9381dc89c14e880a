"""Where on the scalp? The points of a session along partings, as a list, a document and a picture."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from anagen.cli import arguments as shared
from anagen.cli.errors import GOOD, BadInput

if TYPE_CHECKING:
    from anagen.medicine.scalp import Region, Scalp, ScalpMap, Zone
    from anagen.medicine.scalp_check import MapFinding
    from anagen.medicine.scalp_surface import Head, Vector

NAME: Final = "map"
HELP: Final = "draw the points of a session on the scalp, along partings and clear of arteries"
_HERE: Final = f"anagen {NAME}"
_TO_MM: Final = {"mm": Decimal(1), "cm": Decimal(10)}
_SPOT: Final = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?):(\d+(?:\.\d+)?)\s?mm")
_WIDEST_SPOT: Final = 100.0  # mm; a larger lesion is no spot, and no scalp to treat


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--regions", metavar="NAMES", help="the regions, with commas between; the whole scalp without it"
    )
    parser.add_argument("--spacing", type=_length, metavar="LENGTH", help="from point to point (15mm)")
    parser.add_argument("--head", type=_length, metavar="LENGTH", help="circumference of the head (56cm)")
    parser.add_argument("--depth", type=_length, metavar="LENGTH", help="of the needle in the skin (2mm)")
    parser.add_argument("--volume", type=_volume, metavar="VOLUME", help="at each point (0.05mL)")
    parser.add_argument(
        "--syringe", type=_volume, metavar="VOLUME", help="what was filled; the map is compared with it"
    )
    parser.add_argument(
        "--avoid",
        type=_spot,
        metavar="X,Y,Z:RADIUS",
        action="append",
        default=[],
        help="a lesion or mole: its position in mm as the map gives positions, and a radius, as 0,40,83:8mm",
    )
    parser.add_argument(
        "--last", metavar="FILE", help="the --json of the session before: its points are avoided"
    )
    parser.add_argument("--svg", metavar="FILE", help="write the picture into this file")
    shared.add_json(parser)


def _length(text: str) -> Decimal:
    """A length in mm; ArgumentTypeError with the mend for anything else."""
    match = re.fullmatch(r"(\d{1,4}(?:\.\d{1,3})?)\s?(mm|cm)?", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"“{text}” is no length. Write a number with its unit, as 15mm.")
    if match[2] is None:
        raise argparse.ArgumentTypeError(f"“{text}” has no unit. Write {text}mm or {text}cm.")
    return Decimal(match[1]) * _TO_MM[match[2]]


def _volume(text: str) -> Decimal:
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,3})?)\s?mL", text)
    if match is None or not Decimal(match[1]):
        raise argparse.ArgumentTypeError(f"“{text}” is no volume. Write a number with its unit, as 0.05mL.")
    return Decimal(match[1])


def _spot(text: str) -> tuple[Vector, float]:
    match = _SPOT.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"“{text}” marks no spot. Write it as 0,40,83:8mm.")
    x, y, z, radius = (float(value) for value in match.groups())
    if not 0 < radius <= _WIDEST_SPOT:
        raise argparse.ArgumentTypeError(
            f"“{text}” has an impossible radius. Write one up to {_WIDEST_SPOT:.0f}mm."
        )
    return (x, y, z), radius


def run(arguments: argparse.Namespace) -> int:
    from anagen.knowledge.loader import shipped
    from anagen.medicine.scalp import plan_map
    from anagen.medicine.scalp_check import check_map
    from anagen.medicine.scalp_surface import ImpossibleMap

    scalp = shipped().scalp
    head = _head(scalp, arguments.head)
    try:
        drawn = plan_map(
            head,
            _regions(scalp, arguments.regions),
            limits=scalp.limits,
            spacing_mm=arguments.spacing,
            depth_mm=arguments.depth,
            volume_per_point=arguments.volume,
            zones=(*scalp.zones, *_spots(head, arguments.avoid)),
            last=_last(arguments.last, head),
        )
    except ImpossibleMap as impossible:
        place = "--depth" if "depth" in str(impossible) else "--spacing"
        raise BadInput(_HERE, place, f"{impossible}.".capitalize(), "Ask for one that may be.") from None
    findings = check_map(drawn, limits=scalp.limits, syringe_ml=arguments.syringe)
    if arguments.svg is not None:
        _write(arguments.svg, drawn, scalp)
    if arguments.json:
        from anagen.exchange.scalp import document

        print(json.dumps(document(drawn, findings), ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines(drawn, findings)))
    return GOOD


def _head(scalp: Scalp, circumference_mm: Decimal | None) -> Head:
    from anagen.medicine.scalp_surface import ImpossibleMap

    try:
        return scalp.head(None if circumference_mm is None else circumference_mm / 10)
    except ImpossibleMap as impossible:
        raise BadInput(_HERE, "--head", f"{impossible}.".capitalize(), "Measure above the brows.") from None


def _regions(scalp: Scalp, named: str | None) -> list[Region]:
    """The regions asked for, in the order of the scalp; “temporal” means both sides."""
    if named is None:
        return list(scalp.regions.values())
    wanted: set[str] = set()
    known = list(dict.fromkeys(name.partition("-")[0] for name in scalp.regions))
    for name in (part.strip().casefold() for part in named.split(",")):
        found = {id for id in scalp.regions if name in (id, id.partition("-")[0])}
        if not found:
            raise BadInput(
                _HERE, "--regions", f"There is no region “{name}”.", f"Use some of {', '.join(known)}."
            )
        wanted |= found
    return [region for id, region in scalp.regions.items() if id in wanted]


def _spots(head: Head, spots: list[tuple[Vector, float]]) -> Iterator[Zone]:
    from anagen.medicine.scalp import Zone
    from anagen.medicine.scalp_surface import ImpossibleMap

    for number, (position, radius) in enumerate(spots, start=1):
        try:
            place = head.place(head.onto(position))
        except ImpossibleMap as impossible:
            raise BadInput(
                _HERE, "--avoid", f"{impossible}.".capitalize(), "Use a position of the map."
            ) from None
        yield Zone.spot(f"spot-{number}", f"Spot {number}", place, radius)


def _last(name: str | None, head: Head) -> tuple[Vector, ...]:
    if name is None:
        return ()
    from anagen.cli.files import read_json, shown
    from anagen.exchange.scalp import positions

    return positions(read_json(name), head, shown(name))


def _write(name: str, drawn: ScalpMap, scalp: Scalp) -> None:
    from anagen.exchange.scalp_drawing import sheet_svg

    try:
        Path(name).write_text(sheet_svg(drawn, scalp), encoding="utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise BadInput(
            name,
            "",
            f"The picture cannot be written: {why}.",
            "Name a file in a folder that you may write to.",
        ) from None


# in words


def lines(drawn: ScalpMap, findings: tuple[MapFinding, ...]) -> Iterator[str]:
    """The map for a person: the figures, the points by region and parting, and what speaks against it."""
    from anagen.exchange.scalp import parting_in_words, rows
    from anagen.exchange.scalp_drawing import in_one_line

    yield in_one_line(drawn)
    yield (
        f"{drawn.dose_per_cm2:f} mL for each cm²; {drawn.covered:.0%} of it lies near a point;"
        f" {drawn.left_out} points left out"
    )
    if drawn.clear_of_last_mm is not None:
        yield f"At least {drawn.clear_of_last_mm:.1f} mm from every point of the session before"
    region = ""
    for row in rows(drawn):
        if row.region != region:
            region = row.region
            yield ""
            yield region
        yield f"  {parting_in_words(row.parting):<10}{_span(row.first, row.last):<12}{row.volume_ml:f} mL"
    if findings:
        yield ""
        yield "Before the first needle"
        for finding in findings:
            yield f"  {finding.weight}: {finding.says}"


def _span(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first} to {last}"
