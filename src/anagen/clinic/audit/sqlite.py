"""The trail on SQLite: triggers that call functions which this process gives to each of its connections.

A connection without the functions (the `sqlite3` shell, another program) cannot write to an audited table:
its statement fails with "no such function: anagen_actor". Nothing is written unrecorded.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from . import chain, policy, rows
from .context import current_actor
from .wording import GROWS, GUARDED, NOBODY, OUT_OF_ORDER

PREFIX = "anagen_audit_"

_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"


def prepare(connection: BaseDatabaseWrapper) -> None:
    """Give a new connection the functions that the triggers call."""
    raw: Any = connection.connection
    raw.create_function("anagen_actor", 0, _actor_name)
    raw.create_function("anagen_actor_id", 0, _actor_id)
    raw.create_function("anagen_seal", -1, chain.seal, deterministic=True)
    # INSERT OR REPLACE deletes the row it replaces; without this SQLite would not call the delete trigger.
    raw.execute("PRAGMA recursive_triggers = ON")


def _actor_name() -> str | None:
    actor = current_actor()
    return None if actor is None else actor.name


def _actor_id() -> int | None:
    actor = current_actor()
    return None if actor is None else actor.id


def triggers(models_: list[type[models.Model]]) -> dict[str, tuple[str, str]]:
    """Name of each trigger → (its table, the statement that makes it)."""
    made: dict[str, tuple[str, str]] = {}
    for model in models_:
        table = model._meta.db_table
        for operation in ("insert", "update", "delete"):
            name = f"{PREFIX}{table}_{operation}"
            made[name] = (table, _row_trigger(name, model, operation))
        if policy.records_grow(model):
            for operation in ("update", "delete"):
                name = f"{PREFIX}{table}_grow_{operation}"
                made[name] = (table, _refusing(name, table, operation, GROWS))
    for table in ("audit_entry", "audit_read"):
        made |= {name: (table, sql) for name, sql in _guards(table)}
    return made


def installed(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """The triggers of ours that the database has, in the same shape."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, tbl_name, sql FROM sqlite_master "
            "WHERE type = 'trigger' AND substr(name, 1, %s) = %s",
            [len(PREFIX), PREFIX],
        )
        return {name: (table, sql) for name, table, sql in cursor.fetchall()}


def drop(name: str, table: str) -> str:
    return f"DROP TRIGGER IF EXISTS {rows.quoted(name)}"


def _guards(table: str) -> list[tuple[str, str]]:
    made = []
    for operation in ("update", "delete"):
        name = f"{PREFIX}{table}_keep_{operation}"
        made.append((name, _refusing(name, table, operation, GUARDED)))
    name = f"{PREFIX}{table}_keep_order"
    made.append(
        (
            name,
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} "
            f"WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM {table}) "
            f"BEGIN SELECT RAISE(ABORT, '{OUT_OF_ORDER}'); END",
        )
    )
    return made


def _refusing(name: str, table: str, operation: str, words: str) -> str:
    return (
        f"CREATE TRIGGER {rows.quoted(name)} BEFORE {operation.upper()} ON {rows.quoted(table)} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


def _row_trigger(name: str, model: type[models.Model], operation: str) -> str:
    table = model._meta.db_table
    row = "OLD" if operation != "insert" else "NEW"
    when = ""
    if operation == "insert":
        old, new = "NULL", rows.whole("NEW", model, json_of)
    elif operation == "delete":
        old, new = rows.whole("OLD", model, json_of), "NULL"
    else:
        old = rows.changed("OLD", model, json_of, "IS NOT")
        new = rows.changed("NEW", model, json_of, "IS NOT")
        columns = [rows.column(field) for field in model._meta.local_concrete_fields]
        differs = " OR ".join(f"{rows.value('OLD', c)} IS NOT {rows.value('NEW', c)}" for c in columns)
        when = f"WHEN {differs} "
    key = f"CAST({rows.value(row, str(model._meta.pk.column))} AS TEXT)"
    # max() makes the inner SELECT an aggregate: it always gives one row, each expression is worked out once,
    # and SQLite takes `hash` from the row that holds the largest number.
    return (
        f"CREATE TRIGGER {rows.quoted(name)} AFTER {operation.upper()} ON {rows.quoted(table)} {when}BEGIN "
        "INSERT INTO audit_entry (number, at, actor_id, actor, patient_id, table_name, row_key, operation, "
        "old, new, previous, hash) "
        "SELECT number, at, actor_id, actor, patient_id, table_name, row_key, operation, old, new, previous, "
        f"anagen_seal('{chain.ENTRY}', {', '.join(chain.ENTRY_FIELDS)}) FROM ("
        f"SELECT coalesce(max(number), 0) + 1 AS number, {_NOW} AS at, anagen_actor_id() AS actor_id, "
        f"coalesce(anagen_actor(), RAISE(ABORT, '{NOBODY.format(table=table)}')) AS actor, "
        f"{rows.patient(model, row)} AS patient_id, '{table}' AS table_name, "
        f"{key} AS row_key, '{operation}' AS operation, {old} AS old, {new} AS new, "
        f"coalesce(hash, '{chain.BEGINNING}') AS previous FROM audit_entry); END"
    )


def json_of(row: str, field: Any) -> str:
    """SQL for one column as JSON text, never NULL."""
    value = rows.value(row, field.column)
    kind = field.get_internal_type()
    if policy.is_secret(field.column):
        return f"CASE WHEN {value} IS NULL THEN 'null' ELSE '\"{policy.HIDDEN}\"' END"
    if kind == "BooleanField":
        return f"CASE {value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE json_quote({value}) END"
    if kind == "JSONField":
        return f"coalesce(json({value}), 'null')"
    if kind == "BinaryField":
        return f"CASE WHEN {value} IS NULL THEN 'null' ELSE '\"' || lower(hex({value})) || '\"' END"
    return f"json_quote({value})"


APPEND_READ = (
    "INSERT INTO audit_read (number, at, actor_id, actor, patient_id, what, previous, hash) "
    "SELECT number, at, actor_id, actor, patient_id, what, previous, "
    f"anagen_seal('{chain.READ}', {', '.join(chain.READ_FIELDS)}) FROM ("
    f"SELECT coalesce(max(number), 0) + 1 AS number, {_NOW.replace('%', '%%')} AS at, "
    "anagen_actor_id() AS actor_id, anagen_actor() AS actor, %s AS patient_id, %s AS what, "
    f"coalesce(hash, '{chain.BEGINNING}') AS previous FROM audit_read)"
)
