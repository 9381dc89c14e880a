"""The pages in a browser: saved as one answers, resumed, reviewed, handed in; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.clinic.intake.conftest import Answering

from anagen.clinic.audit.models import ReadEntry
from anagen.clinic.intake import actions, queries, questions
from anagen.clinic.intake.actions import Given
from anagen.clinic.intake.examples import answer_as_example
from anagen.clinic.intake.models import Answer, Channel, Intake
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role

pytestmark = pytest.mark.django_db

Browser = Callable[[Role | None], Client]


def at(patient: Patient, name: str, *more: Any) -> str:
    return reverse(f"intake:{name}", args=[patient.number, *more])


def standing(intake: Intake) -> dict[str, Any]:
    return {answer.fact: answer.value for answer in queries.last_answers(intake.answers.all())}


def no_to_all(intake: Intake, page: str, on: date) -> dict[str, str]:
    return dict.fromkeys(questions.shown_on(queries.round_of(intake, on), page), "no")


@pytest.fixture
def desk(client_of: Browser) -> Client:
    return client_of(Role.NURSE)


def test_beginning_twice_begins_once_and_leads_to_the_first_page(desk: Client, patient: Patient) -> None:
    first, again = desk.post(at(patient, "begin")), desk.post(at(patient, "begin"))
    assert first.headers["Location"] == again.headers["Location"] == at(patient, "page", "diagnosis")
    assert Intake.objects.count() == 1


def test_each_answer_is_saved_as_it_is_given(desk: Client, patient: Patient, opened: Intake) -> None:
    answer = desk.post(
        at(patient, "save", "health"),
        {"question": "asthma", "asthma": "yes", "epilepsy": "no"},
        headers={"hx-request": "true"},
    )
    assert (answer.status_code, standing(opened)) == (200, {"asthma": "yes"})
    assert "Saved at" in answer.content.decode()


def test_a_closed_browser_loses_nothing(
    desk: Client, client_of: Browser, patient: Patient, opened: Intake
) -> None:
    desk.post(at(patient, "save", "drugs"), {"question": "drug.biotin", "drug.biotin": "yes"})
    later = client_of(Role.NURSE)
    assert later.post(at(patient, "begin")).headers["Location"] == at(patient, "page", "drugs")
    page = later.get(at(patient, "page", "drugs")).content.decode()
    assert 'name="drug.biotin" value="yes" checked' in page


def test_next_saves_without_a_script_and_goes_on(
    desk: Client, patient: Patient, opened: Intake, today: date
) -> None:
    answer = desk.post(at(patient, "page", "health"), {"asthma": "unknown", "epilepsy": "no", "go": "next"})
    assert (answer.status_code, answer.headers["Location"]) == (302, at(patient, "page", "reproduction"))
    assert standing(opened) == {"asthma": "unknown", "epilepsy": "no"}
    back = desk.post(at(patient, "page", "reproduction"), {"go": "back"})
    assert back.headers["Location"] == at(patient, "page", "health")


def test_a_follow_up_arrives_with_the_answer_it_hangs_on(
    desk: Client, patient: Patient, opened: Intake
) -> None:
    page = desk.get(at(patient, "page", "drugs")).content.decode()
    assert 'id="place-drug-vitamin-k-antagonist"></div>' in page
    saved = desk.post(
        at(patient, "save", "drugs"), {"question": "drug.anticoagulant", "drug.anticoagulant": "yes"}
    ).content.decode()
    assert 'name="drug.vitamin_k_antagonist"' in saved and "hx-swap-oob" in saved


def test_none_of_these_answers_what_is_open_and_nothing_else(
    desk: Client, patient: Patient, opened: Intake, today: date
) -> None:
    desk.post(at(patient, "save", "allergies"), {"question": "allergy.latex", "allergy.latex": "unknown"})
    answer = desk.post(at(patient, "page", "allergies"), {"allergy.metal": "yes", "go": "none"}, follow=True)
    said = standing(opened)
    asked = questions.layout()["allergies"]
    assert (said["allergy.latex"], said["allergy.metal"]) == ("unknown", "yes")
    assert {fact for fact in said if said[fact] == "no"} == set(asked) - {"allergy.latex", "allergy.metal"}
    assert f"{len(asked) - 2} questions were answered with “no”" in answer.content.decode()


def test_a_choice_is_not_answered_by_none_of_these(desk: Client, patient: Patient, opened: Intake) -> None:
    answer = desk.post(at(patient, "page", "reproduction"), {"go": "none"})
    assert "contraception" not in standing(opened)
    assert answer.headers["Location"] == at(patient, "page", "reproduction")  # one is still open: stay


def test_an_answer_can_be_cleared(desk: Client, patient: Patient, opened: Intake) -> None:
    desk.post(at(patient, "save", "health"), {"question": "asthma", "asthma": "yes"})
    desk.post(at(patient, "page", "health"), {"asthma": "yes", "clear": "asthma"})
    assert standing(opened) == {}


def test_bad_values_come_back_with_everything_typed_and_nothing_is_kept(
    desk: Client, patient: Patient, opened: Intake, today: date
) -> None:
    ahead = (today + timedelta(days=3)).isoformat()
    answer = desk.post(
        at(patient, "page", "infections"),
        {"infection.cold": "yes", "infection.cold--since": ahead, "infection.fever": "no", "go": "next"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#q-infection-cold-since"' in page and "lies in the future" in page
    assert f'value="{ahead}"' in page and 'name="infection.fever" value="no" checked' in page
    assert standing(opened) == {}


def test_a_bad_value_is_not_saved_by_itself_either(desk: Client, patient: Patient, opened: Intake) -> None:
    answer = desk.post(
        at(patient, "save", "infections"),
        {"question": "infection.cold", "infection.cold": "yes", "infection.cold--since": "2999-01-01"},
    )
    assert (answer.status_code, standing(opened)) == (422, {})
    assert "lies in the future" in answer.content.decode()


def test_answers_to_other_pages_are_not_taken(desk: Client, patient: Patient, opened: Intake) -> None:
    assert (
        desk.post(at(patient, "save", "health"), {"question": "pregnancy", "pregnancy": "no"}).status_code
        == 404
    )
    assert (
        desk.post(
            at(patient, "save", "health"), {"question": "diagnosis.scalp", "diagnosis.scalp": "L64.9"}
        ).status_code
        == 404
    )
    desk.post(at(patient, "page", "health"), {"pregnancy": "no", "birth_date": "1980-01-01", "go": "next"})
    assert standing(opened) == {}
    assert desk.get(at(patient, "page", "nonsense")).status_code == 404


def test_the_summary_lists_answers_and_what_is_open_and_hands_in_once(
    desk: Client, patient: Patient, opened: Intake
) -> None:
    desk.post(at(patient, "save", "health"), {"question": "asthma", "asthma": "yes"})
    page = desk.get(at(patient, "review")).content.decode()
    assert "#q-asthma" in page and "not answered" in page and "questions are not answered" in page
    for _tap in range(2):
        answer = desk.post(at(patient, "review"), {"intake": opened.pk})
        assert answer.headers["Location"] == reverse("screening:screening", args=[patient.number])
    opened.refresh_from_db()
    assert not opened.is_open and Intake.objects.count() == 1


def test_the_summary_of_another_round_hands_nothing_in(
    desk: Client, patient: Patient, opened: Intake
) -> None:
    desk.post(at(patient, "review"), {"intake": opened.pk + 1})
    opened.refresh_from_db()
    assert opened.is_open


def test_what_is_typed_after_handing_in_is_shown_and_not_lost(
    desk: Client, patient: Patient, opened: Intake, nurse: User, today: date
) -> None:
    actions.hand_in(by=nurse, intake=opened, on=today)
    answer = desk.post(at(patient, "page", "health"), {"intake": opened.pk, "asthma": "yes", "go": "next"})
    assert answer.status_code == 409
    assert "handed in already" in answer.content.decode() and "asthma" in answer.content.decode().lower()
    actions.open_intake(by=nurse, patient=patient, channel=Channel.DESK)
    late = desk.post(
        at(patient, "save", "health"), {"intake": opened.pk, "question": "asthma", "asthma": "yes"}
    )
    assert (late.status_code, Answer.objects.count()) == (409, 0)


def test_a_repeat_visit_takes_a_dozen_taps(desk: Client, patient: Patient, today: date) -> None:
    answer_as_example(patient, today - timedelta(days=12))
    place = desk.post(at(patient, "begin")).headers["Location"]
    taps = 1
    while place != at(patient, "review") and taps < 20:
        assert "Still the same" in desk.get(place).content.decode()
        place = desk.post(place, {"go": "same"}).headers["Location"]
        taps += 1
    intake = queries.open_intake_of(patient)
    assert intake is not None
    page = desk.get(place).content.decode()
    assert "questions are not answered" not in page
    desk.post(place, {"intake": intake.pk})
    assert taps + 1 <= 12
    first, second = (
        {answer.fact: answer.value for answer in done.answers.all() if answer.value is not None}
        for done in Intake.objects.filter(channel=Channel.DESK).order_by("id")
    )
    assert second == {fact: first[fact] for fact in second} and len(second) > 90
    assert set(Answer.objects.filter(intake=intake).values_list("said_on", flat=True)) == {today}


def test_last_times_answer_is_shown_with_its_age(
    desk: Client, patient: Patient, answering: Answering, today: date
) -> None:
    answering({"asthma": "yes"}, on=today - timedelta(days=12))
    desk.post(at(patient, "begin"))
    page = desk.get(at(patient, "page", "health")).content.decode()
    assert "Last time: yes (12 days ago)" in page
    assert 'name="asthma" value="yes" checked' not in page


def test_the_front_desk_does_not_read_what_a_patient_answered_alone(
    client_of: Browser, patient: Patient, users: dict[Role, User], opened: Intake, today: date
) -> None:
    given = [Given("depression", "yes")]
    actions.save_answers(by=users[Role.PATIENT], intake=opened, speaker="patient", answers=given, on=today)
    desk = client_of(Role.FRONT_DESK)
    page = desk.get(at(patient, "page", "mind")).content.decode()
    assert "Answered by the patient." in page and 'name="depression"' not in page
    assert "answered by the patient" in desk.get(at(patient, "review")).content.decode()
    desk.post(at(patient, "page", "mind"), {"go": "none"})
    assert standing(opened)["depression"] == "yes"
    assert (
        "Answered by the patient."
        not in client_of(Role.NURSE).get(at(patient, "page", "mind")).content.decode()
    )


def test_a_patient_answers_from_their_own_record(client_of: Browser, patient: Patient) -> None:
    own = client_of(Role.PATIENT)
    assert "Please answer your questions" in own.get("/").content.decode()
    own.post(at(patient, "begin"))
    own.post(at(patient, "save", "health"), {"question": "asthma", "asthma": "no"})
    intake = queries.open_intake_of(patient)
    assert intake is not None and intake.channel == Channel.PHONE
    answer = own.post(at(patient, "review"), {"intake": intake.pk}, follow=True)
    assert "What happens next" in answer.content.decode()
    assert "Please answer your questions" not in own.get("/").content.decode()


def test_questions_are_asked_in_the_language_that_was_chosen(client_of: Browser, patient: Patient) -> None:
    own = client_of(Role.PATIENT)
    own.post(at(patient, "begin"))
    assert "Беременность" in own.get(at(patient, "page", "reproduction") + "?language=ru").content.decode()
    page = own.get(at(patient, "page", "reproduction")).content.decode()
    assert "Беременность" in page and '<html lang="ru"' in page
    assert (
        "Беременность" not in own.get(at(patient, "page", "reproduction") + "?language=en").content.decode()
    )


def test_a_page_costs_the_same_however_much_was_answered(
    desk: Client, patient: Patient, today: date, django_assert_max_num_queries: Any
) -> None:
    for days in (40, 20, 10):
        answer_as_example(patient, today - timedelta(days=days))
    answer_as_example(patient, today, handed_in=False, examined_by=None)
    desk.get(at(patient, "page", "health"))
    with django_assert_max_num_queries(12):
        desk.get(at(patient, "page", "health"))
    with django_assert_max_num_queries(12):
        desk.get(at(patient, "review"))
    with django_assert_max_num_queries(12):
        desk.get(at(patient, "answers"))


def test_reading_is_logged(desk: Client, patient: Patient, opened: Intake) -> None:
    desk.get(at(patient, "page", "mind"))
    desk.get(at(patient, "answers"))
    assert set(ReadEntry.objects.filter(patient_id=patient.pk).values_list("what", flat=True)) == {
        "intake",
        "answers",
    }


def test_forms_never_save() -> None:
    from pathlib import Path

    from anagen.clinic.intake import forms

    source = Path(forms.__file__).read_text(encoding="utf-8")
    assert not any(word in source for word in (".save(", ".create(", ".update(", ".delete("))


# answers


def test_answers_show_what_is_old_and_what_disagrees(
    desk: Client, patient: Patient, answering: Answering, prescriber: User, today: date
) -> None:
    answering({"infection.cold": "no", "asthma": "no"}, on=today - timedelta(days=9))
    answering({"asthma": "unknown"})
    finding = actions.Found(Given("diabetes", "yes"), today)
    answering({"diabetes": "no"})
    actions.record_examination(by=prescriber, patient=patient, found=[finding], on=today)
    page = desk.get(at(patient, "answers")).content.decode()
    assert "too old" in page and "disagree" in page and "2 answers so far" in page
    rows = desk.get(at(patient, "answers_csv")).content.decode()
    assert f"Acute respiratory infection,no,patient,{today - timedelta(days=9)}" in rows
    assert "not asked" in rows and "disagrees" in rows and "don’t know" in rows


def test_a_patient_sees_their_own_answers(client_of: Browser, patient: Patient, answering: Answering) -> None:
    answering({"asthma": "yes"})
    assert client_of(Role.PATIENT).get(at(patient, "answers")).status_code == 200


def test_the_patient_page_says_how_far_the_questions_are(
    desk: Client, patient: Patient, answering: Answering
) -> None:
    file = reverse("people:patient", args=[patient.number])
    assert "No questions have been answered yet" in desk.get(file).content.decode()
    answering({}, hand_in=False)
    assert "not handed in yet" in desk.get(file).content.decode()
    answering({})
    assert "Answered today" in desk.get(file).content.decode()
    assert "Questions under way" not in desk.get("/").content.decode()
