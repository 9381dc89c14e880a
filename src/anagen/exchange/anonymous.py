"""A patient as a case that others may read: the answers, and nothing that names the person.

The day of birth becomes the first of a January that leaves the age as it is, records are numbered, and of entries that
nobody understood only the code is kept. Everything that a verdict rests on stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Final

from anagen.exchange import cases
from anagen.medicine.dates import age_in_years
from anagen.medicine.facts import UNKNOWN, Answer, Facts, Statement
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Ruleset
from anagen.medicine.screening import Unmapped, screen
from anagen.medicine.vocabulary import BIRTH_DATE

LEFT_OUT: Final = "words left out"


def anonymous(facts: Facts, unmapped: Iterable[Unmapped], *, on: date) -> tuple[Facts, tuple[Unmapped, ...]]:
    """The same patient without a name on anything."""
    records: dict[str, str] = {}

    def numbered(record: str) -> str:
        return records.setdefault(record, f"record {len(records) + 1}") if record else ""

    nameless = [
        replace(said, value=_born(said.value, on), record=numbered(said.record))
        if said.fact == BIRTH_DATE
        else replace(said, record=numbered(said.record))
        for said in facts
    ]
    unread = [
        Unmapped(
            numbered(entry.where), LEFT_OUT, entry.why if entry.code else LEFT_OUT, entry.system, entry.code
        )
        for entry in unmapped
    ]
    return Facts(nameless), tuple(unread)


def _born(value: Answer, on: date) -> Answer:
    """The first day of January that gives the same age on that day; a day still to come stays."""
    if not isinstance(value, date) or value > on:
        return value
    return date(on.year - age_in_years(value, on), 1, 1)


def plain_case(
    facts: Facts,
    unmapped: Iterable[Unmapped],
    *,
    on: date,
    ruleset: Ruleset,
    id: str,
    title: str,
) -> dict[str, Any]:
    """A case of the public form, expecting the answer that these rules give."""
    unmapped = tuple(unmapped)
    found = screen(facts, ruleset=ruleset, on=on, unmapped=unmapped)
    case: dict[str, Any] = {
        "id": id,
        "title": title,
        "on": on.isoformat(),
        "facts": _by_fact(facts),
        "expect": cases.answer(found),
        "why": [finding.rule for finding in found.reasons],
    }
    if unmapped:
        case["unmapped"] = [
            {key: value for key, value in _entry(entry).items() if value or key in ("where", "text", "why")}
            for entry in unmapped
        ]
    return case


def _entry(entry: Unmapped) -> dict[str, str]:
    return {
        "where": entry.where,
        "text": entry.text,
        "why": entry.why,
        "system": entry.system,
        "code": entry.code,
    }


def _by_fact(facts: Facts) -> dict[str, Any]:
    said: dict[str, list[dict[str, Any]]] = {}
    for statement in facts:
        said.setdefault(statement.fact, []).append(_said(statement))
    return {fact: each if len(each) > 1 else each[0] for fact, each in said.items()}


def _said(statement: Statement) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "value": _value(statement.value),
        "said": statement.on.isoformat(),
        "speaker": statement.speaker.value,
    }
    if statement.since is not None:
        plain["since"] = statement.since.isoformat()
    if statement.until is not None:
        plain["until"] = statement.until.isoformat()
    if statement.record:
        plain["record"] = statement.record
    return plain


def _value(value: Answer) -> Any:
    if value is UNKNOWN:
        return cases.UNKNOWN_WORD
    match value:
        case bool():
            return "yes" if value else "no"
        case Quantity():
            return f"{value.value:f} {value.unit}"
        case frozenset():
            return sorted(value)
        case date():
            return value.isoformat()
        case _:
            return value
