"""Arguments that several commands share, and usage errors as one line with the mend."""

from __future__ import annotations

import argparse
import re
from datetime import date
from typing import Final, NoReturn

from anagen.cli.errors import BAD_INPUT, complain
from anagen.cli.surroundings import today

# Far enough for every birth date, and no arithmetic on days can leave the calendar.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200

# argparse's own words → ours: (pattern, argument, complaint)
_COMPLAINTS: Final = (
    (r"the following arguments are required: (?P<name>.+)", "is missing."),
    (r"unrecognized arguments: (?P<name>\S+).*", "is not known here."),
    (r"argument (?P<name>\S+).*: expected .*argument.*", "needs a value."),
    (r"argument (?P<name>\S+).*?: invalid choice: '?(?P<value>.*?)'? \(choose from (?P<options>.*)\)", None),
    (r"argument (?P<name>\S+).*?: not allowed with argument (?P<other>\S+)", "does not go with {other}."),
    (r"argument (?P<name>\S+?)(?:/\S+)*: ignored explicit argument .*", "takes no value."),
    (r"argument (?P<name>\S+).*?: (?P<said>.*)", "{said}"),
)


class Parser(argparse.ArgumentParser):
    """argparse, with errors as one line that names the argument and the mend, and status 2."""

    def __init__(self, **options: object) -> None:
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(**options)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        complain(f"{self.prog}: {explained(message)} See ./{self.prog} --help.")
        raise SystemExit(BAD_INPUT)


def explained(message: str) -> str:
    """A complaint of argparse in our words: ``--from: is missing.``"""
    for pattern, words in _COMPLAINTS:
        if match := re.fullmatch(pattern, message, re.DOTALL):
            found = match.groupdict()
            if words is None:
                options = re.sub(r"'", "", found["options"])
                words = f"“{found['value']}” is not possible. Use one of {options}."
            else:
                words = words.format(**found)
            return f"{found['name']}: {words}"
    return message


def day(text: str) -> date:
    """A day as 2026-11-21; ArgumentTypeError with the mend for anything else."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise argparse.ArgumentTypeError(f"“{text}” is no day. Write it as 2026-11-21.")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not in the calendar. Write a day that exists, as 2026-11-21."
        ) from None
    if not FIRST_YEAR <= found.year < LAST_YEAR:
        raise argparse.ArgumentTypeError(
            f"“{text}” is out of reach. Write a day from {FIRST_YEAR} to {LAST_YEAR - 1}."
        )
    return found


def add_on(parser: argparse.ArgumentParser) -> None:
    """``--on DATE``: the day that is judged; today when it is not given."""
    parser.add_argument(
        "--on", type=day, metavar="DATE", default=today(), help="the day, as 2026-11-21 (today)"
    )


def add_json(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
