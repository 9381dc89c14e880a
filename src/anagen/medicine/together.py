"""What answers settle together: which questions apply, and how rules turn out that hang on more than one fact.

A question is asked under a condition, its gate. Gates and rules are made of a few plain comparisons: is she a
woman, does he have diabetes, is the temperature 37.5 Cel or more. How each of these turns out is kept in two bits.
Where they turned out alike, what follows is the same, so that it is worked out once for each way in which the few
comparisons of one gate or rule can turn out, and never once for each patient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Final, NamedTuple

from anagen.medicine.conditions import All, AnyOf, Condition, Leaf, Not, Situation
from anagen.medicine.kept import Kept
from anagen.medicine.truth import Truth, all_of, any_of
from anagen.medicine.vocabulary import AGE, BIRTH_DATE, Vocabulary

# what the statements of a fact say of a comparison; no bit when they say nothing of it
_JUDGED: Final = {Truth.NO: 0b01, Truth.YES: 0b10, Truth.UNKNOWN: 0b11}
_TRUTHS: Final = {bits: truth for truth, bits in _JUDGED.items()}
_BITS: Final = 2
_ALL: Final = 0b11


class Settled(NamedTuple):
    """As bits: questions that do not apply, rules whose truth is known, rules that are fulfilled."""

    shut: int
    rules: int
    fulfilled: int


class _Turning(NamedTuple):
    """Something that turns on a few comparisons: its own bit, theirs, and its truth for each way they turn out."""

    bit: int
    on: int
    truth: Mapping[int, Truth]


class Together:
    """The gates of some questions (fact → its bit) and some rules (condition by its bit)."""

    def __init__(
        self, vocabulary: Vocabulary, questions: Mapping[str, int], rules: Mapping[int, Condition]
    ) -> None:
        self._gates = {fact.id: fact.asked_when for fact in vocabulary if fact.asked_when is not None}
        conditions = (*self._gates.values(), *rules.values())
        leaves = tuple(dict.fromkeys(leaf for condition in conditions for leaf in leaves_of(condition)))
        self._place = {leaf: _BITS * number for number, leaf in enumerate(leaves)}
        self._of_fact: dict[str, list[Leaf]] = {}
        for leaf in leaves:
            self._of_fact.setdefault(BIRTH_DATE if leaf.fact == AGE else leaf.fact, []).append(leaf)
        self._questions = [
            self._turning(bit, self._gates[fact]) for fact, bit in questions.items() if fact in self._gates
        ]
        self._rules = [self._turning(bit, rule) for bit, rule in rules.items()]
        self.settled: Kept[int, Settled] = Kept(self._settled)

    def judged(self, fact: str, alone: Situation) -> int:
        """How the comparisons of this fact turn out where nothing is said but one statement of it."""
        bits = 0
        for leaf in self._of_fact.get(fact, ()):
            for judgement in leaf.judgements(alone):
                bits |= _JUDGED[judgement] << self._place[leaf]
        return bits

    def weighed(self, fact: str) -> int:
        """As if the comparisons of this fact turned out unknown: its statements are weighed elsewhere."""
        return reduce(or_, (_ALL << self._place[leaf] for leaf in self._of_fact.get(fact, ())), 0)

    def _settled(self, judged: int) -> Settled:
        shut, rules, fulfilled = 0, 0, 0
        for bit, on, truth in self._questions:
            if truth[judged & on] is Truth.NO:
                shut |= bit
        for bit, on, truth in self._rules:
            found = truth[judged & on]
            if found is not Truth.UNKNOWN:
                rules |= bit
                fulfilled |= bit if found is Truth.YES else 0
        return Settled(shut, rules, fulfilled)

    def _turning(self, bit: int, condition: Condition) -> _Turning:
        return _Turning(bit, self._on(condition), Kept(lambda judged: self._truth(condition, judged)))

    def _on(self, condition: Condition) -> int:
        """The bits of every comparison that the condition turns on: its own, and those at the gates before them."""
        return reduce(
            or_, (_ALL << self._place[leaf] | self._before(leaf.fact) for leaf in leaves_of(condition))
        )

    def _before(self, fact: str) -> int:
        return self._on(self._gates[fact]) if fact in self._gates else 0

    def _truth(self, condition: Condition, judged: int) -> Truth:
        """What :meth:`Condition.truth` says where the comparisons turned out so."""

        def of_leaf(leaf: Leaf) -> Truth:
            bits = judged >> self._place[leaf] & _ALL
            if bits:
                return _TRUTHS[bits]
            gate = self._gates.get(leaf.fact)
            is_shut = gate is not None and self._truth(gate, judged) is Truth.NO
            return Truth.NO if is_shut else Truth.UNKNOWN

        return _combined(condition, of_leaf)


def _combined(condition: Condition, of_leaf: Callable[[Leaf], Truth]) -> Truth:
    """The truth of a condition from that of its comparisons."""
    if isinstance(condition, All | AnyOf):
        truths = (_combined(part, of_leaf) for part in condition.parts)
        return all_of(truths) if isinstance(condition, All) else any_of(truths)
    if isinstance(condition, Not):
        return _combined(condition.part, of_leaf).negated
    assert isinstance(condition, Leaf)
    return of_leaf(condition)


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    """The comparisons that a condition is made of, as they stand."""
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from leaves_of(part)
    elif isinstance(condition, Not):
        yield from leaves_of(condition.part)
    else:
        assert isinstance(condition, Leaf)
        yield condition
