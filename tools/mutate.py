"""How well examples and cases guard the rules: change one thing in a rule, and something must fail.

    python tools/mutate.py [RULE …]              by the worked examples; every rule without a name
    python tools/mutate.py --cases [RULE …]      by the public case file and the examples together, and for more
                                                 changes: also dropped rules, and what facts say of their answers

The exit status is 1 if anything survives.

Each change is one that a slip of the hand could make: another verdict, a limit moved by one step, another
comparison, `not` left out, a part of `all` or `any` left out, another answer asked for, unknown treated otherwise,
another ending. A change after which all examples still hold has survived: an example is lacking. With the cases come
those that no example can show: a rule left out, unknown counted as matched, an answer that holds a step longer or
shorter, a question that is asked of everybody.
"""

from __future__ import annotations

import copy
import re
import sys
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from tools import cases as case_file

from anagen.exchange.cases import answer, differences
from anagen.knowledge import build, examples
from anagen.knowledge.loader import shipped
from anagen.knowledge.reading import Refused
from anagen.medicine.conditions import Situation
from anagen.medicine.rules import Rule, Verdict, judge

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


class Cases:
    """The public case file, and which of it a change is noticed by."""

    def __init__(self) -> None:
        self.knowledge = shipped()
        words = self.knowledge.ruleset.vocabulary
        self.all = case_file.stored(self.knowledge)
        self.situations = [Situation(case.facts, case.on, words) for case in self.all]
        self.expected = [
            {
                found["rule"]: (found["state"], found["verdict"], found["until"])
                for found in case.expect["findings"]
            }
            for case in self.all
        ]

    def notice_rule(self, rule: Plain, number: int, version: Plain) -> bool | None:
        """Whether a case is answered otherwise by the changed version; None where the change is refused."""
        changed = {**rule, "versions": [*rule["versions"]]}
        changed["versions"][number] = version
        try:
            made = build.rule(changed, self.knowledge.ruleset.vocabulary)
        except (Refused, ValueError):
            return None
        return any(
            self._otherwise(made, case.on, situation, expected)
            for case, situation, expected in zip(self.all, self.situations, self.expected, strict=True)
        )

    def _otherwise(self, rule: Rule, on: date, situation: Situation, expected: Plain) -> bool:
        standing = rule.version(on)
        found = None if standing is None else judge(rule, standing, situation)
        if found is None or found.verdict is Verdict.CLEAR:
            return rule.id in expected
        until = None if found.until is None else found.until.isoformat()
        return expected.get(rule.id) != (found.state.value, found.verdict.word, until)

    def notice_drop(self, rule: str) -> bool:
        return any(rule in expected for expected in self.expected)

    def notice_fact(self, fact: str, definition: Plain) -> bool:
        """Whether a case is answered otherwise once a fact is defined otherwise; those that tell of it go first."""
        facts = [definition if each["id"] == fact else each for each in self.knowledge.plain["facts"]]
        changed = build.ruleset({**self.knowledge.plain, "facts": facts})
        telling = sorted(self.all, key=lambda case: (f"/{fact}/" not in f"{case.id}/", case.on))
        return any(differences(case.expect, answer(case.screened(changed))) != [] for case in telling)


def more_versions(plain: Plain) -> Iterator[Change]:
    """Changes that no worked example shows: it says *unknown* whatever that counts as."""
    other = "ask" if plain["if_unknown"] == "as_matched" else "as_matched"
    yield f"if unknown: {other}", {**plain, "if_unknown": other}


def definitions(plain: Plain) -> Iterator[Change]:
    """Every definition of a fact that differs in how long an answer holds, or whom the question is asked."""
    if plain["fresh"] != "always":
        for up in (True, False):
            fresh = stepped(plain["fresh"], up, Decimal(24 if plain["fresh"].endswith(" h") else 1))
            if not fresh.startswith("0 "):  # what is said today holds today, so that 0 d is the same as 1 d
                yield f"fresh {fresh}", {**plain, "fresh": fresh}
        yield "fresh always", {**plain, "fresh": "always"}
    if "asked_when" in plain:
        yield "asked of everybody", {key: value for key, value in plain.items() if key != "asked_when"}
        for what, other in conditions(plain["asked_when"]):
            yield f"asked when {what}", {**plain, "asked_when": other}


def tried_on_cases(names: Collection[str] = ()) -> Iterator[tuple[str, bool, bool]]:
    """Every change, whether a worked example notices it, and whether the case file does."""
    found = Cases()
    for rule in found.knowledge.plain["rules"]:
        if names and rule["id"] not in names:
            continue
        yield f"{rule['id']}: left out", False, found.notice_drop(rule["id"])
        for number, plain in enumerate(rule["versions"]):
            for what, version in (*versions(plain), *more_versions(plain)):
                noticed = found.notice_rule(rule, number, version)
                if noticed is not None:
                    yield f"{rule['id']}: {what}", survives(rule, number, version) is False, noticed
    for fact in () if names else found.knowledge.plain["facts"]:
        for what, definition in definitions(fact):
            try:
                yield f"fact {fact['id']}: {what}", False, found.notice_fact(fact["id"], definition)
            except (Refused, ValueError):
                continue  # a definition that nobody could write


def report(names: Collection[str]) -> int:
    """Prints what survives and the shares caught, apart for rules and facts."""
    tried_ones = list(tried_on_cases(names))
    for what, by_example, by_case in tried_ones:
        if not by_example and not by_case:
            print(what)
    for title, kind in (("rules", False), ("facts", True)):
        some = [each for each in tried_ones if each[0].startswith("fact ") is kind]
        if some:
            examples_, cases_ = (sum(each[place] for each in some) for place in (1, 2))
            either = sum(each[1] or each[2] for each in some)
            print(
                f"{title}: {either} of {len(some)} changes caught ({100 * either / len(some):.1f} %); "
                f"{cases_} by the case file, {examples_} by the worked examples"
            )
    return int(any(not by_example and not by_case for _, by_example, by_case in tried_ones))


def main(names: list[str]) -> int:
    if "--cases" in names:
        return report([name for name in names if name != "--cases"])
    count, survivors = tried(names)
    for line in survivors:
        print(line)
    caught = count - len(survivors)
    print(f"{caught} of {count} changes caught ({100 * caught / max(count, 1):.1f} %)")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
