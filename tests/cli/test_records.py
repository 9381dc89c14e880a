"""`audit`, `replay` and `manage`: the commands about the clinic's records, each in a process of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite

PROGRAM = [sys.executable, "-P", "-X", "utf8", "-m", "anagen.cli"]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a clinic that has been set up and holds one account."""
    folder = tmp_path_factory.mktemp("clinic")
    assert run(folder, "manage", "migrate").returncode == 0
    made = run(folder, "manage", "add_account", "ada", "--name", "Ada Meyer", "--role", "administrator")
    assert made.returncode == 0, made.stderr
    return folder


def run(folder: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    others = ("ANAGEN_DATABASE", "DJANGO_SETTINGS_MODULE")
    environment = {key: value for key, value in os.environ.items() if key not in others}
    environment |= {"ANAGEN_VAR": str(folder), **settings}
    return subprocess.run([*PROGRAM, *command], capture_output=True, text=True, env=environment)


@pytest.mark.parametrize("command", [("audit", "verify"), ("replay",)])
def test_where_no_clinic_is_one_line_says_how_to_make_one(command: tuple[str, ...], tmp_path: Path) -> None:
    done = run(tmp_path, *command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "There is no clinic in it yet. Run ./anagen demo" in done.stderr


def test_a_database_that_does_not_answer_is_one_line_without_its_password(tmp_path: Path) -> None:
    address = "postgresql://ann:secret@127.0.0.1:1/clinic"
    done = run(tmp_path, "audit", "verify", ANAGEN_DATABASE=address)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("database clinic on 127.0.0.1: It cannot be reached: ")
    assert "secret" not in done.stderr


def test_a_whole_trail(clinic: Path) -> None:
    done = run(clinic, "audit", "verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The trail is whole." in done.stdout
    report = json.loads(run(clinic, "audit", "verify", "--json").stdout)
    assert report["ok"] and report["entries"] > 0 and report["charts"]["ok"]


def test_a_broken_trail_names_the_first_broken_link(clinic: Path, tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(clinic / "anagen.sqlite3")) as good,
        closing(sqlite3.connect(tmp_path / "anagen.sqlite3")) as bad,
    ):
        good.backup(bad)
        triggers = bad.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit_entry'"
        )
        for (name,) in triggers.fetchall():
            bad.execute(f'DROP TRIGGER "{name}"')
        bad.execute("UPDATE audit_entry SET actor = 'somebody else' WHERE number = 1")
        bad.commit()
    done = run(tmp_path, "audit", "verify")
    assert done.returncode == 1
    assert "audit_entry, entry 1" in done.stderr.splitlines()[0]


def test_a_broken_chart_is_named_by_the_same_command(clinic: Path, tmp_path: Path) -> None:
    """An entry that somebody put into the file by hand."""
    with (
        closing(sqlite3.connect(clinic / "anagen.sqlite3")) as good,
        closing(sqlite3.connect(tmp_path / "anagen.sqlite3")) as bad,
    ):
        good.backup(bad)
        found = bad.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name LIKE '%_chartlink'"
        )
        for (name,) in found.fetchall():
            bad.execute(f'DROP TRIGGER "{name}"')
        bad.execute(
            "INSERT INTO treatment_chartlink (patient_id, number, treatment_id, kind, key, content, at, by_id, name, "
            "role, previous, hash) VALUES (7, 1, 3, 'record', ?, '{}', '2026-11-21 10:00:00', 1, 'N', 'nurse', ?, ?)",
            ("1" * 32, "0" * 64, "0" * 64),
        )
        bad.commit()
    done = run(tmp_path, "audit", "verify")
    assert done.returncode == 1
    assert "chart of patient 7, entry 1 (treatment 3): what it says does not give its seal" in done.stderr


def test_an_entry_noted_elsewhere_must_still_be_there(clinic: Path, tmp_path: Path) -> None:
    done = run(clinic, "audit", "verify", "--expect", f"1:{'0' * 64}", "--anchor", str(tmp_path / "anchor"))
    assert done.returncode == 1
    done = run(clinic, "audit", "verify", "--expect", "nonsense")
    assert done.returncode == 2
    assert done.stderr.startswith("anagen audit verify: --expect: “nonsense” is not a head")


def test_nothing_to_replay(clinic: Path) -> None:
    done = run(clinic, "replay")
    assert (done.returncode, done.stdout) == (0, "0 decisions replayed, none would differ.\n")
    assert json.loads(run(clinic, "replay", "--json").stdout) == {
        "decisions": 0,
        "mixtures": 0,
        "differing": [],
    }


def test_manage_passes_on_what_it_is_given(clinic: Path) -> None:
    assert "[X] 0001_initial" in run(clinic, "manage", "showmigrations", "--list", "people").stdout
    assert "add_account" in run(clinic, "manage").stdout
    wrong = run(clinic, "manage", "migrat")
    assert wrong.returncode == 1
    assert "Traceback" not in wrong.stderr
