"""What has changed between two states of knowledge: rules, facts, and the answers to worked examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from anagen.knowledge import adjusting, examples, wording
from anagen.knowledge.build import ending
from anagen.knowledge.build import rule as build_rule
from anagen.knowledge.loader import Knowledge
from anagen.medicine.rules import Rule

Plain = Mapping[str, Any]

NO_RULE: Final = "no rule"
_VERSION_FIELDS: Final = {
    "verdict": "verdict",
    "if_unknown": "when the answer is unknown",
    "until": "until",
    "says": "words",
    "change": "what would change it",
    "override": "override",
    "evidence": "evidence",
    "claims": "claims",
    "conflicts": "conflicts",
    "reviewed": "review",
    "title": "title",
    "advice_only": "advice only",
    "adjustable": "what a clinic may set",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs, as words; ``old`` or ``new`` is empty where it was not there."""

    what: str
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        if not self.old or not self.new:
            return f"{self.what}: {self.new or self.old} {'added' if self.new else 'removed'}"
        return f"{self.what}: {self.old} → {self.new}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A worked example that is answered differently."""

    example: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """How one rule has changed. ``kind`` is added, removed or changed."""

    id: str
    title: str
    kind: str
    changes: tuple[Change, ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs between two states of knowledge."""

    rules: tuple[RuleDifference, ...]
    facts: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.rules or self.facts)


def difference(old: Knowledge, new: Knowledge) -> Difference:
    """Rules in the order of their ids, then facts."""
    before = {item["id"]: item for item in old.plain["rules"]}
    after = {item["id"]: item for item in new.plain["rules"]}
    rules = []
    for name in sorted(before.keys() | after.keys()):
        found = _rule(before.get(name), after.get(name), old, new)
        if found is not None:
            rules.append(found)
    return Difference(tuple(rules), tuple(_facts(old.plain["facts"], new.plain["facts"])))


def newest_differences(
    before: Plain | None, after: Plain, old: Knowledge, new: Knowledge
) -> Iterator[Change]:
    """How the newest version of a rule differs from the newest before, whatever their days; none for a new rule."""
    if before is not None:
        first, second = ({**rule["versions"][-1]} for rule in (before, after))
        if len(before["versions"]) != len(after["versions"]):
            for version in (first, second):
                version.pop("to", None)
            if first["from"] != second["from"]:
                yield Change("in force from", first["from"], second["from"])
        yield from _version(first, second, old, new)


def _rule(before: Plain | None, after: Plain | None, old: Knowledge, new: Knowledge) -> RuleDifference | None:
    there = after or before
    assert there is not None
    answers = tuple(_answers(before, after, old, new))
    if before is None or after is None:
        return RuleDifference(
            there["id"], there["title"], "added" if before is None else "removed", (), answers
        )
    changes = tuple(_changes(before, after, old, new))
    if not changes and not answers:
        return None
    return RuleDifference(there["id"], there["title"], "changed", changes, answers)


def _changes(before: Plain, after: Plain, old: Knowledge, new: Knowledge) -> Iterator[Change]:
    for field in ("title", "topic"):
        if before[field] != after[field]:
            yield Change(field, before[field], after[field])
    first = {version["from"]: version for version in before["versions"]}
    second = {version["from"]: version for version in after["versions"]}
    for start in sorted(first.keys() | second.keys()):
        if start not in first or start not in second:
            words = f"from {start}, {(first.get(start) or second[start])['verdict']}"
            yield Change("version", words if start in first else "", words if start in second else "")
            continue
        yield from _version(first[start], second[start], old, new)


def _version(before: Plain, after: Plain, old: Knowledge, new: Knowledge) -> Iterator[Change]:
    if before.get("to") != after.get("to"):
        yield Change("stands until", before.get("to", "further notice"), after.get("to", "further notice"))
    if before["when"] != after["when"]:
        yield Change("condition", _condition(before, old), _condition(after, new))
    for field, name in _VERSION_FIELDS.items():
        was, is_now = before.get(field), after.get(field)
        if was == is_now:
            continue
        if field == "says":
            for reader, words in (("clinician", "to the clinician"), ("patient", "to the patient")):
                if (was or {}).get(reader) != (is_now or {}).get(reader):
                    yield Change(words, (was or {}).get(reader, ""), (is_now or {}).get(reader, ""))
        elif field == "until":
            yield Change(name, _until(was, old), _until(is_now, new))
        elif field == "adjustable":
            yield Change(name, _settable(before), _settable(after))
        elif field in ("claims", "conflicts"):
            for item in [item for item in was or () if item not in (is_now or ())]:
                yield Change(name, old=item)
            for item in [item for item in is_now or () if item not in (was or ())]:
                yield Change(name, new=item)
        elif field == "evidence":
            yield from _evidence(was or [], is_now or [])
        else:
            yield Change(name, _said(was), _said(is_now))


def _condition(version: Plain, knowledge: Knowledge) -> str:
    from anagen.knowledge.build import condition

    words = knowledge.ruleset.vocabulary
    return wording.sentence(condition(version["when"], words), words)


def _until(until: Plain | None, knowledge: Knowledge) -> str:
    words = knowledge.ruleset.vocabulary
    return "" if until is None else wording.ending(ending(until, words), words).removeprefix("until ")


def _settable(version: Plain) -> str:
    return "; ".join(f"{each.what}: {each.allowed}" for each in adjusting.parameters(version))


def _evidence(was: list[Plain], is_now: list[Plain]) -> Iterator[Change]:
    first, second = ({item["source"]: item for item in listed} for listed in (was, is_now))
    for source in dict.fromkeys((*first, *second)):
        if first.get(source) != second.get(source):
            yield Change("evidence", _cited(first.get(source)), _cited(second.get(source)))


def _cited(item: Plain | None) -> str:
    if item is None:
        return ""
    note = f": {item['note']}" if item.get("note") else ""
    return f"{item['source']} ({item['strength']}{note})"


def _said(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict():
            return "; ".join(f"{key}: {_said(inner)}" for key, inner in value.items())
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def _answers(before: Plain | None, after: Plain | None, old: Knowledge, new: Knowledge) -> Iterator[Answer]:
    """The examples of both states, asked of both."""
    was = _built(before, old)
    is_now = _built(after, new)
    seen = []
    for example in (*(before or {}).get("examples", ()), *(after or {}).get("examples", ())):
        asked = (example["given"], example.get("on"))
        if asked in seen:
            continue
        seen.append(asked)
        first, second = _answer(example, was, old), _answer(example, is_now, new)
        if first != second:
            yield Answer(example["name"], first, second)


def _built(plain: Plain | None, knowledge: Knowledge) -> Rule | None:
    return None if plain is None else build_rule(plain, knowledge.ruleset.vocabulary)


def _answer(example: Plain, rule: Rule | None, knowledge: Knowledge) -> str:
    if rule is None:
        return NO_RULE
    try:
        found = examples.finding(example, rule, knowledge.ruleset.vocabulary)
    except ValueError as error:  # a fact or a version that only the other state has
        return str(error)
    until = f" until {found.until}" if found.until else ""
    return examples.answer(found) + until


def _facts(old: list[Plain], new: list[Plain]) -> Iterator[Change]:
    first, second = ({item["id"]: item for item in listed} for listed in (old, new))
    for name in sorted(first.keys() | second.keys()):
        was, is_now = first.get(name), second.get(name)
        if was is None or is_now is None:
            yield Change("fact", name if was else "", name if is_now else "")
            continue
        for field in dict.fromkeys((*was, *is_now)):
            if was.get(field) != is_now.get(field):
                yield Change(f"fact {name}, {field}", _said(was.get(field)), _said(is_now.get(field)))
