"""Entries in sentences: “Jane Doe changed Patient 104 2237: telephone “…” → “…””."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from . import policy, queries
from .models import AuditEntry, Operation, ReadEntry

_LONGEST_VALUE = 120


@dataclass(frozen=True, slots=True)
class Change:
    """One column in words; the values are empty when the reader may not see them."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as the page shows it."""

    number: int
    at: datetime
    who: str
    sentence: str
    operation: str
    patient_number: str
    changes: Sequence[Change]
    values_hidden: bool


def tell(entries: Iterable[Any], *, files_open: bool) -> list[Told]:
    """Put entries or reads into words. Without `files_open` no value of a patient's file is shown: an administrator
    sees who changed which column when, not what the patient said."""
    entries = list(entries)
    numbers = queries.patient_numbers({entry.patient_id for entry in entries if entry.patient_id is not None})
    accounts = queries.account_names()
    return [_told(entry, numbers, accounts, files_open) for entry in entries]


def _told(
    entry: AuditEntry | ReadEntry, numbers: dict[int, str], accounts: dict[str, str], files_open: bool
) -> Told:
    patient = numbers.get(entry.patient_id, f"#{entry.patient_id}") if entry.patient_id is not None else ""
    if isinstance(entry, ReadEntry):
        words = {"who": entry.actor, "what": entry.what, "patient": patient}
        sentence = _("%(who)s read %(what)s of patient %(patient)s") % words
        return Told(entry.number, entry.at, entry.actor, sentence, "read", patient, (), False)
    hidden = entry.patient_id is not None and not files_open
    words = {"who": entry.actor, "what": _object(entry, patient, accounts)}
    sentence = {
        Operation.INSERT: _("%(who)s added %(what)s"),
        Operation.UPDATE: _("%(who)s changed %(what)s"),
        Operation.DELETE: _("%(who)s deleted %(what)s"),
    }[Operation(entry.operation)] % words
    changes = _changes(entry, hidden, accounts)
    return Told(entry.number, entry.at, entry.actor, sentence, entry.operation, patient, changes, hidden)


def _object(entry: AuditEntry, patient: str, accounts: dict[str, str]) -> str:
    label = policy.table_label(entry.table)
    if entry.table == "people_patient":
        return f"{label} {patient}"
    if entry.table == "people_user":
        return f"{label} {accounts.get(entry.row, '#' + entry.row)}"
    if patient:
        return _("%(table)s #%(row)s of patient %(patient)s") % {
            "table": label,
            "row": entry.row,
            "patient": patient,
        }
    return f"{label} #{entry.row}"


def _changes(entry: AuditEntry, hidden: bool, accounts: dict[str, str]) -> list[Change]:
    old, new = _object_of(entry.old), _object_of(entry.new)

    def shown(column: str, value: Any) -> str:
        if hidden:
            return ""
        if value is not None and policy.names_an_account(entry.table, column):
            return accounts.get(str(value), f"#{value}")
        return _value(value)

    return [
        Change(
            policy.column_label(entry.table, column),
            shown(column, old.get(column)),
            shown(column, new.get(column)),
        )
        for column in dict.fromkeys([*old, *new])
        # Of a whole row, what is empty says nothing.
        if entry.operation == Operation.UPDATE
        or (new.get(column) if new else old.get(column)) not in (None, "")
    ]


def _object_of(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    try:
        said = json.loads(text)
    except ValueError:  # somebody has written into the trail: show what is there
        return {"?": text}
    return said if isinstance(said, dict) else {"?": said}


def _value(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
