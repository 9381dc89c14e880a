"""Writes the locks requirements/run.txt and requirements/test.txt from pyproject.toml.

    .venv/bin/python tools/lock.py            keep versions that still fit, add what is new, drop what is gone
    .venv/bin/python tools/lock.py --upgrade  take the newest version of everything
    .venv/bin/python tools/lock.py --check    only say whether the locks fit pyproject.toml; needs no network

Every package stands there with its version and the hashes of its wheels, for every system and every Python
from 3.11 on, and without the address of any index: where packages come from, the installing machine knows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {"run": ROOT / "requirements" / "run.txt", "test": ROOT / "requirements" / "test.txt"}


def write(name: str, *options: str) -> None:
    """Resolve the lock `name`. The tests' lock takes the versions of the clinic's lock."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--no-config", "--quiet"]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--only-binary", ":all:"]
    command += ["--no-annotate", "--no-header", "--output-file", str(LOCKS[name].relative_to(ROOT))]
    if name == "test":
        command += ["--extra", "test", "--constraints", str(LOCKS["run"].relative_to(ROOT))]
    # An index or a folder of wheels that only this machine has must not decide what the lock says.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("UV_", "PIP_"))}
    subprocess.run([*command, *options], cwd=ROOT, env=environment, check=True)


def pinned(name: str) -> dict[str, list[str]]:
    """The versions that a lock holds for each package (more than one where they differ by Python version)."""
    versions: dict[str, list[str]] = {}
    for line in LOCKS[name].read_text(encoding="utf-8").splitlines():
        package, found, rest = line.partition("==")
        if found and not line.startswith((" ", "#")):
            versions.setdefault(canonicalize_name(package), []).append(rest.split()[0])
    return versions


def faults() -> list[str]:
    """What does not fit between pyproject.toml and the locks, one line each."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {"run": project["dependencies"]}
    wanted["test"] = [*wanted["run"], *project["optional-dependencies"]["test"]]
    found = []
    for name, requirements in wanted.items():
        versions = pinned(name)
        for requirement in map(Requirement, requirements):
            locked = versions.get(canonicalize_name(requirement.name), [])
            if not any(requirement.specifier.contains(version) for version in locked):
                found.append(f"requirements/{name}.txt has no {requirement}; run tools/lock.py")
        text = LOCKS[name].read_text(encoding="utf-8")
        if "://" in text or "--index" in text or "--find-links" in text:
            found.append(f"requirements/{name}.txt names an index; a lock holds versions and hashes only")
        bare = [block.split()[0] for block in text.split("\n") if "==" in block and not block.endswith("\\")]
        found += [
            f"requirements/{name}.txt has {package} without a hash; run tools/lock.py" for package in bare
        ]
    run, test = pinned("run"), pinned("test")
    found += [
        f"{package} differs between the locks: {versions} and {test.get(package)}; run tools/lock.py"
        for package, versions in run.items()
        if test.get(package) != versions
    ]
    return found


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        lines = faults()
        print("\n".join(lines) or "the locks fit pyproject.toml")
        return 1 if lines else 0
    if arguments not in ([], ["--upgrade"]):
        print(__doc__, file=sys.stderr)
        return 2
    for name in LOCKS:
        write(name, *arguments)
        print(f"requirements/{name}.txt: {len(pinned(name))} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
