"""The map: regions, zones, the grid, the figures, and what cannot be asked for."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from tests.medicine.scalps import HEAD, SCALP, drawn, nearest, places

from anagen.medicine.scalp import Limit, Side, Zone, plan_map
from anagen.medicine.scalp_area import Cells, region_area
from anagen.medicine.scalp_surface import ImpossibleMap, Place

TOP = ("frontal", "midscalp", "vertex")
SIDES = ("temporal-left", "temporal-right", "parietal-left", "parietal-right")


def share(*regions: str) -> float:
    whole = drawn().area_cm2
    return drawn(*regions).area_cm2 / whole


# regions and zones


def test_a_place_lies_in_one_region_at_most() -> None:
    for along in range(-40, 240, 4):
        for across in range(-88, 89, 4):
            place = Place(along, across)
            found = [region.id for region in SCALP.regions.values() if region.holds(place)]
            assert len(found) <= 1
            at = SCALP.region_at(place)
            assert [at.id] if at else found == []


def test_left_and_right_mirror_each_other() -> None:
    left, right = SCALP.regions["parietal-left"], SCALP.regions["parietal-right"]
    assert left.side is Side.LEFT
    for place in right.outline:
        inner = Place(place.along + (1 if place.along < 120 else -1), place.across)
        assert left.holds(inner.mirrored) == right.holds(inner)
        assert not left.holds(inner)
    assert {place.mirrored for place in left.around} == set(right.around)


def test_the_regions_have_the_shares_that_the_severity_tool_gives_them() -> None:
    assert share(*TOP) == pytest.approx(0.40, abs=0.03)
    assert share("temporal-left", "parietal-left") == pytest.approx(0.18, abs=0.03)
    assert share("occipital") == pytest.approx(0.24, abs=0.06)
    assert drawn().area_cm2 == pytest.approx(500, rel=0.12)


def test_a_zone_reaches_as_far_as_its_margin() -> None:
    start = Place(100, 0)
    spot = Zone.spot("mole", "Mole", start, 8.0)
    assert spot.holds(HEAD, HEAD.position(HEAD.onward(start, 7.9)))
    assert not spot.holds(HEAD, HEAD.position(HEAD.onward(start, 8.1)))


def test_an_area_holds_what_lies_inside_it_far_from_its_border() -> None:
    forehead = next(zone for zone in SCALP.zones if zone.id == "forehead")
    for across in (-20, -1, 0, 1, 20):
        assert forehead.holds(HEAD, HEAD.position(Place(15, across)))
        assert not forehead.holds(HEAD, HEAD.position(Place(60, across)))


# the grid


@pytest.mark.parametrize("spacing", ["10", "15", "20"])
def test_neighbours_are_one_spacing_apart_and_no_two_points_closer(spacing: str) -> None:
    ways = nearest(drawn(spacing=spacing))
    wanted = float(spacing)
    assert min(ways) == pytest.approx(wanted, rel=1e-3)
    assert sorted(ways)[int(0.95 * len(ways))] == pytest.approx(wanted, rel=1e-3)
    assert max(ways) <= 20.01


def test_partings_are_one_spacing_apart_over_the_top_and_hardly_more_elsewhere() -> None:
    found = drawn("midscalp", zones=())
    partings: dict[str, list[float]] = {}
    for point in found.points:
        partings.setdefault(point.parting, []).append(HEAD.place(point.position_mm).across)
    across = sorted(values[0] for values in partings.values())
    for along, least, most in ((90, 1.0, 1.0), (20, 1.0, 1.1), (180, 1.0, 1.1)):
        for one, other in pairwise(across):
            way = HEAD.distance(HEAD.position(Place(along, one)), HEAD.position(Place(along, other)))
            assert least - 1e-3 <= way / 15 <= most + 1e-3


def test_points_are_numbered_by_region_and_parting_from_front_to_back() -> None:
    found = drawn()
    assert [point.number for point in found.points] == list(range(1, len(found.points) + 1))
    assert list(dict.fromkeys(point.region for point in found.points)) == list(SCALP.regions)
    for one, other in pairwise(found.points):
        if (one.region, one.parting) == (other.region, other.parting):
            assert HEAD.place(one.position_mm).along < HEAD.place(other.position_mm).along


def test_no_point_lies_in_a_zone_and_every_point_in_its_region() -> None:
    found = drawn()
    for point in found.points:
        assert SCALP.regions[point.region].holds(HEAD.place(point.position_mm))
        assert not any(zone.holds(HEAD, point.position_mm) for zone in found.zones)
    assert found.left_out > 0


def test_a_point_that_would_stand_alone_is_left_out() -> None:
    inner = Zone.spot("inner", "Inner", Place(90, 0), 7.0)
    ring = [
        Zone.spot(f"{along} {across}", "Ring", Place(along, across), 9.0)
        for along in range(62, 119, 4)
        for across in range(-34, 35, 4)
        if 9 < math.hypot(along - 90, across) < 26
    ]
    alone = drawn("midscalp", zones=ring)
    centre = HEAD.position(Place(90, 0))
    assert not any(HEAD.distance(centre, place) < 7 for place in places(alone))
    assert alone.left_out == drawn("midscalp", zones=[*ring, inner]).left_out


def test_the_next_session_lies_half_a_grid_away() -> None:
    for spacing in ("10", "15", "20"):
        first = drawn(spacing=spacing)
        second = drawn(spacing=spacing, last=places(first))
        ways = [
            HEAD.distance(one, other)
            for one in places(second)
            for other in places(first)
            if math.dist(one, other) < 30
        ]
        assert second.clear_of_last_mm == pytest.approx(min(ways), rel=1e-3)
        assert min(ways) >= 0.5 * float(spacing) - 0.01
        assert first.clear_of_last_mm is None


def test_a_map_without_points_has_nothing_to_be_clear_of() -> None:
    everywhere = Zone.spot("all", "All of it", Place(90, 0), 130.0)
    empty = drawn("midscalp", zones=[everywhere], last=[HEAD.position(Place(90, 0))])
    assert (empty.points, empty.clear_of_last_mm, empty.treatable_cm2) == ((), None, 0)
    assert (empty.covered, empty.total_ml, empty.dose_per_cm2) == (0, 0, 0)


# the figures


def test_area_is_what_is_left_of_the_regions() -> None:
    free = drawn("midscalp", zones=())
    assert free.treatable_cm2 == pytest.approx(free.area_cm2)
    spot = Zone.spot("mole", "Mole", Place(90, 0), 12.0)
    left = drawn("midscalp", zones=[spot])
    assert left.area_cm2 == free.area_cm2
    assert free.treatable_cm2 - left.treatable_cm2 == pytest.approx(math.pi * 1.2**2, rel=0.15)


def test_covered_is_the_share_that_lies_near_a_point() -> None:
    found = drawn("midscalp", "vertex")
    reach = 7.5 * math.sqrt(2)
    near = total = 0.0
    for along in range(70, 150):
        for across in range(-37, 38):
            place = Place(along + 0.5, across + 0.5)
            position = HEAD.position(place)
            if not any(region.holds(place) for region in found.regions):
                continue
            weight = HEAD.area_of(place.along, place.across)
            total += weight
            near += weight * any(math.dist(position, point) <= reach for point in places(found))
    assert found.covered == pytest.approx(near / total, abs=0.02)
    assert found.covered > 0.95


def test_cells_add_up_to_the_area() -> None:
    outlines = [region.around for region in SCALP.regions.values()]
    cells = Cells(HEAD, outlines)
    assert cells.area(cells.all) / 100 == pytest.approx(drawn().area_cm2, rel=0.01)
    assert region_area(HEAD, SCALP.regions["frontal"].outline) * 2 == pytest.approx(drawn("frontal").area_cm2)


def test_points_times_volume_is_the_total_exactly() -> None:
    found = drawn("vertex")
    assert found.total_ml == len(found.points) * Decimal("0.05")
    assert found.dose_per_cm2 == (found.total_ml / Decimal(found.treatable_cm2)).quantize(Decimal("0.0001"))


def test_a_total_is_shared_out_evenly_and_never_exceeded() -> None:
    found = plan_map(HEAD, [SCALP.regions["vertex"]], limits=SCALP.limits, total_volume=Decimal(2))
    each = {point.volume_ml for point in found.points}
    assert len(each) == 1
    assert 2 - Decimal("0.001") * len(found.points) < found.total_ml <= 2
    assert found.total_ml == each.pop() * len(found.points)


def test_the_volume_and_the_depth_asked_for_are_those_of_every_point() -> None:
    found = plan_map(
        HEAD,
        [SCALP.regions["vertex"]],
        limits=SCALP.limits,
        volume_per_point=Decimal("0.04"),
        depth_mm=Decimal("2.5"),
    )
    assert {(point.volume_ml, point.depth_mm) for point in found.points} == {
        (Decimal("0.04"), Decimal("2.5"))
    }


def test_the_whole_scalp_has_a_hundred_points_only_at_twenty_millimetres() -> None:
    assert len(drawn(spacing="20").points) == pytest.approx(100, abs=10)
    assert 150 < len(drawn().points) < 200
    assert len(drawn(*TOP).points) == pytest.approx(80, abs=10)


# what cannot be asked for


@pytest.mark.parametrize("spacing", ["9.99", "20.01", "0", "200"])
def test_a_spacing_beyond_the_limits_is_refused(spacing: str) -> None:
    with pytest.raises(ImpossibleMap, match=f"the spacing is 10 to 20 mm, not {spacing} mm"):
        drawn(spacing=spacing)


@pytest.mark.parametrize("depth", ["0.9", "4.1"])
def test_a_depth_beyond_the_limits_is_refused(depth: str) -> None:
    with pytest.raises(ImpossibleMap, match=f"the depth is 1 to 4 mm, not {depth} mm"):
        plan_map(HEAD, [SCALP.regions["vertex"]], limits=SCALP.limits, depth_mm=Decimal(depth))


def test_a_map_needs_a_region_and_limits() -> None:
    with pytest.raises(ImpossibleMap, match="no region"):
        plan_map(HEAD, [], limits=SCALP.limits)
    unlimited = replace(SCALP.limits, spacing=Limit())
    with pytest.raises(ImpossibleMap, match="nothing says how large the spacing"):
        plan_map(HEAD, [SCALP.regions["vertex"]], limits=unlimited)
