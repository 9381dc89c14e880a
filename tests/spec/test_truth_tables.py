"""Kleene's tables in full: the whole law of unknown."""

from __future__ import annotations

from itertools import product

import pytest

from anagen.medicine.truth import Truth, all_of, any_of

YES, UNKNOWN, NO = Truth.YES, Truth.UNKNOWN, Truth.NO

ALL = {
    (YES, YES): YES,
    (YES, UNKNOWN): UNKNOWN,
    (YES, NO): NO,
    (UNKNOWN, YES): UNKNOWN,
    (UNKNOWN, UNKNOWN): UNKNOWN,
    (UNKNOWN, NO): NO,
    (NO, YES): NO,
    (NO, UNKNOWN): NO,
    (NO, NO): NO,
}
ANY = {
    (YES, YES): YES,
    (YES, UNKNOWN): YES,
    (YES, NO): YES,
    (UNKNOWN, YES): YES,
    (UNKNOWN, UNKNOWN): UNKNOWN,
    (UNKNOWN, NO): UNKNOWN,
    (NO, YES): YES,
    (NO, UNKNOWN): UNKNOWN,
    (NO, NO): NO,
}


@pytest.mark.parametrize("pair", list(product(Truth, repeat=2)))
def test_all_and_any_of_two(pair: tuple[Truth, Truth]) -> None:
    assert all_of(pair) is ALL[pair]
    assert any_of(pair) is ANY[pair]


@pytest.mark.parametrize("three", list(product(Truth, repeat=3)))
def test_all_and_any_of_three_are_those_of_two_twice(three: tuple[Truth, Truth, Truth]) -> None:
    first, second, third = three
    assert all_of(three) is ALL[ALL[first, second], third] is ALL[first, ALL[second, third]]
    assert any_of(three) is ANY[ANY[first, second], third] is ANY[first, ANY[second, third]]


def test_not() -> None:
    assert {truth: truth.negated for truth in Truth} == {YES: NO, UNKNOWN: UNKNOWN, NO: YES}


@pytest.mark.parametrize("pair", list(product(Truth, repeat=2)))
def test_not_turns_all_into_any(pair: tuple[Truth, Truth]) -> None:
    assert all_of(pair).negated is any_of(truth.negated for truth in pair)


def test_nothing_at_all() -> None:
    assert all_of(()) is YES
    assert any_of(()) is NO
