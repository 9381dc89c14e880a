"""What clinicians find, health records taken over, and entries that a person has to read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anagen.clinic.intake import actions, queries
from anagen.clinic.intake.actions import Given
from anagen.clinic.intake.models import Answer, Channel, Intake, Resolution, UnreadEntry
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.knowledge.loader import shipped
from anagen.medicine.facts import Speaker
from anagen.medicine.rules import Verdict
from anagen.medicine.screening import UNMAPPED, Unmapped, screen

pytestmark = pytest.mark.django_db

Browser = Callable[[Role | None], Client]


@pytest.fixture
def clinician(client_of: Browser) -> Client:
    return client_of(Role.PRESCRIBER)


def at(patient: Patient, name: str, **more: Any) -> str:
    return reverse(f"intake:{name}", kwargs={"number": patient.number, **more})


# examination


def test_findings_are_kept_with_their_speaker_and_day(
    clinician: Client, patient: Patient, today: date
) -> None:
    sample = today - timedelta(days=2)
    answer = clinician.post(
        at(patient, "examination"),
        {
            "diagnosis.scalp": "l64.9",
            "diagnosis.work_up": "yes",
            "vital.temperature": "101.1 °F",
            "vital.inr": "2,4",
            "vital.inr--sample": sample.isoformat(),
            "vital.weight": "",
        },
    )
    assert answer.headers["Location"] == reverse("screening:screening", args=[patient.number])
    known = queries.facts_of(patient, on=today)[0]
    said = {fact: known.about(fact)[0] for fact in ("diagnosis.scalp", "vital.temperature", "vital.inr")}
    assert said["diagnosis.scalp"].value == frozenset({"L64.9"})
    assert (said["vital.inr"].speaker, said["vital.inr"].on) == (Speaker.LABORATORY, sample)
    assert said["vital.temperature"].speaker is Speaker.CLINICIAN
    assert known.about("vital.weight") == ()
    page = clinician.get(at(patient, "answers")).content.decode()
    assert "38.4 °C" in page


def test_both_units_are_shown_in_the_history(clinician: Client, patient: Patient) -> None:
    for typed in ("101.1 °F", "37.2"):
        clinician.post(at(patient, "examination"), {"vital.temperature": typed})
    assert "101.1 °F (38.4 °C)" in clinician.get(at(patient, "answers")).content.decode()


def test_a_bad_finding_comes_back_with_everything_typed(clinician: Client, patient: Patient) -> None:
    answer = clinician.post(
        at(patient, "examination"),
        {"diagnosis.scalp": "L64.9", "vital.temperature": "384", "diagnosis.work_up": "yes"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#q-vital-temperature-value"' in page and "384 °C cannot be" in page
    assert (
        'value="L64.9"' in page
        and 'value="384"' in page
        and 'name="diagnosis.work_up" value="yes" checked' in page
    )
    assert not Intake.objects.exists()


def test_an_empty_examination_says_so(clinician: Client, patient: Patient) -> None:
    answer = clinician.post(at(patient, "examination"), {"vital.temperature": ""})
    assert answer.status_code == 422 and "nothing to save" in answer.content.decode()


def test_another_finding_can_be_added_without_losing_what_was_typed(
    clinician: Client, patient: Patient, today: date
) -> None:
    page = clinician.post(
        at(patient, "examination"), {"vital.pulse": "64", "also": "scalp.inflammation", "add": "yes"}
    ).content.decode()
    assert 'name="scalp.inflammation"' in page and 'value="64"' in page
    clinician.post(at(patient, "examination"), {"also": "scalp.inflammation", "scalp.inflammation": "yes"})
    assert queries.facts_of(patient, on=today)[0].about("scalp.inflammation")[0].speaker is Speaker.CLINICIAN


def test_codes_are_suggested(clinician: Client, patient: Patient) -> None:
    assert "L64.9 Androgenic alopecia" in clinician.get(at(patient, "examination")).content.decode()


# health records


def bundle(patient: Patient, *resources: dict[str, Any], born: str = "") -> BytesIO:
    person = {
        "resourceType": "Patient",
        "id": "p",
        "birthDate": born or patient.birth_date.isoformat(),
        "gender": "female",
    }
    about = {"subject": {"reference": "Patient/p"}}
    entries = [{"resource": person}, *({"resource": resource | about} for resource in resources)]
    file = BytesIO(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode())
    file.name = "record.json"
    return file


def condition(key: str, **code: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": key,
        "code": code,
        "clinicalStatus": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}
            ]
        },
        "recordedDate": "2026-01-05",
    }


DIABETES = condition(
    "1", coding=[{"system": "http://hl7.org/fhir/sid/icd-10", "code": "E11.9"}], text="Type 2 diabetes"
)
WORDS_ONLY = condition("2", text="Zebra stripes of unclear meaning")


def held_in(page: str) -> str:
    return page.partition('name="held" value="')[2].partition('"')[0]


def test_a_record_is_looked_at_before_it_is_taken_over(
    clinician: Client, patient: Patient, today: date
) -> None:
    look = clinician.post(at(patient, "import_record"), {"file": bundle(patient, DIABETES, WORDS_ONLY)})
    page = look.content.decode()
    assert look.status_code == 200
    assert "Diabetes" in page and "Zebra stripes" in page and "Nothing is kept yet" in page
    assert not Intake.objects.exists()
    clinician.post(at(patient, "import_record"), {"held": held_in(page)})
    known, unmapped = queries.facts_of(patient, on=today)
    diabetes = known.about("diabetes")[0]
    assert (diabetes.value, diabetes.speaker, bool(diabetes.record)) == (True, Speaker.SYSTEM, True)
    assert [entry.text for entry in unmapped] == ["Zebra stripes of unclear meaning"]
    assert Intake.objects.get().channel == Channel.IMPORT
    # taken over or not, the file itself is asked for the birth date
    assert len(known.about("birth_date")) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"{not json", "not JSON"),
        (b'{"resourceType": "Bundle", "type": "collection", "entry": []}', "record.json"),
        (b'{"resourceType": "Spoon"}', "Spoon"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(
    clinician: Client, patient: Patient, content: bytes, words: str
) -> None:
    file = BytesIO(content)
    file.name = "record.json"
    answer = clinician.post(at(patient, "import_record"), {"file": file})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Intake.objects.exists()


def test_no_file_at_all_is_refused(clinician: Client, patient: Patient) -> None:
    answer = clinician.post(at(patient, "import_record"), {"step": "look"})
    assert answer.status_code == 422 and "Choose a file" in answer.content.decode()


def test_the_record_of_somebody_else_is_refused(clinician: Client, patient: Patient) -> None:
    answer = clinician.post(
        at(patient, "import_record"), {"file": bundle(patient, DIABETES, born="1950-01-01")}
    )
    assert answer.status_code == 422 and "somebody born on 1 Jan 1950" in answer.content.decode()


def test_what_was_looked_at_for_one_patient_is_not_taken_over_for_another(
    clinician: Client, patient: Patient, stranger: Patient
) -> None:
    page = clinician.post(at(patient, "import_record"), {"file": bundle(patient, DIABETES)}).content.decode()
    for held in (held_in(page), held_in(page)[:-3] + "xxx", "nonsense"):
        answer = clinician.post(at(stranger, "import_record"), {"held": held}, follow=True)
        assert "choose it again" in answer.content.decode()
    assert not Intake.objects.exists()


# what was not understood


@pytest.fixture
def unread(patient: Patient, prescriber: User, today: date) -> UnreadEntry:
    entry = Unmapped("Condition/7", "Sugar sickness", "words only")
    actions.import_record(by=prescriber, patient=patient, statements=[], unmapped=[entry], on=today)
    return UnreadEntry.objects.get()


def verdict(patient: Patient, on: date) -> set[str]:
    known, unmapped = queries.facts_of(patient, on=on)
    return {
        found.rule for found in screen(known, ruleset=shipped().ruleset, on=on, unmapped=unmapped).reasons
    }


def test_an_unread_entry_holds_the_verdict_until_it_is_mapped(
    clinician: Client, patient: Patient, unread: UnreadEntry, today: date
) -> None:
    assert UNMAPPED in verdict(patient, today)
    page = at(patient, "resolve", entry=unread.pk)
    assert 'name="diabetes"' in clinician.get(page + "?fact=diabetes").content.decode()
    answer = clinician.post(page, {"do": "map", "fact": "diabetes", "diabetes": "yes"})
    assert answer.status_code == 302
    known, unmapped = queries.facts_of(patient, on=today)
    said = known.about("diabetes")[0]
    assert (said.value, said.speaker, said.record.startswith("Condition/7")) == (
        True,
        Speaker.CLINICIAN,
        True,
    )
    assert unmapped == () and UNMAPPED not in verdict(patient, today)
    resolution = Resolution.objects.get()
    assert (resolution.by.full_name, resolution.fact) == ("Samuel Okafor", "diabetes")


def test_an_unread_entry_can_be_set_aside_with_a_reason(
    clinician: Client, patient: Patient, unread: UnreadEntry, today: date
) -> None:
    page = at(patient, "resolve", entry=unread.pk)
    assert clinician.post(page, {"do": "aside", "comment": " "}).status_code == 422
    assert clinician.post(page, {"do": "aside", "comment": "A nickname for his dog."}).status_code == 302
    assert queries.facts_of(patient, on=today)[1] == ()
    assert "A nickname for his dog." in clinician.get(at(patient, "answers")).content.decode()


def test_a_resolution_can_be_replaced_and_nothing_of_it_is_lost(
    patient: Patient, prescriber: User, unread: UnreadEntry, today: date
) -> None:
    actions.map_entry(by=prescriber, entry=unread, given=Given("diabetes", "yes"), on=today)
    actions.set_entry_aside(by=prescriber, entry=unread, comment="It was not meant so.", on=today)
    assert queries.facts_of(patient, on=today)[0].about("diabetes") == ()
    assert [made.fact for made in Resolution.objects.all()] == ["diabetes", ""]
    assert [answer.value for answer in Answer.objects.order_by("id")] == ["yes", None]
    with pytest.raises(Refused):
        actions.set_entry_aside(by=prescriber, entry=unread, comment="", on=today)


def test_mapping_needs_an_answer(clinician: Client, patient: Patient, unread: UnreadEntry) -> None:
    page = at(patient, "resolve", entry=unread.pk)
    answer = clinician.post(page, {"do": "map", "fact": "diabetes"})
    assert answer.status_code == 422 and "what does the entry say" in answer.content.decode()
    assert (
        clinician.post(
            page, {"do": "map", "fact": "vital.temperature", "vital.temperature": "384"}
        ).status_code
        == 422
    )
    assert not Resolution.objects.exists()


def test_an_entry_of_another_patient_is_not_found(
    clinician: Client, stranger: Patient, unread: UnreadEntry
) -> None:
    assert clinician.get(at(stranger, "resolve", entry=unread.pk)).status_code == 404


def test_an_unread_entry_makes_the_verdict_incomplete_at_least(
    patient: Patient, unread: UnreadEntry, today: date
) -> None:
    known, unmapped = queries.facts_of(patient, on=today)
    assert screen(known, ruleset=shipped().ruleset, on=today, unmapped=unmapped).verdict >= Verdict.INCOMPLETE
