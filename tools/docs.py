"""Writes docs/reference from the knowledge and the command line itself.

python tools/docs.py            write every page
python tools/docs.py --check    write nothing; status 1 and the names of the pages that differ
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import covered
import formulation_reference
import reference
from anagen import cli
from anagen.cli import claims as claims_command
from anagen.cli import errors
from anagen.exchange.course import document
from anagen.knowledge.loader import Knowledge, shipped
from anagen.medicine.planning import plan_course

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
DAY = date(2026, 12, 1)

STATUSES = (
    (errors.GOOD, "done"),
    (errors.BAD_NEWS, "done, and the answer is bad news: a broken audit trail, a decision that would differ"),
    (errors.BAD_INPUT, "bad input: one line on standard error, `FILE: PLACE: what is wrong and the mend`"),
    (errors.STOPPED, "stopped with Ctrl-C"),
)

SCREEN = {
    "verdict": "clear | caution | incomplete | defer | refer | exclude",
    "not_before": "first day on which no deferral stands, or null",
    "findings": [
        {
            "rule": "id",
            "state": "matched | unknown | not_matched",
            "verdict": "what this finding weighs",
            "until": "day, or null",
            "reason": "for the clinician",
            "patient_reason": "for the patient",
            "facts": ["id"],
            "sources": ["id"],
            "claims": ["id"],
        }
    ],
    "missing": ["fact id"],
    "unmapped": ["what was not understood: where, text, why"],
    "on": "the day judged",
    "ruleset": {"version": "…", "hash": "…"},
}


MIX = {
    "verdict": "clear | caution | incomplete | defer | refer | exclude",
    "findings": ["as in a screening, with “about” (ingredients, products) and “override”"],
    "missing": ["fact id"],
    "totals": {
        "volume": "4 mL",
        "ingredients": {
            "lidocaine": {"title": "…", "dose": "40 mg", "volume": "4 mL", "concentration": "10 mg/mL"}
        },
    },
    "osmolality": "300 mosm/kg, or null",
    "osmolality_unknown": ["of what it is not known"],
    "ph": {"from": "5.0", "to": "7.0"},
    "ph_unknown": ["of what it is not known"],
    "use_within": "60 min",
    "use_by": "2026-11-21T11:00:00, or null for a plan",
    "order": ["in which it is drawn up"],
    "diluent": "title, or null",
    "needs": ["prescriber, weight, emergency_kit …"],
    "on": "the day judged",
    "ruleset": {"version": "…", "hash": "…"},
}


MAP = {
    "points": [
        {
            "number": 1,
            "region": "vertex",
            "parting": "M on the midline, else L or R and its number",
            "position_mm": ["to the patient's right", "to the front", "up"],
            "depth_mm": 2,
            "volume_ml": 0.05,
        }
    ],
    "area_cm2": "of the regions",
    "spacing_mm": 15,
    "head_cm": 56,
    "regions": ["vertex"],
    "treatable_cm2": "what the zones leave of it",
    "covered": "share of that within half a spacing times √2 of a point",
    "left_out": "places of the grid without a point",
    "total_ml": "points times volume",
    "dose_ml_per_cm2": "of what may be injected",
    "clear_of_last_mm": "least distance to a point of the session before, or null",
    "findings": [{"kind": "points", "weight": "refuse | reason", "says": "…", "points": ["number"]}],
}


def command_line(knowledge: Knowledge) -> str:
    return reference.page("Command line", _command_line(knowledge))


def _command_line(knowledge: Knowledge) -> Iterator[str]:
    yield "Days are written as 2026-11-21. A file named `-` is standard input."
    yield ""
    yield from reference.table(("exit status", "meaning"), STATUSES)
    for name in cli.COMMANDS:
        module = cli.command(name)
        yield f"## {name}"
        yield ""
        yield f"{module.HELP[0].upper()}{module.HELP[1:]}."
        yield ""
        yield from _parser(cli.parser(module))
    yield "## test"
    yield ""
    yield "Set up and run every test; arguments go to pytest."
    yield ""
    yield "    ./anagen test [pytest arguments]"
    yield ""
    yield from _shapes(knowledge)


def _parser(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Usage and arguments from the parser itself, in a form that is the same on every Python version."""
    arguments, actions = [], []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help for choice in action._choices_actions}
            actions = [(name, sub, helps.get(name, "")) for name, sub in action.choices.items()]
        elif not isinstance(action, argparse._HelpAction):
            arguments.append(action)
    if not actions:
        yield f"    ./{' '.join([parser.prog, *map(_usage, arguments)])}"
        yield ""
    yield from reference.table(
        ("argument", "meaning"), ((f"`{_named(action)}`", action.help or "") for action in arguments)
    )
    for name, sub, text in actions:
        yield f"### {parser.prog.removeprefix('anagen ')} {name}"
        yield ""
        if text:
            yield f"{text[0].upper()}{text[1:]}."
            yield ""
        yield from _parser(sub)


def _named(action: argparse.Action) -> str:
    """``--from DATE``, ``FILE``."""
    if not action.option_strings:
        return str(action.metavar or action.dest)
    value = "" if action.nargs == 0 else f" {_value(action)}"
    return f"{action.option_strings[-1]}{value}"


def _value(action: argparse.Action) -> str:
    if action.metavar is not None:
        return str(action.metavar)
    return "|".join(map(str, action.choices)) if action.choices else action.dest.upper()


def _usage(action: argparse.Action) -> str:
    optional = not action.required if action.option_strings else action.nargs in ("?", "*")
    return f"[{_named(action)}]" if optional else _named(action)


def _shapes(knowledge: Knowledge) -> Iterator[str]:
    yield "## JSON"
    yield ""
    yield "With `--json` a command prints one document and nothing else. Windows are half-open: a window from the"
    yield "1st to the 4th stands on the 1st, 2nd and 3rd; an `end` of null is open until its reason is gone."
    yield ""
    course = knowledge.protocols["hair-standard"]
    plan = document(plan_course(course, start=DAY, care=knowledge.care))
    examples: dict[str, Any] = {
        "screen": SCREEN,
        "plan": {
            "sessions": plan["sessions"][:1],
            "windows": plan["windows"][:1],
            "unplaced": [{"number": 8, "reason": "why no day was found"}],
        },
        "map": MAP,
        "mix": MIX,
        "claims": claims_command.document(knowledge.account)[:2],
    }
    for name, example in examples.items():
        yield f"`{name}`:"
        yield ""
        yield "```json"
        yield json.dumps(example, ensure_ascii=False, indent=2)
        yield "```"
        yield ""


def pages() -> dict[str, str]:
    """Name → text of every page."""
    knowledge = shipped()
    made = {name: make(knowledge) for name, make in reference.PAGES.items()}
    made["coverage.md"] = covered.coverage(knowledge)
    made["formulation.md"] = formulation_reference.formulation(knowledge)
    made["command-line.md"] = command_line(knowledge)
    return made


def differing(folder: Path = FOLDER) -> list[str]:
    """Pages that are not as they would be written, and files that no page is written to."""
    made = pages()
    there = {file.name for file in folder.glob("*.md")}
    wrong = [
        name
        for name, text in made.items()
        if name not in there or (folder / name).read_text(encoding="utf-8") != text
    ]
    return sorted([*wrong, *(there - made.keys())])


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        wrong = differing()
        for name in wrong:
            print(f"docs/reference/{name}: not up to date. Run python tools/docs.py.", file=sys.stderr)
        return int(bool(wrong))
    if arguments:
        print("usage: docs.py [--check]", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
