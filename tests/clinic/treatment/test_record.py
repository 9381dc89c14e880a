"""The end of a session and its record: one transaction or none, signed, sealed, never changed."""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from tests.clinic.conftest import PASSWORD
from tests.clinic.treatment import chair

from anagen.clinic.audit import triggers
from anagen.clinic.billing.models import Charge
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused, TooManyTries
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.treatment import actions, chart, queries
from anagen.clinic.treatment.actions import Asks, Used, WrongPassword
from anagen.clinic.treatment.models import Administration, ChartLink, Finish, Treatment
from anagen.medicine.treatment import Gap, Kind, State


@pytest.fixture
def injected(treatment: Treatment, nurse: User, today: date) -> Treatment:
    chair.ready(treatment, nurse, today)
    chair.injected(treatment, nurse)
    return treatment


def test_giving_and_charging_are_one(injected: Treatment, nurse: User) -> None:
    finish = chair.finished(injected, nurse, given="4.9", wasted="0.1")
    given = Administration.objects.get()
    assert (given.syringe.code, given.given, given.wasted) == ("S1", Decimal("4.900"), Decimal("0.100"))
    assert finish.charge.words == "€120.00"
    assert (finish.points, finish.by_points) == (100, Decimal("5.00"))
    assert chair.session(injected).state is State.GIVEN


def test_the_same_key_finishes_once_and_another_one_is_told(
    injected: Treatment, nurse: User, prescriber: User
) -> None:
    key = uuid.uuid4()
    assert chair.finished(injected, nurse, key=key) == chair.finished(injected, nurse, key=key)
    with pytest.raises(ChangedMeanwhile, match="Nora Lind has finished"):
        chair.finished(injected, prescriber)
    assert (Finish.objects.count(), Charge.objects.count(), Administration.objects.count()) == (1, 1, 1)


def test_more_than_the_syringe_holds_is_refused(injected: Treatment, nurse: User) -> None:
    for given, wasted, words in (
        ("5", "0.001", "holds 5 mL"),
        ("6", "0", "holds 5 mL"),
        ("-1", "0", "not negative"),
    ):
        with pytest.raises(Refused, match=words):
            chair.finished(injected, nurse, given=given, wasted=wasted)
    assert not Finish.objects.exists() and not Charge.objects.exists()


def test_every_syringe_is_accounted_for(injected: Treatment, nurse: User) -> None:
    five = Decimal(5)
    for used in (
        [],
        [Used("S1", five, Decimal(0)), Used("S7", five, Decimal(0))],
        [Used("S1", five, Decimal(0))] * 2,
    ):
        with pytest.raises(Refused, match="every syringe"):
            chair.finished(injected, nurse, used=used)


def test_numbers_that_do_not_agree_ask_before_the_session_is_closed(injected: Treatment, nurse: User) -> None:
    with pytest.raises(Asks) as asked:
        chair.finished(injected, nurse, given="3")
    assert set(asked.value.questions) == {"volume", "left S1"}
    assert not Finish.objects.exists()
    finish = chair.finished(
        injected, nurse, given="3", reasons={"volume": "leaked", "left S1": "on the floor"}
    )
    assert finish.reasons == {"volume": "leaked", "left S1": "on the floor"}


def test_a_blank_reason_is_none(injected: Treatment, nurse: User) -> None:
    with pytest.raises(Asks):
        chair.finished(injected, nurse, given="3", reasons={"volume": " ", "left S1": "x"})


def test_too_few_needles_ask_as_well(treatment: Treatment, nurse: User, today: date) -> None:
    chair.ready(treatment, nurse, today)
    chair.injected(treatment, nurse, changes=1)
    with pytest.raises(Asks) as asked:
        chair.finished(treatment, nurse)
    assert set(asked.value.questions) == {"needles"}


