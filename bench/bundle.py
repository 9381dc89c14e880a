"""One decision from a FHIR Bundle: bytes in, verdict with every finding out.

    python bench/bundle.py

Beside it what others need to read the same bytes and decide nothing: orjson (JSON alone, a floor) and fhirkit-rs (all
of FHIR R4 in Rust, parsed and checked). Before anything is timed fhirkit-rs must find every bundle valid, and every
decision must be the one that the rules give when they are asked one by one.
"""

from __future__ import annotations

import random
import sys

import fhirkit
import orjson
from _bundles import bundle
from _measure import begin, in_turn, micro, print_table
from _patients import ON, batches

from anagen.exchange.fhir.reader import read_bytes
from anagen.knowledge.loader import shipped
from anagen.medicine import compiled
from anagen.medicine.conditions import Situation
from anagen.medicine.rules import Ruleset, judge
from anagen.medicine.screening import Screening, screen

NUMBER, BATCH, PASSES, SEED = 200, 20, 5, 20261121
SIZES = (3, 12, 30, 100)
GOAL, GOAL_SIZE = 100, 12


def decide(data: bytes, ruleset: Ruleset) -> Screening:
    reading = read_bytes(data, vocabulary=ruleset.vocabulary, on=ON)
    return screen(reading.facts, ruleset=ruleset, on=ON, unmapped=reading.unmapped)


def wrong(data: bytes, ruleset: Ruleset) -> str:
    """What is not as it should be; empty when all is well."""
    issues = [issue for issue in fhirkit.validate(data) if issue.severity in ("error", "fatal")]
    if issues:
        return f"not valid: {issues[0]}"
    facts = read_bytes(data, vocabulary=ruleset.vocabulary, on=ON).facts
    situation = Situation(facts, ON, ruleset.vocabulary)
    expected = [judge(rule, version, situation) for rule, version in ruleset.standing(ON)]
    found = decide(data, ruleset).findings[: len(expected)]
    return "" if list(found) == expected else "the findings are not those of the rules one by one"


def main() -> int:
    begin()
    ruleset = shipped().ruleset
    rows = []
    for size in SIZES:
        others = [bundle(random.Random(f"{SEED + 1} {size} {each}"), size) for each in range(NUMBER)]
        told = [bundle(random.Random(f"{SEED} {size} {each}"), size) for each in range(NUMBER)]
        for data in told:
            if fault := wrong(data, ruleset):
                print(f"  {fault}\n  {data[:300]!r}")
                return 1
        compiled.day.cache_clear()
        for data in others:
            decide(data, ruleset)
        groups = list(batches(told, BATCH))
        new = in_turn({"ours": lambda data: decide(data, ruleset)}, groups)["ours"]
        times = in_turn(
            {
                "ours": lambda data: decide(data, ruleset),
                "reading": lambda data: read_bytes(data, vocabulary=ruleset.vocabulary, on=ON),
                "orjson": orjson.loads,
                "parse": fhirkit.parse,
                "validate": fhirkit.validate,
            },
            groups,
            passes=PASSES,
        )
        rows.append(
            (
                f"{size} resources",
                f"{sum(map(len, told)) / len(told) / 1000:.1f} kB",
                *(micro(each) for each in (new.median, times["ours"].median, times["ours"].least)),
                *(micro(times[name].median) for name in ("reading", "orjson", "parse", "validate")),
                f"{times['validate'].median / times['ours'].median:.1f}×",
            )
        )
    print(f"  µs of CPU for one bundle, medians. Goal: under {GOAL} µs for {GOAL_SIZE} resources")
    print_table(
        (
            "bundle", "length", "new", "again", "least", "reading alone",
            "orjson", "fhirkit parse", "fhirkit validate", "ratio",
        ),
        rows,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
