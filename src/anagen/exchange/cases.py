"""The public case file: patients in plain data, each with the answer that is expected of a screening.

A case is one JSON object on one line; ``docs/cases/README.md`` says what every key means, so that another system
can evaluate the same patients. Reading is strict: a case that is not understood is refused, never passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from anagen.exchange.errors import BadInput
from anagen.exchange.facts import UNKNOWN_WORD
from anagen.knowledge import build
from anagen.medicine.facts import UNKNOWN, Facts, Speaker, Statement
from anagen.medicine.rules import Ruleset, Verdict
from anagen.medicine.screening import Screening, Unmapped, screen
from anagen.medicine.vocabulary import Vocabulary

Plain = Mapping[str, Any]
Bases = Mapping[str, Plain]

BASELINES: Final = "baselines.json"  # the healthy patients that cases start from, beside the cases
_REQUIRED: Final = ("id", "title", "on", "facts", "expect", "why")
_OPTIONAL: Final = ("base", "unmapped")
_EXPECTED: Final = ("verdict", "not_before", "findings", "missing")
_FINDING: Final = ("rule", "state", "verdict", "until")
_SAID: Final = frozenset({"value", "since", "until", "said", "speaker", "record"})
_MEND: Final = "docs/cases/README.md says how a case is written."


@dataclass(frozen=True, slots=True)
class Case:
    """One patient on one day, what is expected, and the rules that the case guards."""

    id: str
    title: str
    on: date
    facts: Facts
    unmapped: tuple[Unmapped, ...]
    expect: Plain
    why: tuple[str, ...]

    def screened(self, ruleset: Ruleset) -> Screening:
        return screen(self.facts, ruleset=ruleset, on=self.on, unmapped=self.unmapped)


# judging


def answer(found: Screening) -> dict[str, Any]:
    """A screening as cases write what they expect: of the findings those that weigh, heaviest first."""
    return {
        "verdict": found.verdict.word,
        "not_before": None if found.not_before is None else found.not_before.isoformat(),
        "findings": [
            {
                "rule": finding.rule,
                "state": finding.state.value,
                "verdict": finding.verdict.word,
                "until": None if finding.until is None else finding.until.isoformat(),
            }
            for finding in found.reasons
        ],
        "missing": list(found.missing),
    }


def differences(expected: Plain, answered: Plain) -> list[str]:
    """What the answer says otherwise than expected, a line each; the order of findings and of what is missing
    decides nothing."""
    told = [
        f"{key}: expected {_word(expected[key])}, answered {_word(answered[key])}"
        for key in ("verdict", "not_before")
        if expected[key] != answered[key]
    ]
    wanted, given = _by_rule(expected["findings"]), _by_rule(answered["findings"])
    for rule in sorted(wanted.keys() | given.keys()):
        if wanted.get(rule) != given.get(rule):
            told.append(f"{rule}: expected {_findings(wanted, rule)}, answered {_findings(given, rule)}")
    lacking = sorted(set(expected["missing"]) - set(answered["missing"]))
    beyond = sorted(set(answered["missing"]) - set(expected["missing"]))
    told += [f"missing: expected {fact}, which is not asked for" for fact in lacking]
    told += [f"missing: {fact} is asked for, which is not expected" for fact in beyond]
    return told


def _by_rule(findings: Iterable[Plain]) -> dict[str, list[str]]:
    """Each rule's findings in words; two speakers may disagree on more than one fact."""
    told: dict[str, list[str]] = {}
    for finding in findings:
        until = f" until {finding['until']}" if finding["until"] else ""
        told.setdefault(finding["rule"], []).append(f"{finding['state']} {finding['verdict']}{until}")
    return told


def _findings(told: Mapping[str, list[str]], rule: str) -> str:
    return " and ".join(told.get(rule, ["nothing that weighs"]))


def _word(value: object) -> str:
    return "none" if value is None else str(value)


# reading


