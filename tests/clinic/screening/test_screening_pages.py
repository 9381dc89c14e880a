"""The pages of screening, as each reader sees them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.clinic.screening.known import answer

from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening import actions
from anagen.clinic.screening.models import Decision, Override

Users = dict[Role, User]
Browser = Callable[[Role | None], Client]


@pytest.fixture
def decision(users: Users, patient: Patient, today: date) -> Decision:
    answer(patient, today, drug__anticoagulant="yes", drug__vitamin_k_antagonist="no")
    return actions.decide(by=users[Role.NURSE], patient=patient, on=today)


def page(browser: Client, decision: Decision) -> str:
    shown = browser.get(reverse("screening:decision", args=[decision.patient.number, decision.pk]))
    assert shown.status_code == 200
    return str(shown.content.decode())


def test_the_card_shows_verdict_reason_source_age_and_what_would_change_it(
    decision: Decision, client_of: Browser
) -> None:
    html = page(client_of(Role.PRESCRIBER), decision)
    for words in (
        "verdict--refer",
        "answered that day",
        "What would change it",
        "not yet reviewed by your medical lead",
        "Sources disagree",
        decision.document["ruleset"]["hash"][:12],
    ):
        assert words in html, words


def test_the_patient_reads_words_for_patients(decision: Decision, client_of: Browser) -> None:
    finding = next(
        found for found in decision.document["findings"] if found["rule"] == "drug.anticoagulation"
    )
    html = page(client_of(Role.PATIENT), decision)
    assert finding["patient_reason"].split(".")[0] in html
    assert finding["reason"].split(".")[0] not in html
    assert "Override" not in html


def test_a_nurse_asks_about_today(users: Users, patient: Patient, today: date, client_of: Browser) -> None:
    answer(patient, today)
    asked = client_of(Role.NURSE).post(reverse("screening:decide", args=[patient.number]))
    assert asked.status_code == 302
    assert Decision.objects.get().verdict == "clear"


def test_an_override_keeps_what_was_typed_when_the_reason_is_missing(
    decision: Decision, client_of: Browser
) -> None:
    address = reverse(
        "screening:override", args=[decision.patient.number, decision.pk, "drug.anticoagulation"]
    )
    answered = client_of(Role.PRESCRIBER).post(address, {"comment": "Dr Ames agreed on the telephone today."})
    assert answered.status_code == 422
    assert "Dr Ames agreed on the telephone today." in answered.content.decode()
    assert "Choose the reason." in answered.content.decode()
    assert not Override.objects.exists()


def test_an_override_is_shown_beside_the_finding(decision: Decision, client_of: Browser) -> None:
    address = reverse(
        "screening:override", args=[decision.patient.number, decision.pk, "drug.anticoagulation"]
    )
    kept = client_of(Role.PRESCRIBER).post(
        address, {"reason": "prescriber_agreed", "comment": "Dr Ames agreed on the telephone today."}
    )
    assert kept.status_code == 302
    html = page(client_of(Role.NURSE), decision)
    assert "Set aside by Samuel Okafor" in html
    assert "verdict--caution" in html


def test_an_earlier_decision_says_so(
    users: Users, decision: Decision, patient: Patient, today: date, client_of: Browser
) -> None:
    actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    assert "A newer one stands" in page(client_of(Role.NURSE), decision)


def test_a_decision_of_a_past_day_says_so(
    users: Users, patient: Patient, today: date, client_of: Browser
) -> None:
    answer(patient, today - timedelta(days=1))
    old = actions.decide(by=users[Role.NURSE], patient=patient, on=today - timedelta(days=1))
    assert "a day that has passed" in page(client_of(Role.NURSE), old)


def test_another_patients_decision_is_not_found(
    decision: Decision, stranger: Patient, client_of: Browser
) -> None:
    address = reverse("screening:decision", args=[stranger.number, decision.pk])
    assert client_of(Role.NURSE).get(address).status_code == 404


def test_the_list_names_who_waits(decision: Decision, client_of: Browser) -> None:
    assert "Amélie Laurent" in client_of(Role.PRESCRIBER).get(reverse("screening:decisions")).content.decode()
    csv = client_of(Role.PRESCRIBER).get(reverse("screening:decisions_csv"))
    assert "Refer" in b"".join(csv.streaming_content if csv.streaming else [csv.content]).decode("utf-8-sig")


def test_the_medical_lead_replays(decision: Decision, client_of: Browser) -> None:
    html = client_of(Role.MEDICAL_LEAD).post(reverse("screening:replay")).content.decode()
    assert "All answers are the same" in html


def test_the_page_costs_few_queries(
    decision: Decision, client_of: Browser, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    browser = client_of(Role.PRESCRIBER)
    with django_assert_max_num_queries(22):  # type: ignore[attr-defined]
        page(browser, decision)


def test_the_front_desk_reads_no_clinical_reasons(decision: Decision, client_of: Browser) -> None:
    finding = next(
        found for found in decision.document["findings"] if found["rule"] == "drug.anticoagulation"
    )
    html = page(client_of(Role.FRONT_DESK), decision)
    assert finding["patient_reason"].split(".")[0] in html
    assert finding["reason"].split(".")[0] not in html
    assert "answered that day" not in html
