"""A patient who may be treated today: a plan, papers, a price, a consent, a syringe."""

from __future__ import annotations

from datetime import date

import pytest
from tests.clinic.screening.known import answer
from tests.clinic.treatment import chair

from anagen.clinic.course.actions import plan_course
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening.actions import decide
from anagen.clinic.treatment import actions
from anagen.clinic.treatment.models import Treatment


@pytest.fixture
def nurse(users: dict[Role, User]) -> User:
    return users[Role.NURSE]


@pytest.fixture
def lead(users: dict[Role, User]) -> User:
    return users[Role.MEDICAL_LEAD]


@pytest.fixture
def prescriber(users: dict[Role, User]) -> User:
    return users[Role.PRESCRIBER]


@pytest.fixture
def planned(patient: Patient, nurse: User, today: date) -> Patient:
    """Amélie may be treated, and her first session is today."""
    answer(patient, today)
    decide(by=nurse, patient=patient, on=today)
    plan_course(by=nurse, patient=patient, protocol="hair-standard", start=today, on=today)
    return patient


@pytest.fixture
def expected(planned: Patient, nurse: User, lead: User, today: date) -> Patient:
    """Everything that the clinic and the patient have to have before the day: papers, price, consent, syringe."""
    chair.papers(nurse, lead, today)
    chair.price(lead, today)
    chair.text(lead, today)
    chair.signed(planned, nurse, today)
    chair.syringe(planned, nurse)
    return planned


@pytest.fixture
def treatment(expected: Patient, nurse: User, today: date) -> Treatment:
    """Amélie is in the chair, nothing is checked yet."""
    return actions.start_treatment(by=nurse, patient=expected, on=today)


@pytest.fixture
def given(treatment: Treatment, nurse: User, today: date) -> Treatment:
    """All points are given and recorded."""
    chair.ready(treatment, nurse, today)
    chair.injected(treatment, nurse)
    chair.finished(treatment, nurse)
    return treatment


@pytest.fixture
def record(given: Treatment, nurse: User) -> Treatment:
    """Signed by Nora, who injected."""
    from tests.clinic.conftest import PASSWORD

    chair.cared_for(given, nurse)
    actions.sign_record(by=nurse, treatment=given, password=PASSWORD)
    return given
