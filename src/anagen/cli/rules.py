"""The rules: list them, read one, check a folder of knowledge, compare two."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from anagen.cli.arguments import add_json, add_on, day
from anagen.cli.errors import GOOD, BadInput
from anagen.cli.surroundings import today

if TYPE_CHECKING:
    from anagen.cli.touched import Touched
    from anagen.knowledge.difference import Difference
    from anagen.knowledge.loader import Knowledge
    from anagen.medicine.rules import Rule, RuleVersion

NAME: Final = "rules"
HELP: Final = "list the rules, show one with its evidence, check knowledge, compare two states of it"
NOT_REVIEWED: Final = "not yet reviewed by your medical lead"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="every rule with its verdict")
    add_on(listing)
    add_json(listing)
    showing = actions.add_parser("show", help="one rule: condition, words, evidence, claims, examples")
    showing.add_argument("id", metavar="ID", help="such as contraindication.pregnancy")
    add_json(showing)
    checking = actions.add_parser(
        "check", help="every fault of a folder of knowledge; status 2 if there is any"
    )
    checking.add_argument(
        "dir", metavar="DIR", nargs="?", help="the folder; the shipped knowledge without it"
    )
    comparing = actions.add_parser("diff", help="what differs between two folders of knowledge")
    comparing.add_argument("old", metavar="OLD", help="a folder; parts it lacks are the shipped ones")
    comparing.add_argument("new", metavar="NEW", help="another one")
    whom = comparing.add_mutually_exclusive_group()
    whom.add_argument(
        "--patients", metavar="CASES", nargs="+", help="say whom of these case files it would touch, and why"
    )
    whom.add_argument(
        "--clinic", action="store_true", help="say whom of this clinic's active patients it would touch"
    )
    comparing.add_argument(
        "--on", type=day, metavar="DATE", default=today(), help="by the rules of that day (today)"
    )
    add_json(comparing)


def run(arguments: argparse.Namespace) -> int:
    return {"list": _list, "show": _show, "check": _check, "diff": _diff}[arguments.action](arguments)


def _list(arguments: argparse.Namespace) -> int:
    from anagen.knowledge.loader import shipped

    ruleset = shipped().ruleset
    standing = ruleset.standing(arguments.on)
    if arguments.json:
        rows = [
            {
                "id": rule.id,
                "verdict": version.verdict.word,
                "title": rule.title,
                "topic": rule.topic,
                "from": version.effective_from.isoformat(),
                "reviewed": dict(version.reviewed) or None,
            }
            for rule, version in standing
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return GOOD
    width = max((len(rule.id) for rule, _ in standing), default=0) + 2
    for rule, version in sorted(standing, key=lambda each: each[0].id):
        print(f"{rule.id:<{width}}{version.verdict.word:<9}{rule.title}")
    print(f"{len(standing)} of {len(ruleset.rules)} rules stand on {arguments.on}; ruleset {ruleset.version}")
    return GOOD


def _show(arguments: argparse.Namespace) -> int:
    from anagen.knowledge.loader import shipped

    knowledge = shipped()
    plain = next((item for item in knowledge.plain["rules"] if item["id"] == arguments.id), None)
    if plain is None:
        from difflib import get_close_matches

        names = [item["id"] for item in knowledge.plain["rules"]]
        near = get_close_matches(arguments.id, names, n=3, cutoff=0.4)
        mend = f"Did you mean {' or '.join(near)}?" if near else "See ./anagen rules list."
        raise BadInput("anagen rules show", "ID", f"There is no rule “{arguments.id}”.", mend)
    rule = knowledge.ruleset[arguments.id]
    if arguments.json:
        from anagen.knowledge.wording import sentence

        words = [sentence(version.when, knowledge.ruleset.vocabulary) for version in rule.versions]
        print(json.dumps({**plain, "condition_in_words": words}, ensure_ascii=False, indent=1))
    else:
        print("\n".join(described(rule, plain, knowledge)))
    return GOOD


def described(rule: Rule, plain: Any, knowledge: Knowledge) -> Iterator[str]:
    """A rule with all its versions, evidence, claims, conflicts and examples, for a terminal."""
    yield f"{rule.title} ({rule.id})"
    for number, version in enumerate(rule.versions):
        yield ""
        end = f" until {version.effective_to}" if version.effective_to else ""
        yield f"From {version.effective_from}{end}: {version.verdict.word}"
        yield from _version(version, knowledge)
        yield from _adjustable(plain["versions"][number])
    yield ""
    yield "Examples"
    from anagen.knowledge import wording

    for example in plain["examples"]:
        given = "; ".join(f"{fact} {wording.answer(value)}" for fact, value in example["given"].items())
        until = f" until {example['until']}" if "until" in example else ""
        yield from _wrapped(f"{example['name']}: {given or 'nothing asked'} → {example['expect']}{until}")


def _version(version: RuleVersion, knowledge: Knowledge) -> Iterator[str]:
    from anagen.knowledge import ledger, wording

    words = knowledge.ruleset.vocabulary
    yield "  When"
    for depth, text in wording.outline(version.when, words):
        yield from _wrapped(text, "    " + "  " * depth)
    unknown = "counts as if it were so" if version.unknown_counts_as_matched else "is asked for"
    yield f"  An unknown answer {unknown}."
    if version.until is not None:
        yield from _wrapped(f"It stands {wording.ending(version.until, words)}.")
    yield from _wrapped(f"Clinician: {version.clinician}")
    yield from _wrapped(f"Patient: {version.patient}")
    yield from _wrapped(f"What would change it: {version.change}")
    yield from _wrapped(f"Override: {wording.overriding(version.override, knowledge.override_reasons)}.")
    yield from _wrapped(f"Review: {reviewed(version)}.")
    yield "  Evidence"
    for evidence in version.evidence:
        source = knowledge.sources[evidence.source]
        note = f"; {evidence.note}" if evidence.note else ""
        year = f" ({source.year})" if source.year else ""
        yield from _wrapped(
            f"{evidence.strength}: {source.title}{year}, {source.locator}, {source.certainty}{note}", "    "
        )
    claims = ledger.claims()
    if version.claims:
        yield "  Claims of the source documents"
    for claim in version.claims:
        yield from _wrapped(f"{claim}: {claims[claim].statement}", "    ")
    if version.conflicts:
        yield "  Where the sources disagree"
    for conflict in version.conflicts:
        found = knowledge.conflicts[conflict]
        yield from _wrapped(f"{conflict} {found['title']}. Chosen: {found['choice']} {found['why']}", "    ")


def _adjustable(version: Any) -> Iterator[str]:
    """What a clinic may set, and how far."""
    from anagen.knowledge import adjusting

    found = adjusting.parameters(version)
    if found:
        yield "  A clinic may set"
    for parameter in found:
        yield from _wrapped(
            f"{parameter.what}: {parameter.words}, from {parameter.allowed}. {parameter.why}", "    "
        )


def reviewed(version: RuleVersion) -> str:
    """Who of the clinic has reviewed a version; shipped rules are reviewed by nobody."""
    if not version.reviewed:
        return NOT_REVIEWED
    again = version.reviewed.get("again_before")
    more = f", again before {again}" if again else ""
    return f"reviewed by {version.reviewed['by']} on {version.reviewed['on']}{more}"


def _wrapped(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(text, 100, initial_indent=indent, subsequent_indent=indent + "  ")


def _check(arguments: argparse.Namespace) -> int:
    from anagen.knowledge.__main__ import check

    return check(arguments.dir)


def _diff(arguments: argparse.Namespace) -> int:
    from anagen.knowledge.difference import difference

    for name in (arguments.old, arguments.new):
        if not Path(name).is_dir():
            raise BadInput(name, "", "There is no such folder.", "Name a folder of knowledge files.")
    old, new = _draft(arguments.old), _draft(arguments.new)
    found = difference(old, new)
    touched = _touched(arguments, old, new)
    if arguments.json:
        document = asdict(found) | ({} if touched is None else {"patients": touched.plain()})
        print(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        print("\n".join([*_told(found), *(touched.lines() if touched is not None else ())]))
    return GOOD


def _touched(arguments: argparse.Namespace, old: Knowledge, new: Knowledge) -> Touched | None:
    from anagen.cli import touched

    if arguments.patients:
        return touched.of_cases(old, new, arguments.patients, arguments.on)
    return touched.of_clinic(old, new, arguments.on) if arguments.clinic else None


def _draft(name: str) -> Knowledge:
    """A folder to be compared: readable, though its examples may fail. BadInput with its first fault."""
    from anagen.knowledge.loader import Knowledge, recalled
    from anagen.knowledge.reader import read_all

    if (known := recalled(Path(name))) is not None:
        return known
    plain, faults = read_all(Path(name), finished=False, accounted=False)
    if faults:
        first = min(faults)
        more = f" ({len(faults) - 1} more; ./anagen rules check {name} lists all)" if faults[1:] else ""
        raise BadInput(f"{name}/{first.file}", f"line {first.line}", first.what, f"{first.mend}{more}")
    return Knowledge(plain)


def _told(found: Difference) -> Iterator[str]:
    if not found:
        yield "No rule and no fact differs."
    for rule in found.rules:
        yield f"{rule.kind}: {rule.id} ({rule.title})"
        for change in rule.changes:
            yield from _wrapped(str(change))
        for answer in rule.answers:
            yield from _wrapped(f"example “{answer.example}”: {answer.old} → {answer.new}")
    for change in found.facts:
        yield from _wrapped(str(change), "")


__all__ = ["HELP", "NAME", "NOT_REVIEWED", "add_arguments", "described", "reviewed", "run"]
