"""A whole population by the same rules: a million verdicts from columns, beside the same patients one by one.

    python bench/population.py [PATIENTS [COMPARED]]

The patients are drawn as columns of answers: healthy, typical, with many findings, or with gaps; some answers too
old, some not known, some said twice and differently. Then some of them are made into facts and screened one by one:
the first of them, and others as long as they show a value that no compared patient has shown. One difference, and
the benchmark fails.

Columns are looked up in turn with what bounds them: a plain NumPy table for each fact (which answers the rules on one
fact alone, so less than ours), and the reading of as many bytes from memory. CPU time, one processor.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from _measure import Times, begin, in_turn, print_table
from _patients import ON, _other, _statement
from numpy.typing import NDArray

from anagen.exchange import columns
from anagen.exchange.columns import Columns
from anagen.exchange.columns.answers import Book, Said
from anagen.exchange.columns.matters import situation_of
from anagen.knowledge.loader import shipped
from anagen.medicine import compiled
from anagen.medicine.facts import UNKNOWN, Facts, Speaker, Statement
from anagen.medicine.rules import Ruleset, Verdict
from anagen.medicine.screening import screen

PATIENTS, COMPARED, ROUNDS, SEED = 1_000_000, 30_000, 9, 20261121
GOAL = 5_000_000  # verdicts a second and core
OTHERS = 12  # answers drawn for a fact beside the healthy one
STEP = 1 << 16
MEMORY = 1 << 28  # bytes read to measure the memory: far more than any cache holds

# kind: share of the patients, of their answers that are other than healthy, and of those not given
KINDS: Final = {
    "healthy": (0.30, 0.0, 0.0),
    "typical": (0.50, 0.025, 0.0),
    "many findings": (0.10, 0.33, 0.0),
    "incomplete": (0.10, 0.025, 0.33),
}

Places = NDArray[np.uint8]


@dataclass(frozen=True)
class Population:
    """For each fact the different things that are said of it, and which of them each patient says."""

    alphabets: Mapping[str, list[Said]]
    answers: Mapping[str, Places]

    def facts(self, patient: int) -> Facts:
        return Facts(
            each for fact, its in self.answers.items() for each in self.alphabets[fact][int(its[patient])]
        )


def population(ruleset: Ruleset, number: int) -> Population:
    """``number`` fictitious patients, the same ones every time."""
    chance, dice = random.Random(SEED), np.random.default_rng(SEED)
    shares, otherwise, missing = np.array(list(KINDS.values())).transpose()
    kind = dice.choice(len(KINDS), number, p=shares)
    other, gap = otherwise[kind].astype(np.float32), missing[kind].astype(np.float32)
    alphabets, answers = {}, {}
    for fact in ruleset.vocabulary:
        common = (_statement(fact, "healthy", False, ON, chance),) if fact.example is not None else ()
        rare = [(_other(fact, ON, fact.speakers[0], chance),) for _ in range(OTHERS)]
        old = tuple(replace(each, on=ON.replace(year=ON.year - 2)) for each in common or rare[0])
        contrary = (*common, replace(rare[0][0], speaker=Speaker.SYSTEM, record="Condition/1"))
        unknown = (Statement(fact.id, UNKNOWN, ON, fact.speakers[0]),)
        alphabets[fact.id] = [(), common, *rare, old, contrary, unknown]
        place = dice.integers(2, len(alphabets[fact.id]), number, dtype=np.uint8)
        place[dice.random(number, np.float32) >= other] = 1
        place[dice.random(number, np.float32) < gap] = 0
        if fact.id in ("sex", "birth_date"):  # nobody's is healthier than another's
            some = np.flatnonzero(place == 1)
            place[some] = dice.integers(1, 2 + OTHERS, len(some), dtype=np.uint8)
        answers[fact.id] = place
    return Population(alphabets, answers)


def main(number: int = PATIENTS, compared: int = COMPARED) -> int:
    begin(f"{on_one_processor()}; NumPy {np.__version__}")
    ruleset = shipped().ruleset
    after = harsher(ruleset)
    told = population(ruleset, number)
    start = time.process_time()
    made = columns.encode_answers(told.alphabets, told.answers, ruleset, after, on=ON)
    packing = time.process_time() - start
    start = time.process_time()
    tables = made.tables(ruleset)
    filling = time.process_time() - start
    rules, facts = len(ruleset.standing(ON)), len(told.answers)
    size = sum(table.nbytes for _, table in tables) / 1024
    print(f"  {number:,} patients, {rules} rules, {facts} facts in {len(made.packed)} columns")
    print(
        f"  {made.bytes_per_patient} bytes a patient ({made.patients * made.bytes_per_patient / 1e6:.0f} MB)"
    )
    print(f"  answers into columns: {packing:.2f} s, once")
    print(f"  tables filled by the rules: {filling:.2f} s, once ({size:.0f} KiB)")
    verdicts = columns.verdicts(made, ruleset)
    shares = [f"{verdict.word} {np.mean(verdicts == verdict):.0%}" for verdict in Verdict]
    print(f"  verdicts: {', '.join(shares)}\n")
    alone = one_by_one(told, made, ruleset, verdicts, compared)
    if alone is None:
        return 1
    timed(told, made, ruleset, after, alone)
    return 0


def harsher(ruleset: Ruleset) -> Ruleset:
    """The rules with one more severe: the first that cautions refers."""
    rule = next(each for each in ruleset.rules if each.versions[-1].verdict is Verdict.CAUTION)
    harder = replace(rule, versions=tuple(replace(each, verdict=Verdict.REFER) for each in rule.versions))
    return replace(
        ruleset, rules=tuple(harder if each is rule else each for each in ruleset.rules), hash="harsher"
    )


def to_compare(made: Columns, number: int) -> tuple[NDArray[np.intp], str]:
    """Patients, no more than ``number``: the first two thirds of them, then such as show another value of a column."""
    first = min(made.patients, 2 * number // 3)
    chosen = set(range(first))
    shown, every = 0, 0
    for column in made.packed:
        values, places = np.unique(column, return_index=True)
        new = ~np.isin(values, column[:first])
        taken = places[new][: max(0, number - len(chosen))].tolist()
        chosen.update(taken)
    places = np.array(sorted(chosen), np.intp)
    for column in made.packed:
        every += len(np.unique(column))
        shown += len(np.unique(column[places]))
    return places, f"{shown / every:.0%} of the {every:,} values that occur in columns"


def one_by_one(
    told: Population, made: Columns, ruleset: Ruleset, verdicts: columns.Bytes, number: int
) -> dict[str, float] | None:
    """Screen patients one by one and compare; seconds for each by what was done, or None when answers differ."""
    chosen, shown = to_compare(made, number)
    start = time.process_time()
    people = [told.facts(place) for place in chosen.tolist()]
    making = time.process_time() - start
    compiled.day.cache_clear()
    start = time.process_time()
    screened = [screen(facts, ruleset=ruleset, on=ON).verdict for facts in people]
    screening = time.process_time() - start
    day = compiled.day(ruleset, ON)
    start = time.process_time()
    for facts in people:
        day.verdict(facts)
    deciding = time.process_time() - start
    start = time.process_time()
    read = columns.encode(people, ruleset, on=ON)
    encoding = time.process_time() - start
    differing = np.flatnonzero(verdicts[chosen] != np.array(screened, np.uint8))
    again = np.flatnonzero(columns.verdicts(read, ruleset) != np.array(screened, np.uint8))
    print(f"  {len(people):,} of them screened one by one, showing {shown}:")
    if len(differing) or len(again):
        print(f"  DIFFERENT  {len(differing)} verdicts from columns, {len(again)} from facts")
        return None
    print(f"  the same verdicts, from columns of answers and from facts ({making:.1f} s to make these)\n")
    times = {"screen": screening, "verdict": deciding, "encode": encoding}
    return {name: spent / len(people) for name, spent in times.items()}


def timed(
    told: Population, made: Columns, ruleset: Ruleset, after: Ruleset, alone: Mapping[str, float]
) -> None:
    made.tables(after)
    plain = plain_tables(told, ruleset)
    memory = np.ones(MEMORY // 8, np.uint64)
    rule = ruleset.rules[0].id
    times = in_turn(
        {
            "ours": lambda _: columns.verdicts(made, ruleset),
            "plain": lambda _: look_up(plain),
            "memory": lambda _: np.bitwise_or.reduce(memory),
            "rule": lambda _: columns.touched(made, ruleset, rule),
            "compare": lambda _: columns.compare(ruleset, after, made),
            "may differ": lambda _: columns.may_differ(ruleset, after, made),
        },
        [[None]] * ROUNDS,
    )
    bandwidth = memory.nbytes / times["memory"].median
    limit = bandwidth / made.bytes_per_patient
    ours = each(made, times["ours"])
    slow = 1 / alone["screen"]
    rows = [
        row("one by one: screening with every finding", slow, ours),
        row("one by one: the verdict alone", 1 / alone["verdict"], ours),
        row("a plain NumPy table for each fact", each(made, times["plain"]), ours),
        row("columns: verdicts", ours, ours),
        row(f"memory alone ({bandwidth / 1e9:.1f} GB/s ÷ {made.bytes_per_patient} bytes)", limit, ours),
    ]
    print("  A second and core; medians")
    print_table(("", "patients", "columns are"), rows)
    best = made.patients / times["ours"].least
    met = "met" if ours >= GOAL else "MISSED"
    print(
        f"  goal {GOAL / 1e6:.0f} M a second and core: {met} ({ours / 1e6:.1f} M, at best {best / 1e6:.1f} M)"
    )
    rows = [
        ("what one rule says of each", f"{each(made, times['rule']) / 1e6:.1f} M"),
        ("whose verdict differs between two rulesets", f"{each(made, times['compare']) / 1e6:.1f} M"),
        ("whose findings or date may differ", f"{each(made, times['may differ']) / 1e6:.1f} M"),
        ("reading facts into columns", f"{1 / alone['encode'] / 1e6:.3f} M"),
    ]
    print_table(("also", "patients a second"), rows)


def each(made: Columns, times: Times) -> float:
    """Patients a second."""
    return made.patients / times.median


def row(name: str, rate: float, ours: float) -> tuple[str, str, str]:
    return name, f"{rate / 1e6:.3f} M", f"{ours / rate:.3g}×"


def plain_tables(told: Population, ruleset: Ruleset) -> list[tuple[Places, columns.Bytes]]:
    """A column of bytes for each fact, and the worst verdict of the rules on that fact alone for each code."""
    book = Book([ruleset], ON)
    tables = []
    for fact, its in told.answers.items():
        codes = np.array([book.code(fact, said) for said in told.alphabets[fact]], np.uint8)
        table = np.zeros(256, np.uint8)
        for code, said in enumerate(book.examples[fact]):
            situation = situation_of(said, ruleset, ON)
            judged = [matter.judged(situation) for matter in book.matters[0] if matter.facts == {fact}]
            table[code] = max(found.verdict for found in judged)
        tables.append((codes[its], table))
    return tables


def look_up(tables: list[tuple[Places, columns.Bytes]]) -> columns.Bytes:
    """As quick as NumPy does it: without copies, and in steps that the processor keeps at hand."""
    worst = np.zeros(len(tables[0][0]), np.uint8)
    for first in range(0, len(worst), STEP):
        of_these = worst[first : first + STEP]
        found = np.empty_like(of_these)
        for column, table in tables:
            table.take(column[first : first + STEP], out=found, mode="clip")
            np.maximum(of_these, found, out=of_these)
    return worst


def on_one_processor() -> str:
    """Keep to one processor where the system allows it."""
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned"
    processor = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {processor})
    return f"pinned to processor {processor}"


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
