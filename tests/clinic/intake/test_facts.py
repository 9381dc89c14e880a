"""From answers to facts: the three kinds stay apart, what does not apply is dropped, the last word counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.clinic.intake.conftest import Answering

from anagen.clinic.intake import actions, queries
from anagen.clinic.intake.actions import Found, Given, HandedIn
from anagen.clinic.intake.examples import answer_as_example
from anagen.clinic.intake.models import Answer, Channel, Intake
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient, Sex, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.review.queries import one_request
from anagen.knowledge.loader import shipped
from anagen.medicine.conditions import Gap, Situation
from anagen.medicine.facts import UNKNOWN, Facts, Speaker
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Verdict
from anagen.medicine.screening import screen

pytestmark = pytest.mark.django_db


def facts(patient: Patient, on: date) -> Facts:
    return queries.facts_of(patient, on=on)[0]


def test_no_dont_know_and_not_asked_are_three_answers(
    patient: Patient, answering: Answering, today: date
) -> None:
    answering({"epilepsy": "no", "asthma": "unknown"})
    known = facts(patient, today)
    assert [said.value for said in known.about("epilepsy")] == [False]
    assert [said.value for said in known.about("asthma")] == [UNKNOWN]
    assert known.about("gallstones") == ()
    situation = Situation(known, today, queries.vocabulary())
    assert situation.gap("asthma") is Gap.DOES_NOT_KNOW
    assert situation.gap("gallstones") is Gap.NOT_ASKED


def test_an_open_round_says_nothing_yet(patient: Patient, answering: Answering, today: date) -> None:
    answering({"epilepsy": "yes"}, hand_in=False)
    assert facts(patient, today).about("epilepsy") == ()


def test_the_file_answers_birth_date_and_sex(patient: Patient, stranger: Patient, today: date) -> None:
    said = {statement.fact: statement.value for statement in facts(patient, today)}
    assert said == {"birth_date": patient.birth_date, "sex": "female"}
    stranger.sex = Sex.UNKNOWN
    assert facts(stranger, today).known() == {"birth_date"}
    assert queries.stated_in_file(stranger) == {"birth_date"}


def test_questions_that_no_longer_apply_are_dropped(
    patient: Patient, answering: Answering, today: date
) -> None:
    answering(
        {"drug.anticoagulant": "yes", "drug.vitamin_k_antagonist": "yes", "epilepsy": "no"}, hand_in=False
    )
    answering({"drug.anticoagulant": "no"})
    assert facts(patient, today).about("drug.vitamin_k_antagonist") == ()
    assert [said.value for said in facts(patient, today).about("epilepsy")] == [False]
    # it is still in the record that it was said, and that it was taken back
    said = Answer.objects.filter(fact="drug.vitamin_k_antagonist").order_by("id")
    assert [answer.value for answer in said] == ["yes", None]


def test_a_later_round_drops_what_an_earlier_one_said(
    patient: Patient, answering: Answering, today: date
) -> None:
    answering({"drug.anticoagulant": "yes", "drug.vitamin_k_antagonist": "yes"}, on=today - timedelta(days=3))
    answering({"drug.anticoagulant": "no"})
    assert facts(patient, today).about("drug.vitamin_k_antagonist") == ()
    # on the day before, the earlier round still speaks
    assert len(facts(patient, today - timedelta(days=1)).about("drug.vitamin_k_antagonist")) == 1


def test_a_clinicians_word_is_not_dropped(
    patient: Patient, answering: Answering, prescriber: User, today: date
) -> None:
    answering({"drug.anticoagulant": "no"})
    found = [Found(Given("drug.vitamin_k_antagonist", "yes"), today)]
    actions.record_examination(by=prescriber, patient=patient, found=found, on=today)
    assert [said.speaker for said in facts(patient, today).about("drug.vitamin_k_antagonist")] == [
        Speaker.CLINICIAN
    ]


def test_the_last_answer_counts_and_the_earlier_one_stays_on_record(
    patient: Patient, answering: Answering, today: date
) -> None:
    answering({"asthma": "yes"}, hand_in=False)
    answering({"asthma": "no"})
    assert [said.value for said in facts(patient, today).about("asthma")] == [False]
    assert [answer.value for answer in Answer.objects.filter(fact="asthma").order_by("id")] == ["yes", "no"]


def test_an_answer_taken_back_is_not_asked(patient: Patient, answering: Answering, today: date) -> None:
    answering({"asthma": "yes"}, hand_in=False)
    answering({"asthma": None})
    assert facts(patient, today).about("asthma") == ()


def test_the_same_answer_is_kept_once_and_keeps_its_day(
    patient: Patient, answering: Answering, today: date
) -> None:
    answering({"asthma": "no"}, on=today - timedelta(days=2), hand_in=False)
    answering({"asthma": "no"})
    assert [answer.said_on for answer in Answer.objects.filter(fact="asthma")] == [today - timedelta(days=2)]


def test_an_answer_that_grew_old_in_an_open_round_is_asked_again(
    opened: Intake, answering: Answering, today: date
) -> None:
    answering({"infection.cold": "no", "keloid.family": "no"}, on=today - timedelta(days=9), hand_in=False)
    found = queries.round_of(opened, today)
    assert found.said("infection.cold") is None
    assert found.last_time("infection.cold") is not None
    assert found.said("keloid.family") is not None


def test_days_and_amounts_come_back_as_they_went_in(
    patient: Patient, answering: Answering, prescriber: User, today: date
) -> None:
    since, until = today - timedelta(days=6), today + timedelta(days=2)
    answering({"drug.antibiotic": Given("drug.antibiotic", "yes", since, until)})
    fever = Found(Given("vital.temperature", "101.1 [degF]"), today)
    actions.record_examination(by=prescriber, patient=patient, found=[fever], on=today)
    known = facts(patient, today)
    antibiotic = known.about("drug.antibiotic")[0]
    assert (antibiotic.since, antibiotic.until) == (since, until)
    assert known.about("vital.temperature")[0].value == Quantity.parse("38.4 Cel")


def test_every_example_answer_survives_the_store() -> None:
    words = queries.vocabulary()
    asked = [definition for definition in words if definition.example is not None]
    assert len(asked) > 100
    for definition in asked:
        answer = Answer(
            fact=definition.id,
            value=queries.stored(definition.example),
            said_on=date(2026, 11, 21),
            speaker="patient",
        )
        assert queries.statement_of(answer, words).value == definition.example


def test_the_example_screens_clear(patient: Patient, nurse: User, prescriber: User, today: date) -> None:
    answer_as_example(patient, today, by=nurse, examined_by=prescriber)
    known, unmapped = queries.facts_of(patient, on=today)
    answer = screen(known, ruleset=shipped().ruleset, on=today, unmapped=unmapped)
    assert (answer.verdict, answer.missing) == (Verdict.CLEAR, ())


def test_the_example_can_differ_in_one_answer(patient: Patient, today: date) -> None:
    answer_as_example(patient, today, but={"pregnancy": "yes"}, without=frozenset({"asthma"}))
    known, _unmapped = queries.facts_of(patient, on=today)
    assert screen(known, ruleset=shipped().ruleset, on=today).verdict is Verdict.EXCLUDE
    assert known.about("asthma") == ()


def test_facts_cost_two_queries(patient: Patient, today: date, django_assert_num_queries: Any) -> None:
    for days in (30, 20, 10, 0):
        answer_as_example(patient, today - timedelta(days=days))
    with one_request():  # as in every page, where the knowledge is asked for once
        queries.vocabulary()
        with django_assert_num_queries(2):
            known, unmapped = queries.facts_of(patient, on=today)
    assert len(known) > 400 and unmapped == ()


# rounds of questions


def test_there_is_one_open_round_whoever_asks(
    patient: Patient, users: dict[Role, User], opened: Intake
) -> None:
    on_tablet = actions.open_intake(by=users[Role.FRONT_DESK], patient=patient, channel=Channel.TABLET)
    by_herself = actions.open_intake(by=users[Role.PATIENT], patient=patient, channel=Channel.PHONE)
    assert {on_tablet.pk, by_herself.pk} == {opened.pk}


def test_two_people_answer_one_round(
    opened: Intake, users: dict[Role, User], patient: Patient, today: date
) -> None:
    ways = [(users[Role.NURSE], "asthma", "no"), (users[Role.PATIENT], "epilepsy", "no")]
    ways += [(users[Role.NURSE], "gallstones", "yes"), (users[Role.PATIENT], "gallstones", "no")]
    for by, fact, value in ways:
        actions.save_answers(by=by, intake=opened, speaker="patient", answers=[Given(fact, value)], on=today)
    actions.hand_in(by=users[Role.NURSE], intake=opened, on=today)
    said = {fact: facts(patient, today).about(fact)[0].value for fact in ("asthma", "epilepsy", "gallstones")}
    assert said == {"asthma": False, "epilepsy": False, "gallstones": False}


def test_what_comes_after_handing_in_is_refused_and_changes_nothing(
    opened: Intake, nurse: User, today: date
) -> None:
    actions.hand_in(by=nurse, intake=opened, on=today)
    again = actions.hand_in(by=nurse, intake=opened, on=today + timedelta(days=1))
    assert again.on == today
    with pytest.raises(HandedIn, match="handed in already"):
        actions.save_answers(
            by=nurse, intake=opened, speaker="patient", answers=[Given("asthma", "yes")], on=today
        )
    assert not Answer.objects.exists()


def test_roles_are_held_by_actions_too(patient: Patient, users: dict[Role, User], today: date) -> None:
    administrator, desk = users[Role.ADMINISTRATOR], users[Role.FRONT_DESK]
    with pytest.raises(NotAllowed):
        actions.open_intake(by=administrator, patient=patient, channel=Channel.DESK)
    with pytest.raises(NotAllowed):
        actions.make_link(by=users[Role.PATIENT], patient=patient)
    with pytest.raises(NotAllowed):
        actions.record_examination(
            by=desk, patient=patient, found=[Found(Given("diagnosis.scalp", ["L64.9"]), today)], on=today
        )


def test_an_empty_examination_is_refused(patient: Patient, prescriber: User, today: date) -> None:
    with pytest.raises(Refused, match="nothing to save"):
        actions.record_examination(by=prescriber, patient=patient, found=[], on=today)
    assert not Intake.objects.exists()
