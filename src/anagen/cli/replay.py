"""Every stored decision and mixture made again from its own facts, day and rules: does any differ?"""

from __future__ import annotations

import argparse
import json
from typing import Final

from anagen.cli.arguments import add_json
from anagen.cli.errors import BAD_NEWS, GOOD, complain

NAME: Final = "replay"
HELP: Final = "make every stored decision and mixture again and report those that would differ"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    from anagen.cli.clinic import ready

    ready()
    from anagen.clinic.formulation.queries import replayed as mixtures_replayed
    from anagen.clinic.screening.queries import replayed

    total, differing = 0, []
    for replay in replayed():
        total += 1
        if not replay.equal:
            differing.append(replay)
    mixtures = list(mixtures_replayed())
    wrong = [mixture for mixture in mixtures if not mixture.equal]
    if arguments.json:
        rows = [
            {"decision": str(each.decision.pk), "differences": list(each.differences)} for each in differing
        ]
        rows += [{"mixture": each.what, "differences": list(each.differences)} for each in wrong]
        said = {"decisions": total, "mixtures": len(mixtures), "differing": rows}
        print(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        for each in differing:
            complain(f"anagen replay: decision {each.decision.pk}: {'; '.join(each.differences)}")
        for mixture in wrong:
            complain(f"anagen replay: {mixture.what}: {'; '.join(mixture.differences)}")
        _tell(total, "decision", len(differing))
        if mixtures:
            _tell(len(mixtures), "mixture", len(wrong))
    return BAD_NEWS if differing or wrong else GOOD


def _tell(total: int, what: str, differing: int) -> None:
    print(f"{total} {what}{'s' * (total != 1)} replayed, {differing or 'none'} would differ.")
