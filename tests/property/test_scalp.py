"""Laws of the map, for any head, any regions, any spacing, any spots that somebody marks."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.medicine.scalps import SCALP, drawn, nearest, places

from anagen.medicine.scalp import Zone
from anagen.medicine.scalp_check import check_map
from anagen.medicine.scalp_surface import Head, Place

heads = st.integers(440, 660).map(lambda tenths: SCALP.head(Decimal(tenths) / 10))
spacings = st.integers(20, 40).map(lambda halves: str(Decimal(halves) / 2))
regions = st.lists(st.sampled_from(sorted(SCALP.regions)), min_size=1, unique=True)
spots = st.lists(
    st.builds(
        Zone.spot,
        st.just("spot"),
        st.just("Spot"),
        st.builds(Place, st.integers(30, 200), st.integers(-70, 70)),
        st.floats(1, 30),
    ),
    max_size=3,
)


@settings(max_examples=25)
@given(head=heads, spacing=spacings, names=regions, marked=spots)
def test_distances_zones_and_totals_hold(
    head: Head, spacing: str, names: list[str], marked: list[Zone]
) -> None:
    found = drawn(*names, head=head, spacing=spacing, zones=(*SCALP.zones, *marked))
    wanted = float(spacing)
    for way in nearest(found) if len(found.points) > 1 else []:
        assert 0.999 * wanted <= way <= 20.01
    for point in found.points:
        assert SCALP.regions[point.region].holds(head.place(point.position_mm))
        assert not any(zone.holds(head, point.position_mm) for zone in marked)
    assert found.total_ml == len(found.points) * Decimal("0.05")
    assert 0 <= found.covered <= 1 + 1e-9
    assert 0 <= found.treatable_cm2 <= found.area_cm2
    kinds = {finding.kind for finding in check_map(found, limits=SCALP.limits)}
    assert kinds <= {"no_points", "points", "volume"}


@settings(max_examples=10)
@given(head=heads, spacing=spacings, shifted=st.booleans())
def test_a_symmetric_head_has_a_symmetric_map(head: Head, spacing: str, shifted: bool) -> None:
    found = drawn(head=head, spacing=spacing)
    if shifted:
        found = drawn(head=head, spacing=spacing, last=places(found))
    there = {(round(x, 6), round(y, 6), round(z, 6)) for x, y, z in places(found)}
    assert {(-x + 0.0, y, z) for x, y, z in there} == there


@settings(max_examples=10)
@given(head=heads, spacing=spacings, names=regions)
def test_the_next_session_keeps_half_a_grid_away(head: Head, spacing: str, names: list[str]) -> None:
    first = drawn(*names, head=head, spacing=spacing)
    second = drawn(*names, head=head, spacing=spacing, last=places(first))
    points = places(first)
    for point in places(second):
        other = min(points, key=partial(math.dist, point))
        assert head.distance(point, other) >= 0.5 * float(spacing) - 0.01
