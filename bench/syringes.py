"""The division into syringes: the best of all that could be made, and the same as CP-SAT finds on the same lists.

    python bench/syringes.py

Both get lists of 12 components with pairs known good, known bad, unknown and decided by a person, volumes that must
fit the syringe, and ready-made products. CP-SAT (OR-Tools, one worker; building its model counts) is told the same
as constraints and the same wishes as one weighted sum. Number of syringes, decisions, mixed ready-made products and
evenness must be equal, or both must say that there is no way; one difference, and the benchmark fails. Lists are
seeded.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from _measure import begin, in_turn, milli, print_table, times_as_fast
from ortools.sat.python import cp_model

from anagen.medicine.syringes import Division, Limits, NoDivision, Relation, Wish, fewest_syringes
from anagen.medicine.truth import Truth

COMPONENTS, NUMBER, PASSES, SEED, GOAL = 12, 8, 1, 20261121, 0.1
KINDS = {
    "everything fits": None,
    "few bad pairs": (0.85, 0.1),
    "half": (0.5, 0.3),
    "few good pairs": (0.25, 0.25),
}

Merit = tuple[int, int, int, int]  # syringes, decisions, mixed ready-made products, unevenness


@dataclass(frozen=True)
class Case:
    """A wish list: what is known of each pair, who decided, microlitres of each thing, and of a syringe."""

    wishes: tuple[Wish, ...]
    pairs: Mapping[tuple[int, int], Relation]
    decided: Mapping[frozenset[int], str]
    volumes: tuple[int, ...]
    syringe: int
    limits: Limits

    def holds(self, group: frozenset[int]) -> bool:
        return sum(self.volumes[i] for i in group) <= self.syringe

    def allowed(self, i: int, j: int) -> bool:
        together = self.pairs[i, j].together
        return together is Truth.YES or (together is Truth.UNKNOWN and frozenset((i, j)) in self.decided)

    def decision(self, i: int, j: int) -> bool:
        return self.allowed(i, j) and self.pairs[i, j].together is Truth.UNKNOWN


def a_case(chance: random.Random, number: int, good: float, unknown: float) -> Case:
    """So large a share of the pairs is good or unknown; a third of the unknown ones is decided."""
    wishes = tuple(Wish(f"component {i + 1}", chance.random() < 0.3) for i in range(number))
    pairs, decided = {}, {}
    for two in combinations(range(number), 2):
        drawn = chance.random()
        known = Truth.YES if drawn < good else Truth.UNKNOWN if drawn < good + unknown else Truth.NO
        pairs[two] = Relation(known)
        if known is Truth.UNKNOWN and chance.random() < 1 / 3:
            decided[frozenset(two)] = "a prescriber"
    volumes = tuple(chance.choice((500, 1000, 1500, 2000, 3000)) for _ in range(number))
    limits = Limits(least=chance.choice((1, 1, 2)), most=5)
    return Case(wishes, pairs, decided, volumes, 5000, limits)


def ours(case: Case) -> Division | NoDivision:
    return fewest_syringes(
        case.wishes,
        pair=lambda i, j: case.pairs[i, j],
        holds=case.holds,
        decided=case.decided,
        limits=case.limits,
    )


def merit(case: Case, found: Division | NoDivision) -> Merit | None:
    """What the division costs, counted anew from the list; None for none."""
    if isinstance(found, NoDivision):
        return None
    groups = [syringe.components for syringe in found.syringes]
    return (
        len(groups),
        sum(case.decision(*two) for group in groups for two in combinations(group, 2)),
        sum(case.wishes[i].ready_made for group in groups if len(group) > 1 for i in group),
        sum(len(group) ** 2 for group in groups),
    )


def faults(case: Case, found: Division | NoDivision) -> list[str]:
    """Where a division breaks what the list asks; empty for a sound one."""
    if isinstance(found, NoDivision):
        return []
    groups = [syringe.components for syringe in found.syringes]
    wrong = []
    if sorted(i for group in groups for i in group) != list(range(len(case.wishes))):
        wrong.append("not every component once")
    for group in groups:
        alone = len(group) == 1 and case.wishes[group[0]].ready_made
        if not (alone or case.limits.least <= len(group) <= case.limits.most):
            wrong.append(f"size of {group}")
        if not case.holds(frozenset(group)):
            wrong.append(f"volume of {group}")
        wrong += [f"pair {two}" for two in combinations(group, 2) if not case.allowed(*two)]
    return wrong


def theirs(case: Case) -> Merit | None:
    """The cost of the best division as CP-SAT finds it; None when it has proved that there is none."""
    things = range(len(case.wishes))
    model = cp_model.CpModel()
    inside = [[model.new_bool_var("") for _ in things] for _ in things]  # thing, syringe
    used = [model.new_bool_var("") for _ in things]
    decisions, mixed, squares = [], [], []
    for i in things:
        model.add_exactly_one(inside[i])
        for s in range(i + 1, len(things)):
            model.add(inside[i][s] == 0)  # syringes are alike: the first thing is in the first, and so on
    for s in things:
        size = sum(inside[i][s] for i in things)
        square = model.new_int_var(0, case.limits.most**2, "")
        single = model.new_bool_var("")
        for n in range(case.limits.most):  # a square from below, by the lines between n and n + 1
            model.add(square >= (2 * n + 1) * size - n * (n + 1))
        squares.append(square)
        model.add(size >= 1).only_enforce_if(used[s])
        model.add(size == 0).only_enforce_if(~used[s])
        model.add(size == 1).only_enforce_if(single)
        model.add(size != 1).only_enforce_if(~single)
        model.add(sum(case.volumes[i] * inside[i][s] for i in things) <= case.syringe)
        for i in things:
            if case.limits.least > 1 and not case.wishes[i].ready_made:
                model.add_bool_or(~inside[i][s], ~single)
            if case.wishes[i].ready_made:
                with_others = model.new_bool_var("")
                model.add_bool_or(~inside[i][s], single, with_others)
                mixed.append(with_others)
        if case.limits.least > 2:
            model.add(size >= case.limits.least).only_enforce_if(used[s], ~single)
        for i, j in case.pairs:
            if not case.allowed(i, j):
                model.add_bool_or(~inside[i][s], ~inside[j][s])
            elif case.decision(i, j):
                both = model.new_bool_var("")
                model.add_bool_or(~inside[i][s], ~inside[j][s], both)
                decisions.append(both)
    parts = (sum(used), sum(decisions), sum(mixed), sum(squares))
    weights = (10**8, 10**5, 10**3, 1)
    model.minimize(sum(weight * part for weight, part in zip(weights, parts, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None
    assert status == cp_model.OPTIMAL, solver.status_name(status)
    syringes, decided, ready, uneven = (int(solver.value(part)) for part in parts)
    return syringes, decided, ready, uneven


def difference(case: Case) -> str:
    """Empty when both agree and ours is sound."""
    found = ours(case)
    wrong = faults(case, found)
    if wrong:
        return f"ours is not sound: {wrong}"
    mine, peer = merit(case, found), theirs(case)
    return "" if mine == peer else f"ours {mine}, CP-SAT {peer}"


def everything(number: int) -> Case:
    """Every pair is good and every group fits: the most divisions there can be."""
    wishes = tuple(Wish(f"component {i + 1}") for i in range(number))
    pairs = {two: Relation(Truth.YES) for two in combinations(range(number), 2)}
    return Case(wishes, pairs, {}, (500,) * number, 5000, Limits())


def main() -> int:
    begin()
    rows = []
    for name, shares in KINDS.items():
        chance = random.Random(f"{SEED} {name}")
        cases = [
            a_case(chance, COMPONENTS, *shares) if shares else everything(COMPONENTS) for _ in range(NUMBER)
        ]
        for case in cases:
            if told := difference(case):
                print(f"  DIFFERENT  {told}\n  {case}")
                return 1
        times = in_turn({"ours": ours, "CP-SAT": theirs}, [[case] for case in cases], passes=PASSES)
        found = [merit(case, ours(case)) for case in cases]
        mine = times["ours"]
        rows.append(
            (
                name,
                milli(mine.median),
                milli(max(mine.rounds)),
                milli(times["CP-SAT"].median),
                times_as_fast(times["CP-SAT"], mine),
                sum(each is not None for each in found),
                "met" if max(mine.rounds) < GOAL else "missed",
            )
        )
    print(f"  {NUMBER} lists of {COMPONENTS} components each: the same answer as CP-SAT, each time.")
    print(f"  ms of CPU for one list. Goal: every one under {GOAL * 1000:.0f} ms\n")
    print_table(
        ("pairs", "ours, median", "most", "CP-SAT, median", "ratio", f"divisible of {NUMBER}", "goal"), rows
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
