"""A nurse, a patient, and the ways of somebody who has the database but not the application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from anagen.clinic.audit import triggers
from anagen.clinic.audit.context import acting
from anagen.clinic.people.models import Patient, User

Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def sql(db: None) -> Sql:
    """Run one statement as it is; gives the rows, if there are any."""

    def run(statement: str, *values: object) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, list(values) or None)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def nurse(db: None) -> User:
    with acting("test"):
        nurse = User(username="jane", full_name="Jane Doe", role="nurse", password="a-hash-nobody-may-read")
        nurse.save()
    return nurse


@pytest.fixture
def new_patient(nurse: User) -> Callable[[str], Patient]:
    def make(number: str) -> Patient:
        return Patient(
            number=number,
            given_name="Zoë",
            family_name="O'Neil",
            birth_date="1980-02-29",
            search_name="oneil zoe",
        )

    return make


@pytest.fixture
def patient(nurse: User, new_patient: Callable[[str], Patient]) -> Patient:
    patient = new_patient("A1")
    with acting(nurse):
        patient.save()
    return patient


@pytest.fixture
def unguarded(db: None) -> None:
    """The guards of the trail are gone, as for an attacker with the rights of the tables' owner."""
    connection.check_constraints()
    triggers.remove(guards=True, apps=set())
