"""A demo clinic of its own on a free port, on a day of one's choice: for the journeys and the screenshots.

    with opened(folder, DAY) as address: …       makes, fills and serves it; it ends with the block

As a script it is the clinic: `tools/clinic.py fill|serve DAY PORT`. The demo is filled and served by the same
functions as `./anagen demo`; only the day is not today's, so that what the pages say does not change overnight.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

DAY: Final = date(2027, 3, 2)  # a Tuesday
OPENS: Final = {"fill": 8, "serve": 9}  # o'clock: what was filled in is older than what is seen
PASSWORD: Final = "anagen demo clinic"
CACHE: Final = Path(__file__).resolve().parents[1] / "var" / "cache"  # as the command line does
PATIENCE: Final = 180.0  # seconds


class NotServed(Exception):
    """The clinic did not come up; the text says what it said instead."""


def fill(folder: Path, day: date = DAY) -> None:
    """Make the demo clinic's database in `folder`."""
    with _started(folder, "fill", day, 0) as process:
        if process.wait(PATIENCE):
            raise NotServed(_said(folder))


@contextlib.contextmanager
def served(folder: Path, day: date = DAY) -> Iterator[str]:
    """Serve the clinic in `folder`; its address, without a slash at the end."""
    port = free_port()
    with _started(folder, "serve", day, port) as process:
        address = f"http://127.0.0.1:{port}"
        end = time.monotonic() + PATIENCE
        while not _answers(f"{address}/health"):
            if process.poll() is not None or time.monotonic() > end:
                raise NotServed(_said(folder))
            time.sleep(0.05)
        yield address


@contextlib.contextmanager
def opened(folder: Path, day: date = DAY) -> Iterator[str]:
    """Make, fill and serve it."""
    fill(folder, day)
    with served(folder, day) as address:
        yield address


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def _started(folder: Path, what: str, day: date, port: int) -> Iterator[subprocess.Popen[bytes]]:
    folder.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANAGEN_")}
    environment["ANAGEN_CACHE"] = os.environ.get("ANAGEN_CACHE") or str(CACHE)
    with (folder / "said.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", __file__, what, day.isoformat(), str(port)],
            env={**environment, "ANAGEN_VAR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _said(folder: Path) -> str:
    return (folder / "said.txt").read_text(encoding="utf-8", errors="replace")[-4000:]


# --- as the clinic itself


def hold_the_day(first: datetime) -> None:
    """Let Django's clock begin at `first` and run on from there."""
    from django.utils import timezone

    began = time.monotonic()
    timezone.now = lambda: first + timedelta(seconds=time.monotonic() - began)


def main(what: str, day: str, port: str) -> int:
    hold_the_day(
        datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=OPENS[what])
    )
    from anagen.cli import clinic, demo

    clinic.ready(records=False)
    if what == "fill":
        from django.core.management import call_command

        from anagen.clinic.demo import actions

        call_command("migrate", interactive=False, verbosity=0)
        actions.fill()
    else:
        demo.served(f"http://{demo.HERE}:{port}/", int(port), ()).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
