"""The pages of a session, as a person without scripts walks them: checks, needle, finish, signature, record."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.clinic.conftest import PASSWORD
from tests.clinic.treatment import chair

from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.treatment.models import Certificate, Consent, ConsentText, Event, Finish, Treatment
from anagen.medicine.treatment import State

Browser = Callable[[Role | None], Client]


@pytest.fixture
def nurses(client_of: Browser) -> Client:
    return client_of(Role.NURSE)


def at(name: str, treatment: Treatment) -> str:
    return reverse(f"treatment:{name}", args=[treatment.patient.number, treatment.pk])


def post(browser: Client, treatment: Treatment, name: str = "events", **fields: Any) -> Any:
    return browser.post(at(name, treatment), {"key": str(uuid.uuid4()), **fields})


def test_a_repeat_session_from_the_patient_to_the_record(
    nurses: Client, client_of: Browser, expected: Patient, today: date
) -> None:
    begun = nurses.post(reverse("treatment:start", args=[expected.number]))
    treatment = Treatment.objects.get()
    assert begun.url == at("session", treatment)
    page = nurses.get(begun.url).content.decode()
    assert "Before the first needle" in page and "S1" in page and "Amélie Laurent" in page
    done = post(
        nurses,
        treatment,
        kind=["identity", "examined", "syringe", "allergy_test", "questions"],
        by=["name", "birth_date"],
        scalp="1",
        kit="1",
        code="S1",
        rest="no",
    )
    assert done.status_code == 302
    page = nurses.get(begun.url).content.decode()
    assert "Test spot, because this is new" in page
    post(nurses, treatment, kind="allergy_test", result="negative", **{"for": chair.PLAIN})
    assert "Ready for the first needle" in nurses.get(begun.url).content.decode()
    post(nurses, treatment, kind=["antisepsis", "mixed", "first_needle"], agent="chlorhexidine")
    assert chair.session(treatment).state is State.UNDER_WAY
    for _change in range(2):
        post(nurses, treatment, kind="needle_change")
    post(nurses, treatment, kind="pain", score="3")
    post(nurses, treatment, kind="map", depth_mm="2", volume_ml="0.05", **{"region-vertex": "100"})
    page = nurses.get(at("finish", treatment)).content.decode()
    assert 'name="given-S1"' in page and 'value="5"' in page
    assert post(nurses, treatment, "finish", **{"given-S1": "5", "wasted-S1": "0"}).status_code == 302
    page = nurses.get(begun.url).content.decode()
    assert "Observation" in page and "€120.00" in page and "Next session" in page
    post(nurses, treatment, kind="left", reason="her sister drives her")
    post(nurses, treatment, kind="observed", well="1")
    refused = post(nurses, treatment, "sign", password="a guess", sheet="1")
    assert refused.status_code == 422 and "not your password" in refused.content.decode()
    assert post(nurses, treatment, "sign", password=PASSWORD).url == at("record", treatment)
    assert "Nora Lind" in nurses.get(at("record", treatment)).content.decode()
    own = client_of(Role.PATIENT).get(at("record", treatment)).content.decode()
    assert "treated your scalp" in own and "100 points" in own
    assert "After your session" in client_of(Role.PATIENT).get(at("sheet", treatment)).content.decode()


def test_what_was_typed_is_kept_when_something_is_refused(nurses: Client, treatment: Treatment) -> None:
    answer = post(
        nurses, treatment, kind=["identity", "examined"], by=["name"], scalp="1", **{"q-pregnancy": "unknown"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "two things" in page and "emergency kit" in page
    assert 'id="scalp" name="scalp" value="1" checked' in page
    assert 'name="q-pregnancy" value="unknown" checked' in page


def test_a_double_tap_is_one_event(nurses: Client, treatment: Treatment) -> None:
    key = str(uuid.uuid4())
    for _tap in range(2):
        post(nurses, treatment, key=key, kind="note", words="asked for a blanket")
    assert Event.objects.filter(kind="note").count() == 1


def test_numbers_that_do_not_agree_are_asked_on_the_page(
    nurses: Client, treatment: Treatment, nurse: User, today: date
) -> None:
    chair.ready(treatment, nurse, today)
    chair.injected(treatment, nurse)
    fields = {"given-S1": "3", "wasted-S1": "2"}
    asked = post(nurses, treatment, "finish", **fields)
    assert (
        asked.status_code == 422
        and "The points come to 5 mL, the syringes gave 3 mL" in asked.content.decode()
    )
    assert (
        "write an amount"
        in post(nurses, treatment, "finish", **(fields | {"given-S1": "x"})).content.decode()
    )
    post(nurses, treatment, "finish", **fields, **{"why-volume": "a vein, so I stopped there"})
    assert Finish.objects.get().reasons == {"volume": "a vein, so I stopped there"}
    late = post(nurses, treatment, "finish", **fields)
    assert late.status_code == 302, "somebody has finished it: the page shows what was recorded"


# the address for programs


def send(browser: Client, treatment: Treatment, document: Any) -> Any:
    body = document if isinstance(document, str) else json.dumps(document)
    return browser.post(at("events", treatment), body, content_type="application/json")


def test_a_program_sends_events_and_is_told_of_each(nurses: Client, treatment: Treatment) -> None:
    now = timezone.now()
    key = str(uuid.uuid4())
    late = (now - timedelta(minutes=9)).isoformat()
    document = {
        "sent_at": late,
        "events": [
            {"key": key, "kind": "note", "at": late, "data": {"words": "offline"}},
            {"key": str(uuid.uuid4()), "kind": "map", "at": late, "data": {"points": []}},
        ],
    }
    for _again in range(2):
        said = send(nurses, treatment, document).json()
        assert said["state"] == "preparing"
        first, second = said["events"]
        assert (first["key"], first["accepted"], first["clock_off"]) == (key, True, True)
        assert not second["accepted"] and "no points" in second["reason"]
    assert Event.objects.filter(kind="note").count() == 1


def test_what_a_program_cannot_mean_is_refused_with_its_place(nurses: Client, treatment: Treatment) -> None:
    one = {"key": str(uuid.uuid4()), "kind": "note", "at": timezone.now().isoformat(), "data": {"words": "x"}}
    wrongs: list[tuple[Any, str]] = [
        ("{", "no JSON"),
        ([], "a list “events”"),
        ({"events": [one] * 501}, "500 events at most"),
        ({"events": [one, 7]}, "events[1] is no object"),
        ({"events": [one | {"key": "1"}]}, "events[0].key"),
        ({"events": [one | {"at": "today"}]}, "events[0].at"),
        ({"events": [one | {"at": "2026-11-21T09:30:00"}]}, "events[0].at"),
        ({"events": [one | {"at": "0001-01-01T00:00:00+14:00"}]}, "events[0].at"),
        ({"events": [one | {"at": "9999-12-31T23:59:59-14:00"}]}, "events[0].at"),
        ("[" * 100_000, "no JSON"),
        ({"events": [one | {"data": []}]}, "events[0].data"),
        ({"events": [one], "sent_at": "now"}, "sent_at"),
    ]
    for document, place in wrongs:
        answer = send(nurses, treatment, document)
        assert answer.status_code == 400 and place in answer.json()["error"]
    assert not Event.objects.filter(kind="note").exists()


def test_what_no_database_keeps_is_left_out_or_refused(nurses: Client, treatment: Treatment) -> None:
    point = {"region": "vertex", "position_mm": [10**400, 0, 0], "depth_mm": "2", "volume_ml": "0.05"}
    deep: list[Any] = []
    for _level in range(400):
        deep = [deep]
    said: list[tuple[str, dict[str, Any], bool]] = [
        ("note", {"words": "a\ud800b\x00c"}, True),
        ("map", {"points": [point], "map": {"spacing_mm": float("nan"), "\ud800": deep}}, True),
        ("map", {"points": [point], "map": {"head_cm": {}, "regions": 7}}, False),
        ("pain", {"score": {"a": "\ud800"}}, False),
        ("vitals", {"pulse": "9" * 4000}, False),
        ("questions", {"answers": {"infection.fever": {"value": {"a": []}}}}, False),
        ("questions", {"answers": {"infection.fever": {"value": "yes", "since": "tomorrow"}}}, False),
        ("setup", {"device": "device.syringe", "technique": [], "settings": "x"}, False),
    ]
    at_ = timezone.now().isoformat()
    sent = [{"key": str(uuid.uuid4()), "kind": kind, "at": at_, "data": data} for kind, data, _kept in said]
    answer = send(nurses, treatment, {"events": sent})
    assert answer.status_code == 200
    assert [one["accepted"] for one in answer.json()["events"]] == [kept for _kind, _data, kept in said]
    assert Event.objects.get(kind="note").data == {"words": "abc"}
    assert "position_mm" not in Event.objects.get(kind="map").data["points"][0]


# consent, texts, papers


def test_consent_is_written_signed_and_taken_back(
    client_of: Browser, nurses: Client, patient: Patient, today: date
) -> None:
    lead = client_of(Role.MEDICAL_LEAD)
    text = {"kind": "treatment", "title": "Consent", "body": "One.\n\nTwo.", "valid_from": today.isoformat()}
    assert lead.post(reverse("treatment:consent_texts"), text | {"seen-treatment": "0"}).status_code == 302
    twice = lead.post(reverse("treatment:consent_texts"), text | {"seen-treatment": "0"})
    assert twice.status_code == 422 and "new version while you were typing" in twice.content.decode()
    here = reverse("treatment:consent", args=[patient.number, "treatment"])
    signature = {"signed_name": "Somebody Else", "agreed": "on", "devices": "device.syringe"}
    wrong = nurses.post(here, signature)
    assert wrong.status_code == 422 and "name in the file" in wrong.content.decode()
    assert (
        nurses.post(here, signature | {"signed_name": "amelie laurent", "drawing": "M1 2 L3 4"}).status_code
        == 302
    )
    consent = Consent.objects.get()
    assert (consent.devices, consent.drawing) == (["device.syringe"], "M1 2 L3 4")
    own = client_of(Role.PATIENT)
    own.post(reverse("treatment:withdraw", args=[patient.number, consent.pk]), {"words": "I want to think"})
    assert consent.withdrawal.words == "I want to think"
    assert ConsentText.objects.count() == 1


def test_where_the_place_asks_for_time_nobody_signs_on_the_day(
    nurses: Client, lead: User, patient: Patient, today: date, settings: Any
) -> None:
    settings.CLINIC_PLACE = "Australia"
    chair.text(lead, today)
    here = reverse("treatment:consent", args=[patient.number, "treatment"])
    nurses.post(here, {"hand_out": "1"})
    signature = {"signed_name": patient.name, "agreed": "on", "devices": "device.syringe"}
    answer = nurses.post(here, signature)
    assert answer.status_code == 422 and "Time to think" in answer.content.decode()
    assert not Consent.objects.exists()


def test_papers_are_kept_by_the_medical_lead(client_of: Browser, nurse: User, today: date) -> None:
    lead = client_of(Role.MEDICAL_LEAD)
    here = reverse("treatment:certificates")
    paper = {
        "holder": nurse.pk,
        "kind": "licence",
        "number": "12",
        "issuer": "NMC",
        "valid_from": today.isoformat(),
        "valid_until": (today - timedelta(days=1)).isoformat(),
    }
    assert "lies before the first" in lead.post(here, paper).content.decode()
    lead.post(here, paper | {"valid_until": (today + timedelta(days=90)).isoformat()})
    assert "may not inject" in lead.get(here).content.decode()
    withdraw = reverse("treatment:withdraw_certificate", args=[Certificate.objects.get().pk])
    lead.post(withdraw, {"words": ""})
    assert not hasattr(Certificate.objects.get(), "withdrawal")
    lead.post(withdraw, {"words": "struck off"})
    assert Certificate.objects.get().withdrawal.words == "struck off"


def test_the_supervisor_finds_and_signs_what_waits(client_of: Browser, record: Treatment) -> None:
    prescribers = client_of(Role.PRESCRIBER)
    assert "Amélie Laurent" in prescribers.get(reverse("treatment:countersigning")).content.decode()
    assert "Records for your second signature" in prescribers.get("/").content.decode()
    answer = post(prescribers, record, "countersign", password=PASSWORD, words="seen")
    assert answer.url == reverse("treatment:countersigning")
    assert "Nothing waits" in prescribers.get(answer.url).content.decode()
    post(prescribers, record, "addendum", password=PASSWORD, words="She phoned: well.")
    assert "She phoned: well." in prescribers.get(at("record", record)).content.decode()
