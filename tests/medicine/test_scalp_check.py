"""What speaks against a map, just below, at and just above each limit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.medicine.scalps import HEAD, SCALP, drawn

from anagen.medicine.scalp import Limit, ScalpMap, Zone
from anagen.medicine.scalp_check import MapFinding, Weight, check_map

VERTEX = drawn("vertex")


def found(drawn: ScalpMap, syringe: str | None = None) -> dict[str, MapFinding]:
    findings = check_map(drawn, limits=SCALP.limits, syringe_ml=None if syringe is None else Decimal(syringe))
    return {finding.kind: finding for finding in findings}


def changed(**changes: Decimal) -> ScalpMap:
    """The vertex with its first point changed."""
    first, *rest = VERTEX.points
    return replace(VERTEX, points=(replace(first, **changes), *rest))  # type: ignore[arg-type]


def test_a_usual_map_has_no_findings() -> None:
    assert check_map(VERTEX, limits=SCALP.limits) == ()


def test_a_map_without_points_is_refused() -> None:
    assert check_map(replace(VERTEX, points=()), limits=SCALP.limits)[0].weight is Weight.REFUSE


@pytest.mark.parametrize(
    ("depth", "weight"),
    [
        ("3", None),
        ("3.1", "reason"),
        ("4", "reason"),
        ("4.1", "refuse"),
        ("0.9", "refuse"),
        ("1.5", "reason"),
    ],
)
def test_depth(depth: str, weight: str | None) -> None:
    finding = found(changed(depth_mm=Decimal(depth))).get("depth")
    assert (finding.weight if finding else None) == weight
    if finding:
        assert finding.points == (1,)


@pytest.mark.parametrize(
    ("volume", "weight"), [("0.02", None), ("0.1", None), ("0.101", "refuse"), ("0.019", "reason")]
)
def test_volume_of_a_point(volume: str, weight: str | None) -> None:
    finding = found(changed(volume_ml=Decimal(volume))).get("volume_per_point")
    assert (finding.weight if finding else None) == weight


def test_a_limit_with_nothing_but_a_most_is_a_refusal() -> None:
    limits = replace(SCALP.limits, points=Limit(most=Decimal(3)))
    assert [finding.says for finding in check_map(VERTEX, limits=limits)] == [
        f"The map has {len(VERTEX.points)} points; 3 points at most."
    ]


def test_spacing_beyond_the_limits() -> None:
    assert found(replace(VERTEX, spacing_mm=Decimal(21)))["spacing"].weight is Weight.REFUSE
    assert found(replace(VERTEX, spacing_mm=Decimal(9)))["spacing"].weight is Weight.REFUSE


def test_a_session_has_about_a_hundred_points_and_150_at_most() -> None:
    whole = drawn()
    assert found(whole)["points"].weight is Weight.REFUSE
    assert found(whole)["volume"].weight is Weight.REASON
    assert found(replace(whole, points=whole.points[:150]))["points"].weight is Weight.REASON
    assert "points" not in found(replace(whole, points=whole.points[:100]))


def test_the_gravest_comes_first() -> None:
    weights = [finding.weight for finding in check_map(drawn(), limits=SCALP.limits)]
    assert weights == sorted(weights, key=lambda weight: weight is not Weight.REFUSE)


@pytest.mark.parametrize(
    ("share", "kind"),
    [("1", None), ("0.91", None), ("0.9", "more_than_syringe"), ("1.1", None), ("1.12", "syringe")],
)
def test_points_times_volume_and_the_syringe(share: str, kind: str | None) -> None:
    syringe = VERTEX.total_ml * Decimal(share)
    assert list(found(VERTEX, f"{syringe}")) == ([kind] if kind else [])


def test_points_in_a_zone_are_named() -> None:
    first, second = VERTEX.points[:2]
    for points in ((first,), (first, second)):
        spots = tuple(Zone.spot("mole", "Mole", HEAD.place(point.position_mm), 4.0) for point in points)
        finding = found(replace(VERTEX, zones=spots))["zone"]
        assert finding.weight is Weight.REFUSE
        assert (
            finding.says
            == f"Point {points[-1].number} lies in a place that is not injected: Mole (marked on this head)."
        )
    wide = Zone.spot("lesion", "Lesion", HEAD.place(first.position_mm), 16.0)
    assert found(replace(VERTEX, zones=(wide,)))["zone"].says.startswith("Points 1 and 2 lie")


def test_a_point_near_one_of_the_last_session_needs_a_reason() -> None:
    assert "last" not in found(replace(VERTEX, clear_of_last_mm=6.8))
    assert found(replace(VERTEX, clear_of_last_mm=6.7))["last"].weight is Weight.REASON
