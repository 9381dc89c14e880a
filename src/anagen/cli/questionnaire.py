"""The intake as a FHIR R4 Questionnaire, or as the answers of a healthy adult."""

from __future__ import annotations

import argparse

import orjson

from anagen.cli.arguments import add_on
from anagen.cli.errors import GOOD, BadInput
from anagen.exchange.fhir.questionnaire import UnknownLanguage, example, intake, questionnaire
from anagen.knowledge.loader import shipped

NAME = "questionnaire"
HELP = "the intake as a FHIR R4 Questionnaire; with --example, answers that screen clear"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", default="en", metavar="xx", help="the language of the questions (en)")
    parser.add_argument(
        "--example", action="store_true", help="a QuestionnaireResponse of a healthy adult instead"
    )
    add_on(parser)


def run(arguments: argparse.Namespace) -> int:
    knowledge = shipped()
    try:
        made_of = intake(knowledge.ruleset, knowledge.groups, knowledge.languages, arguments.lang)
    except UnknownLanguage as error:
        what = f"There is no translation into “{arguments.lang}”."
        raise BadInput("anagen questionnaire", "--lang", what, str(error)) from None
    document = example(made_of, arguments.on) if arguments.example else questionnaire(made_of)
    print(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
    return GOOD
