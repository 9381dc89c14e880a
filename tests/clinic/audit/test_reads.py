"""Looking into a patient's file leaves a trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from anagen.clinic.audit import actions
from anagen.clinic.audit.actions import record_read
from anagen.clinic.audit.context import acting
from anagen.clinic.audit.models import ReadEntry
from anagen.clinic.audit.verify import verify
from anagen.clinic.people.models import Patient, User

pytestmark = pytest.mark.django_db


def test_a_read_is_recorded_with_person_patient_and_page(patient: Patient, nurse: User) -> None:
    assert record_read(by=nurse, patient=patient, what="verdict")
    entry = ReadEntry.objects.get()
    assert (entry.number, entry.actor_id, entry.actor) == (1, nurse.pk, "Jane Doe")
    assert (entry.patient_id, entry.what) == (patient.pk, "verdict")
    assert verify().reads == 1


def test_the_same_look_within_a_minute_is_one_entry(
    patient: Patient, nurse: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert record_read(by=nurse, patient=patient, what="verdict")
    assert not record_read(by=nurse, patient=patient.pk, what=" verdict ")
    assert record_read(by=nurse, patient=patient, what="plan")
    assert record_read(by="export", patient=patient, what="verdict")
    later = timezone.now() + actions.ONE_LOOK + timedelta(seconds=1)
    monkeypatch.setattr("anagen.clinic.audit.actions.timezone.now", lambda: later)
    assert record_read(by=nurse, patient=patient, what="verdict")
    assert list(ReadEntry.objects.order_by("number").values_list("actor", "what")) == [
        ("Jane Doe", "verdict"),
        ("Jane Doe", "plan"),
        ("system: export", "verdict"),
        ("Jane Doe", "verdict"),
    ]
    assert verify().ok


def test_a_read_that_was_rolled_back_is_recorded_the_next_time(patient: Patient, nurse: User) -> None:
    with transaction.atomic():
        assert record_read(by=nurse, patient=patient, what="verdict")
        transaction.set_rollback(True)
    assert record_read(by=nurse, patient=patient, what="verdict")


def test_a_read_names_somebody_something_and_a_patient(patient: Patient, nurse: User) -> None:
    for wrong in (
        {"by": "", "patient": patient, "what": "verdict"},
        {"by": nurse, "patient": Patient(), "what": "verdict"},
        {"by": nurse, "patient": patient, "what": " "},
    ):
        with pytest.raises(ValueError):
            record_read(**wrong)
    assert not ReadEntry.objects.exists()


def test_reads_are_not_made_by_hand(patient: Patient, nurse: User) -> None:
    with pytest.raises(IntegrityError, match="Audit: "), transaction.atomic(), acting(nurse):
        ReadEntry.objects.create(
            number=9, at=timezone.now(), actor="x", patient_id=patient.pk, what="x", previous="x", hash="x"
        )


def test_a_second_look_writes_nothing(
    patient: Patient, nurse: User, django_assert_num_queries: object
) -> None:
    record_read(by=nurse, patient=patient, what="verdict")
    with django_assert_num_queries(1):  # type: ignore[operator]
        record_read(by=nurse, patient=patient, what="verdict")
    assert connection.in_atomic_block
