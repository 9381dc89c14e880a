"""The demo clinic: made through actions, once, and true to what it promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from anagen.clinic.audit.verify import verify
from anagen.clinic.course.models import Course
from anagen.clinic.demo.actions import PASSWORD, fill
from anagen.clinic.intake.models import Answer, Intake, IntakeLink
from anagen.clinic.people.actions import Refused, register_patient
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.people.queries import today
from anagen.clinic.screening.models import Decision, Override
from anagen.clinic.screening.queries import latest_of_each, replayed

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(db: None, settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    fill()


def test_the_demo_is_what_it_promises(filled: None) -> None:
    """One test, for filling takes seconds: each promise is a function below."""
    everybody_is_somewhere_on_the_path()
    each_role_can_sign_in()
    a_second_start_changes_nothing()
    every_decision_replays_and_the_trail_is_whole()


def everybody_is_somewhere_on_the_path() -> None:
    assert 28 <= Patient.objects.count() <= 35
    verdicts = {decision.verdict for decision in latest_of_each()}
    assert verdicts == {"clear", "caution", "incomplete", "defer", "refer", "exclude"}
    assert Intake.objects.filter(handed_in_at__isnull=True).exists()
    assert IntakeLink.objects.exists()
    assert Override.objects.exists()
    assert Course.objects.filter(sessions__day__lt=today()).exists()
    assert Answer.objects.filter(said_on__lt=today() - timedelta(days=90)).exists()


def each_role_can_sign_in() -> None:
    assert {user.role for user in User.objects.all()} == set(Role)
    assert all(user.check_password(PASSWORD) for user in User.objects.all())


def a_second_start_changes_nothing() -> None:
    before = (Patient.objects.count(), Decision.objects.count(), Answer.objects.count())
    again = fill()
    assert (Patient.objects.count(), Decision.objects.count(), Answer.objects.count()) == before
    assert {log_in.username for log_in in again} == set(User.objects.values_list("username", flat=True))


def every_decision_replays_and_the_trail_is_whole() -> None:
    assert [replay.differences for replay in replayed() if not replay.equal] == []
    assert verify().ok


def test_a_clinic_that_is_there_already_is_never_filled(db: None) -> None:
    register_patient(
        by="test", given_name="A", family_name="B", birth_date=today() - timedelta(days=9999), on=today()
    )
    with pytest.raises(Refused, match="already"):
        fill()
    assert Patient.objects.count() == 1
