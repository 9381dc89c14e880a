"""The laws of the design that the source text can show: medicine is pure, and only actions write."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.architecture import scanners
from tests.architecture.scanners import ROOT, SRC

MEDICINE = sorted((SRC / "medicine").rglob("*.py"))
CLINIC = sorted(
    path for path in (SRC / "clinic").rglob("*.py") if "migrations" not in path.relative_to(SRC).parts
)
# An app writes in `actions.py`, or in a package of that name whose `__init__` says which functions are actions.
ACTIONS = [path for path in CLINIC if path.name == "actions.py" or path.parent.name == "actions"]

# Modules besides actions.py that may write, or run SQL that no scanner can read, each with the reason.
# An entry that is no longer needed fails too.
MAY_WRITE = {
    "clinic/audit/triggers.py": "puts the triggers of the audit trail in place and takes them off",
}


def name_of(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


@pytest.mark.parametrize("path", MEDICINE, ids=name_of)
def test_medicine_is_pure(path: Path) -> None:
    assert scanners.impurities(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [path for path in CLINIC if path not in ACTIONS], ids=name_of)
def test_only_actions_write(path: Path) -> None:
    writes = scanners.database_writes(path.read_text(encoding="utf-8"))
    if name_of(path) in MAY_WRITE:
        assert writes, f"{name_of(path)} no longer writes: take it off the list"
    else:
        assert writes == []


def test_every_exception_exists() -> None:
    assert [name for name in MAY_WRITE if not (SRC / name).is_file()] == []


@pytest.mark.parametrize("path", ACTIONS, ids=name_of)
def test_actions_take_names_and_write_in_a_transaction(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    front = path.with_name("__init__.py")
    offered = scanners.offered(front.read_text(encoding="utf-8")) if path.parent.name == "actions" else None
    assert scanners.ill_shaped_actions(source, offered) == []


def test_there_is_something_to_judge() -> None:
    assert len(MEDICINE) > 5
    assert len(CLINIC) > 20
    assert len(ACTIONS) > 3


@pytest.mark.parametrize("command", ["questionnaire", "screen", "plan", "rules", "claims"])
def test_the_patient_is_screened_without_django(command: str, tmp_path: Path) -> None:
    """Whatever these commands import when they run, Django is not among it."""
    arguments = {
        "questionnaire": ["questionnaire"],
        "screen": ["screen", "-"],
        "plan": ["plan", "hair-standard", "--from", "2026-11-23"],
        "rules": ["rules", "list"],
        "claims": ["claims"],
    }[command]
    program = (
        "import sys\n"
        "import anagen.cli\n"
        f"status = anagen.cli.main({arguments!r})\n"
        "print(*sorted(sys.modules), file=open(sys.argv[1], 'w'))\n"
        "sys.exit(status)\n"
    )
    response = json.dumps({"resourceType": "QuestionnaireResponse", "status": "completed", "item": []})
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, tmp_path / "modules"],
        input=response,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert (done.returncode, done.stderr) == (0, "")
    modules = (tmp_path / "modules").read_text(encoding="utf-8").split()
    assert "anagen.cli" in modules
    assert [name for name in modules if name.split(".")[0] == "django"] == []
