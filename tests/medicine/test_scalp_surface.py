"""The surface: distances against two other ways of finding geodesics, areas and steps against sums."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy
import pytest
from geographiclib.geodesic import Geodesic

from anagen.medicine.scalp_area import region_area
from anagen.medicine.scalp_surface import (
    Head,
    ImpossibleMap,
    Place,
    Shape,
    Vector,
    drawn_out,
    perimeter,
    within,
)

SHAPE = Shape(0.78, 0.92, Decimal(44), Decimal(56), Decimal(66))
HEAD = Head.from_circumference(Decimal(56), SHAPE)
SPHERE = Head(Decimal(56), 90.0, 90.0, 90.0)
# a fixed spread of pairs over the scalp; the ways between them run from millimetres to half the head
ENDS = [
    (Place(40 + 23 * (n % 7), -60 + 17 * (n % 8)), Place(60 + 31 * (n % 5), -50 + 29 * (n % 4)))
    for n in range(24)
]


def relaxed(head: Head, one: Vector, other: Vector, pieces: int) -> float:
    """The length of a chain between two positions that was pulled tight on the surface."""
    squares = numpy.array(head.axes) ** 2
    chain = numpy.linspace(one, other, pieces + 1)
    chain /= numpy.sqrt((chain**2 / squares).sum(axis=1))[:, None]
    for _ in range(8 * pieces**2):
        for first in (1, 2):
            middle = (chain[first - 1 : -2 : 2] + chain[first + 1 :: 2]) / 2
            for _ in range(2):  # straight out again, by Newton's steps along the normal
                normal = middle / squares
                excess = (middle**2 / squares).sum(axis=1) - 1
                middle = middle - (excess / (2 * (normal**2).sum(axis=1)))[:, None] * normal
            chain[first:-1:2] = middle
    return float(numpy.sqrt((numpy.diff(chain, axis=0) ** 2).sum(axis=1)).sum())


def pulled_tight(head: Head, one: Vector, other: Vector) -> float:
    """The geodesic: what the length of chains of more and more pieces tends to."""
    return (4 * relaxed(head, one, other, 16) - relaxed(head, one, other, 8)) / 3


@pytest.mark.parametrize("ends", ENDS[:12])
def test_a_distance_is_that_of_a_chain_pulled_tight(ends: tuple[Place, Place]) -> None:
    one, other = (HEAD.position(place) for place in ends)
    assert HEAD.distance(one, other) == pytest.approx(pulled_tight(HEAD, one, other), rel=1e-3)


@pytest.mark.parametrize("height", [76.0, 82.0, 104.0])
@pytest.mark.parametrize("ends", ENDS)
def test_on_a_head_of_revolution_a_distance_is_that_of_geographiclib(
    ends: tuple[Place, Place], height: float
) -> None:
    head = Head(Decimal(56), 90.0, 90.0, height)
    geodesic = Geodesic(90.0, (90.0 - height) / 90.0)
    one, other = (head.position(place) for place in ends)
    expected = geodesic.Inverse(*latitude(head, one), *latitude(head, other))["s12"]
    assert head.distance(one, other) == pytest.approx(expected, rel=2e-4 if expected < 25 else 1e-3)


@pytest.mark.parametrize("way", [7.5, 10.0, 15.0, 20.0, 25.0])
def test_a_short_way_is_true_to_a_few_thousandths_of_a_millimetre(way: float) -> None:
    head = Head(Decimal(56), 99.76, 99.76, 91.78)
    geodesic = Geodesic(99.76, (99.76 - 91.78) / 99.76)
    for along in range(30, 210, 15):
        for across in range(-70, 71, 20):
            one = head.position(Place(along, across))
            other = head.position(head.onward(Place(along, across), way))
            expected = geodesic.Inverse(*latitude(head, one), *latitude(head, other))["s12"]
            assert expected == pytest.approx(way, rel=2e-4)


def latitude(head: Head, position: Vector) -> tuple[float, float]:
    """Geographic latitude (that of the normal) and longitude, in degrees."""
    x, y, z = head.outward(position)
    return math.degrees(math.asin(z)), math.degrees(math.atan2(y, x))


def test_on_a_sphere_a_distance_is_the_angle_times_the_radius() -> None:
    top = SPHERE.position(Place(90, 0))
    for degrees in (1, 5, 20, 60, 110):
        expected = 90 * math.radians(degrees)
        assert SPHERE.distance(top, SPHERE.position(Place(90 + degrees, 0))) == pytest.approx(expected)


def test_a_distance_is_the_same_both_ways_and_nothing_to_itself() -> None:
    for one, other in ((HEAD.position(a), HEAD.position(b)) for a, b in ENDS):
        assert HEAD.distance(one, other) == pytest.approx(HEAD.distance(other, one), rel=1e-12)
        assert HEAD.distance(one, one) == 0


def test_opposite_sides_of_the_head_have_no_distance() -> None:
    with pytest.raises(ImpossibleMap, match="inside the head"):
        HEAD.distance(HEAD.position(Place(90, 80)), HEAD.position(Place(90, -80)))


@pytest.mark.parametrize("breadth", [0.3, 0.78, 0.99, 1.0])
def test_the_perimeter_of_an_ellipse_is_the_sum_of_its_pieces(breadth: float) -> None:
    turns = numpy.linspace(0, 2 * math.pi, 4000, endpoint=False)
    expected = numpy.hypot(breadth * numpy.sin(turns), numpy.cos(turns)).mean() * 2 * math.pi
    assert perimeter(1.0, breadth) == pytest.approx(float(expected), rel=1e-12)
    assert perimeter(breadth, 1.0) == perimeter(1.0, breadth)


def test_a_head_has_the_circumference_it_was_made_from() -> None:
    for cm in (44, 56, 66):
        head = Head.from_circumference(Decimal(cm), SHAPE)
        assert perimeter(head.half_length, head.half_breadth) == pytest.approx(10 * cm)
        assert head.half_breadth / head.half_length == pytest.approx(0.78)


@pytest.mark.parametrize("cm", ["43.9", "66.1", "0", "560"])
def test_what_is_no_adult_head_is_refused(cm: str) -> None:
    with pytest.raises(ImpossibleMap, match="44 to 66 cm"):
        Head.from_circumference(Decimal(cm), SHAPE)


def test_places_and_positions_are_each_other() -> None:
    for along in (-60, 0, 45, 90, 135, 180, 205, 240):
        for across in (-80, -30, 0, 45, 80):
            place = HEAD.place(HEAD.position(Place(along, across)))
            assert (place.along, place.across) == pytest.approx((along, across))
            assert Place(along, across).mirrored == Place(along, -across)


def test_a_step_to_the_side_is_as_long_as_asked() -> None:
    for way in (-20.0, -7.5, 10.0, 15.0):
        start = Place(90, 12)
        end = HEAD.aside(start, way)
        assert HEAD.distance(HEAD.position(start), HEAD.position(end)) == pytest.approx(abs(way), rel=1e-9)
        assert (end.across > start.across) == (way > 0)
        back = HEAD.onward(start, way)
        assert HEAD.distance(HEAD.position(start), HEAD.position(back)) == pytest.approx(abs(way), rel=1e-9)
        assert (back.along > start.along) == (way > 0)


def test_a_position_near_the_surface_is_moved_straight_onto_it() -> None:
    place = Place(75, 30)
    on, out = HEAD.position(place), HEAD.outward(HEAD.position(place))
    for way in (-5, 0, 5):
        moved = HEAD.onto((on[0] + way * out[0], on[1] + way * out[1], on[2] + way * out[2]))
        assert math.dist(moved, on) < 0.3
        assert sum((v / a) ** 2 for v, a in zip(moved, HEAD.axes, strict=True)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("position", "where"), [((0.0, 0.0, 10.0), "inside"), ((900.0, 900.0, 0.0), "far away")]
)
def test_a_position_that_belongs_to_no_surface_is_refused(position: Vector, where: str) -> None:
    with pytest.raises(ImpossibleMap, match=where):
        HEAD.onto(position)


def test_an_area_is_that_of_a_mesh_of_triangles() -> None:
    outline = (Place(50, 0), Place(60, 40), Place(150, 30), Place(140, 0))
    for head in (HEAD, SPHERE):
        assert region_area(head, outline) == pytest.approx(meshed(head, outline), rel=2e-3)
    zone = (Place(0, 0), Place(0, 90), Place(180, 90), Place(180, 0))
    assert region_area(SPHERE, zone) == pytest.approx(math.pi * 81, rel=1e-4)


def meshed(head: Head, outline: tuple[Place, ...], step: float = 0.5) -> float:
    """cm² of flat triangles whose middles lie in the outline."""
    b, a, c = head.axes
    along, across = numpy.meshgrid(numpy.arange(40, 161, step), numpy.arange(0, 50, step), indexing="ij")
    u, v = numpy.radians(along), numpy.radians(across)
    corners = numpy.stack(
        [b * numpy.sin(v), a * numpy.cos(v) * numpy.cos(u), c * numpy.cos(v) * numpy.sin(u)], axis=-1
    )
    one = numpy.cross(corners[1:, :-1] - corners[:-1, :-1], corners[:-1, 1:] - corners[:-1, :-1])
    two = numpy.cross(corners[1:, :-1] - corners[1:, 1:], corners[:-1, 1:] - corners[1:, 1:])
    areas = (numpy.linalg.norm(one, axis=-1) + numpy.linalg.norm(two, axis=-1)) / 2
    inside = [
        [
            within(outline, Place(along[i, j] + step / 2, across[i, j] + step / 2))
            for j in range(areas.shape[1])
        ]
        for i in range(areas.shape[0])
    ]
    return float(areas[numpy.array(inside)].sum()) / 100


def test_of_two_outlines_with_a_common_edge_one_holds_a_place_on_it() -> None:
    one = (Place(0, 0), Place(0, 30), Place(50, 30), Place(50, 0))
    other = (Place(50, 0), Place(50, 30), Place(90, 30), Place(90, 0))
    for across in (0.0, 10.0, 29.9):
        assert within(one, Place(50, across)) + within(other, Place(50, across)) == 1


def test_a_path_is_drawn_out_in_even_steps() -> None:
    path = (Place(0, 0), Place(10, 0), Place(10, 3))
    opened = drawn_out(path, closed=False, step=2)
    assert (opened[0], opened[-1], len(opened)) == (path[0], path[-1], 8)
    closed = drawn_out(path, closed=True, step=2)
    assert closed[0] == path[0] and len(closed) == 12 and path[0] not in closed[1:]
    assert drawn_out(path[:1], closed=False, step=2) == [path[0]]
