"""Starts ./anagen demo as a newcomer would, and again, and says how long each took to serve its first page.

    .venv/bin/python tools/first_page.py         0 if both answered in time and stopped when told to

The demo gets a folder of its own (ANAGEN_VAR) and a free port; nothing of the checkout's own data is touched. The time
of making the environment is not in it when the environment is there already.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120.0  # seconds


class NoAnswer(Exception):
    """The demo did not serve a page; the text says what happened instead."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_page(port: int, process: subprocess.Popen[bytes]) -> str:
    """The first page that the server at `port` sends; waits for it up to PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise NoAnswer(f"it ended with exit status {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
                return str(answer.read().decode("utf-8"))
        except urllib.error.HTTPError as error:
            raise NoAnswer(f"the first page is an error: {error}") from error
        except OSError:
            time.sleep(0.05)
    raise NoAnswer(f"no page within {PATIENCE:.0f} s")


def start(folder: Path) -> float:
    """Start the demo, wait for its first page, stop it; the seconds until the page was there."""
    port = free_port()
    environment = {**os.environ, "ANAGEN_VAR": str(folder)}
    environment.pop("ANAGEN_DATABASE", None)
    output = folder.parent / "demo-output.txt"
    with output.open("wb") as log:
        started = time.monotonic()
        process = subprocess.Popen(
            [ROOT / "anagen", "demo", "--port", str(port)],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        try:
            page = first_page(port, process)
            took = time.monotonic() - started
            if "<html" not in page or "<title>" not in page:
                raise NoAnswer(f"the first page is no page: {page[:200]!r}")
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
        except NoAnswer as error:
            said = output.read_text(encoding="utf-8", errors="replace").strip()
            raise NoAnswer(f"{error}; it said:\n{said[-4000:]}") from error
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return took


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="anagen-demo-") as name:
        for which in ("first", "second"):
            try:
                print(f"{which} start: {start(Path(name) / 'var'):.1f} s to the first page", flush=True)
            except (NoAnswer, subprocess.TimeoutExpired) as error:
                print(f"{which} start failed: {error}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
