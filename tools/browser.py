"""Finds the Chromium that the journeys use, and installs it where that is possible (Debian, as root)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MISSING = (
    "no Chromium: the journeys drive a real browser. Install the package chromium "
    "(Debian, as root: apt-get update && apt-get install chromium), or name one in ANAGEN_CHROMIUM"
)


def find() -> str | None:
    """The path of a Chromium, or None. ANAGEN_CHROMIUM, if set, is the only one considered."""
    named = os.environ.get("ANAGEN_CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None)


def install(log: Path) -> bool:
    """Install Debian's Chromium where that is allowed; whether it is there afterwards. apt writes `log`."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    steps = (
        ["apt-get", "update"],
        ["apt-get", "install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
    )
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as out:
        for step in steps:
            done = subprocess.run(step, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=quiet)
            if done.returncode:
                return False
    return find() is not None
