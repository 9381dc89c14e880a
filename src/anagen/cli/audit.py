"""The audit trail and the signed charts: are they whole?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Final

from anagen.cli.arguments import add_json
from anagen.cli.errors import BAD_NEWS, GOOD, BadInput, complain
from anagen.cli.surroundings import var

NAME: Final = "audit"
HELP: Final = "check the audit trail and the signed charts, and name the first broken link"
ANCHOR: Final = "audit-anchor.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    verifying = actions.add_parser(
        "verify", help="follow every chain from its first entry; status 1 if a link is broken"
    )
    verifying.add_argument(
        "--expect", metavar="NUMBER:HASH", help="an entry noted down elsewhere, which must still be there"
    )
    verifying.add_argument(
        "--anchor",
        metavar="FILE",
        help=f"where the heads of the last good verification are kept ({ANCHOR} in the folder for run-time data)",
    )
    add_json(verifying)


def run(arguments: argparse.Namespace) -> int:
    from anagen.cli.clinic import ready

    ready()
    from anagen.clinic.audit.verify import verify
    from anagen.clinic.treatment import chart

    anchor = Path(arguments.anchor) if arguments.anchor else var() / ANCHOR
    try:
        report = verify(expect_head=arguments.expect, anchor=anchor)
    except ValueError as wrong:
        place = "--expect" if arguments.expect and arguments.expect in str(wrong) else "--anchor"
        raise BadInput("anagen audit verify", place, str(wrong)) from None
    charts = chart.verify()
    if arguments.json:
        whole = report.as_json() | {"charts": charts.as_json(), "ok": report.ok and charts.ok}
        print(json.dumps(whole, ensure_ascii=False, indent=1, default=str))
    else:
        for good, lines in ((report.ok, report.lines()), (charts.ok, charts.lines())):
            for line in lines:
                if good:
                    print(line)
                else:
                    complain(line)
    return GOOD if report.ok and charts.ok else BAD_NEWS
