"""Writes the public case file, docs/cases, and checks it.

    python tools/cases.py            write the cases with the answers of today's rules; read the difference in git
    python tools/cases.py --check    write nothing; status 1 and a line for each case that is answered otherwise, and
                                     for each file that the recipe would write otherwise

The answers stand in the files, so that a changed rule shows as changed cases in a review.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from tools.recipe import Draft, Recipe

from anagen.cli.surroundings import keep_what_is_slow
from anagen.exchange import cases
from anagen.knowledge.loader import Knowledge, shipped

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "cases"


def written(knowledge: Knowledge) -> dict[str, str]:
    """Name → text of every file of cases, with the answers that the knowledge gives."""
    recipe = Recipe(knowledge)
    files: dict[str, list[Draft]] = {}
    for draft in recipe.all():
        files.setdefault(f"{draft.topic}.jsonl", []).append(draft)
    texts = {name: _text(drafts, name, recipe, knowledge) for name, drafts in files.items()}
    texts[cases.BASELINES] = json.dumps(recipe.bases, ensure_ascii=False, indent=1) + "\n"
    return texts


def _text(drafts: list[Draft], name: str, recipe: Recipe, knowledge: Knowledge) -> str:
    """The lines of one file, each case with its answer."""
    nothing = {"verdict": "clear", "not_before": None, "findings": [], "missing": []}
    unanswered = "".join(_line(draft, nothing) for draft in drafts)
    read = cases.read(unanswered, file=name, bases=recipe.bases, vocabulary=knowledge.ruleset.vocabulary)
    return "".join(
        _line(draft, cases.answer(case.screened(knowledge.ruleset)))
        for draft, case in zip(drafts, read, strict=True)
    )


def _line(draft: Draft, expect: dict[str, Any]) -> str:
    plain: dict[str, Any] = {"id": draft.id, "title": draft.title, "on": draft.on.isoformat()}
    if draft.base:
        plain["base"] = draft.base
    plain["facts"] = dict(draft.facts)
    if draft.unmapped:
        plain["unmapped"] = [dict(entry) for entry in draft.unmapped]
    plain |= {"expect": expect, "why": list(draft.why)}
    return json.dumps(plain, ensure_ascii=False, separators=(", ", ": ")) + "\n"


def stored(knowledge: Knowledge, folder: Path = FOLDER) -> list[cases.Case]:
    """All cases as they stand in the files, in order."""
    bases = cases.baselines((folder / cases.BASELINES).read_text(encoding="utf-8"), file=cases.BASELINES)
    return [
        case
        for file in sorted(folder.glob("*.jsonl"))
        for case in cases.read(
            file.read_text(encoding="utf-8"),
            file=file.name,
            bases=bases,
            vocabulary=knowledge.ruleset.vocabulary,
        )
    ]


def otherwise(found: Iterable[cases.Case], knowledge: Knowledge) -> Iterator[str]:
    """A line for each case that the engine answers otherwise than expected."""
    for case in found:
        told = cases.differences(case.expect, cases.answer(case.screened(knowledge.ruleset)))
        if told:
            yield f"{case.id}: {'; '.join(told)}"


def astray(texts: Mapping[str, str], folder: Path = FOLDER) -> Iterator[str]:
    """A line for each file that differs from what the recipe would write, is lacking, or is of no recipe."""
    there = {file.name for pattern in ("*.jsonl", cases.BASELINES) for file in folder.glob(pattern)}
    for name in sorted(there | texts.keys()):
        if name not in there or (folder / name).read_text(encoding="utf-8") != texts.get(name):
            yield f"docs/cases/{name}: not as the recipe writes it. Run python tools/cases.py, read the difference."


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print("usage: cases.py [--check]", file=sys.stderr)
        return 2
    keep_what_is_slow()
    knowledge = shipped()
    if arguments:
        faults = [*otherwise(stored(knowledge), knowledge), *astray(written(knowledge))]
        print("\n".join(faults) or f"{len(stored(knowledge))} cases, all answered as expected")
        return int(bool(faults))
    FOLDER.mkdir(parents=True, exist_ok=True)
    texts = written(knowledge)
    for file in FOLDER.glob("*.jsonl"):
        if file.name not in texts:
            file.unlink()
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{sum(text.count(chr(10)) for name, text in texts.items() if name.endswith('l'))} cases written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
