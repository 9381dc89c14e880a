"""Impact: whom a change of the rules touches, why, and the tasks that follow from it."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from tests.clinic.cases.known import changed
from tests.clinic.formulation.conftest import decided, first_sources, receive, sheet_of
from tests.clinic.screening.known import answer

from anagen.clinic.course import actions as course_actions
from anagen.clinic.formulation import actions as formulation
from anagen.clinic.formulation.judging import Wanted, Wish
from anagen.clinic.formulation.models import Worksheet
from anagen.clinic.intake import queries as intake
from anagen.clinic.knowledge import impact as impacts
from anagen.clinic.knowledge import mixtures
from anagen.clinic.knowledge.impact import Impact, active_patients, impact, tasks_of
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening.actions import decide, override_finding
from anagen.clinic.stock import actions as stock
from anagen.clinic.tasks.queries import open_for
from anagen.knowledge import changes
from anagen.knowledge.changes import AdviceOnly, Signed
from anagen.knowledge.loader import Knowledge, shipped

Users = dict[Role, User]
ASTHMA = "precaution.asthma"
REFER = changed(ASTHMA, verdict="refer")


def found(after: Knowledge, on: date) -> Impact:
    return impact(shipped(), after, on)


@pytest.fixture
def asthmatic(users: Users, patient: Patient, stranger: Patient, today: date) -> Patient:
    """With a course ahead, beside somebody whom the rule does not concern."""
    answer(patient, today, asthma="yes")
    answer(stranger, today)
    for each in (patient, stranger):
        decide(by=users[Role.NURSE], patient=each, on=today)
        course_actions.plan_course(
            by=users[Role.NURSE], patient=each, protocol="hair-standard", start=today, on=today
        )
    return patient


def test_verdict_earliest_date_and_next_session_turn_and_it_is_said_why(
    asthmatic: Patient, today: date
) -> None:
    told = found(REFER, today)
    (one,) = told.affected
    assert (one.patient, one.verdicts, one.graver) == (asthmatic, ("caution", "refer"), True)
    assert one.keys == {"verdict", "not_before", "next_session"}
    assert next(turned.after for turned in one.turned if turned.key == "next_session").endswith(
        "not possible"
    )
    assert [(reason.rule, reason.before, reason.after) for reason in one.reasons] == [
        (ASTHMA, "caution", "refer")
    ]
    assert (told.active, told.unaffected, told.graver, told.rules) == (2, 1, 1, (ASTHMA,))
    assert dict(told.counts) == {"Verdict": 1, "Earliest date": 1, "Next session": 1, "Mixture": 0}


def test_the_same_answer_as_a_new_decision_would_give(users: Users, asthmatic: Patient, today: date) -> None:
    """The impact judges few facts by few rules first; what it says is what the screening says."""
    (one,) = found(REFER, today).affected
    made = decide(by=users[Role.NURSE], patient=asthmatic, on=today, knowledge=REFER)
    assert one.verdicts[1] == made.verdict


def test_a_rule_that_says_the_same_in_other_words_touches_nobody(asthmatic: Patient, today: date) -> None:
    said = next(rule for rule in shipped().plain["rules"] if rule["id"] == ASTHMA)["versions"][-1]["says"]
    told = found(changed(ASTHMA, says=said | {"clinician": "In other words."}), today)
    assert (told.active, told.affected, bool(told)) == (2, (), False)


def test_what_came_in_after_the_decision_counts(asthmatic: Patient, stranger: Patient, today: date) -> None:
    answer(stranger, today, asthma="yes")
    assert len(found(REFER, today).affected) == 2


def test_who_was_never_decided_about_is_judged_by_what_they_told(patient: Patient, today: date) -> None:
    answer(patient, today, asthma="yes")
    (one,) = found(REFER, today).affected
    assert (one.decision, one.verdicts) == (None, ("caution", "refer"))


def test_a_finding_that_was_set_aside_weighs_again_when_its_rule_changes(
    users: Users, patient: Patient, today: date
) -> None:
    answer(patient, today, drug__anticoagulant="yes", drug__vitamin_k_antagonist="no")
    decision = decide(by=users[Role.NURSE], patient=patient, on=today)
    override_finding(
        by=users[Role.PRESCRIBER],
        decision=decision,
        rule="drug.anticoagulation",
        reason="prescriber_agreed",
        comment="Dr Ames agreed in writing today.",
    )
    (one,) = found(changed("drug.anticoagulation", verdict="exclude"), today).affected
    assert one.verdicts == ("caution", "exclude")
    assert not found(REFER, today)


def test_active_is_who_is_or_would_be_treated(
    users: Users, asthmatic: Patient, stranger: Patient, today: date
) -> None:
    assert active_patients(today).count() == 2
    later = today + timedelta(days=400)
    assert not active_patients(later).exists()
    assert not found(REFER, later)
    assert intake.intakes_of(stranger).exists()


def test_tasks_follow_once_and_say_nothing_of_what_was_found(
    users: Users, asthmatic: Patient, today: date
) -> None:
    told = found(REFER, today)
    lead = users[Role.MEDICAL_LEAD]
    made = [tasks_of(told, by=lead, due=today, reference="change/7") for _ in range(2)]
    assert [len(tasks) for tasks in made] == [1, 0]
    (task,) = open_for(users[Role.PRESCRIBER])
    assert task.patient == asthmatic
    assert "asthma" not in task.words.lower()
    assert task.address.endswith("/screening")


def test_the_fragment_shows_it_and_the_table_takes_it_away(asthmatic: Patient, today: date) -> None:
    told = found(REFER, today)
    html = render_to_string("knowledge/impact.html", {"impact": told, "impact_csv": "/x.csv"})
    for words in ("1 of 2 active patients", "Amélie Laurent", "caution → refer", "/x.csv", "not possible"):
        assert words in html, words
    rows = list(impacts.rows(told))
    assert {len(row) for row in rows} == {len(impacts.header())}
    assert {row[2] for row in rows} == {"Verdict", "Earliest date", "Next session"}
    nothing = render_to_string("knowledge/impact.html", {"impact": Impact(today, (), 2, ())})
    assert "Nothing changes for any of the 2 active patients" in nothing


def test_no_change_of_a_clinic_reaches_what_mixtures_are_judged_by(today: date) -> None:
    """A shipped upgrade may; for a change of a clinic no mixture is judged but of those whose screening turns."""
    said = {
        "rule": "drug.anticoagulation",
        "start": today,
        "on": today,
        "by": "test",
        "reason": "It is a test.",
    }
    for change in (Signed(**said), AdviceOnly(**said)):
        after = changes.knowledge(shipped(), [change])
        before = shipped().plain
        assert {key for key in before if before[key] != after.plain[key]} == {"rules", "version"}
        assert not mixtures.differ(shipped(), after)


@pytest.fixture
def mixture(users: Users, asthmatic: Patient, today: date) -> Worksheet:
    """Thought of, decided about, and ready to be mixed."""
    place = stock.add_place(by="test", name="Cupboard")
    products = [stock.add_product(by="test", sheet=sheet_of(name)) for name in ("panthenol", "saline")]
    for product in products:
        receive(product, place, timezone.now())
    wish = Wish([Wanted(products[0], Decimal("0.5")), Wanted(products[1], Decimal("4.5"))])
    sheet = formulation.make_worksheet(
        by=users[Role.NURSE], patient=asthmatic, wish=wish, on=today, key=uuid4()
    )
    return decided(sheet, users[Role.PRESCRIBER])


def with_mixture_rule(rule: str, **version: object) -> Knowledge:
    plain = deepcopy(dict(shipped().account))
    next(item for item in plain["mixture_rules"] if item["id"] == rule)["versions"][-1].update(version)
    return Knowledge(plain)


MIXED = "mixture.stability_unknown"


def test_a_mixture_that_may_no_longer_be_prepared_is_named_with_the_rule(
    users: Users, mixture: Worksheet, today: date
) -> None:
    told = found(with_mixture_rule(MIXED, verdict="exclude", override="never"), today)
    (one,) = told.affected
    (turned,) = one.turned
    assert (one.patient, turned.key, one.graver) == (mixture.patient, "mixture", False)
    assert turned.before.endswith("refer, may be prepared"), turned
    assert turned.after.endswith("exclude, not to be prepared"), turned
    assert [reason.rule for reason in one.reasons] == [MIXED]
    (task,) = tasks_of(told, by=users[Role.MEDICAL_LEAD], due=today, reference="upgrade")
    assert "mixture" in task.words and task.address.endswith("/mixtures")


def test_a_screening_that_turns_takes_its_mixture_along(mixture: Worksheet, today: date) -> None:
    (one,) = found(REFER, today).affected
    (turned,) = (each for each in one.turned if each.key == "mixture")
    assert (turned.before.endswith("may be prepared"), turned.after.endswith("not to be prepared")) == (
        True,
        True,
    )


def test_what_was_revised_or_thrown_away_is_no_longer_asked(
    users: Users, mixture: Worksheet, today: date
) -> None:
    assert list(mixtures.standing_of([mixture.patient_id], today)) == [mixture.patient_id]
    sources = first_sources(mixture, timezone.now())
    made = formulation.prepare(
        by=users[Role.NURSE], worksheet=mixture, takes=sources, at=timezone.now(), key=uuid4()
    )
    assert mixtures.standing_of([mixture.patient_id], today)
    formulation.discard(by=users[Role.NURSE], preparation=made, reason="It fell down.")
    assert not mixtures.standing_of([mixture.patient_id], today)
