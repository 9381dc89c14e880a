"""The public case file: judge every patient in it, and say which are answered otherwise than expected."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from anagen.cli.arguments import add_json
from anagen.cli.errors import BAD_NEWS, GOOD, BadInput
from anagen.cli.files import read_bytes, shown
from anagen.cli.surroundings import CHECKOUT

if TYPE_CHECKING:
    from anagen.exchange.cases import Bases, Case
    from anagen.knowledge.loader import Knowledge

NAME: Final = "cases"
HELP: Final = (
    "judge the patients of the public case file; status 1 if one is answered otherwise than expected"
)
FOLDER: Final = CHECKOUT / "docs" / "cases"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", metavar="FILE", nargs="*", help="JSON Lines, a case a line; all of docs/cases without it"
    )
    parser.add_argument(
        "--clinic", action="store_true", help="the cases that the medical lead of this clinic has signed"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.clinic:
        return _signed(arguments)
    from anagen.knowledge.loader import shipped

    knowledge = shipped()
    files = arguments.files or [str(file) for file in sorted(FOLDER.glob("*.jsonl"))]
    if not files:
        raise BadInput(str(FOLDER), "", "There is no case file here.", "Name one.")
    read = [(shown(file), case) for file in files for case in cases_of(file, knowledge)]
    judged = [(file, case, *_judged(case, knowledge)) for file, case in read]
    wrong = [each for each in judged if each[3]]
    if arguments.json:
        document = {
            "cases": len(judged),
            "as_expected": len(judged) - len(wrong),
            "otherwise": [_told(*each) for each in wrong],
            "ruleset": {"version": knowledge.ruleset.version, "hash": knowledge.ruleset.hash},
        }
        print(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        print("\n".join(_lines(wrong, len(judged), knowledge)))
    return BAD_NEWS if wrong else GOOD


def _signed(arguments: argparse.Namespace) -> int:
    """Each signed case by the rules in use, the clinic's own changes among them."""
    if arguments.files:
        raise BadInput("anagen cases", "--clinic", "It takes no file.", "Leave the file or --clinic out.")
    from anagen.cli.clinic import ready

    ready()
    from anagen.clinic.cases.queries import differing, in_use, standing_cases

    knowledge = in_use()
    wrong, count = differing(knowledge), standing_cases().count()
    rows = [(each.case.name, each.case.title, list(each.differences)) for each in wrong]
    if arguments.json:
        document = {
            "cases": count,
            "as_expected": count - len(rows),
            "otherwise": [{"id": name, "title": title, "differences": told} for name, title, told in rows],
            "ruleset": {"version": knowledge.ruleset.version, "hash": knowledge.ruleset.hash},
        }
        print(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        for name, title, told in rows:
            print("\n    ".join([f"{name}: {title}", *told]))
        print(_total(len(rows), count, knowledge))
    return BAD_NEWS if wrong else GOOD


def cases_of(file: str, knowledge: Knowledge) -> list[Case]:
    """The cases of a file; BadInput when it cannot be read."""
    from anagen.exchange import cases

    return cases.read(
        _text(file), file=shown(file), bases=_bases(file), vocabulary=knowledge.ruleset.vocabulary
    )


def _bases(file: str) -> Bases:
    """The healthy patients beside the file, or else those of docs/cases."""
    from anagen.exchange import cases

    for folder in (Path(file).parent, FOLDER):
        found = folder / cases.BASELINES
        if found.is_file():
            return cases.baselines(_text(str(found)), file=str(found))
    return {}


def _text(file: str) -> str:
    try:
        return read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(shown(file), "", "This is not UTF-8.", "Save the file as UTF-8.") from None


def _judged(case: Case, knowledge: Knowledge) -> tuple[dict[str, Any], list[str]]:
    from anagen.exchange import cases

    answered = cases.answer(case.screened(knowledge.ruleset))
    return answered, cases.differences(case.expect, answered)


def _told(file: str, case: Case, answered: dict[str, Any], differences: list[str]) -> dict[str, Any]:
    return {
        "file": file,
        "id": case.id,
        "title": case.title,
        "differences": differences,
        "expected": case.expect,
        "answered": answered,
    }


def _lines(
    wrong: list[tuple[str, Case, dict[str, Any], list[str]]], count: int, knowledge: Knowledge
) -> Iterator[str]:
    for _, case, _, differences in wrong:
        yield f"{case.id}: {case.title}"
        yield from (f"    {difference}" for difference in differences)
    yield _total(len(wrong), count, knowledge)


def _total(wrong: int, count: int, knowledge: Knowledge) -> str:
    version = f"rules {knowledge.ruleset.version} ({knowledge.ruleset.hash[:12]})"
    some = "1 case" if count == 1 else f"{count} cases"
    return (
        f"{some}: {wrong} answered otherwise than expected by {version}."
        if wrong
        else f"{some}, all answered as expected by {version}."
    )
