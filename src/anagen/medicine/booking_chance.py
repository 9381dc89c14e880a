"""Draws for a search, the same for the same seed on every machine; for nothing that must not be guessed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

_WORD: Final = (1 << 64) - 1

T = TypeVar("T")


class Chance:
    """SplitMix64 (Steele, Lea and Flood, 2014)."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _WORD

    def below(self, number: int) -> int:
        """A whole number from 0 up to ``number``, that excluded."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _WORD
        word = self._state
        word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & _WORD
        word = (word ^ word >> 27) * 0x94D049BB133111EB & _WORD
        return (word ^ word >> 31) % number

    def shuffled(self, of: Sequence[T]) -> list[T]:
        mixed = list(of)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed
