"""Looks through everything that git tracks for what must not stand in a repository that others clone.

.venv/bin/python tools/hygiene.py        one line for each fault; exit status 1 if there is one
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST_MODULE = 600
LARGEST_FILE = 2_000_000

# Put together here, so that this file does not hold what it looks for.
HOSTS = ("py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "deb." + "debian.org")
PLACES = (
    "/" + "work/",
    "/" + "farm/",
    "/" + "root/",
    "/" + "home/",
    "farm" + "-studio",
    "farm" + "-bench",
    ".lib" + "rary",
)
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error")

ADDRESS = re.compile("|".join(map(re.escape, HOSTS)))
MACHINE = re.compile(r"(?<![\w.])(?:" + "|".join(map(re.escape, PLACES)) + ")")
LATER = re.compile(r"\b(?:" + "|".join(UNFINISHED) + r")\b")
MINIFIED = re.compile(r"\.min\.(?:js|css)$")


def faults(path: str, content: bytes) -> Iterator[str]:
    """What is wrong with one tracked file, one line each; `path` is relative to the repository."""
    if MINIFIED.search(path):
        yield f"{path}: a minified file; keep what a person can read"
    if len(content) > LARGEST_FILE:
        yield f"{path}: {len(content)} bytes; too large for the repository"
    if b"\0" in content:
        if not path.endswith((".png", ".woff2", ".ico")):
            yield f"{path}: a binary file"
        return
    text = content.decode("utf-8", errors="replace")
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if ADDRESS.search(line):
            yield f"{path}:{number}: the address of a package index"
        if MACHINE.search(line):
            yield f"{path}:{number}: a path or tool of one machine"
        if LATER.search(line):
            yield f"{path}:{number}: something left unfinished"
    written = path.startswith("src/") and path.endswith(".py") and "/migrations/" not in path
    if written and len(lines) > LONGEST_MODULE:
        yield f"{path}: {len(lines)} lines; a module has one purpose and at most {LONGEST_MODULE} lines"


def tracked() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in listing.stdout.decode().split("\0") if name]


def main() -> int:
    paths = tracked()
    found = [
        line for path in paths if (ROOT / path).is_file() for line in faults(path, (ROOT / path).read_bytes())
    ]
    print("\n".join(found) or f"{len(paths)} files looked through, nothing amiss")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
