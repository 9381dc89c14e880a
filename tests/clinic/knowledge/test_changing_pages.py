"""The pages on which the medical lead changes a rule: form, preview, confirmation; what was typed is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.clinic.screening.known import answer

from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.review import queries
from anagen.clinic.review.models import RuleChange
from anagen.clinic.screening.actions import decide
from anagen.clinic.tasks.models import Task

Users = dict[Role, User]
Browser = Callable[[Role | None], Client]
RULE = "drug.anticoagulation"
WHY = "Agreed in the meeting of the clinic."


@pytest.fixture
def lead(client_of: Browser) -> Client:
    return client_of(Role.MEDICAL_LEAD)


def change(kind: str, rule: str = RULE) -> str:
    return reverse("knowledge:change_rule", args=[rule, kind])


def test_form_preview_confirmation(lead: Client, users: Users, patient: Patient, today: date) -> None:
    answer(patient, today, drug__anticoagulant="yes")
    decide(by=users[Role.PRESCRIBER], patient=patient, on=today)
    typed = {"start": today.isoformat(), "reason": WHY, "seen": queries.current().ruleset.hash}
    preview = lead.post(change("advice"), typed).content.decode()
    for words in ("Nothing is kept yet", "refer", "caution", WHY, patient.family_name):
        assert words in preview, words
    assert not RuleChange.objects.exists()
    back = lead.post(change("advice"), typed | {"step": "back"}).content.decode()
    assert WHY in back and "See what would change" in back
    kept = lead.post(change("advice"), typed | {"step": "confirm_with_tasks"}, follow=True).content.decode()
    assert "Advice only, by decision of this clinic" in kept and WHY in kept
    assert RuleChange.objects.get().rule == RULE and Task.objects.count() == 1
    again = lead.post(change("withdraw"), typed | {"step": "confirm"})
    assert again.status_code == 422 and "changed since you looked" in again.content.decode()


def test_what_was_typed_is_kept_and_said_what_is_wrong(lead: Client, today: date) -> None:
    rule = "drug.self_bought_painkiller"
    page = lead.get(change("set", rule)).content.decode()
    assert "5 days to 14 days" in page
    shown = lead.post(change("set", rule), {"value_wait": "99", "reason": "short", "start": "2020-01-01"})
    html = shown.content.decode()
    assert shown.status_code == 422
    for words in ('value="99"', "outside of what may be set", "Say a little more", "This day has passed"):
        assert words in html, words


OWN: dict[str, Any] = {
    "title": "Fever in the last three days",
    "rule_name": "recent_fever",
    "topic": "deferral",
    "condition": "fact: infection.fever\nwithin: 3 d",
    "verdict": "defer",
    "if_unknown": "ask",
    "event": "three days have passed without fever",
    "clinician": "Three days without fever.",
    "patient": "Please wait three days.",
    "change_words": "Three days without fever.",
    "override": ["specialist_agreed"],
    "source": "clinic_policy",
    "strength": "policy",
    "note": "page 3",
    "true_name": "Fever",
    "true_given": "infection.fever: yes",
    "false_name": "No fever",
    "false_given": "infection.fever: no",
    "unknown_name": "Not asked",
    "unknown_given": "",
    "reason": WHY,
}


def test_a_rule_of_the_clinic_is_added_with_its_examples(lead: Client, today: date) -> None:
    address = reverse("knowledge:add_rule")
    typed = OWN | {"start": today.isoformat(), "seen": queries.current().ruleset.hash}
    assert "Nothing is kept yet" in lead.post(address, typed).content.decode()
    page = lead.post(address, typed | {"step": "confirm"}, follow=True).content.decode()
    assert "clinic.recent_fever" in page and "Fever in the last three days" in page
    refused = lead.post(address, typed | {"seen": queries.current().ruleset.hash})
    assert refused.status_code == 422 and "never used twice" in refused.content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"condition": "fact: infection.fever\nwihtin: 3 d"}, "Line 1"),
        ({"condition": "any: [{fact: moon, is: yes}]"}, "No fact is called “moon”"),
        ({"condition": "{"}, "This is not YAML"),
        ({"condition": "a: &a [1]"}, "no place here"),
        ({"true_given": "just words"}, "a colon and a value"),
        ({"true_given": "infection.fever: no"}, "expects defer"),
        ({"event": ""}, "A deferral says until when"),
        ({"until_of": "infection.fever"}, "or neither"),
    ],
)
def test_a_rule_with_a_fault_is_refused_in_words(
    lead: Client, today: date, wrong: dict[str, str], words: str
) -> None:
    shown = lead.post(reverse("knowledge:add_rule"), OWN | {"start": today.isoformat()} | wrong)
    html = shown.content.decode()
    assert shown.status_code == 422 and words in html
    assert "Fever in the last three days" in html


def test_a_condition_is_read_back_while_it_is_typed(lead: Client) -> None:
    address = reverse("knowledge:read_condition")
    right = lead.post(address, {"condition": OWN["condition"]}).content.decode()
    assert "less than 3 days ago" in right
    assert "No fact is called" in lead.post(address, {"condition": "{fact: moon, is: yes}"}).content.decode()


def test_only_the_medical_lead_changes_and_hard_stops_offer_no_advice(
    client_of: Browser, lead: Client
) -> None:
    assert client_of(Role.PRESCRIBER).get(change("sign")).status_code == 403
    assert lead.get(change("advice", "contraindication.pregnancy")).status_code == 404
    assert lead.get(change("withdraw")).status_code == 404
    nurse = client_of(Role.NURSE).get(reverse("knowledge:rule", args=[RULE])).content.decode()
    assert change("sign") not in nurse
