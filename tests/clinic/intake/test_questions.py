"""Which question stands where, and which are shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.clinic.intake.conftest import Answering

from anagen.clinic.intake import queries, questions
from anagen.clinic.intake.language import Words, language_for, languages
from anagen.clinic.intake.models import Intake
from anagen.clinic.people.models import Patient
from anagen.medicine.vocabulary import FactType

pytestmark = pytest.mark.django_db


def shown(intake: Intake, page: str, on: date) -> tuple[str, ...]:
    return questions.shown_on(queries.round_of(intake, on), page)


def test_every_question_for_patients_stands_on_one_page() -> None:
    asked = [definition.id for definition in queries.vocabulary() if definition.asked_in_intake]
    laid = [fact for facts in questions.layout().values() for fact in facts]
    assert sorted(laid) == sorted(asked)


def test_no_question_stands_before_the_one_it_depends_on() -> None:
    laid = [fact for facts in questions.layout().values() for fact in facts]
    for definition in queries.vocabulary():
        if definition.id in laid and definition.asked_when is not None:
            parents = [parent for parent in definition.asked_when.facts() if parent in laid]
            assert all(laid.index(parent) < laid.index(definition.id) for parent in parents), definition.id


def test_what_is_in_the_file_is_not_asked(opened: Intake, today: date) -> None:
    assert "person" not in questions.pages_of(queries.round_of(opened, today))


def test_sex_is_asked_when_it_is_not_stated(opened: Intake, patient: Patient, today: date) -> None:
    Patient.objects.filter(pk=patient.pk)
    opened.patient.sex = "unknown"
    assert shown(opened, "person", today) == ("sex",)


def test_pregnancy_is_not_asked_of_a_man(stranger: Patient, today: date) -> None:
    from anagen.clinic.intake import actions
    from anagen.clinic.intake.models import Channel

    intake = actions.open_intake(by="test", patient=stranger, channel=Channel.DESK)
    assert "pregnancy" not in shown(intake, "reproduction", today)
    assert "conception.plan" in shown(intake, "reproduction", today)


@pytest.mark.parametrize(("answer", "follows"), [("yes", True), ("no", False), ("unknown", True)])
def test_a_follow_up_appears_with_its_answer(
    opened: Intake, answering: Answering, today: date, answer: str, follows: bool
) -> None:
    assert "drug.vitamin_k_antagonist" not in shown(opened, "drugs", today)
    answering({"drug.anticoagulant": answer}, hand_in=False)
    assert ("drug.vitamin_k_antagonist" in shown(opened, "drugs", today)) is follows


def test_a_follow_up_of_an_earlier_answer_is_shown_at_once(
    patient: Patient, answering: Answering, today: date
) -> None:
    answering({"drug.anticoagulant": "yes"}, on=today - timedelta(days=3))
    again = answering({}, hand_in=False)
    assert "drug.vitamin_k_antagonist" in shown(again, "drugs", today)


def test_places_of_injections_are_asked_about_after_the_injections(
    opened: Intake, answering: Answering, today: date
) -> None:
    page = questions.page_of("infection.site_lesion")
    assert page == questions.page_of("procedure.mesotherapy") == "procedures"
    assert "infection.site_lesion" not in shown(opened, page, today)
    answering({"procedure.mesotherapy": "yes"}, hand_in=False)
    now = shown(opened, page, today)
    assert "infection.site_lesion" in now and "infection.mycobacterial" not in now
    answering({"infection.site_lesion": "yes"}, hand_in=False)
    assert "infection.mycobacterial" in shown(opened, page, today)


def test_dependents_reach_through_others() -> None:
    assert set(questions.dependents("procedure.mesotherapy")) >= {
        "infection.site_lesion",
        "infection.mycobacterial",
        "scalp.punctures_unhealed",
    }
    assert questions.dependents("asthma") == ()


def test_every_question_has_words_in_every_language() -> None:
    assert len(languages()) > 1
    for code in sorted(languages()):
        words = Words.of(code)
        for definition in queries.vocabulary():
            assert words.question(definition), f"{definition.id} in {code}"
            if definition.type not in (FactType.QUANTITY, FactType.CODE, FactType.DATE):
                offered = words.options(definition)
                assert len(offered) >= 3 and all(offered.values()), f"{definition.id} in {code}"


def test_languages_are_found_by_their_code() -> None:
    assert [language_for(code) for code in ("ru-RU", "ru", "en-gb", "", "xx")] == [
        "ru",
        "ru",
        "en",
        "en",
        "en",
    ]
    assert (
        Words.of("ru").question(queries.vocabulary()["pregnancy"])
        != queries.vocabulary()["pregnancy"].question
    )
