"""A row as JSON, in SQL: the parts of a trigger that both databases share. Each gives its own `json_of`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from . import policy

JsonOf = Callable[[str, Any], str]


def quoted(name: str) -> str:
    """A table or column, quoted as both databases do."""
    return '"' + name.replace('"', '""') + '"'


def column(field: models.Field[Any, Any]) -> str:
    """The column of a concrete field; only fields without one, such as many-to-many, have None there."""
    assert field.column is not None
    return field.column


def value(row: str, column: str) -> str:
    """A column of OLD or NEW; of the table itself when `row` is empty."""
    return f"{row}.{quoted(column)}" if row else quoted(column)


def patient(model: type[models.Model], row: str) -> str:
    """The key of the patient whom `row` (OLD or NEW) is about, or NULL."""
    way = policy.way_to_patient(model)
    if way is None:
        return "NULL"
    start, hops = way
    found = value(row, start)
    for hop in hops:
        found = f"(SELECT {quoted(hop.column)} FROM {quoted(hop.table)} WHERE {quoted(hop.key)} = {found})"
    return found


def whole(row: str, model: type[models.Model], json_of: JsonOf) -> str:
    """The JSON object of all columns."""
    parts = []
    for place, field in enumerate(model._meta.local_concrete_fields):
        opening = "{" if place == 0 else ","
        parts.append(f"'{opening}\"{field.column}\":' || {json_of(row, field)}")
    return " || ".join(parts) + " || '}'"


def changed(row: str, model: type[models.Model], json_of: JsonOf, differs: str) -> str:
    """The JSON object of the columns that an update changed; `differs` compares, NULL being a value."""
    parts = []
    for field in model._meta.local_concrete_fields:
        comparison = f"{value('OLD', column(field))} {differs} {value('NEW', column(field))}"
        parts.append(
            f"CASE WHEN {comparison} THEN ',\"{field.column}\":' || {json_of(row, field)} ELSE '' END"
        )
    return "'{' || substr(" + " || ".join(parts) + ", 2) || '}'"
