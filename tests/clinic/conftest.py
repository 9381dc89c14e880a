"""A small clinic for every test, built only through actions.

Ada Finch (front_desk) · Nora Lind (nurse) · Samuel Okafor (prescriber) · Ines Marchetti (medical_lead)
Tom Reyes (administrator) · Amélie Laurent (patient) ── owns the file `patient`
                                                        `stranger`: Jonas Weber, a file nobody owns
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from anagen.clinic.people import actions, queries
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role

PASSWORD = "warm paper and ink"
NAMES = {
    Role.FRONT_DESK: "Ada Finch",
    Role.NURSE: "Nora Lind",
    Role.PRESCRIBER: "Samuel Okafor",
    Role.MEDICAL_LEAD: "Ines Marchetti",
    Role.ADMINISTRATOR: "Tom Reyes",
    Role.PATIENT: "Amélie Laurent",
}


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Hashing is slow on purpose; the tests are not about that."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def today() -> date:
    return queries.today()


@pytest.fixture
def users(db: None) -> dict[Role, User]:
    """One account of each role."""
    return {
        role: actions.create_user(
            by="test", username=role.value.replace("_", "."), full_name=name, role=role, password=PASSWORD
        )
        for role, name in NAMES.items()
    }


@pytest.fixture
def patient(users: dict[Role, User], today: date) -> Patient:
    """Amélie Laurent's file, which belongs to her own account."""
    opened = actions.register_patient(
        by=users[Role.FRONT_DESK],
        given_name="Amélie",
        family_name="Laurent",
        birth_date=date(1991, 6, 12),
        sex="female",
        email="amelie@example.org",
        phone="+44 20 7946 0018",
        on=today,
    )
    return actions.link_account(by=users[Role.FRONT_DESK], patient=opened, user=users[Role.PATIENT])


@pytest.fixture
def stranger(users: dict[Role, User], today: date) -> Patient:
    """A file that belongs to nobody's account."""
    return actions.register_patient(
        by=users[Role.NURSE],
        given_name="Jonas",
        family_name="Weber",
        birth_date=date(1978, 2, 28),
        sex="male",
        on=today,
    )


@pytest.fixture
def client_of(users: dict[Role, User]) -> Callable[[Role | None], Client]:
    """A browser in which somebody of this role (or nobody: None) is signed in."""

    def open_browser(role: Role | None) -> Client:
        browser = Client()
        if role is not None:
            browser.force_login(users[role])
        return browser

    return open_browser
