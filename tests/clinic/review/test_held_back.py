"""A new version that would turn a signed answer is not taken while the clinic runs: what was sound goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests.clinic.cases.known import PREGNANT, changed, signed
from tests.clinic.screening.known import answer

from anagen.clinic.cases.actions import withdraw
from anagen.clinic.cases.models import SignedCase
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.review import actions, queries
from anagen.clinic.screening.actions import decide
from anagen.knowledge.loader import Knowledge, shipped

Users = dict[Role, User]
Browser = Callable[[Role | None], Client]
PREGNANCY = "contraindication.pregnancy"
WHY = "The society’s advice has changed."


@pytest.fixture
def case(users: Users) -> SignedCase:
    return signed(users[Role.MEDICAL_LEAD], PREGNANT)


@pytest.fixture
def newer(case: SignedCase, monkeypatch: pytest.MonkeyPatch) -> Knowledge:
    """After a restart with a version that refers where the case says exclude."""
    monkeypatch.setattr(queries, "_held", {})
    actions.keep_sound(knowledge=queries.current())
    new = changed(PREGNANCY, verdict="refer")
    monkeypatch.setattr(queries, "shipped", lambda: new)
    return new


def test_it_goes_on_with_what_was_sound_and_names_the_case(
    users: Users, patient: Patient, today: date, newer: Knowledge, client_of: Browser
) -> None:
    state = queries.state()
    assert (state.knowledge.ruleset.hash, state.waiting) == (shipped().ruleset.hash, newer)
    (fault,) = state.faults
    assert "signed/1" in fault.what and "expected exclude, answered refer" in fault.what
    assert "withdraw its signature with the reason" in fault.mend
    answer(patient, today, pregnancy="yes")
    assert decide(by=users[Role.MEDICAL_LEAD], patient=patient, on=today).verdict == "exclude"
    browser = client_of(Role.MEDICAL_LEAD)
    home = browser.get(reverse("site:home")).content.decode()
    assert "expected exclude, answered refer" in home and reverse("cases:signed") in home
    listed = browser.get(reverse("cases:signed")).content.decode()
    assert "holds a new version back" in listed and "answered as signed" not in listed
    assert "is not taken" in browser.get(reverse("cases:case", args=[1])).content.decode()


def test_a_withdrawn_signature_counts_at_once(
    users: Users, case: SignedCase, patient: Patient, today: date, newer: Knowledge, client_of: Browser
) -> None:
    assert not queries.state().sound
    client_of(Role.MEDICAL_LEAD).post(reverse("cases:withdraw", args=[case.number]), {"reason": WHY})
    assert queries.state() == queries.State(newer)
    answer(patient, today, pregnancy="yes")
    assert decide(by=users[Role.MEDICAL_LEAD], patient=patient, on=today).verdict == "refer"


def test_no_change_is_made_upon_what_is_held_back(users: Users, today: date, newer: Knowledge) -> None:
    lead = users[Role.MEDICAL_LEAD]
    seen = queries.current().ruleset.hash
    with pytest.raises(actions.Faulty, match="signed/1"):
        actions.sign_rule(by=lead, rule="drug.anticoagulation", reason=WHY, on=today, seen=seen)
    withdraw(by=lead, case=SignedCase.objects.get(), reason=WHY)
    seen = queries.current().ruleset.hash
    actions.sign_rule(by=lead, rule="drug.anticoagulation", reason=WHY, on=today, seen=seen)
    assert queries.current().ruleset[PREGNANCY].version(today).verdict.word == "refer"  # type: ignore[union-attr]
