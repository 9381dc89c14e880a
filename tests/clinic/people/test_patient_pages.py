"""The pages of patients: found, registered, corrected; nothing that was typed is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from anagen.clinic.audit.models import ReadEntry
from anagen.clinic.people import actions
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role

Users = dict[Role, User]
Browser = Callable[[Role | None], Client]
TYPED = {
    "given_name": "Ingrid",
    "family_name": "Sørensen",
    "birth_date": "1980-02-29",
    "sex": "female",
    "phone": "+47 22 12 34 56",
    "email": "ingrid@example.org",
}


@pytest.fixture
def desk(client_of: Browser) -> Client:
    return client_of(Role.FRONT_DESK)


def test_a_new_patient_gets_a_page(desk: Client) -> None:
    answer = desk.post("/patients/register", TYPED, follow=True)
    page = answer.content.decode()
    patient = Patient.objects.get()
    assert answer.redirect_chain == [(f"/patients/{patient.number}", 302)]
    assert f"Ingrid Sørensen is registered with the number {patient.number}." in page
    assert "29 Feb 1980" in page


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("birth_date", "2999-01-01", "lies in the future"),
        ("birth_date", "1879-03-14", "too long ago"),
        ("birth_date", "2026-02-30", "This date does not exist"),
        ("birth_date", "soon", "This date does not exist"),
        ("birth_date", "", "Enter the date of birth."),
        ("given_name", " ", "Enter the first name."),
        ("sex", "", "Choose one answer."),
        ("sex", "maybe", "Select a valid choice"),
        ("phone", "call me", "A telephone number has digits"),
        ("email", "ingrid@", "Enter an email address such as"),
        ("family_name", "x" * 101, "at most 100"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(desk: Client, name: str, value: str, says: str) -> None:
    answer = desk.post("/patients/register", TYPED | {name: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert Patient.objects.count() == 0
    control = "id_sex_0" if name == "sex" else f"id_{name}"
    assert f'<a href="#{control}">' in page  # the summary leads to the field
    assert page.count(says) == 2  # in the summary and at the field
    assert f'id="id_{name}_error"' in page
    for other, typed in TYPED.items():  # nothing that was typed is lost
        if other not in {name, "sex"}:
            assert f'value="{typed}"' in page


def test_a_european_date_is_understood(desk: Client) -> None:
    desk.post("/patients/register", TYPED | {"birth_date": "29.02.1980"})
    assert Patient.objects.get().birth_date == date(1980, 2, 29)


def test_a_possible_duplicate_asks_first(desk: Client) -> None:
    desk.post("/patients/register", TYPED)
    again = desk.post("/patients/register", TYPED | {"given_name": "INGRID"})
    page = again.content.decode()
    assert again.status_code == 422
    assert "Is it one of these?" in page
    assert Patient.objects.get().number in page
    assert 'value="INGRID"' in page
    assert Patient.objects.count() == 1
    desk.post("/patients/register", TYPED | {"another_person": "yes"})
    assert Patient.objects.count() == 2


def test_names_are_shown_and_never_run(desk: Client) -> None:
    page = desk.post(
        "/patients/register", TYPED | {"given_name": "<script>alert(1)</script>"}, follow=True
    ).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_list_finds_and_a_whole_number_leads_to_the_page(
    desk: Client, patient: Patient, stranger: Patient
) -> None:
    page = desk.get("/patients?q=laurent").content.decode()
    assert patient.number[:3] in page and "Weber" not in page
    assert desk.get(f"/patients?q={patient.number}").headers["Location"] == f"/patients/{patient.number}"
    assert "Nobody is found for “zzz”" in desk.get("/patients?q=zzz").content.decode()


def test_typing_changes_the_list_only(desk: Client, patient: Patient) -> None:
    asked = {"HX-Request": "true", "HX-Target": "found"}
    fragment = desk.get("/patients?q=laur", headers=asked).content.decode()
    assert "Laurent" in fragment
    assert "<html" not in fragment


def test_the_list_can_be_taken_away(desk: Client, patient: Patient, users: Users, today: date) -> None:
    actions.register_patient(
        by=users[Role.NURSE],
        given_name="=1+1",
        family_name="Löwe",
        birth_date=date(1990, 1, 1),
        phone="+44 1",
        on=today,
    )
    answer = desk.get("/patients.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Family name"] for row in rows] == ["Laurent", "Löwe"]
    assert rows[1]["First name"] == "'=1+1"  # a spreadsheet must not run a name
    assert rows[1]["Telephone"] == "'+44 1"
    only = desk.get("/patients.csv?q=laurent").content.decode("utf-8-sig")
    assert len(only.splitlines()) == 2


def details(patient: Patient, **changes: Any) -> dict[str, Any]:
    return {
        "given_name": patient.given_name,
        "family_name": patient.family_name,
        "birth_date": patient.birth_date.isoformat(),
        "sex": patient.sex,
        "phone": patient.phone,
        "email": patient.email,
        "version": patient.version,
    } | changes


def test_details_are_corrected(desk: Client, patient: Patient) -> None:
    page = desk.get(f"/patients/{patient.number}/correct").content.decode()
    assert 'value="1991-06-12"' in page and 'value="Amélie"' in page
    answer = desk.post(f"/patients/{patient.number}/correct", details(patient, family_name="Weiß"))
    assert answer.headers["Location"] == f"/patients/{patient.number}"
    patient.refresh_from_db()
    assert patient.family_name == "Weiß"


@pytest.mark.parametrize("version", ["0", "", "nonsense", "-1", "٣"])
def test_a_correction_of_an_older_copy_shows_both(desk: Client, patient: Patient, version: str) -> None:
    typed = details(patient, phone="+44 7700 900000", version=version)
    answer = desk.post(f"/patients/{patient.number}/correct", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody else corrected this patient" in page
    assert "+44 7700 900000" in page and "+44 20 7946 0018" in page
    patient.refresh_from_db()
    assert patient.phone == "+44 20 7946 0018"


def test_a_patient_sees_their_own_record_and_its_log(client_of: Browser, patient: Patient) -> None:
    browser = client_of(Role.PATIENT)
    page = browser.get("/my-record", follow=True).content.decode()
    assert "Amélie Laurent" in page
    assert "Correct details" not in page and 'href="/patients"' not in page
    entry = ReadEntry.objects.get()
    assert (entry.actor, entry.patient_id, entry.what) == ("Amélie Laurent", patient.pk, "patient page")


def test_an_account_without_a_file_is_told_whom_to_ask(client_of: Browser) -> None:
    answer = client_of(Role.PATIENT).get("/my-record")
    assert "ask the front desk" in answer.content.decode()


def test_each_look_at_a_file_is_written_down_with_its_person(client_of: Browser, patient: Patient) -> None:
    client_of(Role.NURSE).get(f"/patients/{patient.number}")
    client_of(Role.FRONT_DESK).get(f"/patients/{patient.number}/correct")
    seen = ReadEntry.objects.order_by("pk").values_list("actor", "what")
    assert list(seen) == [("Nora Lind", "patient page"), ("Ada Finch", "personal details")]


def test_a_number_that_nobody_has(desk: Client) -> None:
    answer = desk.get("/patients/9999999")
    assert answer.status_code == 404
    assert "no patient with the number 9999999" in answer.content.decode()


def test_access_is_handed_over_once(desk: Client, stranger: Patient) -> None:
    path = f"/patients/{stranger.number}/access"
    made = desk.post(path, {"username": "Jonas.Weber"})
    assert "Shown this once" in made.content.decode()
    stranger.refresh_from_db()
    assert stranger.user is not None and stranger.user.username == "jonas.weber"
    again = desk.get(path).content.decode()
    assert "has an account already" in again and "Shown this once" not in again


def test_the_desk_helps_a_patient_who_forgot_the_password(
    desk: Client, patient: Patient, client_of: Browser
) -> None:
    browser = client_of(Role.PATIENT)
    assert "Shown this once" in desk.post(f"/patients/{patient.number}/access").content.decode()
    assert browser.get("/my-record").headers["Location"].startswith("/sign-in")  # the old one ended
    patient.refresh_from_db()
    assert patient.user is not None and patient.user.must_change_password


@pytest.mark.parametrize("name", ["", "ab", "with space", "nurse"])
def test_a_user_name_that_cannot_be(desk: Client, stranger: Patient, name: str) -> None:
    answer = desk.post(f"/patients/{stranger.number}/access", {"username": name})
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


def test_the_patient_page_costs_the_same_for_everybody(
    desk: Client, patient: Patient, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(19):
        desk.get(f"/patients/{patient.number}")
