"""The benchmark of the syringes compares what it times, and notices a division that is wrong."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import syringes

from anagen.medicine.syringes import Division


@pytest.mark.parametrize("kind", [name for name, shares in syringes.KINDS.items() if shares])
def test_cp_sat_gives_the_same_answers(kind: str) -> None:
    chance = random.Random(kind)
    for _ in range(4):
        assert syringes.difference(syringes.a_case(chance, 7, *syringes.KINDS[kind])) == ""


def test_a_worse_division_is_noticed() -> None:
    case = syringes.everything(6)
    found = syringes.ours(case)
    assert isinstance(found, Division)
    assert syringes.faults(case, found) == []
    assert syringes.merit(case, found) == syringes.theirs(case) == (2, 0, 0, 18)
    assert syringes.faults(case, replace(found, syringes=found.syringes[:1])) == ["not every component once"]
    assert "pair (0, 1)" in syringes.faults(
        replace(case, pairs={**case.pairs, (0, 1): syringes.Relation(syringes.Truth.NO)}), found
    )
