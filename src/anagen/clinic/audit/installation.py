"""Hooks the trail into Django: connections, migrations, system checks."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from . import triggers


def connect(config: AppConfig) -> None:
    connection_created.connect(_prepare_connection, dispatch_uid="anagen.audit.prepare")
    pre_migrate.connect(_before_migrations, sender=config, dispatch_uid="anagen.audit.before")
    post_migrate.connect(_after_migrations, sender=config, dispatch_uid="anagen.audit.after")
    checks.register(check_triggers, checks.Tags.database)


def _prepare_connection(connection: Any, **_signal: Any) -> None:
    triggers.prepare(connection)


def _before_migrations(using: str, plan: Any = (), **_signal: Any) -> None:
    """A migration rebuilds tables and moves data without a person: the tables it touches are let go until it
    ends.

    If it fails half-way they stay so; `audit verify` and the system check say it, the next `migrate` mends
    it.
    """
    touched = {migration.app_label for migration, _backwards in plan or ()}
    if touched:
        triggers.remove(using, apps=touched, guards="audit" in touched)


def _after_migrations(using: str, **_signal: Any) -> None:
    triggers.install(using)


def check_triggers(databases: Any = None, **_options: Any) -> list[checks.CheckMessage]:
    """audit.E001: a table whose changes would go unrecorded."""
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        if not connections[alias].introspection.table_names():
            continue  # nothing is set up yet: migrate will do it
        found += [
            checks.Error(
                f"Changes of {table} would not be recorded: {what}.", hint="Run migrate.", id="audit.E001"
            )
            for table, what in triggers.problems(alias)
        ]
    return found
