"""Runs the tests; `./anagen test` hands over to it.

    ./anagen test                        everything, in three runs:
        1. medicine    tests/medicine, tests/spec, tests/property; they must reach every branch of medicine
        2. the rest    on SQLite, with journeys in a real Chromium
        3. PostgreSQL  every test that needs a database once more, if a server answers

    ./anagen test ARGUMENTS              pytest with these arguments, once, on ANAGEN_DATABASE or SQLite

ANAGEN_TEST_POSTGRES names another server than postgresql://127.0.0.1:5432/postgres; its role must be allowed
to create databases. The exit status is 1 if any run failed; a run that finds no test has failed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import psycopg

import browser

ROOT = Path(__file__).resolve().parents[1]
LOG = ROOT / "var" / "chromium-install.log"
POSTGRES = "postgresql://127.0.0.1:5432/postgres"
PURE = ("tests/medicine", "tests/spec", "tests/property")
COVERAGE = (
    "--cov=anagen.medicine",
    "--cov-branch",
    "--cov-fail-under=100",
    "--cov-report=term-missing:skip-covered",
)


@dataclass(frozen=True)
class Outcome:
    """What one run of pytest said: its exit status and its counts."""

    name: str
    status: int
    passed: int
    failed: int
    skipped: int
    seconds: float


def say(line: str) -> None:
    print(f"anagen: {line}", flush=True)


def pytest(*arguments: str) -> list[str]:
    # -P keeps the current folder off the path: a stray json.py there must not be imported.
    return [sys.executable, "-P", "-X", "utf8", "-m", "pytest", *arguments]


def run(name: str, arguments: list[str], environment: dict[str, str], folder: Path) -> Outcome:
    """One run of pytest in its own process group, so that nothing it started outlives it."""
    say(f"{name}: {' '.join(arguments)}")
    report = folder / f"{name.split()[0]}.xml"
    started = time.monotonic()
    process = subprocess.Popen(
        pytest(f"--junit-xml={report}", *arguments), cwd=ROOT, env=environment, process_group=0
    )
    try:
        status = process.wait()
    finally:
        # Also on Ctrl-C or SIGTERM: browsers, servers and workers of the run end with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    counts = count(report)
    return Outcome(name, status, *counts, time.monotonic() - started)


def count(report: Path) -> tuple[int, int, int]:
    """Tests passed, failed and skipped, from pytest's report; a missing report counts as one failure."""
    try:
        suites = ElementTree.parse(report).getroot().findall("testsuite")
    except (FileNotFoundError, ElementTree.ParseError):
        return 0, 1, 0
    tests, failed, skipped = (
        sum(int(suite.get(key, "0")) for suite in suites for key in keys)
        for keys in (("tests",), ("failures", "errors"), ("skipped",))
    )
    return tests - failed - skipped, failed, skipped


def postgres_answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def read_knowledge(environment: dict[str, str]) -> None:
    """Read and check the knowledge once, where nothing is traced, for every process of every run.

    A fault in it is not told here: each test that needs the knowledge will.
    """
    reading = "from anagen.knowledge.loader import shipped; shipped().account"
    subprocess.run(
        [sys.executable, "-P", "-X", "utf8", "-c", reading], env=environment, stderr=subprocess.DEVNULL
    )


def everything(environment: dict[str, str]) -> int:
    """All tests; 0 if every run passed, 1 otherwise."""
    chromium = browser.find()
    if chromium is None:
        say("installing Chromium for the journeys")
        chromium = browser.find() if browser.install(LOG) else None
    if chromium is None:
        say(f"{browser.MISSING} (log: {LOG})" if LOG.exists() else browser.MISSING)
        return 1

    workers = ["-n", str(os.cpu_count() or 1)]
    rest = [f"--ignore={path}" for path in PURE]
    database = os.environ.get("ANAGEN_DATABASE", "")
    postgres = os.environ.get("ANAGEN_TEST_POSTGRES") or (
        database if database.startswith("postgres") else POSTGRES
    )
    with tempfile.TemporaryDirectory(prefix="anagen-test-") as name:
        folder = Path(name)
        environment = {
            **environment,
            "ANAGEN_CHROMIUM": chromium,
            "ANAGEN_VAR": str(folder / "var"),
            "ANAGEN_CACHE": str(folder / "cache"),
            "COVERAGE_FILE": str(folder / "coverage"),
        }
        environment.pop("ANAGEN_DATABASE", None)
        read_knowledge(environment)
        outcomes = [
            run("medicine", [*workers, *PURE, *COVERAGE], environment, folder),
            run("SQLite", [*workers, "tests", *rest], environment, folder),
        ]
        if postgres_answers(postgres):
            with_server = {**environment, "ANAGEN_DATABASE": postgres}
            choice = [*workers, "tests", "-m", "database and not journey"]
            outcomes.append(run("PostgreSQL", choice, with_server, folder))
        else:
            say("PostgreSQL: NOT RUN, no server answers at 127.0.0.1:5432 (or at ANAGEN_TEST_POSTGRES)")

    for outcome in outcomes:
        verdict = "passed" if outcome.status == 0 else f"FAILED (exit status {outcome.status})"
        say(f"{outcome.name}: {verdict}, {outcome.passed} tests passed in {outcome.seconds:.0f} s")
    passed, failed, skipped = (
        sum(getattr(outcome, key) for outcome in outcomes) for key in ("passed", "failed", "skipped")
    )
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    return int(any(outcome.status for outcome in outcomes))


def main(arguments: list[str]) -> int:
    environment = dict(os.environ)
    if not arguments:
        for ending in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, lambda number, frame: sys.exit(128 + number))
        try:
            return everything(environment)
        except KeyboardInterrupt:
            say("stopped")
            return 130
    os.chdir(ROOT)
    chromium = browser.find()
    if chromium:
        environment["ANAGEN_CHROMIUM"] = chromium
    os.execve(sys.executable, pytest(*arguments), environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
