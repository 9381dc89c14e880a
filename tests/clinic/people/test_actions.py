"""What can be done to people, by whom, and what is refused. Nothing is ever half-written."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from anagen.clinic.audit.context import acting
from anagen.clinic.audit.models import AuditEntry
from anagen.clinic.people import actions, queries
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.names import is_patient_number
from anagen.clinic.people.permissions import Role

Users = dict[Role, User]
PERSON: dict[str, Any] = {
    "given_name": " Ingrid ",
    "family_name": "Sørensen",
    "birth_date": date(1980, 2, 29),
    "sex": "female",
    "email": "ingrid@example.org",
    "phone": "",
}


def test_registering_gives_a_number_and_trims(users: Users, today: date) -> None:
    patient = actions.register_patient(by=users[Role.FRONT_DESK], on=today, **PERSON)
    assert is_patient_number(patient.number)
    assert (patient.name, patient.search_name) == ("Ingrid Sørensen", "sorensen ingrid")
    assert patient.created_by == users[Role.FRONT_DESK]


@pytest.mark.parametrize("days", [1, 4000])
def test_nobody_is_born_in_the_future(users: Users, today: date, days: int) -> None:
    born = PERSON | {"birth_date": today + timedelta(days=days)}
    with pytest.raises(ValidationError, match="future"):
        actions.register_patient(by=users[Role.NURSE], on=today, **born)
    assert Patient.objects.count() == 0


def test_born_today_is_possible(users: Users, today: date) -> None:
    patient = actions.register_patient(by=users[Role.NURSE], on=today, **PERSON | {"birth_date": today})
    assert patient.age_on(today) == 0


def test_nobody_is_130_years_old(users: Users, today: date) -> None:
    with pytest.raises(ValidationError, match="too long ago"):
        actions.register_patient(
            by=users[Role.NURSE], on=today, **PERSON | {"birth_date": date(1889, 12, 31)}
        )


@pytest.mark.parametrize("wrong", [{"email": "ingrid"}, {"sex": "maybe"}, {"given_name": "  "}])
def test_damaged_details_are_refused(users: Users, today: date, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        actions.register_patient(by=users[Role.NURSE], on=today, **PERSON | wrong)
    assert Patient.objects.count() == 0


@pytest.mark.parametrize("role", [Role.PATIENT, Role.ADMINISTRATOR])
def test_others_cannot_register(users: Users, today: date, role: Role) -> None:
    with pytest.raises(actions.NotAllowed):
        actions.register_patient(by=users[role], on=today, **PERSON)


@pytest.mark.parametrize(
    ("day", "years"),
    [(date(2001, 2, 28), 0), (date(2001, 3, 1), 1), (date(2004, 2, 28), 3), (date(2004, 2, 29), 4)],
)
def test_who_is_born_on_a_leap_day_ages_in_march(day: date, years: int) -> None:
    assert Patient(birth_date=date(2000, 2, 29)).age_on(day) == years


def corrected(patient: Patient, **changes: Any) -> dict[str, Any]:
    names = ("given_name", "family_name", "birth_date", "sex", "email", "phone", "language")
    return {name: getattr(patient, name) for name in names} | changes


def test_correcting_renews_the_search(users: Users, patient: Patient, today: date) -> None:
    details = corrected(patient, family_name="Weiß")
    actions.correct_patient(
        by=users[Role.NURSE], patient=patient, version=patient.version, on=today, **details
    )
    assert [found.number for found in queries.found_patients("weiss")] == [patient.number]
    assert not queries.found_patients("laurent")


def test_two_desks_do_not_overwrite_each_other(users: Users, patient: Patient, today: date) -> None:
    seen = patient.version
    first = corrected(patient, phone="+44 20 7946 0000")
    actions.correct_patient(by=users[Role.NURSE], patient=patient, version=seen, on=today, **first)
    with pytest.raises(actions.ChangedMeanwhile):
        second = corrected(patient, phone="+44 20 7946 1111")
        actions.correct_patient(by=users[Role.FRONT_DESK], patient=patient, version=seen, on=today, **second)
    patient.refresh_from_db()
    assert patient.phone == "+44 20 7946 0000"


def test_an_account_opens_one_file_only(users: Users, patient: Patient, stranger: Patient) -> None:
    desk, nurse, owner = users[Role.FRONT_DESK], users[Role.NURSE], users[Role.PATIENT]
    with pytest.raises(actions.Refused, match="already owns"):
        actions.link_account(by=desk, patient=stranger, user=owner)
    with pytest.raises(actions.Refused, match="role"):
        actions.link_account(by=desk, patient=stranger, user=nurse)
    account = actions.give_access(by=nurse, patient=stranger, username="jonas.w", password="x" * 12)
    assert (account.role, account.must_change_password) == (Role.PATIENT, True)
    with pytest.raises(actions.Refused, match="another account"):
        actions.link_account(by=desk, patient=stranger, user=owner)


def test_access_that_fails_leaves_no_account_behind(users: Users, patient: Patient) -> None:
    with pytest.raises(actions.Refused):
        actions.give_access(by=users[Role.NURSE], patient=patient, username="second.one", password="x" * 12)
    assert queries.account("second.one") is None


def test_user_names_are_taken_once_in_any_spelling(users: Users) -> None:
    with pytest.raises(actions.Refused, match="taken"):
        actions.create_user(
            by=users[Role.ADMINISTRATOR], username=" NURSE ", full_name="B", role=Role.NURSE, password=None
        )


def test_the_clinic_may_make_accounts_for_patients_and_for_nobody_else(users: Users) -> None:
    made = {"username": "new", "full_name": "New", "password": None}
    assert actions.create_user(by=users[Role.FRONT_DESK], role=Role.PATIENT, **made)
    for role in set(Role) - {Role.PATIENT}:
        with pytest.raises(actions.NotAllowed):
            actions.create_user(by=users[Role.FRONT_DESK], role=role, **made)


def test_administrators_do_not_lock_themselves_out(users: Users) -> None:
    tom = users[Role.ADMINISTRATOR]
    for change in ({"role": Role.NURSE, "is_active": True}, {"role": tom.role, "is_active": False}):
        with pytest.raises(actions.Refused, match="own"):
            actions.change_user(by=tom, user=tom, full_name="Tom", **change)
    assert actions.change_user(by=tom, user=tom, full_name="Tom R", role=tom.role, is_active=True)


def test_a_patients_account_never_becomes_one_for_work(users: Users, patient: Patient) -> None:
    with pytest.raises(actions.Refused, match="separate"):
        actions.change_user(
            by=users[Role.ADMINISTRATOR],
            user=users[Role.PATIENT],
            full_name="Amélie",
            role=Role.NURSE,
            is_active=True,
        )


def test_passwords_are_ones_own_or_the_administrators(users: Users) -> None:
    nurse = users[Role.NURSE]
    with pytest.raises(actions.NotAllowed):
        actions.set_password(by=users[Role.MEDICAL_LEAD], user=nurse, password="a new password")
    assert actions.set_password(by=nurse, user=nurse, password="a new password").check_password(
        "a new password"
    )


def test_the_database_itself_refuses_what_makes_no_sense(users: Users, patient: Patient) -> None:
    wrong = [
        {"sex": "maybe"},
        {"birth_date": date(1600, 1, 1)},
        {"number": Patient.objects.get().number, "pk": None},
    ]
    for fields in wrong:
        changed = Patient.objects.get()
        for name, value in fields.items():
            setattr(changed, name, value)
        with acting("test"), pytest.raises(IntegrityError), transaction.atomic():
            changed.save(force_insert=changed.pk is None)


def test_every_change_is_in_the_trail_with_its_person(users: Users, patient: Patient, today: date) -> None:
    details = corrected(patient, phone="+44 20 7946 2222")
    actions.correct_patient(
        by=users[Role.NURSE], patient=patient, version=patient.version, on=today, **details
    )
    entry = AuditEntry.objects.filter(table="people_patient").order_by("-pk")[0]
    assert entry.actor == "Nora Lind"
    assert "2222" in str(entry.new) and "2222" not in str(entry.old)


def test_no_password_is_in_the_trail(users: Users) -> None:
    actions.set_password(by=users[Role.NURSE], user=users[Role.NURSE], password="a new password")
    secret = User.objects.get(username="nurse").password
    told = str(list(AuditEntry.objects.values_list("old", "new")))
    assert secret not in told
    assert "full_name" in told
