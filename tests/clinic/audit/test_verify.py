"""Each way of tampering is named. The attacker here has SQL and takes the guards off first."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import IntegrityError, connection, transaction

from anagen.clinic.audit import chain, triggers
from anagen.clinic.audit.actions import record_read
from anagen.clinic.audit.context import acting
from anagen.clinic.audit.models import AuditEntry
from anagen.clinic.audit.verify import Head, Report, read_anchor, verify
from anagen.clinic.people.models import Patient, User

pytestmark = pytest.mark.django_db

Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def history(patient: Patient, nurse: User) -> None:
    """Entries 1 (the nurse), 2 (the patient), 3 to 8 (changes of the patient); reads 1 to 3."""
    with acting(nurse):
        for number in range(6):
            Patient.objects.update(phone=f"+44 {number}")
    for what in ("verdict", "plan", "answers"):
        record_read(by=nurse, patient=patient, what=what)


def broken(report: Report) -> tuple[str, int | None, str, str]:
    assert not report.ok
    first = report.first_broken
    assert first is not None
    return first.chain, first.number, first.table, first.what


def reseal(sql: Sql, number: int) -> None:
    """Give an entry the seal that fits what it says now, as somebody can who has read this source."""
    entry = AuditEntry.objects.get(number=number)
    at = sql(
        "SELECT CAST(at AS TEXT) FROM audit_entry WHERE number = %s"
        if connection.vendor == "sqlite"
        else "SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') FROM audit_entry WHERE number = %s",
        number,
    )[0][0]
    fields = (entry.number, at, entry.actor_id, entry.actor, entry.patient_id, entry.table, entry.row)
    seal = chain.seal(chain.ENTRY, *fields, entry.operation, entry.old, entry.new, entry.previous)
    sql("UPDATE audit_entry SET hash = %s WHERE number = %s", seal, number)


def test_an_untouched_trail_is_whole() -> None:
    report = verify()
    assert report.ok, list(report.lines())
    assert (report.entries, report.reads) == (8, 3)
    assert report.heads["audit_entry"].number == 8
    assert "The trail is whole." in list(report.lines())
    assert json.loads(json.dumps(report.as_json()))["ok"] is True


def test_an_empty_trail_is_whole(sql: Sql, unguarded: None) -> None:
    sql("DELETE FROM audit_entry")
    sql("DELETE FROM audit_read")
    triggers.install()
    assert verify().ok


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("new", '{"phone":"+44 9"}'),
        ("old", None),
        ("actor", "Somebody Else"),
        ("actor_id", None),
        ("patient_id", 999),
        ("at", "2020-01-01 00:00:00"),
        ("table_name", "people_user"),
        ("row_key", "999"),
        ("operation", "delete"),
        ("previous", "f" * 64),
        ("hash", "f" * 64),
    ],
)
def test_any_changed_value_is_named(sql: Sql, unguarded: None, column: str, value: object) -> None:
    sql(f"UPDATE audit_entry SET {column} = %s WHERE number = 5", value)
    where, number, _table, what = broken(verify())
    assert (where, number) == ("audit_entry", 5)
    assert "does not give its seal" in what


@pytest.mark.sqlite
def test_a_value_of_a_kind_no_trigger_writes_is_named(sql: Sql, unguarded: None) -> None:
    sql("UPDATE audit_entry SET new = %s WHERE number = 5", b"\x00\xff")
    assert broken(verify())[:2] == ("audit_entry", 5)


def test_a_changed_read_is_named(sql: Sql, unguarded: None) -> None:
    sql("UPDATE audit_read SET what = 'nothing' WHERE number = 2")
    assert broken(verify())[:3] == ("audit_read", 2, "people_patient")


def test_a_changed_value_with_a_new_seal_breaks_the_next_link(sql: Sql, unguarded: None) -> None:
    sql("UPDATE audit_entry SET actor = 'Somebody Else' WHERE number = 5")
    reseal(sql, 5)
    where, number, table, what = broken(verify())
    assert (where, number, table) == ("audit_entry", 6, "people_patient")
    assert "does not follow entry 5" in what


def test_a_deleted_entry_is_named(sql: Sql, unguarded: None) -> None:
    sql("DELETE FROM audit_entry WHERE number = 4")
    _chain, number, _table, what = broken(verify())
    assert (number, what) == (5, "entry 4 is missing before it")


def test_deleted_entries_are_named(sql: Sql, unguarded: None) -> None:
    sql("DELETE FROM audit_entry WHERE number IN (3, 4, 5)")
    _chain, number, _table, what = broken(verify())
    assert (number, what) == (6, "entries 3 to 5 are missing before it")


def test_a_deleted_beginning_is_named(sql: Sql, unguarded: None) -> None:
    sql("DELETE FROM audit_entry WHERE number = 1")
    assert broken(verify())[1::2] == (2, "entry 1 is missing before it")


def test_an_entry_in_front_of_the_beginning_is_named(sql: Sql, unguarded: None) -> None:
    sql("UPDATE audit_entry SET number = -3 WHERE number = 8")
    assert broken(verify())[1::2] == (-3, "its number is not one the trail gives")


def test_a_deleted_entry_with_the_rest_renumbered_is_named(sql: Sql, unguarded: None) -> None:
    sql("DELETE FROM audit_entry WHERE number = 4")
    for number in range(5, 9):
        sql("UPDATE audit_entry SET number = %s WHERE number = %s", number - 1, number)
    assert broken(verify())[1] == 4


def test_two_swapped_entries_are_named(sql: Sql, unguarded: None) -> None:
    sql("UPDATE audit_entry SET number = 1000 WHERE number = 4")
    sql("UPDATE audit_entry SET number = 4 WHERE number = 5")
    sql("UPDATE audit_entry SET number = 5 WHERE number = 1000")
    _chain, number, table, what = broken(verify())
    assert (number, table) == (4, "people_patient")
    assert "does not give its seal" in what


def test_two_swapped_contents_are_named(sql: Sql, unguarded: None) -> None:
    (four,), (five,) = sql("SELECT new FROM audit_entry WHERE number IN (4, 5) ORDER BY number")
    sql("UPDATE audit_entry SET new = %s WHERE number = 4", five)
    sql("UPDATE audit_entry SET new = %s WHERE number = 5", four)
    assert broken(verify())[1] == 4


def test_a_cut_off_end_is_named_against_a_head_noted_elsewhere(sql: Sql, unguarded: None) -> None:
    head = str(verify().heads["audit_entry"])
    sql("DELETE FROM audit_entry WHERE number >= 7")
    triggers.install()
    assert verify().ok  # nothing within the database tells
    where, number, _table, what = broken(verify(expect_head=head))
    assert (where, number) == ("audit_entry", 7)
    assert what == "the end is cut off: entries 7 to 8 are known from an earlier verification and missing"


def test_a_trail_made_anew_is_named_against_a_head_noted_elsewhere(sql: Sql, unguarded: None) -> None:
    head = str(verify().heads["audit_entry"])
    sql("UPDATE audit_entry SET actor = 'Somebody Else' WHERE number = 5")
    before = ""
    for number in range(5, 9):
        if before:
            sql("UPDATE audit_entry SET previous = %s WHERE number = %s", before, number)
        reseal(sql, number)
        before = AuditEntry.objects.get(number=number).hash
    triggers.install()
    assert verify().ok  # a perfect forgery
    _chain, number, _table, what = broken(verify(expect_head=head))
    assert (number, what) == (
        8,
        "its seal is not the one noted down earlier: the trail was rewritten up to here",
    )


def test_a_head_still_fits_when_the_trail_has_grown(nurse: User) -> None:
    head = str(verify().heads["audit_entry"])
    with acting(nurse):
        Patient.objects.update(phone="later")
    assert verify(expect_head=head).ok


def test_a_head_that_is_none_is_bad_input() -> None:
    for text in ("", "8", "8:abc", f"x:{'0' * 64}", f"8:{'g' * 64}"):
        with pytest.raises(ValueError, match="is not a head"):
            Head.parse(text)


def test_the_anchor_file_grows_with_the_trail_and_names_a_cut_off_end(
    sql: Sql, nurse: User, tmp_path: Path
) -> None:
    anchor = tmp_path / "audit-head.json"
    assert verify(anchor=anchor).ok
    assert {name: head.number for name, head in read_anchor(anchor).items()} == {
        "audit_entry": 8,
        "audit_read": 3,
    }
    with acting(nurse):
        Patient.objects.update(phone="later")
    assert verify(anchor=anchor, note=False).ok
    assert read_anchor(anchor)["audit_entry"].number == 8
    assert verify(anchor=anchor).ok
    assert read_anchor(anchor)["audit_entry"].number == 9

    connection.check_constraints()
    triggers.remove(guards=True, apps=set())
    sql("DELETE FROM audit_entry WHERE number = 9")
    sql("DELETE FROM audit_read WHERE number = 3")
    triggers.install()
    report = verify(anchor=anchor)
    assert [(found.chain, found.number) for found in report.breaks] == [("audit_entry", 9), ("audit_read", 3)]
    assert read_anchor(anchor)["audit_entry"].number == 9, "a broken trail is not noted down"


def test_an_emptied_trail_is_named_against_the_anchor(sql: Sql, unguarded: None, tmp_path: Path) -> None:
    anchor = tmp_path / "audit-head.json"
    triggers.install()
    assert verify(anchor=anchor).ok
    triggers.remove(guards=True, apps=set())
    sql("TRUNCATE audit_entry" if connection.vendor == "postgresql" else "DELETE FROM audit_entry")
    triggers.install()
    assert broken(verify(anchor=anchor))[1::2] == (
        1,
        "the end is cut off: entries 1 to 8 are known from an earlier verification and missing",
    )


def test_another_trail_is_named_against_the_anchor(
    sql: Sql, nurse: User, unguarded: None, tmp_path: Path
) -> None:
    anchor = tmp_path / "audit-head.json"
    triggers.install()
    assert verify(anchor=anchor).ok
    triggers.remove(guards=True, apps=set())
    sql("DELETE FROM audit_entry")
    triggers.install()
    with acting(nurse):
        Patient.objects.update(phone="a new beginning")
    _chain, number, _table, what = broken(verify(anchor=anchor))
    assert number == 1 and "the trail began otherwise" in what


def test_a_spoilt_anchor_is_bad_input(tmp_path: Path) -> None:
    anchor = tmp_path / "audit-head.json"
    for text in ("", "[]", '{"audit_entry": 3}', '{"audit_entry": {"number": 1}}'):
        anchor.write_text(text)
        with pytest.raises(ValueError, match="is not an anchor"):
            verify(anchor=anchor)


def test_a_missing_trail_is_named(sql: Sql) -> None:
    connection.check_constraints()
    with transaction.atomic():
        sql("ALTER TABLE audit_read RENAME TO audit_read_elsewhere")
        with transaction.atomic():
            report = verify()
        transaction.set_rollback(True)
    assert [found.chain for found in report.breaks] == ["audit_read"]
    assert "cannot be read" in report.breaks[0].what


def test_a_dropped_trigger_is_named(sql: Sql) -> None:
    connection.check_constraints()
    triggers.remove(apps={"people"})
    report = verify()
    assert not report.ok and not report.breaks
    assert {"people_patient", "people_user"} <= {table for table, _what in report.unguarded}
    assert any("Not guarded: people_patient" in line for line in report.lines())
    triggers.install()
    assert verify().ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'x' WHERE number = 3",
        "DELETE FROM audit_entry WHERE number = 8",
        "DELETE FROM audit_entry",
        "UPDATE audit_read SET what = 'x'",
        "DELETE FROM audit_read",
        "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE number = 3",
        "INSERT INTO audit_read SELECT * FROM audit_read WHERE number = 1",
    ],
)
def test_the_database_refuses_to_touch_the_trail(sql: Sql, nurse: User, statement: str) -> None:
    with pytest.raises(IntegrityError, match="Audit: "), transaction.atomic(), acting(nurse):
        sql(statement)
    assert verify().ok


@pytest.mark.sqlite
def test_or_replace_does_not_get_past_the_guards(sql: Sql, nurse: User, patient: Patient) -> None:
    with pytest.raises(IntegrityError, match="Audit: "), transaction.atomic(), acting(nurse):
        sql("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE number = 3")
    with acting(nurse):
        sql("INSERT OR REPLACE INTO people_patient SELECT * FROM people_patient WHERE id = %s", patient.pk)
    assert [entry.operation for entry in AuditEntry.objects.order_by("number")[8:]] == ["delete", "insert"]


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["audit_entry", "audit_read", "people_patient CASCADE"])
def test_truncate_is_refused(sql: Sql, nurse: User, table: str) -> None:
    connection.check_constraints()
    with pytest.raises(IntegrityError, match="Audit: "), transaction.atomic(), acting(nurse):
        sql(f"TRUNCATE {table}")


@pytest.mark.postgres
@pytest.mark.parametrize(
    "tampering",
    [
        "ALTER TABLE people_patient DISABLE TRIGGER anagen_audit_people_patient_row",
        "ALTER TABLE people_patient ENABLE REPLICA TRIGGER anagen_audit_people_patient_row",
        "CREATE OR REPLACE FUNCTION anagen_audit_of_people_patient() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NULL; END'",
        "CREATE OR REPLACE TRIGGER anagen_audit_people_patient_row AFTER UPDATE ON people_patient FOR EACH ROW "
        "WHEN (false) EXECUTE FUNCTION anagen_audit_of_people_patient()",
        "CREATE OR REPLACE TRIGGER anagen_audit_people_patient_row AFTER DELETE ON people_patient FOR EACH ROW "
        "EXECUTE FUNCTION anagen_audit_of_people_patient()",
    ],
)
def test_a_trigger_that_was_made_harmless_is_named(sql: Sql, tampering: str) -> None:
    connection.check_constraints()
    sql(tampering)
    assert {table for table, _what in verify().unguarded} == {"people_patient"}
    triggers.install()
    assert verify().ok


@pytest.mark.sqlite
def test_a_trigger_that_was_made_harmless_is_named_on_sqlite(sql: Sql) -> None:
    sql("DROP TRIGGER anagen_audit_people_patient_update")
    sql(
        "CREATE TRIGGER anagen_audit_people_patient_update AFTER UPDATE ON people_patient BEGIN SELECT 1; END"
    )
    assert verify().unguarded == [
        ("people_patient", "trigger anagen_audit_people_patient_update was altered")
    ]
    triggers.install()
    assert verify().ok


def test_the_seal_is_what_the_manual_says() -> None:
    """Anybody can recompute it: a JSON array of texts and nulls, sha256, hexadecimal."""
    text = '["anagen entry 1","1","2026-11-21 10:00:00.000",null,"system: \\"é\\"\\n","7"]'
    sealed = chain.seal(chain.ENTRY, 1, "2026-11-21 10:00:00.000", None, 'system: "é"\n', 7)
    assert sealed == sha256(text.encode()).hexdigest()
    assert orjson.loads(text)[0] == chain.ENTRY
