"""Codes of several facts in one number, so that a patient is a few small numbers and a rule is looked up.

Facts that a matter looks at together share a column, as far as 65,536 values reach; so whatever the matter says
stands in a table of that column. A matter whose facts do not fit gets a column of its own, in which answers it
sees no difference in are one; and where even that is too much, a column of the combinations that were met.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anagen.exchange.columns.answers import Book, Said, TooMuch
from anagen.exchange.columns.matters import Judged, Matter, situation_of
from anagen.medicine.rules import Ruleset, State

Codes = NDArray[np.unsignedinteger]
Bytes = NDArray[np.uint8]

MOST: Final = 1 << 16  # values in a column, and entries in its table
STATES: Final = (State.NOT_MATCHED, State.UNKNOWN, State.MATCHED)  # as numbers, in the order of the truth


@dataclass(frozen=True, slots=True)
class Layout:
    """Which facts a column holds, in how many codes each: the first changes fastest.

    ``kinds`` says for a code of a fact what it counts as in this column. ``met`` are the combinations that a
    value stands for, where not every one has a value.
    """

    facts: tuple[str, ...]
    sizes: tuple[int, ...]
    kinds: Mapping[str, Codes] | None = None
    met: NDArray[np.int64] | None = None

    @property
    def values(self) -> int:
        return math.prod(self.sizes) if self.met is None else len(self.met)

    def packed(self, codes: Mapping[str, Codes], patients: int) -> tuple[Layout, Codes]:
        """The column of these codes, and its layout with the combinations that were met."""
        if math.prod(self.sizes) >= 1 << 63:
            raise TooMuch(f"{', '.join(self.facts)}: a rule looks at more than can be told apart together")
        whole = np.zeros(patients, np.int64)
        step = 1
        for fact, size in zip(self.facts, self.sizes, strict=True):
            its = codes[fact] if self.kinds is None else self.kinds[fact][codes[fact]]
            whole += its.astype(np.int64) * step
            step *= size
        if step <= MOST:
            return self, whole.astype(np.uint16)
        met, places = np.unique(whole, return_inverse=True)
        if len(met) > MOST:
            raise TooMuch(f"{', '.join(self.facts)}: the answers meet in more than {MOST} ways")
        return replace(self, met=met), places.astype(np.uint16)

    def holds(self, matter: Matter) -> bool:
        return self.kinds is None and matter.facts <= set(self.facts)


def layouts(book: Book) -> list[tuple[Layout, list[tuple[int, Matter]]]]:
    """Columns for the matters of all rulesets, each with those that are looked up in it (ruleset's place, matter)."""
    sizes = {fact: len(examples) for fact, examples in book.examples.items()}
    every = [(number, matter) for number, its in enumerate(book.matters) for matter in its]
    wide = [(number, matter) for number, matter in every if _values(matter.facts, sizes) > MOST]
    groups = _groups({matter.facts for _, matter in every} - {matter.facts for _, matter in wide}, sizes)
    found: list[tuple[Layout, list[tuple[int, Matter]]]] = [
        (Layout(tuple(sorted(group)), tuple(sizes[fact] for fact in sorted(group))), []) for group in groups
    ]
    too_wide = {id(matter) for _, matter in wide}
    for number, matter in every:
        if id(matter) not in too_wide:
            next(its for layout, its in found if layout.holds(matter)).append((number, matter))
    return found + [(_narrowed(book, number, matter), [(number, matter)]) for number, matter in wide]


def _groups(together: Iterable[frozenset[str]], sizes: Mapping[str, int]) -> list[set[str]]:
    """Sets of facts within bounds, so that each of ``together`` lies in one: the largest first, each to its like."""
    groups: list[set[str]] = []
    order = sorted(together, key=lambda facts: (-(len(facts) > 1), -_values(facts, sizes), sorted(facts)))
    for facts in order:
        if any(facts <= group for group in groups):
            continue
        near = sorted(groups, key=lambda group: -len(facts & group))
        fitting = (group for group in near if _values(group | facts, sizes) <= MOST)
        group = next(fitting, None)
        if group is None:
            groups.append(set(facts))
        else:
            group |= facts
    return groups


def _values(facts: Iterable[str], sizes: Mapping[str, int]) -> int:
    return math.prod(sizes[fact] for fact in facts)


def _narrowed(book: Book, number: int, matter: Matter) -> Layout:
    """A column for one matter alone, that keeps apart what it sees."""
    facts = tuple(sorted(matter.facts))
    kinds = {fact: _kinds(book, number, matter, fact) for fact in facts}
    return Layout(facts, tuple(int(kinds[fact].max()) + 1 for fact in facts), kinds)


def _kinds(book: Book, number: int, matter: Matter, fact: str) -> Codes:
    """For every code of a fact, the number of what the matter sees there."""
    ruleset, seen = book.rulesets[number], dict[object, int]()
    return np.array(
        [
            seen.setdefault(matter.sees(fact, situation_of(said, ruleset, book.on)), len(seen))
            for said in book.examples[fact]
        ],
        np.uint16,
    )


# tables


def verdict_table(book: Book, layout: Layout, number: int, its: Iterable[Matter]) -> Bytes:
    """The worst verdict of some matters, for every value of a column."""
    table = np.zeros(layout.values, np.uint8)
    for matter in its:
        verdicts = _filled(book, layout, number, matter, lambda judged: int(judged.verdict))
        np.maximum(table, verdicts, out=table)
    return table


def state_table(book: Book, layout: Layout, number: int, matter: Matter) -> Bytes:
    """What one matter says, for every value of a column, as places in :data:`STATES`."""
    return _filled(book, layout, number, matter, lambda judged: STATES.index(judged.state))


def _filled(book: Book, layout: Layout, number: int, matter: Matter, told: Callable[[Judged], int]) -> Bytes:
    ruleset = book.rulesets[number]
    if layout.met is not None:
        return _of_met(book, layout, ruleset, matter, told)
    sizes = {fact: size for fact, size in zip(layout.facts, layout.sizes, strict=True) if size > 1}
    facts = [fact for fact in layout.facts if fact in matter.facts]
    kinds = {fact: _kinds(book, number, matter, fact) for fact in facts}
    first = {fact: np.unique(kinds[fact], return_index=True)[1].tolist() for fact in facts}
    judged = np.array(
        [told(_judged(book, ruleset, matter, facts, codes)) for codes in product(*first.values())], np.uint8
    )
    axes = [fact for fact in sizes if fact in matter.facts]
    judged = judged.reshape([len(first[fact]) for fact in axes])
    if layout.kinds is None and axes:
        judged = judged[np.ix_(*(kinds[fact] for fact in axes))]
    judged = judged.reshape([size if fact in matter.facts else 1 for fact, size in sizes.items()])
    spread = np.broadcast_to(judged, tuple(sizes.values()))
    return np.ascontiguousarray(spread.transpose()).reshape(-1)  # the first fact changes fastest


def _of_met(
    book: Book, layout: Layout, ruleset: Ruleset, matter: Matter, told: Callable[[Judged], int]
) -> Bytes:
    assert layout.met is not None and layout.kinds is not None
    first = [np.unique(layout.kinds[fact], return_index=True)[1].tolist() for fact in layout.facts]
    table = np.zeros(len(layout.met), np.uint8)
    for value, left in enumerate(layout.met.tolist()):
        codes = []
        for its, size in zip(first, layout.sizes, strict=True):
            left, kind = divmod(left, size)
            codes.append(its[kind])
        table[value] = told(_judged(book, ruleset, matter, layout.facts, codes))
    return table


def _judged(
    book: Book, ruleset: Ruleset, matter: Matter, facts: Sequence[str], codes: Iterable[int]
) -> Judged:
    """What medicine says where each fact was answered like the first that has its code."""
    said: list[Said] = [book.examples[fact][code] for fact, code in zip(facts, codes, strict=True)]
    return matter.judged(situation_of(tuple(each for its in said for each in its), ruleset, book.on))
