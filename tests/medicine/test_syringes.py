"""The fewest syringes: what may not be together stays apart, the best way is found, and a “no” says why."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import combinations

import pytest

from anagen.medicine.syringes import (
    Division,
    Limits,
    NoDivision,
    Relation,
    Wish,
    fewest_syringes,
)
from anagen.medicine.truth import Truth

GOOD, BAD, UNKNOWN = (
    Relation(Truth.YES),
    Relation(Truth.NO, "it turns cloudy"),
    Relation(Truth.UNKNOWN, "nobody has tried"),
)
Special = Mapping[tuple[int, int], Relation]


def divide(names: str, special: Special | None = None, **more: object) -> Division | NoDivision:
    """One letter a component, a capital for a ready-made one; pairs are good unless said otherwise."""
    wishes = [Wish(letter, ready_made=letter.isupper()) for letter in names]
    return fewest_syringes(wishes, pair=lambda i, j: (special or {}).get((i, j), GOOD), **more)  # type: ignore[arg-type]


def groups(found: Division | NoDivision) -> list[tuple[int, ...]]:
    assert isinstance(found, Division), found
    return [syringe.components for syringe in found.syringes]


def refused(found: Division | NoDivision) -> NoDivision:
    assert isinstance(found, NoDivision), found
    return found


def test_what_holds_together_is_one_syringe() -> None:
    assert groups(divide("abcd")) == [(0, 1, 2, 3)]


def test_an_empty_list_needs_no_syringe() -> None:
    assert groups(divide("")) == []


def test_a_bad_pair_is_kept_apart_and_says_why() -> None:
    found = divide("abcd", {(0, 1): BAD})
    assert groups(found) == [(0, 2), (1, 3)]
    assert isinstance(found, Division)
    assert {(each.first, each.second): each.relation for each in found.apart} == {
        (0, 1): BAD, (0, 3): GOOD, (1, 2): GOOD, (2, 3): GOOD,
    }  # fmt: skip


def test_unknown_is_never_together_unless_a_person_decided_it() -> None:
    unknown = {(0, 1): UNKNOWN}
    assert len(groups(divide("abcd", unknown))) == 2
    found = divide("abcd", unknown, decided={frozenset({0, 1}): "Samuel Okafor"})
    assert isinstance(found, Division)
    assert [syringe.decisions for syringe in found.syringes] == [(((0, 1), "Samuel Okafor"),)]


def test_no_decision_turns_a_known_bad_pair() -> None:
    assert len(groups(divide("abcd", {(0, 1): BAD}, decided={frozenset({0, 1}): "Samuel Okafor"}))) == 2


def test_knowledge_is_preferred_to_a_decision() -> None:
    special = {(0, 1): UNKNOWN, (0, 2): BAD, (1, 3): BAD}
    found = divide("abcd", special, decided={frozenset({0, 1}): "Samuel Okafor"})
    assert groups(found) == [(0, 3), (1, 2)]


def test_a_ready_made_product_stays_as_it_is_where_that_costs_no_syringe() -> None:
    assert groups(divide("Abc", {(0, 1): BAD})) == [(0,), (1, 2)]


def test_the_most_even_division_is_taken_then_the_order_of_the_list() -> None:
    assert groups(divide("abcdef")) == [(0, 1, 2), (3, 4, 5)]


@pytest.mark.parametrize(("held", "syringes"), [(True, 1), (False, 2), (None, 2)])
def test_a_group_must_be_known_to_hold(held: bool | None, syringes: int) -> None:
    found = divide("abcd", holds=lambda group: held if len(group) == 4 else True)
    assert len(groups(found)) == syringes


def test_a_group_that_is_unknown_may_be_decided_as_a_whole() -> None:
    found = divide(
        "abc",
        {(0, 1): UNKNOWN},
        holds=lambda group: None,
        decided={frozenset({0, 1}): "Samuel Okafor", frozenset({0, 1, 2}): "Ines Marchetti"},
    )
    assert isinstance(found, Division)
    assert [each.decisions for each in found.syringes] == [
        (((0, 1), "Samuel Okafor"), ((0, 1, 2), "Ines Marchetti"))
    ]


def test_a_decision_for_a_pair_counts_once_for_the_pair_alone() -> None:
    decided = {frozenset({0, 1}): "Samuel Okafor"}
    found = divide("ab", {(0, 1): UNKNOWN}, holds=lambda group: None, decided=decided)
    assert isinstance(found, Division)
    assert found.syringes[0].decisions == (((0, 1), "Samuel Okafor"),)


def test_what_goes_with_nothing_is_named_with_every_reason_and_the_rest_is_divided() -> None:
    found = refused(divide("abc", {(0, 1): BAD, (0, 2): Relation(Truth.UNKNOWN)}))
    assert [each.component for each in found.stuck] == [0]
    assert found.reason == (
        "a goes into no syringe: with b: it turns cloudy; with c: unknown whether together; "
        "a syringe has at least 2 components."
    )
    assert found.without == (0,)
    assert found.rest is not None and groups(found.rest) == [(1, 2)]


def test_what_may_stand_alone_can_still_fail_its_own_limits() -> None:
    reason = "A goes into no syringe: alone it is not known to keep its limits."
    found = refused(divide("A", holds=lambda group: False))
    assert (found.reason, found.without, found.rest) == (reason, (0,), None)
    assert refused(divide("a", holds=lambda group: None, limits=Limits(least=1))).reason == reason.replace(
        "A", "a"
    )


def test_a_partner_that_never_holds_is_named() -> None:
    found = refused(divide("abc", {(0, 2): BAD}, holds=lambda group: group == {1, 2}))
    assert found.reason == "a goes with b, but no such mixture is known to keep its limits."
    assert found.rest is not None and groups(found.rest) == [(1, 2)]


def test_three_that_all_want_the_same_partner() -> None:
    found = refused(divide("abc", {(0, 1): BAD, (0, 2): GOOD, (1, 2): GOOD}))
    assert found.stuck == ()
    assert (
        found.reason
        == "Each component goes into some syringe, but there is no way to give every one a place."
    )
    assert found.without == (0,)
    assert found.rest is not None and groups(found.rest) == [(1, 2)]


def test_more_syringes_than_are_given() -> None:
    found = refused(divide("abcdefg", limits=Limits(syringes=1)))
    assert found.reason == "It takes 2 syringes, and at most 1 are given."
    assert found.without == (0, 1)
    assert found.rest is not None and groups(found.rest) == [(2, 3, 4, 5, 6)]


def test_a_limit_of_syringes_that_is_not_the_reason() -> None:
    found = refused(divide("abc", {(0, 1): BAD}, limits=Limits(syringes=2)))
    assert "no way to give every one a place" in found.reason


@pytest.mark.parametrize(("least", "most", "syringes"), [(0, 5, None), (3, 2, None), (1, 5, 0)])
def test_limits_that_no_syringe_keeps(least: int, most: int, syringes: int | None) -> None:
    with pytest.raises(ValueError, match="no syringe keeps"):
        Limits(least, most, syringes)


def test_a_list_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="17 components are too many"):
        divide("abcdefghijklmnopq")


# --- against every division there could be


def every_division(things: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
    if not things:
        yield []
        return
    first, others = things[0], things[1:]
    for size in range(len(others) + 1):
        for friends in combinations(others, size):
            for rest in every_division(tuple(i for i in others if i not in friends)):
                yield [(first, *friends), *rest]


@pytest.mark.parametrize("seed", range(50))
def test_nothing_better_can_be_made(seed: int) -> None:
    chance = random.Random(seed)
    number = chance.randint(1, 6)
    wishes = [Wish(str(i), chance.random() < 0.3) for i in range(number)]
    pairs = {two: chance.choice([GOOD, GOOD, GOOD, BAD, UNKNOWN]) for two in combinations(range(number), 2)}
    decided = {frozenset(two): "a prescriber" for two in pairs if chance.random() < 0.5}
    weak = {frozenset(c) for c in combinations(range(number), 3) if chance.random() < 0.3}
    limits = Limits(
        least=chance.randint(1, 2), most=chance.randint(2, 5), syringes=chance.choice([None, 2, 3])
    )

    def holds(group: frozenset[int]) -> bool | None:
        return None if group in weak else True

    def merit(division: list[tuple[int, ...]]) -> tuple[object, ...] | None:
        resting = 0
        for group in division:
            alone = len(group) == 1 and wishes[group[0]].ready_made
            if not alone and not limits.least <= len(group) <= limits.most:
                return None
            for two in combinations(group, 2):
                if pairs[two] is BAD or (pairs[two] is UNKNOWN and frozenset(two) not in decided):
                    return None
                resting += pairs[two] is UNKNOWN
            if frozenset(group) in weak:
                return None
        mixed = sum(wishes[i].ready_made for group in division if len(group) > 1 for i in group)
        return len(division), resting, mixed, sum(len(group) ** 2 for group in division), division

    def best_of(things: tuple[int, ...]) -> list[tuple[int, ...]] | None:
        found = [each for each in map(merit, every_division(things)) if each is not None]
        best = min(found, default=None)
        if best is None or (limits.syringes is not None and len(best[-1]) > limits.syringes):  # type: ignore[arg-type]
            return None
        return best[-1]  # type: ignore[return-value]

    found = fewest_syringes(
        wishes, pair=lambda i, j: pairs[i, j], holds=holds, decided=decided, limits=limits
    )
    best = best_of(tuple(range(number)))
    if best is not None:
        assert groups(found) == best
        return
    left_out = refused(found).without
    assert all(
        best_of(tuple(i for i in range(number) if i not in without)) is None
        for fewer in range(len(left_out))
        for without in combinations(range(number), fewer)
        if fewer < number
    )
    rest = tuple(i for i in range(number) if i not in left_out)
    assert (best_of(rest) if rest else None) == (groups(refused(found).rest) if refused(found).rest else None)  # type: ignore[arg-type]