def baselines(text: str, *, file: str) -> dict[str, Plain]:
    """The healthy patients by name: fact → answer. BadInput when the text says something else."""
    found = _json(text, file, 0)
    if not isinstance(found, dict) or not all(isinstance(facts, dict) for facts in found.values()):
        raise BadInput(file, "", "These are no patients by name.", _MEND)
    return found


def read(text: str, *, file: str, bases: Bases, vocabulary: Vocabulary) -> list[Case]:
    """The cases of a file, one JSON object a line; empty lines do not count. BadInput names line, fault and mend."""
    found: list[Case] = []
    seen: dict[str, int] = {}
    sayings = Sayings(vocabulary)
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        plain = _json(line, file, number)
        place = _place(plain, number)
        try:
            case = _case(plain, bases, sayings)
        except (ValueError, TypeError) as error:
            raise BadInput(file, place, f"{error}.", _MEND) from None
        if case.id in seen:
            raise BadInput(
                file, place, f"This id stands on line {seen[case.id]} too.", "Name each case once."
            )
        seen[case.id] = number
        found.append(case)
    if not found:
        raise BadInput(file, "", "There is no case in it.", _MEND)
    return found


def object_of(text: str, *, file: str = "case") -> Any:
    """One JSON document as strictly as in a file: no key twice, no NaN. BadInput with line and column."""
    return _json(text, file, 0)


def _place(plain: Any, number: int) -> str:
    name = plain.get("id") if isinstance(plain, dict) else None
    return f"line {number}, {name}" if isinstance(name, str) and name else f"line {number}"


def _json(text: str, file: str, line: int) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = f"line {line or error.lineno}, column {error.colno}"
        raise BadInput(file, place, f"This is not JSON: {error.msg}.", "Mend the syntax here.") from None
    except RecursionError:
        raise BadInput(file, f"line {line or 1}", "It is nested too deeply.", _MEND) from None
    except ValueError as error:
        raise BadInput(file, f"line {line or 1}", f"{error}.", _MEND) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"“{next(key for key in keys if keys.count(key) > 1)}” stands twice in one object")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def _case(plain: Any, bases: Bases, sayings: Sayings) -> Case:
    _keys(plain, "a case", _REQUIRED, _OPTIONAL)
    for key in ("id", "title", "on"):
        if not isinstance(plain[key], str) or not plain[key].strip():
            raise ValueError(f"“{key}” is no text")
    if not isinstance(plain["facts"], dict):
        raise ValueError("“facts” is no object of fact and answer")
    on = _day(plain["on"])
    return Case(
        id=plain["id"],
        title=plain["title"],
        on=on,
        facts=sayings.facts(whole(plain, bases), on),
        unmapped=tuple(map(_unmapped, _list(plain.get("unmapped", []), "unmapped"))),
        expect=_expectation(plain["expect"]),
        why=tuple(_texts(plain["why"], "why")),
    )


def whole(plain: Plain, bases: Bases) -> dict[str, Any]:
    """The whole patient: the answers of the base, with those of the case in their place. ``null``: not asked."""
    name = plain.get("base")
    if name is not None and (not isinstance(name, str) or name not in bases):
        known = f"use {' or '.join(bases)}" if bases else f"no {BASELINES} lies beside the file"
        raise ValueError(f"there is no base “{name}”; {known}")
    merged = {**(bases[name] if name is not None else {}), **plain["facts"]}
    return {fact: said for fact, said in merged.items() if said is not None}


