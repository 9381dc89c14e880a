"""The benchmark over a population compares what it times, in a small size here, and notices other answers."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import population
from _patients import ON

from anagen.exchange import columns
from anagen.knowledge.loader import shipped
from anagen.medicine.rules import Verdict
from anagen.medicine.screening import screen


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(population, "ROUNDS", 1)
    monkeypatch.setattr(population, "MEMORY", 1 << 20)
    monkeypatch.setattr(population, "on_one_processor", lambda: "anywhere")


def test_it_says_how_fast_and_that_the_answers_are_the_same(
    small: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert population.main(600, 150) == 0
    told = capsys.readouterr().out
    assert "150 of them screened one by one" in told
    assert "the same verdicts" in told
    assert "bytes a patient" in told
    assert "goal 5 M a second and core" in told


def test_another_answer_is_noticed(
    small: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = columns.verdicts
    monkeypatch.setattr(
        columns, "verdicts", lambda made, rules: np.maximum(real(made, rules), Verdict.CAUTION)
    )
    assert population.main(100, 40) == 1
    assert "DIFFERENT" in capsys.readouterr().out


def test_the_patients_are_of_every_kind() -> None:
    told = population.population(shipped().ruleset, 300)
    people = [told.facts(place) for place in range(300)]
    found = Counter(screen(facts, ruleset=shipped().ruleset, on=ON).verdict for facts in people)
    assert set(found) == set(Verdict)
    assert any(facts.several for facts in people)
