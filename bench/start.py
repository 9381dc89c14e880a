"""Starting the command line: whole processes, from the shell that starts them to their end.

    python bench/start.py

Wall time is what a person waits, so it is measured here, and the CPU time of the process and its children beside it:
where the two are far apart, other work on the machine was in the way. A bare Python is the floor.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _bundles import bundle
from _measure import begin, milli, print_table
from _patients import ON

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, GOAL = 11, 0.4


def contestants(folder: Path) -> dict[str, list[str]]:
    record = folder / "bundle.json"
    record.write_bytes(bundle(random.Random(7), 12))
    anagen = str(ROOT / "anagen")
    screening = [str(record), "--on", str(ON)]
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "anagen --help": [anagen, "--help"],
        "anagen rules list": [anagen, "rules", "list"],
        "anagen screen": [anagen, "screen", *screening],
        "anagen screen --json": [anagen, "screen", *screening, "--json"],
        "anagen plan": [anagen, "plan", "hair-standard", "--from", str(ON)],
    }


def once(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one run; an error ends the benchmark."""
    before, started = os.times(), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wall, after = time.perf_counter() - started, os.times()
    if done.returncode or (command[-1] != "pass" and not done.stdout):
        raise SystemExit(f"  {' '.join(command)} failed:\n{done.stdout.decode(errors='replace')}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, spent


def main() -> int:
    begin()
    with tempfile.TemporaryDirectory(prefix="anagen-bench-") as folder:
        commands = contestants(Path(folder))
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for command in commands.values():
            once(command)  # bytecode and checked knowledge are kept from here on
        for _ in range(ROUNDS):
            for name, command in commands.items():
                times[name].append(once(command))
    rows = []
    for name, pairs in times.items():
        walls, cpus = zip(*pairs, strict=True)
        median = statistics.median(walls)
        met = "met" if median < GOAL else "missed"
        if name.startswith("python"):
            met = ""
        rows.append(
            (
                name,
                *(milli(each) for each in (median, min(walls), statistics.median(cpus), min(cpus))),
                met,
            )
        )
    print(
        f"  Milliseconds for a whole process; {ROUNDS} rounds in turn. Goal: under {GOAL * 1000:.0f} ms wall"
    )
    print_table(("command", "wall", "least", "CPU", "least", "goal"), rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
