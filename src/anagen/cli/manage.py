"""For administrators: Django's own commands, such as ``migrate``, with the clinic's settings."""

from __future__ import annotations

import argparse
from typing import Final

from anagen.cli.errors import BAD_NEWS, GOOD

NAME: Final = "manage"
HELP: Final = "for administrators: Django's commands, such as migrate or add_account"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "arguments",
        nargs=argparse.REMAINDER,
        metavar="COMMAND …",
        help="a command and its arguments; help lists all",
    )


def run(arguments: argparse.Namespace) -> int:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anagen.clinic.settings")
    if arguments.arguments[:1] == ["migrate"]:
        from anagen.cli.clinic import upgrade_refused

        if upgrade_refused("anagen manage migrate"):
            return BAD_NEWS
    from django.core.management import ManagementUtility

    utility = ManagementUtility(["anagen manage", *(arguments.arguments or ["help"])])
    utility.prog_name = "./anagen manage"
    utility.execute()
    return GOOD
