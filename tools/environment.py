"""Makes the environment of this checkout: .venv with what a lock names, and src on its path.

The launcher starts it with the machine's own Python, so it uses the standard library alone:

    python3 tools/environment.py run      what a clinic needs
    python3 tools/environment.py test     that, and what the tests and benchmarks need

The copy of the lock in .venv is removed first and written last, so an interrupted install never looks
complete; the next start then begins anew, because a half-unpacked package can look whole to pip. A file lock that
the kernel drops with its process keeps two launches apart.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = ROOT / "var"
LOG = VAR / "install.log"
UNFINISHED = VAR / "environment.unfinished"
LOCKS = ("run", "test")

# A person's own settings that would put the packages somewhere else than into .venv.
STRAY_SETTINGS = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV")


class Failure(Exception):
    """The environment could not be made; the text is one line with the mend."""


def lock_file(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def stamp(name: str) -> Path:
    """The copy of the lock that the environment holds; the launcher compares it with the lock."""
    return VENV / f"anagen-{name}.txt"


def ready(name: str) -> bool:
    """Whether the environment runs and holds exactly what the lock `name` says."""
    try:
        return os.access(PYTHON, os.X_OK) and stamp(name).read_bytes() == lock_file(name).read_bytes()
    except FileNotFoundError:
        return False


def say(line: str) -> None:
    print(f"anagen: {line}", file=sys.stderr, flush=True)


@contextmanager
def alone(waiting: float = 900) -> Iterator[None]:
    """Let one process at a time change the environment; a second one waits up to `waiting` seconds."""
    VAR.mkdir(mode=0o700, exist_ok=True)
    with (VAR / "environment.lock").open("w") as handle:
        told = False
        end = time.monotonic() + waiting
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise Failure("another ./anagen is still installing; end it and start again") from None
                if not told:
                    say("another ./anagen is setting up; waiting for it")
                    told = True
                time.sleep(0.2)
        yield


def runs(*command: str) -> bool:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    except OSError:
        return False


def venv_fits() -> bool:
    """Whether .venv was finished, with this version of Python, so that it can be brought up to date."""
    if UNFINISHED.exists():
        return False
    version = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]!r})"
    return runs(str(PYTHON), "-P", "-c", version)


def make_venv(log: IO[str]) -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    if not runs(sys.executable, "-c", "import venv, ensurepip"):
        minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Failure(
            f"Python {version} is here without its venv module; install it and start again "
            f"(Debian: apt-get install python{minor}-venv)"
        )
    say(f"making the environment (.venv) with Python {version}")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log).returncode:
        raise Failure(f"the environment could not be made: {last_words(log)}; the log is {LOG}")


def install(name: str, log: IO[str]) -> None:
    """Bring the packages to what the lock says: only wheels, each with its hash."""
    total = sum("==" in line for line in lock_file(name).read_text(encoding="utf-8").splitlines())
    say(f"installing {total} packages{' for the tests' if name == 'test' else ''}")
    command = [str(PYTHON), "-P", "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:"]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    command += ["-r", str(lock_file(name))]
    environment = {key: value for key, value in os.environ.items() if key not in STRAY_SETTINGS}
    pip = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        text=True,
        errors="replace",
    )
    assert pip.stdout is not None
    seen = 0
    for line in pip.stdout:
        log.write(line)
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            seen += 1
        if sys.stderr.isatty():
            unpacking = line.startswith("Installing collected")
            doing = "unpacking" if unpacking else f"{min(seen, total)} of {total}"
            print(f"\ranagen: {doing:<20}", end="\r", file=sys.stderr, flush=True)
    if pip.wait():
        raise Failure(f"a package could not be installed: {last_words(log)}; the log is {LOG}")


def put_source_on_path() -> None:
    """A .pth file, not an editable build: no build tool to download. Relative, so the folder may be moved."""
    question = "import sysconfig; print(sysconfig.get_path('purelib'))"
    answer = subprocess.run([str(PYTHON), "-P", "-c", question], capture_output=True, text=True, check=True)
    packages = Path(answer.stdout.strip())
    (packages / "anagen.pth").write_text(os.path.relpath(ROOT / "src", packages) + "\n", encoding="utf-8")


def last_words(log: IO[str]) -> str:
    """The line of the log that says most about a failure."""
    log.flush()
    lines = [
        line.strip()
        for line in LOG.read_text(encoding="utf-8", errors="replace").splitlines()
        if line.strip()
    ]
    if any("connection broken by" in line for line in lines):  # what follows is its consequence
        return "the package index of this machine's pip cannot be reached"
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["no message"])[-1].removeprefix("ERROR:").strip()


def make(name: str) -> None:
    """Make or mend the environment for the lock `name`. Raises Failure with one line for the person."""
    with alone():
        if ready(name):  # another launch did it while this one waited
            return
        started = time.monotonic()
        with LOG.open("w", encoding="utf-8") as log:
            for each in LOCKS:
                stamp(each).unlink(missing_ok=True)
            fits = venv_fits()
            UNFINISHED.touch()
            if not fits:
                make_venv(log)
            install(name, log)
            put_source_on_path()
        # The tests' lock holds all that the clinic's holds, at the same versions.
        for each in LOCKS[: LOCKS.index(name) + 1]:
            new = stamp(each).with_suffix(".new")
            shutil.copyfile(lock_file(each), new)
            new.replace(stamp(each))
        UNFINISHED.unlink()
        say(f"ready after {time.monotonic() - started:.0f} s")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        say(f"usage: environment.py {'|'.join(LOCKS)}")
        return 2
    try:
        make(arguments[0])
    except Failure as failure:
        say(str(failure))
        return 1
    except OSError as error:
        say(f"the environment could not be made: {error}")
        return 1
    except KeyboardInterrupt:
        say("stopped; the next start begins anew")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
