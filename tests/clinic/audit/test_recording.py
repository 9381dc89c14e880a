"""Every way of writing is recorded, with the person, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from anagen.clinic.audit import policy
from anagen.clinic.audit.context import acting, current_actor
from anagen.clinic.audit.models import AuditEntry
from anagen.clinic.audit.verify import verify
from anagen.clinic.people.models import Patient, User

pytestmark = pytest.mark.django_db

Sql = Callable[..., list[tuple[Any, ...]]]


def trail(table: str = "people_patient") -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(table=table).order_by("number"))


def last() -> AuditEntry:
    return AuditEntry.objects.order_by("number").last()


def test_an_added_row_is_recorded_whole_with_its_person(patient: Patient, nurse: User) -> None:
    entry = last()
    assert (entry.operation, entry.table, entry.row) == ("insert", "people_patient", str(patient.pk))
    assert (entry.actor_id, entry.actor, entry.patient_id) == (nurse.pk, "Jane Doe", patient.pk)
    assert entry.old is None
    new = json.loads(entry.new)
    assert set(new) == {field.column for field in Patient._meta.concrete_fields}
    assert (new["given_name"], new["family_name"], new["user_id"]) == ("Zoë", "O'Neil", None)
    assert abs((timezone.now() - entry.at).total_seconds()) < 60


def test_a_change_is_recorded_with_the_changed_columns_only(patient: Patient, nurse: User) -> None:
    patient.phone, patient.email = '+44 "20" \\ 7', "zoe@example.org"
    with acting(nurse):
        patient.save()
    entry = last()
    assert entry.operation == "update"
    assert json.loads(entry.old) == {"phone": "", "email": ""}
    assert json.loads(entry.new) == {"phone": '+44 "20" \\ 7', "email": "zoe@example.org"}


def test_a_save_that_changes_nothing_leaves_no_entry(patient: Patient, nurse: User) -> None:
    before = AuditEntry.objects.count()
    with acting(nurse):
        patient.save()
        Patient.objects.update(phone="")
    assert AuditEntry.objects.count() == before


def test_a_deleted_row_is_recorded_whole(patient: Patient, nurse: User) -> None:
    key = patient.pk
    with acting(nurse):
        patient.delete()
    entry = last()
    assert (entry.operation, entry.row, entry.patient_id, entry.new) == ("delete", str(key), key, None)
    assert json.loads(entry.old)["number"] == "A1"


@pytest.mark.parametrize(
    "way", ["queryset", "raw sql", "bulk_create", "bulk_update", "executemany", "upsert"]
)
def test_what_bypasses_the_models_is_recorded_too(
    way: str, patient: Patient, nurse: User, new_patient: Callable[[str], Patient]
) -> None:
    before = len(trail())
    with acting(nurse), connection.cursor() as cursor:
        match way:
            case "queryset":
                Patient.objects.filter(pk=patient.pk).update(phone="1")
            case "raw sql":
                cursor.execute("UPDATE people_patient SET phone = '100%'")
            case "bulk_create":
                Patient.objects.bulk_create([new_patient("A2"), new_patient("A3")])
            case "bulk_update":
                patient.phone = "2"
                Patient.objects.bulk_update([patient], ["phone"])
            case "executemany":
                cursor.executemany(
                    "UPDATE people_patient SET phone = %s WHERE id = %s",
                    [["3", patient.pk], ["4", patient.pk]],
                )
            case "upsert":
                again = new_patient("A1")
                again.phone = "5"
                Patient.objects.bulk_create(
                    [again], update_conflicts=True, unique_fields=["number"], update_fields=["phone"]
                )
    added = trail()[before:]
    assert len(added) == {"bulk_create": 2, "executemany": 2}.get(way, 1)
    assert {(entry.actor_id, entry.actor) for entry in added} == {(nurse.pk, "Jane Doe")}
    assert verify().ok


def test_writing_for_nobody_is_refused_in_plain_words(patient: Patient) -> None:
    with (
        pytest.raises(IntegrityError, match="nobody is named for this change of people_patient"),
        transaction.atomic(),
    ):
        Patient.objects.update(phone="1")
    with pytest.raises(IntegrityError, match="nobody is named"), transaction.atomic():
        patient.delete()
    assert Patient.objects.get().phone == ""


def test_the_name_does_not_outlive_its_block_within_a_transaction(patient: Patient, nurse: User) -> None:
    with transaction.atomic():
        with acting(nurse):
            Patient.objects.update(phone="1")
        with pytest.raises(IntegrityError, match="nobody is named"), transaction.atomic():
            Patient.objects.update(phone="2")


def test_the_innermost_name_counts_and_the_outer_one_comes_back(patient: Patient, nurse: User) -> None:
    with transaction.atomic(), acting(nurse):
        Patient.objects.update(phone="1")
        with acting("night job"):
            Patient.objects.update(phone="2")
        Patient.objects.update(phone="3")
    assert [entry.actor for entry in trail()[-3:]] == ["Jane Doe", "system: night job", "Jane Doe"]


def test_a_rollback_to_a_savepoint_brings_back_the_name_before_it(patient: Patient, nurse: User) -> None:
    class Undo(Exception):
        pass

    with transaction.atomic():
        with acting(nurse):
            Patient.objects.update(phone="1")
        with acting("night job"), pytest.raises(Undo), transaction.atomic():
            Patient.objects.update(phone="2")
            raise Undo
        with pytest.raises(IntegrityError, match="nobody is named"), transaction.atomic():
            Patient.objects.update(phone="3")
        with acting("night job"):
            Patient.objects.update(phone="4")
        with acting(nurse):
            Patient.objects.update(phone="5")
    assert [(entry.actor, json.loads(entry.new)["phone"]) for entry in trail()[-3:]] == [
        ("Jane Doe", "1"),
        ("system: night job", "4"),
        ("Jane Doe", "5"),
    ]
    assert verify().ok


@pytest.mark.django_db(transaction=True)
def test_the_name_does_not_outlive_its_transaction(patient: Patient, nurse: User, sql: Sql) -> None:
    with acting(nurse), transaction.atomic():
        Patient.objects.update(phone="1")
    with acting(nurse):
        Patient.objects.update(phone="2")
    with pytest.raises(IntegrityError, match="nobody is named"):
        Patient.objects.update(phone="3")
    if connection.vendor == "postgresql":
        assert sql("SELECT coalesce(current_setting('anagen.actor', true), '')") == [("",)]


@pytest.mark.django_db(transaction=True)
def test_rolled_back_work_leaves_no_entry_and_no_gap(patient: Patient, nurse: User) -> None:
    before = AuditEntry.objects.count()
    with acting(nurse):
        with transaction.atomic():
            Patient.objects.update(phone="1")
            transaction.set_rollback(True)
        Patient.objects.update(phone="2")
    assert AuditEntry.objects.count() == before + 1
    assert last().number == before + 1
    assert verify().ok


def test_the_same_name_is_sent_once_in_a_transaction(patient: Patient) -> None:
    """On PostgreSQL the name travels with the first write; later writes of the transaction go out unchanged."""
    sent: list[str] = []

    def listen(execute: Any, statement: Any, *rest: Any) -> Any:
        sent.append(str(statement))
        return execute(statement, *rest)

    with transaction.atomic(), connection.execute_wrapper(listen), acting("night job"):
        for number in range(3):
            Patient.objects.update(phone=str(number))
    expected = 1 if connection.vendor == "postgresql" else 0
    assert len(sent) == 3
    assert sum("set_config" in statement for statement in sent) == expected


def test_secrets_are_hidden_but_their_change_is_seen(nurse: User) -> None:
    nurse.password = "another-hash-nobody-may-read"
    with acting(nurse):
        nurse.save()
    added, changed = trail("people_user")[-2:]
    assert json.loads(added.new)["password"] == policy.HIDDEN
    assert json.loads(changed.new) == json.loads(changed.old) == {"password": policy.HIDDEN}
    everything = "".join(f"{entry.old}{entry.new}" for entry in AuditEntry.objects.all())
    assert "nobody-may-read" not in everything


def test_sessions_are_not_audited(db: None) -> None:
    before = AuditEntry.objects.count()
    Session.objects.create(session_key="k", session_data="d", expire_date=timezone.now())
    assert AuditEntry.objects.count() == before


def test_every_table_of_the_clinic_is_audited(db: None) -> None:
    ours = {
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.name.startswith("anagen.clinic.")
        for model in config.get_models(include_auto_created=True)
    }
    audited = {model._meta.db_table for model in policy.audited_models()}
    assert ours - audited == {"audit_entry", "audit_read"}
    assert {"people_user", "people_patient"} <= audited


def test_no_column_that_looks_like_a_secret_is_forgotten() -> None:
    """A column may be named anything; these words in its name must be weighed, and named in SECRET_COLUMNS."""
    words = ("password", "secret", "token", "digest", "hash", "session")
    harmless = {
        *("must_change_password", "session_number", "sessions"),
        *("hash", "digest", "ruleset_hash", "rules_hash", "formulary_hash"),  # of rules, which are no secret
    }
    columns = {
        field.column
        for model in policy.audited_models()
        for field in model._meta.local_concrete_fields
        if field.get_internal_type() in {"CharField", "TextField", "BinaryField"}
    }
    doubtful = {column for column in columns if any(word in column for word in words)}
    assert doubtful - policy.SECRET_COLUMNS - harmless == set()


def test_a_row_knows_its_patient_over_foreign_keys(patient: Patient) -> None:
    reachable = {model._meta.db_table: policy.way_to_patient(model) for model in policy.audited_models()}
    assert reachable["people_patient"] == ("id", ())
    assert reachable["people_user"] is None
    for model in policy.audited_models():
        if any(
            getattr(field, "related_model", None) is Patient for field in model._meta.local_concrete_fields
        ):
            start, hops = reachable[model._meta.db_table]
            assert start.endswith("_id") and hops == ()


def test_text_of_any_kind_is_recorded_and_sealed_alike(patient: Patient, nurse: User) -> None:
    awkward = "".join(map(chr, range(1, 32))) + '\x7f"\\/\u2028 é 漢 🧪'
    patient.given_name = awkward
    with acting(f"{awkward}|7|: x"):
        patient.save()
    assert json.loads(last().new) == {"given_name": awkward}
    assert last().actor_id is None
    assert verify().ok


def test_acting_needs_somebody() -> None:
    for nobody in ("", "  ", AnonymousUser(), User(username="unsaved"), None):
        with pytest.raises(ValueError, match="acting"), acting(nobody):
            pass
    assert current_actor() is None
    with acting("demo") as actor:
        assert (actor.id, actor.name) == (None, "system: demo")
        assert current_actor() is actor
    assert current_actor() is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_frozen_view_of_the_database_cannot_fork_the_chain(patient: Patient, nurse: User) -> None:
    """At REPEATABLE READ a transaction does not see the entries that others added after it began: its own entry
    would carry their number. It fails, and can be repeated."""
    address = connection.get_connection_params()
    named = {
        name: address[name] for name in ("dbname", "user", "host", "port", "password") if address.get(name)
    }
    with psycopg.connect(**named) as other:
        other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        other.execute("SELECT count(*) FROM people_user")
        with acting(nurse):
            Patient.objects.update(phone="1")
        other.execute("SELECT set_config('anagen.actor', '|system: other', true)")
        with pytest.raises(psycopg.errors.UniqueViolation, match="audit_entry_pkey"):
            other.execute("UPDATE people_user SET language = 'de'")
        other.rollback()
    assert verify().ok
