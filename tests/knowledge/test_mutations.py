"""A slip of the hand in any rule makes one of its worked examples fail."""

from __future__ import annotations

from tools import mutate


def test_every_change_to_a_rule_makes_an_example_fail() -> None:
    count, survivors = mutate.tried()
    assert count > 700
    assert survivors == []


def test_a_limit_moves_by_one_step_either_way() -> None:
    moved = dict(mutate.conditions({"fact": "vital.temperature", "at_least": "37.5 Cel"}))
    assert list(moved) == [
        "vital.temperature: above",
        "vital.temperature: 37.6 Cel",
        "vital.temperature: 37.4 Cel",
    ]


def test_changes_go_into_every_depth_of_a_condition() -> None:
    deep = {"all": [{"fact": "sex", "is": "male"}, {"not": {"fact": "epilepsy", "is": "yes"}}]}
    assert [what for what, _ in mutate.conditions(deep)] == [
        "all turned round",
        "part 1 of all left out",
        "part 2 of all left out",
        "sex: female",
        "not left out",
        "epilepsy: no",
    ]
