"""Decisions: what is asked, what is kept, what may be set aside, and that all can be said again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from tests.clinic.screening.known import answer

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening import actions, queries
from anagen.clinic.screening.models import Decision, Override, Rulebook

Users = dict[Role, User]
WHY = "Dr Ames, haematologist, agreed in writing today."


@pytest.fixture
def anticoagulated(users: Users, patient: Patient, today: date) -> Decision:
    answer(patient, today, drug__anticoagulant="yes", drug__vitamin_k_antagonist="no")
    return actions.decide(by=users[Role.NURSE], patient=patient, on=today)


def test_a_healthy_adult_with_a_diagnosis_is_clear(users: Users, patient: Patient, today: date) -> None:
    answer(patient, today)
    decision = actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    assert (decision.verdict, decision.not_before) == ("clear", today)
    assert decision.decided_by == users[Role.NURSE]


def test_nothing_answered_is_incomplete(users: Users, patient: Patient, today: date) -> None:
    decision = actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    assert decision.verdict == "incomplete"
    assert "pregnancy" in decision.document["missing"]


@pytest.mark.parametrize("fact", ["pregnancy", "drug__anticoagulant", "diagnosis__scalp", "scalp__wound"])
def test_one_missing_answer_is_never_clear(users: Users, patient: Patient, today: date, fact: str) -> None:
    answer(patient, today, **{fact: None})
    decision = actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    assert decision.verdict == "incomplete"
    assert fact.replace("__", ".") in decision.document["missing"]


def test_a_cold_defers_to_the_day_it_ends(users: Users, patient: Patient, today: date) -> None:
    thursday = today + timedelta(days=5)
    answer(patient, today, infection__cold="yes", until={"infection__cold": thursday})
    decision = actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    assert (decision.verdict, decision.not_before) == ("defer", thursday)


def test_an_answer_grows_old(users: Users, patient: Patient, today: date) -> None:
    answer(patient, today - timedelta(days=60))
    decision = actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    assert decision.verdict == "incomplete"
    assert "pregnancy" in decision.document["missing"]


def test_the_front_desk_does_not_decide(users: Users, patient: Patient, today: date) -> None:
    with pytest.raises(NotAllowed):
        actions.decide(by=users[Role.FRONT_DESK], patient=patient, on=today)
    assert not Decision.objects.exists()


def test_the_rules_are_kept_once(users: Users, patient: Patient, today: date) -> None:
    for _ in range(3):
        actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    assert Rulebook.objects.count() == 1


# overrides


def override(decision: Decision, by: User, **changes: Any) -> Override:
    given = {"rule": "drug.anticoagulation", "reason": "prescriber_agreed", "comment": WHY} | changes
    return actions.override_finding(by=by, decision=decision, **given)


def test_an_override_has_a_name_a_reason_and_a_comment(users: Users, anticoagulated: Decision) -> None:
    made = override(anticoagulated, users[Role.PRESCRIBER])
    assert (made.by, made.role, made.reason, made.comment) == (
        users[Role.PRESCRIBER],
        "prescriber",
        "prescriber_agreed",
        WHY,
    )


def test_an_overridden_finding_still_stands_as_a_caution(users: Users, anticoagulated: Decision) -> None:
    assert queries.standing(anticoagulated).verdict.word == "refer"
    override(anticoagulated, users[Role.PRESCRIBER])
    standing = queries.standing(queries.latest_decision(anticoagulated.patient))  # type: ignore[arg-type]
    assert standing.verdict.word == "caution"
    assert [finding.rule for finding in standing.reasons] == ["drug.anticoagulation"]


@pytest.mark.parametrize("role", [Role.NURSE, Role.FRONT_DESK, Role.PATIENT, Role.ADMINISTRATOR])
def test_others_do_not_override(users: Users, anticoagulated: Decision, role: Role) -> None:
    with pytest.raises(NotAllowed):
        override(anticoagulated, users[role])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": "because"}, "one of the reasons"),
        ({"comment": "ok"}, "in a few words"),
        ({"rule": "contraindication.pregnancy"}, "cannot be overridden"),
        ({"rule": "no.such_rule"}, "no such finding"),
    ],
)
def test_an_override_that_says_too_little_is_refused(
    users: Users, anticoagulated: Decision, changes: dict[str, str], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        override(anticoagulated, users[Role.PRESCRIBER], **changes)
    assert not Override.objects.exists()


def test_pregnancy_is_overridden_by_nobody(users: Users, patient: Patient, today: date) -> None:
    answer(patient, today, pregnancy="yes")
    decision = actions.decide(by=users[Role.PRESCRIBER], patient=patient, on=today)
    with pytest.raises(Refused, match="cannot be overridden by anybody"):
        override(decision, users[Role.MEDICAL_LEAD], rule="contraindication.pregnancy")


def test_a_finding_is_overridden_once(users: Users, anticoagulated: Decision) -> None:
    override(anticoagulated, users[Role.PRESCRIBER])
    with pytest.raises(Refused, match="already"):
        override(anticoagulated, users[Role.MEDICAL_LEAD])


def test_an_old_decision_is_not_overridden(users: Users, anticoagulated: Decision, today: date) -> None:
    actions.decide(by=users[Role.NURSE], patient=anticoagulated.patient, on=today)
    with pytest.raises(Refused, match="newer decision"):
        override(anticoagulated, users[Role.PRESCRIBER])


# for ever


def test_every_decision_replays_to_the_same_answer(
    users: Users, anticoagulated: Decision, stranger: Patient, today: date
) -> None:
    actions.decide(by=users[Role.NURSE], patient=stranger, on=today)
    replays = list(queries.replayed())
    assert len(replays) == 2
    assert all(replay.equal for replay in replays), [replay.differences for replay in replays]


def test_a_decision_replays_by_the_rules_of_its_own_day(users: Users, anticoagulated: Decision) -> None:
    """Kept rules that differ from today’s are the ones that count, and their hash must still be theirs."""
    kept = Rulebook.objects.get()
    other = dict(kept.content)
    other["rules"] = [rule for rule in other["rules"] if rule["id"] != "drug.anticoagulation"]
    with acting("test"):
        changed = Rulebook.objects.create(hash="0" * 64, version="other", content=other)
        tampered = Decision.objects.create(
            patient=anticoagulated.patient,
            on=anticoagulated.on,
            facts=anticoagulated.facts,
            rulebook=changed,
            verdict=anticoagulated.verdict,
            document=anticoagulated.document,
        )
    (replay,) = queries.replayed(Decision.objects.filter(pk=tampered.pk))
    assert "hash" in replay.differences[0]


def test_a_decision_whose_facts_were_changed_is_named(users: Users, anticoagulated: Decision) -> None:
    facts = [
        said | {"value": False} if said["fact"] == "drug.anticoagulant" else said
        for said in anticoagulated.facts
    ]
    with acting("test"):
        forged = Decision.objects.create(
            patient=anticoagulated.patient,
            on=anticoagulated.on,
            facts=facts,
            rulebook=anticoagulated.rulebook,
            verdict=anticoagulated.verdict,
            document=anticoagulated.document,
        )
    (replay,) = queries.replayed(Decision.objects.filter(pk=forged.pk))
    assert any(words.startswith("verdict refer, now") for words in replay.differences)


@pytest.mark.parametrize(
    "change", ["UPDATE screening_decision SET verdict = 'clear'", "DELETE FROM screening_decision"]
)
def test_the_database_refuses_to_change_a_decision(anticoagulated: Decision, change: str) -> None:
    refused = pytest.raises(DatabaseError, match="grow")
    with acting("test"), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    anticoagulated.refresh_from_db()
    assert anticoagulated.verdict == "refer"
