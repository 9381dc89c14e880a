"""Triggers come by themselves, stay up to date, and are missed when they are gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection, models

from anagen.clinic.audit import installation, policy, triggers
from anagen.clinic.audit.models import AuditEntry
from anagen.clinic.people.models import Patient

pytestmark = pytest.mark.django_db

Sql = Callable[..., list[tuple[Any, ...]]]


def test_migrate_has_put_a_trigger_on_every_table(db: None) -> None:
    assert triggers.problems() == []
    assert installation.check_triggers(databases=["default"]) == []


def test_installing_again_touches_nothing(db: None) -> None:
    assert triggers.install() == []


def test_a_table_without_its_trigger_fails_the_system_check(db: None) -> None:
    triggers.remove(apps={"people"})
    messages = installation.check_triggers(databases=["default"])
    assert {message.id for message in messages} == {"audit.E001"}
    assert any("people_patient" in message.msg for message in messages)
    assert installation.check_triggers(databases=None) == []


def test_a_column_more_renews_the_triggers_of_its_table(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a migration that adds a column: the table has it, the trigger does not know it yet."""
    added = models.CharField(max_length=10, default="")
    added.set_attributes_from_name("nickname")
    added.model = Patient
    monkeypatch.setattr(Patient._meta, "local_concrete_fields", (*Patient._meta.local_concrete_fields, added))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_patient ADD COLUMN nickname varchar(10) NOT NULL DEFAULT ''")
    assert {table for table, _what in triggers.problems()} == {"people_patient"}
    assert triggers.install()
    assert triggers.problems() == []


def test_a_table_nobody_knows_any_more_loses_its_triggers(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [model for model in policy.audited_models() if model is not Patient]
    monkeypatch.setattr(policy, "audited_models", lambda: kept)
    touched = triggers.install()
    assert touched and all("people_patient" in name for name in touched)


def test_a_migration_lets_go_of_the_tables_it_touches_and_no_others(db: None) -> None:
    class Step:
        app_label = "people"

    installation._before_migrations(using="default", plan=[(Step, False)])
    loose = {table for table, _what in triggers.problems()}
    assert {"people_patient", "people_user"} <= loose
    assert not {"audit_entry", "audit_read"} & loose
    installation._after_migrations(using="default")
    assert triggers.problems() == []


def test_a_clinic_is_not_flushed(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = AuditEntry.objects.count()
    monkeypatch.delattr(mail, "outbox")
    with pytest.raises(CommandError, match="there is no flush"):
        call_command("flush", interactive=False, stdout=StringIO())
    assert AuditEntry.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_the_test_runner_may_flush_and_the_guards_come_back(patient: Patient) -> None:
    call_command("flush", interactive=False, verbosity=0)
    assert not AuditEntry.objects.exists()
    assert not Patient.objects.exists()
    assert triggers.problems() == []


@pytest.mark.sqlite
def test_a_connection_of_another_program_cannot_write_unrecorded(
    tmp_path: Path, patient: Patient, sql: Sql
) -> None:
    """The sqlite3 shell does not have the functions: its write fails, and nothing has changed."""
    with sqlite3.connect(tmp_path / "copy.sqlite3") as other:
        for (statement,) in sql(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        ):
            other.execute(statement)
        with pytest.raises(sqlite3.OperationalError, match=r"no such function: anagen_"):
            other.execute(
                "INSERT INTO people_signin (at, name_key, address, succeeded) VALUES ('2026', 'x', '', 0)"
            )
        with pytest.raises(sqlite3.OperationalError, match=r"no such function: anagen_"):
            other.execute("DELETE FROM people_patient")
        assert other.execute("SELECT count(*) FROM people_signin").fetchone() == (0,)
    other.close()


@pytest.mark.postgres
def test_a_session_that_names_nobody_cannot_write_unrecorded(patient: Patient, sql: Sql) -> None:
    """psql without `SET anagen.actor`: refused. (With it: recorded under the name it gives itself.)"""
    with connection.connection.cursor() as raw:
        raw.execute("SAVEPOINT here")
        raw.execute("SELECT set_config('anagen.actor', '', true)")
        with pytest.raises(Exception, match="nobody is named"):
            raw.execute("UPDATE people_patient SET phone = '1'")
        raw.execute("ROLLBACK TO SAVEPOINT here")
        raw.execute("SELECT set_config('anagen.actor', '|psql: Joan', true)")
        raw.execute("UPDATE people_patient SET phone = '1'")
    assert AuditEntry.objects.order_by("number").last().actor == "psql: Joan"
