"""``python -m anagen.knowledge [DIR]``: check knowledge and print every fault; `rules check` does the same."""

from __future__ import annotations

import sys
from pathlib import Path

from anagen.knowledge.reader import read_all
from anagen.knowledge.reading import ROOT


def check(folder: str | None = None) -> int:
    """Print every fault of a folder (the shipped one without a name) on standard error; 2 if there is any."""
    plain, faults = read_all(ROOT if folder is None else Path(folder))
    for fault in sorted(faults):
        inside = folder is not None and fault.file != folder
        print(f"{folder.rstrip('/')}/{fault}" if folder and inside else fault, file=sys.stderr)
    if faults:
        return 2
    print(
        f"{len(plain['facts'])} facts, {len(plain['rules'])} rules, {len(plain['care'])} care windows, "
        f"{len(plain['protocols'])} courses: no fault"
    )
    return 0


if __name__ == "__main__":
    sys.exit(check(sys.argv[1] if len(sys.argv) > 1 else None))
