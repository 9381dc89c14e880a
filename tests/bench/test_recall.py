"""The benchmark of the recall finds its patients in a tiny clinic, and notices an answer that is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import recall

from anagen.clinic.audit.context import acting

pytestmark = pytest.mark.django_db


def test_the_list_is_that_of_walking_from_row_to_row(monkeypatch: pytest.MonkeyPatch) -> None:
    with acting("bench"):
        recall.build(40)
    found = recall.measure(40, asked=2)
    assert found["same"] and found["patients"] > 0
    monkeypatch.setattr(recall, "walk", lambda lot: {(0, "S0")})
    assert not recall.measure(40, asked=2)["same"]
