"""A patient who may be treated, and a course that is planned, made through actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from tests.clinic.screening.known import answer

from anagen.clinic.course import actions
from anagen.clinic.course.models import Course
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening.actions import decide
from anagen.clinic.screening.models import Decision

Plan = Callable[..., Course]


@pytest.fixture
def desk(users: dict[Role, User]) -> User:
    return users[Role.FRONT_DESK]


@pytest.fixture
def nurse(users: dict[Role, User]) -> User:
    return users[Role.NURSE]


@pytest.fixture
def clear(patient: Patient, nurse: User, today: date) -> Decision:
    """Amélie may be treated."""
    answer(patient, today)
    decision = decide(by=nurse, patient=patient, on=today)
    assert decision.verdict == "clear"
    return decision


@pytest.fixture
def plan(patient: Patient, desk: User, today: date) -> Plan:
    """Plan a course as the front desk does: `plan(start=…, seen=…)`."""

    def make(*, start: date | None = None, on: date | None = None, seen: int = 0, **other: object) -> Course:
        asked: dict[str, object] = {"protocol": "hair-standard", "by": desk, "patient": patient} | other
        return actions.plan_course(start=start or today, on=on or today, seen=seen, **asked)  # type: ignore[arg-type]

    return make


@pytest.fixture
def course(clear: Decision, plan: Plan, today: date) -> Course:
    """Eight sessions, the first in three days."""
    return plan(start=today + timedelta(days=3))


def days(course: Course) -> list[date]:
    return [session.day for session in course.sessions.all()]
