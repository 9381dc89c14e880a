"""How fast it is: runs the benchmarks of the folder ``bench``."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

from anagen.cli.errors import BAD_NEWS, GOOD, BadInput
from anagen.cli.surroundings import CHECKOUT

NAME: Final = "bench"
HELP: Final = "run the benchmarks, or one of them"
FOLDER: Final = CHECKOUT / "bench"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="one benchmark; all without it")


def benchmarks(folder: Path = FOLDER) -> dict[str, Path]:
    """Name → program, in order; a leading underscore marks what they share."""
    return {file.stem: file for file in sorted(folder.glob("*.py")) if not file.stem.startswith("_")}


def run(arguments: argparse.Namespace) -> int:
    found = benchmarks()
    if arguments.name is not None:
        if arguments.name not in found:
            known = ", ".join(found) or "none yet"
            raise BadInput(
                "anagen bench", "NAME", f"There is no benchmark “{arguments.name}”.", f"There are: {known}."
            )
        found = {arguments.name: found[arguments.name]}
    failed = []
    for name, file in found.items():
        # One process each: what one has warmed up or left behind must not help or hurt the next.
        print(f"{name}", flush=True)
        if subprocess.run([sys.executable, "-X", "utf8", str(file)], cwd=CHECKOUT).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return BAD_NEWS if failed else GOOD
