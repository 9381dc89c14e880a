"""The tutorial is a terminal session that really runs: each command, and what the page says it prints."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "first-patient.md"
PROGRAM = shlex.join([sys.executable, "-P", "-X", "utf8", "-m", "anagen.cli"])


def session(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of the page with the lines that it shows."""
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = part.rstrip("\n").split("\n")
            yield command, shown


def fits(shown: list[str], printed: list[str]) -> bool:
    """Whether the lines were printed in that order; … stands for any number of lines."""
    if not shown:
        return not printed
    first, *rest = shown
    if first == "…":
        return any(fits(rest, printed[skipped:]) for skipped in range(len(printed) + 1))
    return bool(printed) and printed[0] == first and fits(rest, printed[1:])


def test_the_session_of_the_tutorial_runs_as_it_is_printed(tmp_path: Path) -> None:
    commands = list(session(TUTORIAL.read_text(encoding="utf-8")))
    assert len(commands) >= 10
    for command, shown in commands:
        line = command.replace("./anagen", PROGRAM)
        done = subprocess.run(
            ["sh", "-c", line], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert done.returncode == (2 if "2026-02-30" in command else 0), f"{command}\n{done.stdout}"
        assert fits(shown, done.stdout.splitlines()), f"{command}\n{done.stdout}"


def test_lines_that_are_left_out_are_told_from_lines_that_differ() -> None:
    assert fits(["a", "…", "d"], ["a", "b", "c", "d"])
    assert fits(["…"], [])
    assert not fits(["a", "…", "d"], ["a", "b"])
    assert not fits(["a"], ["a", "b"])
