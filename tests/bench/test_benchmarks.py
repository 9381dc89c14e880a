"""The benchmarks compare what they time: the same answers as the peer's, on a few patients, and they notice others."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import _peer
import bundle
import course
from _bundles import bundle as a_bundle
from _copies import copied
from _measure import in_turn
from _patients import KINDS, ON, batches, patients

from anagen.knowledge.loader import shipped
from anagen.medicine import compiled
from anagen.medicine.rules import Ruleset, Verdict
from anagen.medicine.screening import screen


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return shipped().ruleset


@pytest.fixture(scope="module")
def peers(ruleset: Ruleset) -> _peer.Peers:
    return _peer.Peers(ruleset, ON)


@pytest.mark.parametrize("kind", KINDS)
def test_zen_gives_the_same_answers_on_the_same_rules(
    kind: str, ruleset: Ruleset, peers: _peer.Peers
) -> None:
    for facts in patients(ruleset.vocabulary, kind, 12, seed=3):
        assert peers.differences(facts) == []


def test_another_answer_of_zen_is_noticed(
    ruleset: Ruleset, peers: _peer.Peers, monkeypatch: pytest.MonkeyPatch
) -> None:
    (healthy,) = patients(ruleset.vocabulary, "healthy", 1, seed=3)
    told = _peer.context(healthy, ruleset, ON) | {"pregnancy": True}
    monkeypatch.setattr(_peer, "context", lambda facts, ruleset, on: told)
    differing = {difference.partition(":")[0] for difference in peers.differences(healthy)}
    assert differing == {
        "verdict table", "verdict formula", "findings table", "matched table", "findings formula",
    }  # fmt: skip


def test_the_kinds_of_patients_are_what_they_are_called(ruleset: Ruleset) -> None:
    found = {
        kind: {
            screen(facts, ruleset=ruleset, on=ON).verdict
            for facts in patients(ruleset.vocabulary, kind, 12, 3)
        }
        for kind in KINDS
    }
    assert found["healthy"] == {Verdict.CLEAR}
    assert max(found["typical"]) > Verdict.CLEAR
    assert min(found["many findings"]) >= Verdict.DEFER
    assert min(found["incomplete"]) >= Verdict.INCOMPLETE


def test_copied_rules_speak_of_facts_of_their_own(ruleset: Ruleset) -> None:
    twice = copied(shipped().plain, 2)
    assert len(twice.rules) == 2 * len(ruleset.rules)
    (facts,) = patients(ruleset.vocabulary, "typical", 1, seed=3)
    once, of_both = (compiled.day(rules, ON).findings(facts) for rules in (ruleset, twice))
    assert of_both[0][: len(once[0])] == once[0]
    assert of_both[1] == once[1]
    copies = of_both[0][len(once[0]) :]
    assert all(finding.rule.endswith(".copy1") for finding in copies)
    assert {fact for finding in copies for fact in finding.missing} <= {
        fact.id for fact in twice.vocabulary if fact.id.endswith(".copy1")
    }


@pytest.mark.parametrize("resources", [3, 12, 30])
def test_the_bundles_are_valid_and_decided_by_the_rules(resources: int, ruleset: Ruleset) -> None:
    data = a_bundle(random.Random(resources), resources)
    assert data.count(b'"resourceType"') == resources + 1
    assert bundle.wrong(data, ruleset) == ""


def test_a_bundle_that_is_not_valid_is_noticed(ruleset: Ruleset) -> None:
    data = a_bundle(random.Random(1), 12).replace(b'"subject"', b'"subjekt"')
    assert "not valid" in bundle.wrong(data, ruleset)


def test_the_solver_finds_the_best_of_all_courses() -> None:
    chance = random.Random(5)
    protocol = shipped().protocols["hair-standard"]
    for _ in range(12):
        case, told = course.small(chance, protocol), course.windows(chance, 3, 20)
        best = course.brute_force(case, told)
        assert course.merit(course.plan(case, start=ON, windows=told)) == best


def test_every_contestant_gets_every_item_as_often() -> None:
    seen: dict[str, list[int]] = {"one": [], "other": []}
    times = in_turn(
        {name: seen[name].append for name in seen}, list(map(list, batches([1, 2, 3], 2))), passes=2
    )
    assert seen == {"one": [1, 2, 3, 1, 2, 3], "other": [1, 2, 3, 1, 2, 3]}
    assert [len(each.rounds) for each in times.values()] == [4, 4]
    assert all(each.least <= each.median for each in times.values())
