"""The scalp as data: what is shipped can be made, and what cannot be made is refused with the place and the mend."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from tests.medicine.scalps import SCALP, TOPICS

from anagen.knowledge.reading import Refused
from anagen.knowledge.scalp import piece, scalp
from anagen.medicine.scalp_surface import Place


def changed(topic: str, **details: Any) -> dict[str, Any]:
    item = deepcopy(TOPICS[topic])
    item["details"] |= details
    return item


def test_every_region_and_zone_is_there_with_its_mirror_image() -> None:
    assert list(SCALP.regions) == [
        *("frontal", "midscalp", "vertex", "temporal-left", "temporal-right"),
        *("parietal-left", "parietal-right", "occipital"),
    ]
    zones = {zone.id: zone for zone in SCALP.zones}
    for name in [name for name in zones if name.endswith("-left")]:
        right = zones[f"{name.removesuffix('-left')}-right"]
        assert {place.mirrored for place in zones[name].path} == set(right.path)
    assert {"forehead", "neck", "ear-left", "occipital_artery-right"} <= zones.keys()


def test_an_area_in_the_middle_is_its_own_mirror_image() -> None:
    for zone in SCALP.zones:
        if zone.closed:
            assert {place.mirrored for place in zone.path} >= {place for place in zone.path if place.across}
            assert Place(zone.path[0].along, 0) == zone.path[0]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            changed("scalp.head", circumference={"least": "60 cm", "usual": "56 cm", "most": "66 cm"}),
            "out of order",
        ),
        (changed("scalp.head", breadth="20 percent"), "No head has this shape"),
        (changed("scalp.head", height="130 percent"), "No head has this shape"),
        (changed("scalp.frontal", outline=[[34, 5], [40, 30], [70, 0]]), "from the midline to the midline"),
        (changed("scalp.frontal", outline=[[34, 0], [40, 0], [70, 0]]), "from the midline to the midline"),
        (changed("scalp.forehead", outline=[[0, 0], [34, 0], [20, 60]]), "from the midline to the midline"),
    ],
)
def test_what_cannot_be_drawn_is_refused(item: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        piece(item)
    assert refused.value.path[0] == "details" and refused.value.mend


@pytest.mark.parametrize("lacking", ["scalp.head", "procedure.spacing", "procedure.points"])
def test_a_scalp_without_a_part_that_every_map_needs_is_refused(lacking: str) -> None:
    with pytest.raises(Refused):
        scalp({id: item for id, item in TOPICS.items() if id != lacking})
