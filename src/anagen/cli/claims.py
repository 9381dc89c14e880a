"""What became of every claim of the source documents."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from anagen.cli.arguments import add_json
from anagen.cli.errors import GOOD

NAME: Final = "claims"
HELP: Final = "what became of every claim of the source documents"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    from anagen.knowledge import ledger
    from anagen.knowledge.loader import shipped

    plain = shipped().account
    found = document(plain)
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print("\n".join(summary(found, ledger.claims())))
    return GOOD


def document(plain: Any) -> list[dict[str, Any]]:
    """Every claim in the order of the ledger: who rests on it, or why nobody does."""
    from anagen.knowledge import ledger

    used, aside = ledger.uses(plain), ledger.set_aside(plain)
    return [
        {"id": claim, "used_by": used.get(claim, []), "set_aside": aside.get(claim)}
        for claim in ledger.claims()
    ]


def summary(found: list[dict[str, Any]], claims: Any) -> Iterator[str]:
    """Counts by topic and by what the sense check of the ledger says."""
    used = sum(bool(each["used_by"]) for each in found)
    yield f"{len(found)} claims: {used} used, {len(found) - used} set aside with a reason"
    for heading, field in (("Topic", "topic"), ("Sense check", "sense_check")):
        yield ""
        yield f"{heading:<24}{'claims':>8}{'used':>8}{'aside':>8}"
        total: Counter[str] = Counter()
        of_these: Counter[str] = Counter()
        for each in found:
            key = getattr(claims[each["id"]], field)
            total[key] += 1
            of_these[key] += bool(each["used_by"])
        for key in sorted(total):
            yield f"{key:<24}{total[key]:>8}{of_these[key]:>8}{total[key] - of_these[key]:>8}"
