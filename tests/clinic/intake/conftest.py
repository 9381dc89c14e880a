"""Rounds of questions for the patient of the clinic's conftest, made through actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from anagen.clinic.intake import actions
from anagen.clinic.intake.actions import Given
from anagen.clinic.intake.models import Channel, Intake
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role

Answering = Callable[..., Intake]


@pytest.fixture
def nurse(users: dict[Role, User]) -> User:
    return users[Role.NURSE]


@pytest.fixture
def prescriber(users: dict[Role, User]) -> User:
    return users[Role.PRESCRIBER]


@pytest.fixture
def opened(patient: Patient, nurse: User) -> Intake:
    """An open round of questions, asked at the desk."""
    return actions.open_intake(by=nurse, patient=patient, channel=Channel.DESK)


@pytest.fixture
def answering(patient: Patient, nurse: User, today: date) -> Answering:
    """Answer some questions on a day, and hand in: `answering({"pregnancy": "no"}, on=...)`."""

    def answer(answers: dict[str, Any], *, on: date | None = None, hand_in: bool = True) -> Intake:
        intake = actions.open_intake(by=nurse, patient=patient, channel=Channel.DESK)
        given = [value if isinstance(value, Given) else Given(fact, value) for fact, value in answers.items()]
        actions.save_answers(by=nurse, intake=intake, speaker="patient", answers=given, on=on or today)
        return actions.hand_in(by=nurse, intake=intake, on=on or today) if hand_in else intake

    return answer
