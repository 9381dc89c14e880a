"""The four views: what is drawn and what is tapped are the same place."""

from __future__ import annotations

import pytest
from tests.medicine.scalps import HEAD, SCALP, drawn

from anagen.medicine.scalp_surface import Place
from anagen.medicine.scalp_views import View, best_view, facing, project, unproject


@pytest.mark.parametrize("view", View)
def test_a_tap_on_a_point_finds_it(view: View) -> None:
    seen = [point for point in drawn().points if facing(HEAD, view, point.position_mm) > 0.05]
    assert seen
    for point in seen:
        tapped = unproject(HEAD, view, project(view, point.position_mm))
        assert tapped == pytest.approx(point.position_mm)
        assert tapped is not None
        region = SCALP.region_at(HEAD.place(tapped))
        assert region is not None and region.id == point.region


@pytest.mark.parametrize("view", View)
def test_a_tap_beside_the_head_finds_nothing(view: View) -> None:
    assert unproject(HEAD, view, (101.0, 0.0)) is None
    assert unproject(HEAD, view, (70.0, 90.0)) is None


def test_each_side_is_seen_where_it_belongs() -> None:
    right, back, top = (HEAD.position(Place(*place)) for place in ((90, 75), (175, 0), (90, 0)))
    assert (best_view(HEAD, right), best_view(HEAD, back), best_view(HEAD, top)) == (
        View.RIGHT,
        View.BEHIND,
        View.ABOVE,
    )
    front = HEAD.position(Place(40, 0))
    assert project(View.RIGHT, front)[0] > 0 > project(View.LEFT, front)[0]
    assert project(View.ABOVE, front)[1] > 0
    assert project(View.BEHIND, right)[0] > 0
    assert facing(HEAD, View.BEHIND, front) < 0
