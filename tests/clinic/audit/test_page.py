"""The audit page: in sentences, filtered, paged, taken away, and silent about files to those who may not open them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from anagen.clinic.audit import queries, triggers
from anagen.clinic.audit.actions import record_read
from anagen.clinic.audit.context import acting
from anagen.clinic.audit.models import AuditEntry, ReadEntry
from anagen.clinic.audit.queries import Wanted
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role

pytestmark = pytest.mark.django_db

Browser = Callable[[Role | None], Client]
Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def told(patient: Patient, users: dict[Role, User]) -> Patient:
    """Patient A1, whose telephone the prescriber changed, and whose plan the nurse read."""
    with acting(users[Role.PRESCRIBER]):
        patient.phone = "+44 20 7946 0018"
        patient.save()
    record_read(by=users[Role.NURSE], patient=patient, what="plan")
    return patient


def page(client: Client, **asked: object) -> str:
    answer = client.get("/audit", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(client: Client, **asked: object) -> list[dict[str, str]]:
    answer = client.get("/audit.csv", asked)
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))


def test_the_medical_lead_reads_who_changed_what(told: Patient, client_of: Browser) -> None:
    text = page(client_of(Role.MEDICAL_LEAD))
    assert "Samuel Okafor changed Patient A1" in text
    assert "telephone “–” → “+44 20 7946 0018”" in text
    assert "Jane Doe added Patient A1" in text
    assert "system: test added Account Nora Lind" in text


def test_the_administrator_sees_the_column_but_not_what_the_patient_said(
    told: Patient, client_of: Browser
) -> None:
    client = client_of(Role.ADMINISTRATOR)
    text = page(client)
    assert "Samuel Okafor changed Patient A1" in text and "telephone" in text
    file = client.get("/audit.csv").content.decode()
    for secret in ("7946", "Zoë", "O'Neil", "O&#x27;Neil"):
        assert secret not in text and secret not in file
    assert "Nora Lind" in text  # accounts are the administrator's business


def test_reads_are_shown_as_well(told: Patient, client_of: Browser) -> None:
    text = page(client_of(Role.MEDICAL_LEAD), show="reads")
    assert "Nora Lind read plan of patient A1" in text
    (row,) = [row for row in rows(client_of(Role.ADMINISTRATOR), show="reads") if row["Who"] == "Nora Lind"]
    assert (row["Patient"], row["In words"]) == ("A1", "Nora Lind read plan of patient A1")


def test_looking_at_a_patients_trail_is_a_look_into_the_file(told: Patient, client_of: Browser) -> None:
    page(client_of(Role.MEDICAL_LEAD), patient="A1")
    entry = ReadEntry.objects.order_by("number").last()
    assert (entry.actor, entry.patient_id, entry.what) == ("Ines Marchetti", told.pk, "audit trail")


def test_filters_narrow_the_list(told: Patient, users: dict[Role, User], client_of: Browser) -> None:
    client = client_of(Role.MEDICAL_LEAD)
    prescriber, today = users[Role.PRESCRIBER].pk, timezone.localdate().isoformat()
    assert [row["Operation"] for row in rows(client, patient="A 1")] == ["update", "insert"]
    assert [row["Table"] for row in rows(client, person=prescriber)] == ["people_patient"]
    assert {row["Table"] for row in rows(client, table="people_user")} == {"people_user"}
    assert len(rows(client, day=today)) == AuditEntry.objects.count()
    assert rows(client, day="2020-01-01") == []
    assert "Nothing was recorded that fits." in page(client, day="2020-01-01")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"patient": "9999999"}, "No patient has this number."),
        ({"day": "31/02/2026"}, "This date does not exist."),
        ({"person": "999999"}, "There is no such account."),
        ({"table": "django_session"}, "There is no such table."),
    ],
)
def test_bad_input_comes_back_with_what_was_typed(
    asked: dict[str, str], words: str, users: dict[Role, User], client_of: Browser
) -> None:
    client = client_of(Role.MEDICAL_LEAD)
    for address in ("/audit", "/audit.csv"):
        answer = client.get(address, asked)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    if "patient" in asked:
        assert "9999999" in answer.content.decode()


def test_pages_go_back_and_forth_without_loss(
    told: Patient, client_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_LENGTH", 3)
    everything = list(AuditEntry.objects.order_by("-number").values_list("number", flat=True))
    seen: list[int] = []
    pages = []
    before: int | None = None
    while True:
        one = queries.page_of(Wanted(), before=before)
        pages.append([entry.number for entry in one.entries])
        seen += pages[-1]
        if one.older is None:
            break
        before = one.older
    assert seen == everything
    back = queries.page_of(Wanted(), after=pages[-1][0])
    assert [entry.number for entry in back.entries] == pages[-2]
    assert back.older == pages[-2][-1]
    first = queries.page_of(Wanted(), after=pages[1][0])
    assert [entry.number for entry in first.entries] == pages[0] and first.newer is None
    assert queries.page_of(Wanted(), before=1).entries == ()
    text = page(client_of(Role.MEDICAL_LEAD), before=pages[0][-1], table="people_user")
    assert "table=people_user&amp;before=" in text or "table=people_user&amp;after=" in text


def test_a_day_is_found_by_halving(told: Patient, sql: Sql) -> None:
    """Entries of three days, one day without any; the guards are lifted to set the clock back."""
    connection.check_constraints()
    triggers.remove(guards=True, apps=set())
    today = timezone.localdate()
    numbers = list(AuditEntry.objects.order_by("number").values_list("number", flat=True))
    for number in numbers:
        back = 5 if number <= 2 else 3 if number <= 4 else 0
        AuditEntry.objects.filter(number=number).update(at=timezone.now() - timedelta(days=back))
    for back, expected in ((5, [1, 2]), (4, []), (3, [3, 4]), (0, numbers[4:]), (6, []), (-1, [])):
        first, end = queries.numbers_of_day(AuditEntry, today - timedelta(days=back))
        assert [number for number in numbers if first <= number < end] == expected


def test_an_empty_trail_has_no_days(db: None) -> None:
    assert queries.numbers_of_day(ReadEntry, timezone.localdate()) == (1, 1)


def test_a_request_writes_in_the_name_of_its_person(users: dict[Role, User], client_of: Browser) -> None:
    client_of(Role.ADMINISTRATOR).post(
        "/accounts/nurse", {"full_name": "Nora Lindqvist", "role": "nurse", "is_active": "on"}
    )
    entry = AuditEntry.objects.filter(table="people_user").order_by("number").last()
    assert (entry.operation, entry.actor, entry.actor_id) == (
        "update",
        "Tom Reyes",
        users[Role.ADMINISTRATOR].pk,
    )


def test_signing_in_is_in_the_trail(users: dict[Role, User], client: Client) -> None:
    client.post("/sign-in", {"username": "nurse", "password": "not this one"})
    client.post("/sign-in", {"username": "nurse", "password": "warm paper and ink"})
    entries = list(AuditEntry.objects.filter(table="people_signin").order_by("number"))
    assert [entry.operation for entry in entries] == ["insert", "insert", "update"]
    assert entries[-1].actor == "Nora Lind"
    assert '"succeeded":true' in entries[-1].new