def test_without_points_a_session_is_stopped_or_not_over(
    treatment: Treatment, nurse: User, today: date
) -> None:
    chair.ready(treatment, nurse, today)
    actions.add_event(by=nurse, treatment=treatment, kind=Kind.FIRST_NEEDLE)
    with pytest.raises(Refused, match="The map has no points"):
        chair.finished(treatment, nurse)
    actions.add_event(by=nurse, treatment=treatment, kind=Kind.STOP, data={"reason": "she felt faint"})
    finish = chair.finished(treatment, nurse, given="0", wasted="5")
    assert finish.charge is None, "what was not given is not charged"


def test_before_the_first_needle_nothing_can_be_finished(treatment: Treatment, nurse: User) -> None:
    with pytest.raises(Refused, match="no first needle"):
        chair.finished(treatment, nurse, used=[])


def test_a_charge_that_fails_leaves_nothing_behind(
    injected: Treatment, nurse: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_asked: Any) -> None:
        raise RuntimeError("the till is closed")

    monkeypatch.setattr("anagen.clinic.treatment.actions.closing.charge", broken)
    with pytest.raises(RuntimeError):
        chair.finished(injected, nurse)
    assert not Finish.objects.exists() and not Administration.objects.exists()
    assert chair.session(injected).state is State.UNDER_WAY


def test_a_syringe_is_given_once(given: Treatment, nurse: User, today: date) -> None:
    again = actions.start_treatment(by=nurse, patient=given.patient, on=today)
    with pytest.raises(Refused, match="given already"):
        actions.add_event(by=nurse, treatment=again, kind=Kind.SYRINGE, data={"code": "S1"})


# the record


def test_a_record_that_lacks_something_is_not_signed(given: Treatment, nurse: User) -> None:
    assert chair.session(given).gaps == (Gap.NOT_OBSERVED, Gap.NO_SHEET)
    with pytest.raises(Refused, match="care sheet was not given"):
        actions.sign_record(by=nurse, treatment=given, password=PASSWORD)
    chair.cared_for(given, nurse)
    assert chair.session(given).gaps == ()


def test_who_leaves_early_is_asked_why(given: Treatment, nurse: User) -> None:
    with pytest.raises(Refused, match="Say why the patient leaves"):
        actions.add_event(by=nurse, treatment=given, kind=Kind.LEFT)


def test_the_sheet_is_kept_as_it_was_given(given: Treatment, nurse: User, settings: Any) -> None:
    settings.CLINIC_TELEPHONE = "+44 20 7946 0000"
    kept = actions.add_event(by=nurse, treatment=given, kind=Kind.SHEET).data
    assert kept["telephone"] == "+44 20 7946 0000" and kept["language"] == "en-gb"
    assert kept["next"] == (given.day + timedelta(days=7)).isoformat()
    assert {"aftercare.massage", "aftercare.sun"} & {line["id"] for line in kept["lines"]}


def test_only_who_injected_signs_and_only_with_the_password(
    given: Treatment, nurse: User, prescriber: User
) -> None:
    chair.cared_for(given, nurse)
    with pytest.raises(NotAllowed, match="Whoever injected"):
        actions.sign_record(by=prescriber, treatment=given, password=PASSWORD)
    for _attempt in range(5):
        with pytest.raises(WrongPassword):
            actions.sign_record(by=nurse, treatment=given, password="a guess", address="10.0.0.1")
    with pytest.raises(TooManyTries):
        actions.sign_record(by=nurse, treatment=given, password=PASSWORD, address="10.0.0.1")
    assert chair.session(given).record is None


def test_a_signed_record_is_locked_and_says_everything(record: Treatment, nurse: User) -> None:
    link = chair.session(record).record
    assert link is not None
    said = json.loads(link.content)
    assert said["injector"]["name"] == "Nora Lind" and said["decision"]["verdict"] in ("clear", "caution")
    assert said["finished"]["administrations"][0]["contents"][0]["lot"] == "L-S1"
    assert {event["kind"] for event in said["events"]} >= {
        "identity",
        "questions",
        "first_needle",
        "map",
        "sheet",
    }
    with pytest.raises(Refused, match="does not fit"):
        actions.add_event(by=nurse, treatment=record, kind=Kind.NOTE, data={"words": "late"})
    assert actions.sign_record(by=nurse, treatment=record, password=PASSWORD) == link


