"""Signed cases: who signs what, and that no change of the rules turns a signed answer unseen."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from tests.clinic.cases.known import HEALTHY, PREGNANT, changed, changed_from, public_cases, signed
from tests.clinic.screening.known import answer

from anagen.clinic.audit.context import acting
from anagen.clinic.cases import actions
from anagen.clinic.cases.models import SignedCase
from anagen.clinic.cases.queries import differing
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening.actions import decide, sign_as_case
from anagen.clinic.screening.models import Decision
from anagen.knowledge.loader import shipped

Users = dict[Role, User]
Browser = Callable[[Role | None], Client]
PREGNANCY = "contraindication.pregnancy"


@pytest.fixture
def case(users: Users) -> SignedCase:
    return signed(users[Role.MEDICAL_LEAD], PREGNANT)


def test_what_is_shipped_answers_as_signed(case: SignedCase) -> None:
    assert differing(shipped()) == []


def test_a_rule_that_would_turn_a_signed_answer_is_named(case: SignedCase) -> None:
    (found,) = differing(changed(PREGNANCY, verdict="refer"))
    assert found.case == case
    assert "verdict: expected exclude, answered refer" in str(found)


def test_a_change_that_is_dated_ahead_is_caught_when_it_is_signed(case: SignedCase, today: date) -> None:
    start = (today + timedelta(days=30)).isoformat()
    (found,) = differing(changed_from(PREGNANCY, start, verdict="refer"))
    assert found.differences[0] == f"from {start} on"


def test_a_rule_that_is_taken_out_is_caught(case: SignedCase) -> None:
    plain = dict(shipped().plain)
    plain["rules"] = [rule for rule in plain["rules"] if rule["id"] != PREGNANCY]
    assert differing(type(shipped())(plain))


def test_a_question_that_is_no_longer_known_is_caught(case: SignedCase) -> None:
    knowledge = changed(PREGNANCY)
    fact = next(fact for fact in knowledge.plain["facts"] if fact["id"] == "asthma")
    rules = [rule for rule in knowledge.plain["rules"] if "asthma" not in json.dumps(rule)]
    plain = {
        **knowledge.plain,
        "rules": rules,
        "facts": [each for each in knowledge.plain["facts"] if each is not fact],
    }
    (found,) = differing(type(knowledge)(plain))
    assert "it cannot be asked any more" in str(found)


def test_a_withdrawn_case_holds_nothing_back(users: Users, case: SignedCase) -> None:
    actions.withdraw(by=users[Role.MEDICAL_LEAD], case=case, reason="The society’s advice has changed.")
    assert differing(changed(PREGNANCY, verdict="refer")) == []
    assert SignedCase.objects.count() == 1
    with pytest.raises(Refused, match="before"):
        actions.withdraw(by=users[Role.MEDICAL_LEAD], case=case, reason="Once more, for good measure.")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MEDICAL_LEAD])
def test_others_neither_sign_nor_withdraw(users: Users, case: SignedCase, role: Role) -> None:
    with pytest.raises(NotAllowed):
        signed(users[role], HEALTHY)
    with pytest.raises(NotAllowed):
        actions.withdraw(by=users[role], case=case, reason="The society’s advice has changed.")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "what the case shows"),
        ({"base": "nobody"}, "there is no base"),
        ({"facts": {"no.such.fact": "yes"}}, "no fact is called"),
        ({"on": "tomorrow"}, "is no day"),
        ({"expect": {"verdict": "clear", "not_before": None, "findings": [], "missing": []}}, "otherwise"),
    ],
)
def test_what_is_no_case_or_no_answer_is_refused(
    users: Users, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        signed(users[Role.MEDICAL_LEAD], PREGNANT, **changes)
    assert not SignedCase.objects.exists()


def test_the_same_case_is_signed_once(users: Users, case: SignedCase) -> None:
    with pytest.raises(Refused, match="already"):
        signed(users[Role.MEDICAL_LEAD], PREGNANT)


@pytest.mark.parametrize(
    "change", ["UPDATE cases_signedcase SET title = 'x'", "DELETE FROM cases_signedcase"]
)
def test_the_database_refuses_to_change_a_signature(case: SignedCase, change: str) -> None:
    refused = pytest.raises(DatabaseError, match="grow")
    with acting("test"), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


# from a decision


@pytest.fixture
def decision(users: Users, patient: Patient, today: date) -> Decision:
    answer(patient, today, drug__anticoagulant="yes", drug__vitamin_k_antagonist="no")
    return decide(by=users[Role.NURSE], patient=patient, on=today)


def test_a_decision_is_signed_without_the_person(users: Users, decision: Decision) -> None:
    case = sign_as_case(by=users[Role.MEDICAL_LEAD], decision=decision, title="Warfarin is referred")
    text = json.dumps(case.content)
    assert (case.name, case.came_from, case.content["expect"]["verdict"]) == ("signed/1", "decision", "refer")
    assert decision.patient.birth_date.isoformat() not in text
    assert decision.patient.number not in text
    assert decision.patient.family_name not in text
    assert differing(shipped()) == []
    (found,) = differing(changed("drug.anticoagulation", verdict="exclude"))
    assert found.case == case


def test_a_title_that_names_the_patient_is_refused(decision: Decision, client_of: Browser) -> None:
    address = reverse("screening:sign", args=[decision.patient.number, decision.pk])
    browser = client_of(Role.MEDICAL_LEAD)
    told = browser.post(address, {"title": "Mrs Laurent and warfarin"})
    assert told.status_code == 422
    assert "Leave the name of the patient out" in told.content.decode()
    assert browser.post(address, {"title": "Warfarin is referred"}).status_code == 302
    assert SignedCase.objects.get().title == "Warfarin is referred"
    page = browser.get(reverse("screening:decision", args=[decision.patient.number, decision.pk]))
    assert "Sign as a case" in page.content.decode()


# the pages


def test_the_lead_signs_a_case_of_the_public_file_and_withdraws_it(users: Users, client_of: Browser) -> None:
    browser = client_of(Role.MEDICAL_LEAD)
    told = browser.post(reverse("cases:sign"), {"content": json.dumps(public_cases()[PREGNANT])})
    case = SignedCase.objects.get()
    assert (told.status_code, case.came_from, case.signed_by) == (302, PREGNANT, users[Role.MEDICAL_LEAD])
    assert "answered as signed" in browser.get(reverse("cases:signed")).content.decode()
    again = browser.post(reverse("cases:withdraw", args=[case.number]), {"reason": "ok"})
    assert again.status_code == 422
    assert "Say a little more" in again.content.decode()
    browser.post(reverse("cases:withdraw", args=[case.number]), {"reason": "The advice has changed."})
    page = browser.get(reverse("cases:case", args=[case.number])).content.decode()
    assert "Withdrawn by Ines Marchetti" in page
    assert "The advice has changed." in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [("{", "This is not JSON"), ("[]", "no JSON object"), ("{}", "lacks"), ("", "Paste one case")],
)
def test_what_cannot_be_read_is_refused_and_kept(client_of: Browser, typed: str, words: str) -> None:
    told = client_of(Role.MEDICAL_LEAD).post(reverse("cases:sign"), {"content": typed})
    assert told.status_code == 422
    assert words in told.content.decode()


def test_the_standing_cases_are_taken_away_in_the_public_form(case: SignedCase, client_of: Browser) -> None:
    told = client_of(Role.NURSE).get(reverse("cases:file")).content.decode()
    assert [json.loads(line)["id"] for line in told.splitlines()] == ["signed/1"]