class Sayings:
    """Makes statements of what is said; what many patients say in the same words is made once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._made: dict[tuple[str, str, date], Statement] = {}

    def facts(self, plain: Plain, on: date) -> Facts:
        """What is said of a patient, as facts. ValueError names the fact and says what would be right."""
        return Facts(statement for fact, said in plain.items() for statement in self._said(fact, said, on))

    def _said(self, fact: str, said: Any, on: date) -> Iterable[Statement]:
        if not isinstance(said, str):
            return _about(fact, said, self.vocabulary, on)
        made = self._made.get((fact, said, on))
        if made is None:
            (made,) = _about(fact, said, self.vocabulary, on)
            self._made[fact, said, on] = made
        return (made,)


def _about(fact: str, said: Any, vocabulary: Vocabulary, on: date) -> Iterator[Statement]:
    if fact not in vocabulary:
        raise ValueError(f"no fact is called “{fact}”")
    several = isinstance(said, list) and bool(said) and all(isinstance(each, dict) for each in said)
    for each in said if several else [said]:
        try:
            yield _statement(fact, each, vocabulary, on)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{fact}: {error}") from None


def _statement(fact: str, said: Any, vocabulary: Vocabulary, on: date) -> Statement:
    plain = dict(said) if isinstance(said, dict) else {"value": said}
    if unknown := sorted(set(plain) - _SAID):
        raise ValueError(f"“{unknown[0]}” is not known here; use {', '.join(sorted(_SAID))}")
    if "value" not in plain:
        raise ValueError("there is no value")
    record = plain.pop("record", "")
    if not isinstance(record, str):
        raise ValueError(f"“{record}” is no name of a record")
    speaker = Speaker(plain.pop("speaker")) if "speaker" in plain else None
    if plain["value"] == UNKNOWN_WORD:
        if {"since", "until"} & plain.keys():
            raise ValueError("what nobody knows has no since and no until")
        first = vocabulary[fact].speakers
        usual = Speaker.PATIENT if Speaker.PATIENT in first else first[0]
        made = Statement(fact, UNKNOWN, _day(plain["said"]) if "said" in plain else on, usual)
    else:
        made = build.statement(vocabulary[fact], plain, vocabulary, on)
    return replace(made, speaker=speaker or made.speaker, record=record)


def _unmapped(plain: Any) -> Unmapped:
    _keys(plain, "an unmapped entry", ("where", "text", "why"), ("system", "code"))
    if not all(isinstance(value, str) for value in plain.values()):
        raise ValueError("an unmapped entry is made of texts")
    return Unmapped(**plain)


def _expectation(plain: Any) -> Plain:
    _keys(plain, "what is expected", _EXPECTED)
    _verdict(plain["verdict"])
    _day_or_none(plain["not_before"])
    _texts(plain["missing"], "missing")
    for finding in _list(plain["findings"], "findings"):
        _keys(finding, "a finding", _FINDING)
        _verdict(finding["verdict"])
        _day_or_none(finding["until"])
        if finding["state"] not in ("matched", "unknown"):
            raise ValueError(f"“{finding['state']}” is no state; use matched or unknown")
        if not isinstance(finding["rule"], str):
            raise ValueError(f"“{finding['rule']}” is no rule")
    return dict(plain)


def _keys(plain: Any, what: str, required: Iterable[str], optional: Iterable[str] = ()) -> None:
    if not isinstance(plain, dict):
        raise ValueError(f"{what} is no object")
    for key in required:
        if key not in plain:
            raise ValueError(f"{what} lacks “{key}”")
    if strange := sorted(set(plain) - {*required, *optional}):
        raise ValueError(f"“{strange[0]}” is not known in {what}")


def _verdict(word: Any) -> None:
    if word not in [verdict.word for verdict in Verdict]:
        raise ValueError(f"“{word}” is no verdict; use {', '.join(verdict.word for verdict in Verdict)}")


def _day(text: Any) -> date:
    if not isinstance(text, str):
        raise ValueError(f"“{text}” is no day; write it as 2026-11-21")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is no day; write it as 2026-11-21") from None


def _day_or_none(text: Any) -> None:
    if text is not None:
        _day(text)


def _list(plain: Any, what: str) -> list[Any]:
    if not isinstance(plain, list):
        raise ValueError(f"“{what}” is no list")
    return plain


def _texts(plain: Any, what: str) -> list[str]:
    if not all(isinstance(each, str) for each in _list(plain, what)):
        raise ValueError(f"“{what}” is no list of texts")
    return list(plain)