def test_a_nurses_record_waits_for_a_prescriber(
    record: Treatment, nurse: User, prescriber: User, users: dict[Role, User]
) -> None:
    assert list(queries.to_countersign()) == [record]
    with pytest.raises(NotAllowed):
        actions.countersign(by=nurse, treatment=record, password=PASSWORD)
    link = actions.countersign(by=prescriber, treatment=record, password=PASSWORD, words="seen")
    assert actions.countersign(by=users[Role.MEDICAL_LEAD], treatment=record, password=PASSWORD) == link
    assert not queries.to_countersign()


def test_later_words_are_an_addendum(record: Treatment, nurse: User) -> None:
    key = uuid.uuid4()
    asked: dict[str, Any] = {"by": nurse, "treatment": record, "password": PASSWORD, "key": key}
    link = actions.add_addendum(words="She called:\nall well.", **asked)
    assert actions.add_addendum(words="again", **asked) == link
    assert json.loads(link.content)["words"] == "She called:\nall well."
    with pytest.raises(Refused, match="nothing to add"):
        actions.add_addendum(by=nurse, treatment=record, words=" ", password=PASSWORD)
    assert chart.verify().broken == () and chart.verify().links == 2


@pytest.mark.parametrize(
    ("change", "number", "what"),
    [
        ("UPDATE treatment_chartlink SET content = '{}' WHERE number = 2", 2, "was changed"),
        ("DELETE FROM treatment_chartlink WHERE number = 2", 3, "entry 2 is missing"),
        ("UPDATE treatment_chartlink SET name = 'Somebody' WHERE number = 1", 1, "was changed"),
    ],
)
def test_a_chart_that_was_tampered_with_is_named(
    record: Treatment, nurse: User, change: str, number: int, what: str
) -> None:
    for words in ("first", "second"):
        actions.add_addendum(by=nurse, treatment=record, words=words, password=PASSWORD)
    triggers.remove(apps={"treatment"})
    with connection.cursor() as cursor:
        cursor.execute(change)
    found = chart.verify().broken
    assert [(one.patient, one.number) for one in found] == [(record.patient.number, number)]
    assert what in str(found[0])
    triggers.install()


def test_a_link_that_follows_another_one_is_found(record: Treatment, nurse: User) -> None:
    actions.add_addendum(by=nurse, treatment=record, words="true", password=PASSWORD)
    last = ChartLink.objects.get(number=2)
    forged = chart.sealed(
        patient=last.patient_id,
        number=2,
        treatment=last.treatment_id,
        kind=last.kind,
        key=last.key,
        content=last.content,
        at=last.at,
        by=last.by_id,
        name=last.name,
        role=last.role,
        previous="1" * 64,
    )
    triggers.remove(apps={"treatment"})
    ChartLink.objects.filter(pk=last.pk).update(previous="1" * 64, hash=forged)
    assert "the seals differ" in str(chart.verify().broken[0])
    triggers.install()


# the next time


def test_a_repeat_session_asks_for_little(given: Treatment, nurse: User, today: date) -> None:
    """Device, settings and tests of last time hold; the last session is known."""
    chair.cared_for(given, nurse)
    week = today + timedelta(days=7)
    again = actions.start_treatment(by=nurse, patient=given.patient, on=week)
    session = chair.session(again)
    assert (again.session, session.setup["device"]) == (2, "device.syringe")
    from anagen.clinic.treatment import readiness, todays_questions

    asked = todays_questions.asked(given.patient, week)
    assert asked.last_here == today
    assert {
        "infection.site_lesion",
        "scalp.new_patch",
        "scalp.punctures_unhealed",
        "drug.changed",
    } <= asked.facts
    assert not readiness.readiness(session, on=week, at=timezone.now()).day


def test_a_patient_is_not_treated_twice_a_day(
    given: Treatment, expected: Patient, nurse: User, today: date
) -> None:
    from anagen.clinic.treatment import readiness

    again = actions.start_treatment(by=nurse, patient=expected, on=today)
    assert readiness.day_fault(chair.session(again), today) == "given_today"
