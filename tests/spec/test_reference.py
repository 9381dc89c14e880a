"""The reference is what the knowledge and the command line say: a page that differs fails."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from anagen import cli
from anagen.knowledge.loader import shipped

ROOT = Path(__file__).resolve().parents[2]


def test_the_reference_is_up_to_date() -> None:
    command = [sys.executable, "-X", "utf8", str(ROOT / "tools" / "docs.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_a_page_that_differs_is_missing_or_belongs_to_nothing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    docs = importlib.import_module("docs")
    for name, text in docs.pages().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert docs.differing(tmp_path) == []
    (tmp_path / "rules.md").write_text("changed by hand", encoding="utf-8")
    (tmp_path / "facts.md").unlink()
    (tmp_path / "extra.md").write_text("", encoding="utf-8")
    assert docs.differing(tmp_path) == ["extra.md", "facts.md", "rules.md"]


def test_every_rule_stands_in_the_manual_with_its_examples() -> None:

    manual = (ROOT / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
    for rule in shipped().plain["rules"]:
        place = manual.index(f"\n## {rule['id']}\n")
        for example in rule["examples"]:
            assert " ".join(example["name"].split()) in manual[place:], example["name"]


def test_every_command_stands_in_the_manual() -> None:

    manual = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    for name in cli.COMMANDS:
        assert f"\n## {name}\n" in manual
