"""The one loader: files of a folder, checked as a whole, made into medicine's objects.

Reading and checking YAML takes seconds, starting should not: what has passed the checks is kept as JSON beside
the run-time data, under the hash of every file it came from, and a changed file is checked anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from anagen.knowledge import build, courses, scalp
from anagen.knowledge.reading import ROOT, KnowledgeError, files
from anagen.medicine.care import Care
from anagen.medicine.course import Protocol
from anagen.medicine.rules import Ruleset

if TYPE_CHECKING:
    from anagen.medicine.formulary import Formulary
from anagen.medicine.scalp import Scalp

VERSION: Final = "2026.11.21"  # of the shipped knowledge; clinics add their own rules as further versions
_FORMAT: Final = "5"  # raised when the kept form changes
# files that no screening rests on
_ACCOUNT: Final = (
    *("topics/", "formulation/", "set_aside.yaml"),
    *("schema/topics", "schema/measures", "schema/mixture_rules"),
)

_one_reads: Final = threading.RLock()


@dataclass(frozen=True)
class Source:
    """Where something is said, and how certain we are of having read it right."""

    id: str
    title: str
    kind: str
    locator: str
    certainty: str
    year: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Knowledge:
    """What medicine knows, from plain data that has passed every check."""

    plain: Mapping[str, Any]
    root: Path = ROOT

    @cached_property
    def ruleset(self) -> Ruleset:
        return build.ruleset(self.plain)

    @cached_property
    def care(self) -> tuple[Care, ...]:
        return tuple(build.care(item) for item in self.plain["care"])

    @cached_property
    def protocols(self) -> dict[str, Protocol]:
        return {item["id"]: courses.protocol(item) for item in self.plain["protocols"]}

    @cached_property
    def sources(self) -> dict[str, Source]:
        return {item["id"]: Source(**item) for item in self.plain["sources"]}

    @property
    def groups(self) -> list[dict[str, str]]:
        """Pages of the intake in order: id, title, intro."""
        return list(self.plain["groups"])

    @property
    def override_reasons(self) -> dict[str, dict[str, str]]:
        """Reason code → label and what the comment must say."""
        return {item["code"]: item for item in self.plain["reasons"]}

    @property
    def conflicts(self) -> dict[str, dict[str, Any]]:
        return {item["id"]: item for item in self.plain["conflicts"]}

    @cached_property
    def account(self) -> Mapping[str, Any]:
        """The plain data with all that no verdict rests on: the topics, and what became of each claim.

        KnowledgeError when something is wrong with those; verdicts go on without them.
        """
        if "topics" in self.plain:
            return self.plain
        return {**_known(self.root, accounted=True), **self.plain}  # a clinic's own rules among them

    @property
    def topics(self) -> dict[str, dict[str, Any]]:
        """Everything else that medicine knows, by id; the word before the first dot is the topic."""
        return {item["id"]: item for item in self.account["topics"]}

    @cached_property
    def scalp(self) -> Scalp:
        """The model head, its regions, what is not injected, and the limits of a session."""
        return scalp.scalp(self.topics)

    @cached_property
    def formulary(self) -> Formulary:
        """What mixtures are judged by: ingredients, products, pairs and the rules of formulation."""
        from anagen.knowledge import formulary

        return formulary.formulary(self.account)

    @property
    def languages(self) -> dict[str, dict[str, Any]]:
        """Translations of the intake by language code."""
        return dict(self.plain["languages"])


def shipped() -> Knowledge:
    """The knowledge that comes with Anagen. Threads that ask at the same time wait for the first to read it."""
    with _one_reads:
        return _shipped()


@cache
def _shipped() -> Knowledge:
    return load(ROOT)


def load(root: Path) -> Knowledge:
    """The knowledge of a folder; parts it lacks are taken from the shipped knowledge.

    KnowledgeError lists every fault; nothing of a faulty folder is used.
    """
    return Knowledge(_known(root, accounted=False), root)


def _known(root: Path, *, accounted: bool) -> Mapping[str, Any]:
    """The plain data of a folder, recalled where it has passed its checks before and has not changed since."""
    kept = _kept(root, accounted)
    plain = None if kept is None else _recall(kept)
    if plain is not None:
        return plain
    from anagen.knowledge import reader  # reading and checking pull in the YAML and schema libraries

    plain, faults = reader.read_all(root, accounted=accounted)
    if faults:
        raise KnowledgeError(faults)
    if kept is not None:
        _keep(kept, plain)
    return plain


def recalled(root: Path) -> Knowledge | None:
    """The knowledge of a folder that has passed its checks before and has not changed since."""
    kept = _kept(root, accounted=False)
    plain = None if kept is None else _recall(kept)
    return None if plain is None else Knowledge(plain, root)


def _recall(kept: Path) -> dict[str, Any] | None:
    """What was kept; None where that cannot be read or is something else, so that it is made anew."""
    try:
        plain = json.loads(kept.read_bytes())
    except (OSError, ValueError):
        return None
    whole = isinstance(plain, dict) and plain.get("version") == VERSION and "rules" in plain
    return plain if whole else None


def _kept(root: Path, accounted: bool) -> Path | None:
    """Where the checked form of exactly these files is kept; None where nothing may be kept."""
    folder = os.environ.get("ANAGEN_CACHE", "")
    if not folder:
        return None
    digest = hashlib.sha256(f"{_FORMAT} {VERSION}".encode())
    for base in dict.fromkeys((root, ROOT)):
        for part in sorted(base.rglob("*")):
            if part.suffix not in (".yaml", ".csv", ".json", ".py") or not part.is_file():
                continue
            name = part.relative_to(base).as_posix()
            if accounted or not name.startswith(_ACCOUNT):
                digest.update(name.encode() + b"\0")
                digest.update(part.read_bytes() + b"\0")
    kind = "account" if accounted else "knowledge"
    return Path(folder) / f"{kind}-{digest.hexdigest()[:32]}.json"


def _keep(kept: Path, plain: Mapping[str, Any]) -> None:
    """Written beside and moved into place, so that no half-written form is ever found."""
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=kept.parent, delete=False, encoding="utf-8") as file:
            json.dump(plain, file, ensure_ascii=False)
        Path(file.name).replace(kept)


__all__ = ["ROOT", "Knowledge", "KnowledgeError", "Source", "files", "load", "shipped"]
