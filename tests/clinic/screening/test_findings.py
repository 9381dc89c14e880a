"""Findings kept apart from their decisions: the same as in the document, found by an index, filled for old ones."""

from __future__ import annotations

import importlib
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connection
from tests.clinic.screening.known import answer

from anagen.clinic.audit.context import acting
from anagen.clinic.knowledge import queries as knowledge_queries
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening import actions
from anagen.clinic.screening.models import Decision, FindingOfDecision

Users = dict[Role, User]
RULE = "drug.anticoagulation"


def kept(decision: Decision) -> dict[str, tuple[str, str]]:
    return {one.rule: (one.state, one.verdict) for one in FindingOfDecision.objects.filter(decision=decision)}


def in_document(decision: Decision) -> dict[str, tuple[str, str]]:
    return {
        one["rule"]: (one["state"], one["verdict"])
        for one in decision.document["findings"]
        if one["state"] != "not_matched"
    }


def test_what_weighs_is_kept_with_every_decision(users: Users, patient: Patient, today: date) -> None:
    early = actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    assert len(kept(early)) > 50
    assert kept(early) == in_document(early)
    answer(patient, today, drug__anticoagulant="yes", drug__vitamin_k_antagonist="no")
    asked = actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    assert kept(asked) == {RULE: ("matched", "refer")}


def test_two_findings_of_one_rule_are_one(users: Users, patient: Patient, today: date) -> None:
    """Two speakers may disagree on more than one fact: both findings have the same name."""
    answer(patient, today)
    decision = actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    twice = {"rule": "screening.disagreement", "state": "matched", "verdict": "caution"}
    decision.document = {"findings": [twice, twice | {"verdict": "refer"}, twice]}
    assert [(one.rule, one.verdict) for one in actions.queries.weighing(decision)] == [
        ("screening.disagreement", "refer")
    ]


def test_decisions_from_before_are_filled_once(users: Users, patient: Patient, today: date) -> None:
    answer(patient, today, drug__anticoagulant="yes", drug__vitamin_k_antagonist="no")
    made = actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    fill = importlib.import_module("anagen.clinic.screening.migrations.0003_fill_findings").fill
    with acting("test"):
        old = Decision.objects.create(
            patient=patient,
            on=today,
            facts=made.facts,
            rulebook=made.rulebook,
            verdict=made.verdict,
            document=made.document,
        )
        for _ in range(2):
            fill(apps, SimpleNamespace(connection=connection))
    assert kept(old) == kept(made) == in_document(made)
    assert FindingOfDecision.objects.count() == 2


def test_whom_a_rule_touched_is_found_by_an_index(users: Users, patient: Patient, today: date) -> None:
    """The plan of the question, with an index that could be passed over because the table is small."""
    for number in range(3):
        answer(patient, today, drug__anticoagulant="yes" if number else "no")
        actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    plan = _plan(knowledge_queries.touched(RULE))
    assert "finding_by_rule" in plan, plan
    assert "decision_latest" in plan or "patient" in plan, plan
    assert "json" not in plan.lower(), plan


def _plan(asked: Any) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            return str(asked.explain())
        return str(asked.explain())
