"""The accounts of the staff, kept by administrators."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Role

Users = dict[Role, User]


@pytest.fixture
def admin(client_of: Callable[[Role | None], Client]) -> Client:
    return client_of(Role.ADMINISTRATOR)


def test_a_new_colleague_signs_in_with_the_first_password(admin: Client, client: Client) -> None:
    typed = {"full_name": "Wei Zhang", "username": "wei.zhang", "role": "nurse"}
    told = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", admin.post("/accounts/new", typed).content.decode())
    assert told is not None
    client.post("/sign-in", {"username": "wei.zhang", "password": told.group()})
    assert client.get("/patients").headers["Location"] == "/account/password"


@pytest.mark.parametrize(
    "typed",
    [
        {"full_name": "", "username": "wei", "role": "nurse"},
        {"full_name": "Wei", "username": "Wei Zhang", "role": "nurse"},
        {"full_name": "Wei", "username": "nurse", "role": "nurse"},
        {"full_name": "Wei", "username": "wei", "role": "patient"},
        {"full_name": "Wei", "username": "wei", "role": ""},
    ],
)
def test_what_cannot_be_is_refused(admin: Client, users: Users, typed: dict[str, str]) -> None:
    answer = admin.post("/accounts/new", typed)
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert User.objects.count() == len(users)


def test_a_role_changes_and_an_account_closes(admin: Client, users: Users) -> None:
    admin.post("/accounts/nurse", {"full_name": "Nora Lind", "role": "prescriber"})
    nurse = users[Role.NURSE]
    nurse.refresh_from_db()
    assert (nurse.role, nurse.is_active) == ("prescriber", False)
    assert "Closed" in admin.get("/accounts").content.decode()


def test_administrators_cannot_close_themselves(admin: Client, users: Users) -> None:
    answer = admin.post("/accounts/administrator", {"full_name": "Tom Reyes"})
    assert answer.status_code == 422
    assert "cannot close your own account" in answer.content.decode()


def test_a_new_first_password_ends_the_old_one(
    admin: Client, users: Users, client_of: Callable[[Role | None], Client]
) -> None:
    nurse = client_of(Role.NURSE)
    assert nurse.get("/patients").status_code == 200
    assert "Shown this once" in admin.post("/accounts/nurse/password").content.decode()
    assert nurse.get("/patients").status_code == 302


def test_ones_own_password_is_changed_elsewhere(admin: Client) -> None:
    answer = admin.post("/accounts/administrator/password")
    assert answer.headers["Location"] == "/account/password"


def test_an_unknown_account(admin: Client) -> None:
    assert admin.get("/accounts/nobody").status_code == 404


def test_the_accounts_can_be_taken_away(admin: Client) -> None:
    told = admin.get("/accounts.csv").content.decode("utf-8-sig")
    assert "Nora Lind,nurse,Nurse,yes" in told
    assert "Laurent" not in told  # patients are no staff
