"""A wish list that does not go into one syringe: the fewest syringes that hold, or why there are none.

What may share a syringe is not decided here. The caller says of every pair whether it goes together, and of every
group whether the mixture holds (volume, pH, osmolality); unknown is never enough, unless a person has decided it by
name. Among all ways to divide the list the best one is found exactly, by dynamic programming over sets:

1. the fewest syringes,
2. then the fewest that rest on a decision instead of knowledge,
3. then the fewest ready-made products that are mixed with something,
4. then the most even,
5. then the order of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from anagen.medicine.truth import Truth

MOST_WISHES: Final = 16  # the sets of so many things are still counted in a moment


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing on the list. A ready-made product may be given as it is, alone in its syringe."""

    name: str
    ready_made: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """What is known of two things in one syringe: YES they go together, NO they do not, or UNKNOWN; and why."""

    together: Truth
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many components a syringe has, and how many syringes are given (None: any number)."""

    least: int = 2
    most: int = 5
    syringes: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.most or (self.syringes is not None and self.syringes < 1):
            raise ValueError(f"no syringe keeps these limits: {self}")


@dataclass(frozen=True, slots=True)
class Syringe:
    """What goes into one syringe, and the sets in it that rest on somebody's decision (set, name)."""

    components: tuple[int, ...]
    decisions: tuple[tuple[tuple[int, ...], str], ...] = ()


@dataclass(frozen=True, slots=True)
class Apart:
    """Two things in different syringes, and what is known of them. YES: they are apart only for the sake of others."""

    first: int
    second: int
    relation: Relation


@dataclass(frozen=True, slots=True)
class Division:
    """The fewest syringes, in the order of the list; every pair that they keep apart."""

    syringes: tuple[Syringe, ...]
    apart: tuple[Apart, ...]


@dataclass(frozen=True, slots=True)
class Stuck:
    """A thing that goes into no syringe at all, and why."""

    component: int
    reason: str


@dataclass(frozen=True, slots=True)
class NoDivision:
    """Why the list cannot be divided, and the best that can: ``rest`` after leaving the fewest out (``without``)."""

    reason: str
    stuck: tuple[Stuck, ...]
    without: tuple[int, ...]
    rest: Division | None


Related = Callable[[int, int], Relation]
Holds = Callable[[frozenset[int]], bool | None]
_Cost = tuple[int, int, int]  # decisions, ready-made products that are mixed, unevenness
_Parts = tuple[int, ...]  # sets of bits


def fewest_syringes(
    wishes: Sequence[Wish],
    *,
    pair: Related,
    holds: Holds = lambda group: True,
    decided: Mapping[frozenset[int], str] | None = None,
    limits: Limits | None = None,
) -> Division | NoDivision:
    """Divide the list into the fewest syringes.

    Things are named by their place in the list. ``pair(i, j)`` is asked once with i < j. ``holds(group)`` says
    whether the mixture of a group keeps its own limits; None is unknown. ``decided`` names who has decided for which
    set that an UNKNOWN pair, or a group of which ``holds`` is None, may be used all the same; a decision never turns
    a NO. ValueError for more than 16 things, and for limits that no syringe keeps.
    """
    if len(wishes) > MOST_WISHES:
        raise ValueError(f"{len(wishes)} components are too many; divide at most {MOST_WISHES}")
    table = _Table(wishes, pair, holds, decided or {}, limits or Limits())
    everything = (1 << len(wishes)) - 1
    found = table.best(everything, table.limits.syringes)
    return table.division(found) if found is not None else _why_not(table, everything)


def _why_not(table: _Table, everything: int) -> NoDivision:
    """The reason, and the best division of what is left when the fewest things are left out."""
    things = range(len(table.wishes))
    stuck = tuple(Stuck(i, table.why_stuck(i)) for i in things if not any(g & 1 << i for g in table.groups))
    limit = table.limits.syringes
    unlimited = None if stuck or limit is None else table.best(everything, None)
    if stuck:
        reason = " ".join(each.reason for each in stuck)
    elif unlimited is not None:
        reason = f"It takes {len(unlimited)} syringes, and at most {limit} are given."
    else:
        reason = "Each component goes into some syringe, but there is no way to give every one a place."
    surely = [each.component for each in stuck]
    others = [i for i in things if i not in surely]
    for more in range(len(others)):
        ways = []
        for extra in combinations(others, more):
            without = sorted([*surely, *extra])
            parts = table.best(everything & ~_bits(without), limit)
            if parts is not None:
                ways.append((len(parts), table.cost(parts), tuple(without), parts))
        if ways:
            *_, without_these, best = min(ways)
            return NoDivision(reason, stuck, without_these, table.division(best))
    return NoDivision(reason, stuck, tuple(things), None)


