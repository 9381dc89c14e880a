"""All files of a knowledge folder, read and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from anagen.knowledge import ledger, loader
from anagen.knowledge.checks import ACCOUNT, PARTS, Check, language_faults
from anagen.knowledge.reading import ROOT, Document, Fault, KnowledgeError, files, read
from anagen.knowledge.shape import shape_faults


def read_all(
    root: Path, *, finished: bool = True, accounted: bool = True
) -> tuple[dict[str, Any], list[Fault]]:
    """Plain data by part and every fault; the data is of use only when there is no fault.

    A draft (not ``finished``) must be readable and make sense, but its examples may fail, and its ledger and
    translations may have gaps: enough to compare it, never to decide by it. Without the account (not
    ``accounted``) only what verdicts, plans and questions rest on is read: they do not wait for the rest.
    """
    if not root.is_dir():
        return {}, [Fault(str(root), 1, "There is no such folder.", "Name a folder of knowledge files.")]
    faults: list[Fault] = []
    parts: dict[str, list[Document]] = {}
    for part, key in PARTS.items():
        if accounted or key not in ACCOUNT:
            parts[key] = _documents(root, part, faults)
    if not any((root / part).exists() for part in PARTS):
        faults.append(
            Fault(str(root), 1, "There are no knowledge files here.", f"Expected some of {', '.join(PARTS)}.")
        )
    languages = _documents(root, "locale", faults)
    borrowed = frozenset(key for part, key in PARTS.items() if not (root / part).exists())
    check = Check(parts, _claims(root, faults), finished, accounted, borrowed=borrowed)
    faults += check.run(whole=not faults)
    for document in languages:
        faults += shape_faults(document, "locale")
    if not faults and finished:
        faults += language_faults(languages, parts)
    if faults:
        return {}, faults
    plain: dict[str, Any] = {
        key: [item for document in documents for item in document.plain[key]]
        for key, documents in parts.items()
    }
    order = {group["id"]: number for number, group in enumerate(plain["groups"])}
    plain["facts"].sort(key=lambda fact: order[fact["group"]])
    plain["languages"] = {document.plain["language"]: document.plain for document in languages}
    plain["version"] = loader.VERSION
    return plain, []


def _claims(root: Path, faults: list[Fault]) -> frozenset[str]:
    name = Path("ledger") / "claims.csv"
    base = root if (root / name).exists() else ROOT
    try:
        return frozenset(ledger.claims(base))
    except KnowledgeError as error:
        faults.extend(error.faults)
        return frozenset()


def _documents(root: Path, part: str, faults: list[Fault]) -> list[Document]:
    base = root if (root / part).exists() else ROOT
    documents = []
    for file, name in files(base, part):
        try:
            documents.append(read(file, name))
        except KnowledgeError as error:
            faults.extend(error.faults)
    return documents
