"""Timing that a noisy machine disturbs least: CPU time, the contestants in turn, many rounds, least and median."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anagen.cli.surroundings import keep_what_is_slow


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of CPU for one call, a figure a round."""

    rounds: tuple[float, ...]

    @property
    def least(self) -> float:
        return min(self.rounds)

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


Work = Callable[[Any], object]


def in_turn(
    contestants: Mapping[str, Work], batches: Sequence[Sequence[Any]], *, passes: int = 1
) -> dict[str, Times]:
    """CPU time for one item: every batch goes to each contestant in turn, in an order that rotates.

    A figure is that of a whole batch divided by its items, so that the clock's own step does not count.
    """
    spent: dict[str, list[float]] = {name: [] for name in contestants}
    names = list(contestants)
    collecting = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for turn, batch in enumerate(each for _ in range(passes) for each in batches):
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                work = contestants[name]
                start = time.process_time()
                for item in batch:
                    work(item)
                spent[name].append((time.process_time() - start) / len(batch))
    finally:
        if collecting:
            gc.enable()
    return {name: Times(tuple(times)) for name, times in spent.items()}


def print_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """The first column to the left, the others to the right."""
    texts = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(head))]
    for number, row in enumerate(texts):
        cells = [
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  " + "  ".join(cells).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))
    print()


def micro(seconds: float) -> str:
    return f"{seconds * 1e6:.1f}"


def milli(seconds: float) -> str:
    return f"{seconds * 1e3:.2f}"


def times_as_fast(theirs: Times, ours: Times) -> str:
    """The ratio of the medians."""
    return f"{theirs.median / ours.median:.1f}×"


def begin(what: str = "") -> None:
    """Say how busy the machine is: other work on it makes every figure larger. Checked knowledge is kept."""
    keep_what_is_slow()
    busy = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    print(f"  {what}; {busy}" if what else f"  {busy}")
