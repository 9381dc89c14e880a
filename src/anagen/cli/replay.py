"""Every stored decision made again from its own facts, day and rules: does any differ?"""

from __future__ import annotations

import argparse
import json
from typing import Final

from anagen.cli.arguments import add_json
from anagen.cli.errors import BAD_NEWS, GOOD, complain

NAME: Final = "replay"
HELP: Final = "make every stored decision again and report those that would differ"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    from anagen.cli.clinic import ready

    ready()
    from anagen.clinic.screening.queries import replayed

    total, differing = 0, []
    for replay in replayed():
        total += 1
        if not replay.equal:
            differing.append(replay)
    if arguments.json:
        rows = [
            {"decision": str(each.decision.pk), "differences": list(each.differences)} for each in differing
        ]
        print(json.dumps({"decisions": total, "differing": rows}, ensure_ascii=False, indent=1))
    else:
        for each in differing:
            complain(f"anagen replay: decision {each.decision.pk}: {'; '.join(each.differences)}")
        if not differing:
            print(f"{total} decision{'s' * (total != 1)} replayed, none would differ.")
        else:
            print(f"{total} decision{'s' * (total != 1)} replayed, {len(differing)} would differ.")
    return BAD_NEWS if differing else GOOD
