"""Kleene's tables, whole."""

from __future__ import annotations

from itertools import product

import pytest

from anagen.medicine.truth import Truth, all_of, any_of

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES

AND = {
    (NO, NO): NO, (NO, UNKNOWN): NO, (NO, YES): NO,
    (UNKNOWN, NO): NO, (UNKNOWN, UNKNOWN): UNKNOWN, (UNKNOWN, YES): UNKNOWN,
    (YES, NO): NO, (YES, UNKNOWN): UNKNOWN, (YES, YES): YES,
}  # fmt: skip
OR = {
    (NO, NO): NO, (NO, UNKNOWN): UNKNOWN, (NO, YES): YES,
    (UNKNOWN, NO): UNKNOWN, (UNKNOWN, UNKNOWN): UNKNOWN, (UNKNOWN, YES): YES,
    (YES, NO): YES, (YES, UNKNOWN): YES, (YES, YES): YES,
}  # fmt: skip


@pytest.mark.parametrize("pair", list(product(Truth, repeat=2)))
def test_and_is_no_with_a_no_and_yes_only_with_two(pair: tuple[Truth, Truth]) -> None:
    assert all_of(pair) is AND[pair]


@pytest.mark.parametrize("pair", list(product(Truth, repeat=2)))
def test_or_is_yes_with_a_yes_and_no_only_with_two(pair: tuple[Truth, Truth]) -> None:
    assert any_of(pair) is OR[pair]


def test_not_turns_yes_and_no_round_and_leaves_unknown_unknown() -> None:
    assert [truth.negated for truth in (NO, UNKNOWN, YES)] == [YES, UNKNOWN, NO]


@pytest.mark.parametrize("three", list(product(Truth, repeat=3)))
def test_three_at_once_are_the_same_as_two_and_one(three: tuple[Truth, Truth, Truth]) -> None:
    assert all_of(three) is AND[(AND[three[:2]], three[2])]
    assert any_of(three) is OR[(OR[three[:2]], three[2])]


@pytest.mark.parametrize("pair", list(product(Truth, repeat=2)))
def test_what_de_morgan_says_holds_with_unknowns(pair: tuple[Truth, Truth]) -> None:
    assert all_of(pair).negated is any_of(truth.negated for truth in pair)


def test_nothing_at_all_is_all_of_it_and_none_of_it() -> None:
    assert all_of(()) is YES
    assert any_of(()) is NO
