"""Puts the triggers on the tables, takes them off for a migration, and says what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from . import policy, postgres, sqlite
from .models import AuditEntry


def prepare(connection: BaseDatabaseWrapper) -> None:
    """What each new connection needs so that its writes can be recorded."""
    if connection.vendor == "sqlite":
        sqlite.prepare(connection)
    elif connection.vendor == "postgresql":
        postgres.prepare(connection)


def install(using: str = "default") -> list[str]:
    """Make, renew or remove triggers until every audited table has exactly its own. Returns the names
    touched.

    Does nothing where nothing has to be done; safe to call at any time.
    """
    connection = connections[using]
    tables = _tables(connection)
    if AuditEntry._meta.db_table not in tables:
        return []
    audited = [model for model in policy.audited_models() if model._meta.db_table in tables]
    with transaction.atomic(using=using):
        statements = (
            _sqlite_statements(connection, audited)
            if connection.vendor == "sqlite"
            else _postgres_statements(connection, audited)
        )
        with connection.cursor() as cursor:
            for _name, statement in statements:
                cursor.execute(statement)
    return list(dict.fromkeys(name for name, _statement in statements))


def remove(using: str = "default", *, apps: set[str] | None = None, guards: bool = False) -> None:
    """Take off the triggers of the tables of `apps` (all when None); with `guards` also those of the trail
    itself."""
    connection = connections[using]
    tables = {
        model._meta.db_table
        for model in policy.audited_models()
        if apps is None or model._meta.app_label in apps
    }
    if guards:
        tables |= {"audit_entry", "audit_read"}
    backend: Any = sqlite if connection.vendor == "sqlite" else postgres
    present = backend.installed(connection) if backend is sqlite else postgres.installed_triggers(connection)
    known = set(policy_tables()) | {"audit_entry", "audit_read"}
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for name, (table, *_rest) in present.items():
            # A table that no model has any more is about to be dropped or renamed: free it as well.
            if table in tables or table not in known:
                cursor.execute(backend.drop(name, table))


def problems(using: str = "default") -> list[tuple[str, str]]:
    """(table, what is wrong) for every audited table without its up-to-date triggers. Empty: all is well."""
    connection = connections[using]
    tables = _tables(connection)
    if AuditEntry._meta.db_table not in tables:
        return [("audit_entry", "the trail has no table: run migrate")]
    audited = [model for model in policy.audited_models() if model._meta.db_table in tables]
    found: list[tuple[str, str]] = []
    if connection.vendor == "sqlite":
        present = sqlite.installed(connection)
        for name, wanted in sqlite.triggers(audited).items():
            if name not in present:
                found.append((wanted[0], f"trigger {name} is missing"))
            elif present[name] != wanted:
                found.append((wanted[0], f"trigger {name} was altered"))
        return found
    bodies = postgres.installed_functions(connection)
    altered = {
        name
        for name, (_arguments, _returns, body) in postgres.functions(audited).items()
        if bodies.get(name) != body
    }
    present_on_postgres = postgres.installed_triggers(connection)
    for name, expected in postgres.triggers(audited).items():
        if name not in present_on_postgres:
            found.append((expected[0], f"trigger {name} is missing or switched off"))
        elif present_on_postgres[name] != expected:
            found.append((expected[0], f"trigger {name} was altered"))
        elif expected[2] in altered:
            found.append((expected[0], f"function {expected[2]} was altered"))
    for name in sorted(altered & {f"{postgres.PREFIX}append", f"{postgres.PREFIX}read"}):
        found.append(
            ("audit_entry" if name.endswith("append") else "audit_read", f"function {name} was altered")
        )
    return found


def policy_tables() -> list[str]:
    return [model._meta.db_table for model in policy.audited_models()]


@contextmanager
def emptying(using: str = "default") -> Iterator[None]:
    """For the test runner's `flush` only: nothing is recorded, and the trail itself may be emptied."""
    remove(using, guards=True)
    try:
        yield
    finally:
        install(using)


def _tables(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def _sqlite_statements(
    connection: BaseDatabaseWrapper, audited: list[type[models.Model]]
) -> list[tuple[str, str]]:
    present, wanted = sqlite.installed(connection), sqlite.triggers(audited)
    statements = [
        (name, sqlite.drop(name, table))
        for name, (table, sql) in present.items()
        if wanted.get(name) != (table, sql)
    ]
    statements += [(name, sql) for name, (table, sql) in wanted.items() if present.get(name) != (table, sql)]
    return statements


def _postgres_statements(
    connection: BaseDatabaseWrapper, audited: list[type[models.Model]]
) -> list[tuple[str, str]]:
    bodies = postgres.installed_functions(connection)
    statements = [
        (name, postgres.create_function(name, arguments, returns, body))
        for name, (arguments, returns, body) in postgres.functions(audited).items()
        if bodies.get(name) != body
    ]
    present, wanted = postgres.installed_triggers(connection), postgres.triggers(audited)
    for name, (table, _kind, _function) in present.items():
        if name not in wanted:
            statements.append((name, postgres.drop(name, table)))
    for name, (table, kind, function) in wanted.items():
        if present.get(name) != (table, kind, function):
            statements.append((name, postgres.drop(name, table)))
            statements.append((name, postgres.create_trigger(name, table, kind, function)))
    return statements
