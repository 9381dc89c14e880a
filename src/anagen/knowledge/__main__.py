"""``python -m anagen.knowledge [DIR]``: check knowledge and print every fault."""

from __future__ import annotations

import sys
from pathlib import Path

from anagen.knowledge.reader import read_all
from anagen.knowledge.reading import ROOT


def main() -> int:
    plain, faults = read_all(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
    for fault in sorted(faults):
        print(fault)
    if faults:
        return 2
    print(
        f"{len(plain['facts'])} facts, {len(plain['rules'])} rules, {len(plain['care'])} care windows: no fault"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
