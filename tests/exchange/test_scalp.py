"""A map as a document, as a list and as a picture."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.medicine.scalps import HEAD, SCALP, drawn, places

from anagen.exchange.errors import BadInput
from anagen.exchange.scalp import document, parting_in_words, positions, rows
from anagen.exchange.scalp_drawing import in_one_line, sheet_svg, view_svg
from anagen.exchange.scalp_outline import scalp_border
from anagen.medicine.scalp import Zone
from anagen.medicine.scalp_check import check_map
from anagen.medicine.scalp_surface import Place
from anagen.medicine.scalp_views import View

SVG = "{http://www.w3.org/2000/svg}"
MAP = drawn("frontal", "vertex")


def test_the_document_reads_as_the_decimals_do() -> None:
    plain = json.loads(json.dumps(document(MAP, check_map(MAP, limits=SCALP.limits))))
    assert len(plain["points"]) == len(MAP.points)
    first = plain["points"][0]
    assert (first["number"], first["region"]) == (1, "frontal")
    assert (first["depth_mm"], first["volume_ml"], plain["spacing_mm"], plain["head_cm"]) == (2, 0.05, 15, 56)
    assert plain["total_ml"] == float(MAP.total_ml)
    assert plain["regions"] == ["frontal", "vertex"]
    assert plain["clear_of_last_mm"] is None
    assert plain["findings"] == []


def test_an_earlier_document_gives_its_positions_back() -> None:
    found = positions(document(MAP), HEAD, "last.json")
    for one, other in zip(found, places(MAP), strict=True):
        assert HEAD.distance(one, other) < 0.02


def bad(point: Any) -> Any:
    return {"points": [document(MAP)["points"][0], point]}


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ([], "it has no points"),
        ({"points": []}, "it has no points"),
        ({"points": {}}, "it has no points"),
        (bad(3), "points[1].position_mm: This is no position"),
        (bad({"position_mm": [1, 2]}), "This is no position"),
        (bad({"position_mm": [1, 2, True]}), "This is no position"),
        (bad({"position_mm": [1, 2, float("nan")]}), "This is no position"),
        (bad({"position_mm": [0, 0, 1]}), "inside the head"),
        (bad({"position_mm": [0, 0, 120]}), "not on the head"),
        (bad({"position_mm": [900, 900, 0]}), "far away"),
    ],
)
def test_what_is_no_map_of_this_head_is_refused(plain: Any, said: str) -> None:
    with pytest.raises(BadInput, match=re.escape(said)):
        positions(plain, HEAD, "last.json")


def test_the_list_has_every_point_once() -> None:
    found = rows(MAP)
    assert [number for row in found for number in range(row.first, row.last + 1)] == [
        point.number for point in MAP.points
    ]
    assert sum(row.count for row in found) == len(MAP.points)
    assert sum((row.volume_ml for row in found), Decimal(0)) == MAP.total_ml
    assert len({(row.region, row.parting) for row in found}) == len(found)
    assert rows(replace(MAP, points=())) == []


@pytest.mark.parametrize(("parting", "words"), [("M", "midline"), ("L2", "left 2"), ("R11", "right 11")])
def test_partings_in_words(parting: str, words: str) -> None:
    assert parting_in_words(parting) == words


# the picture


def test_the_sheet_names_every_point_and_numbers_it_once() -> None:
    sheet = ElementTree.fromstring(sheet_svg(MAP, SCALP))
    numbered = [group.get("data-point") for group in sheet.iter(f"{SVG}g") if group.get("data-point")]
    assert sorted(map(int, filter(None, numbered))) == [point.number for point in MAP.points]
    for group in sheet.iter(f"{SVG}g"):
        if "map-point" in (group.get("class") or ""):
            title = group.find(f"{SVG}title")
            assert title is not None and "2 mm deep, 0.05 mL" in (title.text or "")
    captions = [text.text for text in sheet.iter(f"{SVG}text") if text.get("class") == "map-caption"]
    assert captions == ["From above", "From behind", "Left side", "Right side"]


@pytest.mark.parametrize("picture", [sheet_svg(MAP, SCALP), *(view_svg(MAP, SCALP, view) for view in View)])
def test_a_picture_needs_nothing_from_outside_and_draws_on_paper(picture: str) -> None:
    sheet = ElementTree.fromstring(picture)
    for each in sheet.iter():
        assert each.tag.removeprefix(SVG) not in {"script", "image", "use", "foreignObject", "a"}
        assert not {name for name in each.attrib if "href" in name or name == "style"}
        for corners in (each.get("d") or "", each.get("cx") or ""):
            assert "nan" not in corners and "inf" not in corners
    assert "url(" not in picture.replace("url(#", "")
    ids = [each.get("id") for each in sheet.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    assert sheet.get("role") == "img" and sheet.get("aria-label", "").startswith("Map of ")


def test_a_page_has_all_four_views_without_a_clash_of_names() -> None:
    page = "".join(view_svg(MAP, SCALP, view) for view in View)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) == 8
    assert "<style" not in page


def test_a_marked_spot_is_hatched_and_escaped() -> None:
    spot = Zone.spot("mole", "Mole <here> & there", Place(100, 20), 8.0)
    marked = drawn("vertex", zones=(*SCALP.zones, spot))
    picture = view_svg(marked, SCALP, View.ABOVE)
    assert "Mole &lt;here&gt; &amp; there" in picture
    assert 'r="8.0"' in picture


def test_left_and_right_are_mirror_images() -> None:
    def shapes(view: View, sign: float) -> set[tuple[float, float]]:
        sheet = ElementTree.fromstring(view_svg(drawn(), SCALP, view))
        return {
            (round(sign * float(each.get("cx", 0)), 1) + 0.0, float(each.get("cy", 0)))
            for each in sheet.iter(f"{SVG}circle")
        }

    assert shapes(View.LEFT, -1) == shapes(View.RIGHT, 1)


def test_the_border_of_the_scalp_is_where_no_two_regions_meet() -> None:
    border = scalp_border(SCALP.regions.values())
    ends = [place for edge in border for place in edge]
    assert Place(34, 0) in ends and Place(207, 0) in ends
    assert Place(70, 37) not in ends and Place(150, 0) not in ends


def test_the_figures_in_one_line() -> None:
    said = in_one_line(MAP)
    assert said.startswith(f"{len(MAP.points)} points, 15 mm apart; 2 mm deep; 0.05 mL each")
    assert in_one_line(replace(MAP, points=())).startswith("0 points, 15 mm apart; head 56 cm")
    assert ElementTree.fromstring(sheet_svg(replace(MAP, points=()), SCALP)) is not None
