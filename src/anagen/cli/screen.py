"""May this person be treated? A FHIR document in, one verdict with every finding out."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from datetime import date

from anagen.cli.arguments import add_json, add_on
from anagen.cli.errors import GOOD, BadInput
from anagen.cli.files import read_json, shown
from anagen.exchange.fhir.reader import Reading, read
from anagen.exchange.screening import plain_screening
from anagen.knowledge.loader import Knowledge, shipped
from anagen.medicine.rules import Finding, Verdict
from anagen.medicine.screening import UNMAPPED, Screening, screen

NAME = "screen"
HELP = "screen a FHIR Bundle or QuestionnaireResponse: one verdict, every finding"

MEANING = {
    Verdict.CLEAR: "every question is answered, and nothing was found",
    Verdict.CAUTION: "may be treated, with a recorded precaution",
    Verdict.INCOMPLETE: "answers are missing",
    Verdict.DEFER: "not now",
    Verdict.REFER: "not before a prescriber, a specialist or a test has answered",
    Verdict.EXCLUDE: "not with this treatment",
}
_WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a FHIR R4 document; “-” is standard input")
    add_on(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    knowledge = shipped()
    reading = reading_of(arguments.file, knowledge, arguments.on)
    found = screen(reading.facts, ruleset=knowledge.ruleset, on=arguments.on, unmapped=reading.unmapped)
    if arguments.json:
        import orjson

        document = {**plain_screening(found), "notes": list(reading.notes)}
        print(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
    else:
        print("\n".join(card(found, reading, knowledge)))
    return GOOD


def reading_of(file: str, knowledge: Knowledge, on: date) -> Reading:
    """The facts of a FHIR document in a file; BadInput names file, place and mend."""
    try:
        document = read_json(file)
    except ValueError:  # a number with thousands of digits
        raise BadInput(shown(file), "", "A number in it is too long.", "Write plain numbers.") from None
    return read(document, vocabulary=knowledge.ruleset.vocabulary, on=on, file=shown(file))


def card(found: Screening, reading: Reading, knowledge: Knowledge) -> Iterator[str]:
    """The verdict card, line by line."""
    yield f"{found.verdict.word.upper()}: {MEANING[found.verdict]}"
    yield from _when(found)
    yield ""
    weighing = [finding for finding in found.reasons if finding.verdict is not Verdict.INCOMPLETE]
    for finding in weighing:
        yield from _reason(finding, knowledge)
    if found.missing:
        yield f"Still to be answered ({len(found.missing)}):"
        for fact in found.missing:
            yield from wrapped(knowledge.ruleset.vocabulary[fact].question, "  - ")
        yield ""
    if found.unmapped:
        yield f"Not understood ({len(found.unmapped)}); a clinician reads these:"
        for entry in found.unmapped:
            code = f" ({entry.system} {entry.code})" if entry.code else ""
            yield from wrapped(f"{entry.where}: {entry.text}{code}: {entry.why}", "  - ")
        yield ""
    if reading.notes:
        yield "How dates and states were read:"
        for note in reading.notes:
            yield from wrapped(note, "  - ")
        yield ""
    quiet = sum(finding.verdict is Verdict.CLEAR for finding in found.findings)
    yield f"{len(found.findings)} rules looked at, {quiet} of them not matched."
    yield f"Screened for {_long(found.on)} with rules {found.ruleset_version} ({found.ruleset_hash[:12]})."


def _when(found: Screening) -> Iterator[str]:
    if found.verdict.treatable:
        return
    if found.not_before is not None:
        yield f"Not before {_long(found.not_before)}."
    for event in found.waiting_for:
        yield from wrapped(f"Waiting for: {event}", "")


def _reason(finding: Finding, knowledge: Knowledge) -> Iterator[str]:
    until = f", until {_long(finding.until)}" if finding.until is not None else ""
    yield f"{finding.verdict.word}: {finding.title}{until}"
    yield from wrapped(finding.reason, "    ")
    if finding.change and finding.rule != UNMAPPED:
        yield from wrapped(f"What would change it: {finding.change}", "    ")
    for source in finding.sources:
        named = knowledge.sources.get(source)
        yield from wrapped(f"Source: {named.title if named else source} ({finding.rule})", "    ")
    yield ""


def wrapped(text: str, lead: str) -> Iterator[str]:
    """Lines that fit a page, the first after ``lead``, the others under it."""
    yield from textwrap.wrap(text, _WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead))


def _long(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
