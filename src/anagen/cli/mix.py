"""May this go into one syringe? A wish list in, one verdict with every finding, totals and the time of use out."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Final

from anagen.cli.arguments import add_json, add_on
from anagen.cli.errors import GOOD, BadInput
from anagen.cli.files import STANDARD_INPUT, read_json, shown
from anagen.cli.screen import MEANING, reading_of, wrapped
from anagen.exchange.mixture import plain_answer, request_of
from anagen.knowledge.loader import Knowledge, shipped
from anagen.medicine.formulation import judge_mixture
from anagen.medicine.mixture import MixtureAnswer, MixtureFinding
from anagen.medicine.rules import Verdict

NAME: Final = "mix"
HELP: Final = "judge a mixture: one verdict, every finding, totals in mg and mL, use-by"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the mixture as JSON; “-” is standard input")
    parser.add_argument("--facts", metavar="FILE", help="what is known of the patient (FHIR R4)")
    add_on(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.facts == arguments.file == STANDARD_INPUT:
        raise BadInput(
            f"anagen {NAME}",
            "--facts",
            "Standard input cannot be read twice.",
            "Name a file for one of them.",
        )
    knowledge = shipped()
    try:
        plain = read_json(arguments.file)
    except ValueError:  # a number with thousands of digits
        raise BadInput(
            shown(arguments.file), "", "A number in it is too long.", "Write plain numbers."
        ) from None
    request = request_of(plain, formulary=knowledge.formulary, file=shown(arguments.file))
    said = reading_of(arguments.facts, knowledge, arguments.on) if arguments.facts is not None else None
    answer = judge_mixture(
        request,
        knowledge.formulary,
        on=arguments.on,
        facts=said.facts if said else None,
        unmapped=said.unmapped if said else (),
    )
    if arguments.json:
        print(json.dumps(plain_answer(answer), ensure_ascii=False, indent=2))
    else:
        print("\n".join(card(answer, knowledge)))
    return GOOD


# in words


def card(answer: MixtureAnswer, knowledge: Knowledge) -> Iterator[str]:
    """The answer for a person: verdict, amounts, then reasons in order of weight."""
    yield f"{answer.verdict.word.upper()}: {MEANING[answer.verdict]}"
    yield ""
    yield from _amounts(answer)
    yield ""
    weighing = [finding for finding in answer.reasons if finding.verdict is not Verdict.INCOMPLETE]
    for finding in weighing:
        yield from _reason(finding, knowledge)
    open_ = [finding for finding in answer.reasons if finding.verdict is Verdict.INCOMPLETE]
    if open_:
        yield f"Not known ({len(open_)}):"
        for title in dict.fromkeys(finding.title for finding in open_):
            yield from wrapped(title, "  - ")
        yield ""
    quiet = sum(finding.verdict is Verdict.CLEAR for finding in answer.findings)
    yield f"{len(answer.findings)} findings, {quiet} of them not matched."
    yield f"Judged for {_long(answer)} with rules {answer.ruleset_version} ({answer.ruleset_hash[:12]})."


def _amounts(answer: MixtureAnswer) -> Iterator[str]:
    plain = plain_answer(answer)
    rows = [("", "dose", "volume", "in the syringe")]
    for total in plain["totals"]["ingredients"].values():
        rows.append(
            (
                total["title"],
                total["dose"] or "not known",
                total["volume"],
                total["concentration"] or "not known",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
    yield ""
    yield f"Volume: {plain['totals']['volume']}, drawn up in this order: {'; '.join(answer.order)}"
    yield f"Osmolality: {plain['osmolality'] or _unknown(answer.osmolality_unknown)}"
    ph = plain["ph"]
    yield f"pH: {_unknown(answer.ph_unknown) if ph is None else _between(ph['from'], ph['to'])}"
    if answer.use_by is None:
        yield f"Use within {plain['use_within']} of the start of mixing"
    else:
        yield f"Use by {answer.use_by:%Y-%m-%d %H:%M}, {plain['use_within']} after the start of mixing"


def _unknown(titles: tuple[str, ...]) -> str:
    return f"not known ({', '.join(titles)})"


def _between(low: str, high: str) -> str:
    return low if low == high else f"between {low} and {high}"


def _reason(finding: MixtureFinding, knowledge: Knowledge) -> Iterator[str]:
    yield f"{finding.verdict.word}: {finding.title}"
    yield from wrapped(finding.reason, "    ")
    if finding.change:
        yield from wrapped(f"What would change it: {finding.change}", "    ")
    named = [knowledge.sources[source].title for source in finding.sources if source in knowledge.sources]
    if named:
        yield from wrapped(f"Source: {'; '.join(named)} ({finding.rule})", "    ")
    yield ""


def _long(answer: MixtureAnswer) -> str:
    return f"{answer.on:%A} {answer.on.day} {answer.on:%B %Y}"