class _Table:
    """The groups that may be in one syringe, and the best division of every set that was asked for."""

    def __init__(
        self,
        wishes: Sequence[Wish],
        pair: Related,
        holds: Holds,
        decided: Mapping[frozenset[int], str],
        limits: Limits,
    ) -> None:
        self.wishes, self.decided, self.limits = wishes, decided, limits
        self.pairs = {(i, j): pair(i, j) for i, j in combinations(range(len(wishes)), 2)}
        self.groups = dict(self._allowed(holds))
        self.starting: list[list[int]] = [[] for _ in wishes]  # by the first thing of a group, in order
        for group in self.groups:
            self.starting[_first(group)].append(group)
        self._known: dict[tuple[int, int], tuple[_Cost, _Parts] | None] = {}

    def may(self, i: int, j: int) -> bool:
        """Whether a pair is known to go together, or somebody has decided it."""
        together = self.pairs[i, j].together
        return together is Truth.YES or (together is Truth.UNKNOWN and frozenset((i, j)) in self.decided)

    def _allowed(self, holds: Holds) -> Iterator[tuple[int, tuple[_Cost, tuple[tuple[int, ...], ...]]]]:
        """Every group that may be in one syringe, with its cost and the sets that rest on a decision."""
        for group in self._friends((), range(len(self.wishes))):
            alone = len(group) == 1 and self.wishes[group[0]].ready_made
            if len(group) < self.limits.least and not alone:
                continue
            held = holds(frozenset(group))
            if held or (held is None and frozenset(group) in self.decided):
                resting: list[tuple[int, ...]] = [
                    two for two in combinations(group, 2) if self.pairs[two].together is Truth.UNKNOWN
                ]
                if held is None and group not in resting:
                    resting.append(group)
                mixed = sum(self.wishes[i].ready_made for i in group) if len(group) > 1 else 0
                yield _bits(group), ((len(resting), mixed, len(group) ** 2), tuple(resting))

    def _friends(self, group: tuple[int, ...], others: Sequence[int]) -> Iterator[tuple[int, ...]]:
        """Every group in which each pair may be together, in the order of the list."""
        for place, i in enumerate(others):
            larger = (*group, i)
            yield larger
            if len(larger) < self.limits.most:
                yield from self._friends(larger, [j for j in others[place + 1 :] if self.may(i, j)])

    def best(self, things: int, at_most: int | None) -> _Parts | None:
        """The best division of a set of things into the fewest groups; None when there is none."""
        size = things.bit_count()
        for number in range(-(-size // self.limits.most), (size if at_most is None else at_most) + 1):
            found = self._into(things, number)
            if found is not None:
                return found[1]
        return None

    def _into(self, things: int, number: int) -> tuple[_Cost, _Parts] | None:
        """The best division into exactly so many groups: one with the first thing, and the best of what remains."""
        if not things:
            return ((0, 0, 0), ()) if number == 0 else None
        if not number <= things.bit_count() <= number * self.limits.most:
            return None
        key = things, number
        if key in self._known:
            return self._known[key]
        best = None
        for group in self.starting[_first(things)]:
            if group & ~things:
                continue
            rest = self._into(things ^ group, number - 1)
            if rest is not None:
                cost = _sum(self.groups[group][0], rest[0])
                if best is None or cost < best[0]:
                    best = cost, (group, *rest[1])
        self._known[key] = best
        return best

    def cost(self, parts: _Parts) -> _Cost:
        total = (0, 0, 0)
        for group in parts:
            total = _sum(total, self.groups[group][0])
        return total

    def division(self, parts: _Parts) -> Division:
        """The groups in words that others understand."""
        where = {i: group for group in parts for i in _members(group)}
        syringes = tuple(
            Syringe(_members(group), tuple((those, self.decided[frozenset(those)]) for those in resting))
            for group, (_, resting) in ((group, self.groups[group]) for group in parts)
        )
        apart = tuple(
            Apart(i, j, pair)
            for (i, j), pair in self.pairs.items()
            if i in where and j in where and where[i] != where[j]
        )
        return Division(syringes, apart)

    def why_stuck(self, component: int) -> str:
        """Why one thing is in no group."""
        name = self.wishes[component].name
        others = [i for i in range(len(self.wishes)) if i != component]
        friends = [i for i in others if self.may(min(i, component), max(i, component))]
        if friends:
            named = ", ".join(self.wishes[i].name for i in friends)
            return f"{name} goes with {named}, but no such mixture is known to keep its limits."
        against = [
            f"with {self.wishes[i].name}: {pair.reason or _UNSAID[pair.together]}"
            for i in others
            for pair in [self.pairs[min(i, component), max(i, component)]]
        ]
        alone = (
            "alone it is not known to keep its limits"
            if self.limits.least == 1 or self.wishes[component].ready_made
            else f"a syringe has at least {self.limits.least} components"
        )
        return f"{name} goes into no syringe: {'; '.join([*against, alone])}."


_UNSAID: Final = {Truth.NO: "not together", Truth.UNKNOWN: "unknown whether together"}


def _sum(one: _Cost, other: _Cost) -> _Cost:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _first(things: int) -> int:
    """The lowest bit: the first thing of a set in the order of the list."""
    return (things & -things).bit_length() - 1


def _bits(things: Sequence[int]) -> int:
    return sum(1 << i for i in things)


def _members(things: int) -> tuple[int, ...]:
    return tuple(i for i in range(things.bit_length()) if things >> i & 1)


__all__ = [
    "Apart", "Division", "Limits", "NoDivision", "Relation", "Stuck", "Syringe", "Wish", "fewest_syringes",
]  # fmt: skip
