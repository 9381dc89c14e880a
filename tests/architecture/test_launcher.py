"""./anagen: it finds itself and a Python, hands over what was typed, and says in one line what is missing."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.architecture.scanners import ROOT

# A stand-in for the environment's Python: it says how it was called, and never installs anything.
ECHO = """#!/bin/sh
printf '%s\\n' "PYTHONPATH=${PYTHONPATH-unset}" "$@"
"""

WITHOUT_INDEX = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": "/dev/null"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the launcher needs, in a folder with a space, with an environment that looks complete."""
    folder = tmp_path / "the clinic's machine"
    for name in ("anagen", "requirements", "tools"):
        source = ROOT / name
        target = folder / name
        folder.mkdir(exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(ECHO, encoding="utf-8")
    python.chmod(0o755)
    for lock in ("run", "test"):
        shutil.copyfile(folder / "requirements" / f"{lock}.txt", folder / ".venv" / f"anagen-{lock}.txt")
    return folder


def launch(program: Path | str, *arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **options}
    return subprocess.run(
        [program, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd="/",
        input="typed",
        timeout=120,
    )


def test_a_ready_environment_runs_at_once_with_what_was_typed(checkout: Path) -> None:
    done = launch(checkout / "anagen", "screen", "two words", "-", "", PYTHONPATH="/elsewhere")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "PYTHONPATH=unset", "-P", "-X", "utf8", "-m", "anagen.cli", "screen", "two words", "-", "",
    ]  # fmt: skip


def test_tests_are_handed_to_their_own_program(checkout: Path) -> None:
    done = launch(checkout / "anagen", "test", "-k", "a b")
    program = str(checkout / "tools" / "test.py")
    assert done.stdout.splitlines() == ["PYTHONPATH=unset", "-X", "utf8", program, "-k", "a b"]


@pytest.mark.parametrize("relative", [False, True])
def test_it_is_found_through_links(checkout: Path, tmp_path: Path, relative: bool) -> None:
    first, second = tmp_path / "first link", tmp_path / "second"
    first.symlink_to(os.path.relpath(checkout / "anagen", tmp_path) if relative else checkout / "anagen")
    second.symlink_to("first link" if relative else first)
    assert launch(second, "rules").stdout.splitlines()[-1] == "rules"


def test_it_is_found_on_the_path_and_beside_the_caller(checkout: Path) -> None:
    found = launch("anagen", "rules", PATH=f"{checkout}:{os.environ['PATH']}")
    assert found.stdout.splitlines()[-1] == "rules"
    beside = subprocess.run(["sh", "anagen", "rules"], cwd=checkout, capture_output=True, text=True)
    assert beside.stdout.splitlines()[-1] == "rules"


def test_a_python_that_is_too_old_is_named_with_the_mend(checkout: Path, tmp_path: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    folder = tmp_path / "old"
    folder.mkdir()
    for name in ("python3", "python"):
        program = folder / name
        program.write_text(
            '#!/bin/sh\n[ "$1" = -V ] && echo "Python 3.9.2"\n[ "$1" = -V ]\n', encoding="utf-8"
        )
        program.chmod(0o755)
    for name in ("sh", "cmp", "readlink"):
        (folder / name).symlink_to(shutil.which(name) or "")
    done = launch(checkout / "anagen", "rules", PATH=str(folder))
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "anagen: needs Python 3.11 or later and found Python 3.9.2; "
        "install one (Debian: apt-get install python3 python3-venv)"
    ]


def test_a_missing_venv_module_is_named_with_the_mend(checkout: Path, tmp_path: Path) -> None:
    """As on a Debian without python3-venv: the module ensurepip is not there."""
    shutil.rmtree(checkout / ".venv")
    (tmp_path / "broken" / "ensurepip").mkdir(parents=True)
    (tmp_path / "broken" / "ensurepip" / "__init__.py").write_text("raise ImportError", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, checkout / "tools" / "environment.py", "run"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "broken")},
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "apt-get install python3" in done.stderr and "-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_failed_install_says_so_in_one_line_and_never_looks_complete(checkout: Path) -> None:
    """Without an index, then with one that is down: each launch fails, none runs half an environment."""
    shutil.rmtree(checkout / ".venv")
    log = checkout / "var" / "install.log"
    down = {**WITHOUT_INDEX, "PIP_NO_INDEX": "0", "PIP_INDEX_URL": "https://127.0.0.1:9/", "PIP_RETRIES": "1"}
    for surroundings, reason in (
        (WITHOUT_INDEX, "No matching distribution found for "),
        (down, "the package index of this machine's pip cannot be reached"),
    ):
        done = launch(checkout / "anagen", "rules", **surroundings)
        assert (done.returncode, done.stdout) == (1, "")
        last = done.stderr.splitlines()[-1]
        assert last.startswith(f"anagen: a package could not be installed: {reason}")
        assert last.endswith(f"the log is {log}")
        assert not (checkout / ".venv" / "anagen-run.txt").exists()


def test_an_interrupted_install_begins_anew(checkout: Path) -> None:
    """What an interrupted install left behind is cleared away: a half-unpacked package can look whole to pip."""
    shutil.rmtree(checkout / ".venv")
    launcher = subprocess.Popen(
        [checkout / "anagen", "rules"], stderr=subprocess.PIPE, text=True, process_group=0
    )
    unfinished = checkout / "var" / "environment.unfinished"
    end = time.monotonic() + 60
    while not (unfinished.exists() and (checkout / ".venv" / "bin").exists()):
        assert time.monotonic() < end
        time.sleep(0.01)
    os.killpg(launcher.pid, signal.SIGKILL)
    launcher.communicate()
    assert unfinished.exists()
    remains = checkout / ".venv" / "half a package"
    remains.touch()
    done = launch(checkout / "anagen", "rules", **WITHOUT_INDEX)
    assert "anagen: making the environment" in done.stderr
    assert not remains.exists()
    assert unfinished.exists()


def test_two_launches_do_not_trample_each_other(checkout: Path) -> None:
    """The second one waits, sees that the first has finished, and installs nothing."""
    stamp = checkout / ".venv" / "anagen-run.txt"
    finished = stamp.read_bytes()
    stamp.unlink()
    (checkout / "var").mkdir()
    with (checkout / "var" / "environment.lock").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [checkout / "anagen", "rules"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert second.stderr is not None and second.stdout is not None
        assert "waiting" in second.stderr.readline()
        time.sleep(0.3)
        assert second.poll() is None
        stamp.write_bytes(finished)
    output, errors = second.communicate(timeout=20)
    assert (second.returncode, errors) == (0, "")
    assert output.splitlines()[-1] == "rules"
    assert not (checkout / "var" / "install.log").exists()


def test_a_changed_lock_is_noticed(checkout: Path) -> None:
    with (checkout / "requirements" / "run.txt").open("a", encoding="utf-8") as lock:
        lock.write("# one more line\n")
    done = launch(checkout / "anagen", "rules", **WITHOUT_INDEX)
    assert done.returncode == 1
    assert "anagen: installing" in done.stderr
    assert not (checkout / ".venv" / "anagen-run.txt").exists()


def test_it_is_plain_posix_shell() -> None:
    shells = [shell for shell in ("dash", "sh", "bash") if shutil.which(shell)]
    assert shells
    for shell in shells:
        assert subprocess.run([shell, "-n", ROOT / "anagen"]).returncode == 0
    assert (ROOT / "anagen").read_text(encoding="utf-8").startswith("#!/bin/sh\n")
