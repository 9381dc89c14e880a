"""How well the worked examples guard the rules: change one thing in a rule, and some example must fail.

    python tools/mutate.py [RULE …]      every rule without a name; exit status 1 if anything survives

Each change is one that a slip of the hand could make: another verdict, a limit moved by one step, another
comparison, `not` left out, a part of `all` or `any` left out, another answer asked for, unknown treated otherwise,
another ending. A change after which all examples still hold has survived: an example is lacking.
"""

from __future__ import annotations

import copy
import re
import sys
from collections.abc import Collection, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from anagen.knowledge import build, examples
from anagen.knowledge.loader import shipped
from anagen.knowledge.reading import Refused

Plain = dict[str, Any]
Change = tuple[str, Plain]

VERDICTS = ("caution", "defer", "refer", "exclude")
TURNED = {"at_least": "above", "above": "at_least", "at_most": "below", "below": "at_most"}
OPPOSITE = {"yes": "no", "no": "yes"}
NUMBER = re.compile(r"(-?\d+(?:\.\d+)?) (\S+)")


def stepped(text: str, up: bool, step: Decimal) -> str:
    """The quantity or duration one step up or down."""
    match = NUMBER.fullmatch(text)
    assert match is not None, text
    value = Decimal(match[1]) + (step if up else -step)
    return f"{value} {match[2]}"


def conditions(plain: Any) -> Iterator[tuple[str, Any]]:
    """Every condition that differs from this one in one thing, with what differs."""
    match plain:
        case {"not": part}:
            yield "not left out", part
            for what, other in conditions(part):
                yield what, {"not": other}
        case {"all": parts} | {"any": parts}:
            key = next(iter(plain))
            yield from _joined(key, parts)
        case {"fact": fact, **rest}:
            ((operator, operand),) = rest.items()
            yield from _leaf(fact, operator, operand)


def _joined(key: str, parts: list[Any]) -> Iterator[tuple[str, Any]]:
    if len(parts) > 1:
        yield f"{key} turned round", {"any" if key == "all" else "all": parts}
        for number in range(len(parts)):
            yield f"part {number + 1} of {key} left out", {key: parts[:number] + parts[number + 1 :]}
    for number, part in enumerate(parts):
        for what, other in conditions(part):
            yield what, {key: [*parts[:number], other, *parts[number + 1 :]]}


def _leaf(fact: str, operator: str, operand: Any) -> Iterator[tuple[str, Any]]:
    def leaf(operator: str, operand: Any) -> Plain:
        return {"fact": fact, operator: operand}

    words = shipped().ruleset.vocabulary
    if operator == "is" and operand in OPPOSITE:
        yield f"{fact}: {OPPOSITE[operand]}", leaf("is", OPPOSITE[operand])
    elif operator in ("is", "in"):
        chosen = [operand] if operator == "is" else operand
        others = [option for option in words[fact].options if option not in chosen]
        if others:
            yield f"{fact}: {others[0]}", leaf("in", others)
        for option in chosen if len(chosen) > 1 else ():
            yield f"{fact}: without {option}", leaf("in", [other for other in chosen if other != option])
    elif operator == "under":
        for code in operand if len(operand) > 1 else ():
            yield f"{fact}: without {code}", leaf("under", [other for other in operand if other != code])
    elif operator == "within":
        for up in (True, False):
            yield f"{fact}: {'longer' if up else 'shorter'}", leaf("within", stepped(operand, up, Decimal(1)))
    else:
        yield f"{fact}: {TURNED[operator]}", leaf(TURNED[operator], operand)
        places = 0 if fact == "age" else words[fact].decimals or 0
        for up in (True, False):
            other = stepped(operand, up, Decimal(1).scaleb(-places))
            yield f"{fact}: {other}", leaf(operator, other)


def versions(plain: Plain) -> Iterator[Change]:
    """Every version that differs from this one in one thing."""
    for verdict in VERDICTS:
        if verdict != plain["verdict"]:
            yield f"verdict {verdict}", {**plain, "verdict": verdict}
    for what, condition in conditions(plain["when"]):
        yield what, {**plain, "when": condition}
    yield "never", {**plain, "when": {"all": [plain["when"], {"not": plain["when"]}]}}
    ending = plain.get("until", {})
    if "after" in ending:
        for up in (True, False):
            after = stepped(ending["after"], up, Decimal(1))
            yield f"until after {after}", {**plain, "until": {**ending, "after": after}}
        yield "until an event", {**plain, "until": {"event": ending["event"]}}


def survives(rule: Plain, number: int, version: Plain) -> bool | None:
    """Whether all examples still hold; None where the change itself is refused."""
    changed = copy.copy(rule)
    changed["versions"] = [*rule["versions"][:number], version, *rule["versions"][number + 1 :]]
    words = shipped().ruleset.vocabulary
    try:
        made = build.rule(changed, words)
    except (Refused, ValueError):
        return None
    return not list(examples.faults(changed, made, words))


def tried(names: Collection[str] = ()) -> tuple[int, list[str]]:
    """How many changes were tried, and those that survived; of every rule without names."""
    count, survivors = 0, []
    for rule in shipped().plain["rules"]:
        if names and rule["id"] not in names:
            continue
        for number, plain in enumerate(rule["versions"]):
            for what, version in versions(plain):
                survived = survives(rule, number, version)
                count += survived is not None
                if survived:
                    survivors.append(f"{rule['id']}: {what}")
    return count, survivors


def main(names: list[str]) -> int:
    count, survivors = tried(names)
    for line in survivors:
        print(line)
    caught = count - len(survivors)
    print(f"{caught} of {count} changes caught ({100 * caught / max(count, 1):.1f} %)")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
