"""What cannot be used is refused as a whole: one line with the file, the place in it, and the mend."""

from __future__ import annotations

from typing import Any

import pytest
from tests.exchange.documents import (
    ON,
    answer,
    answers,
    bundle,
    concept,
    condition,
    observation,
    reading,
    resource,
)

from anagen.exchange.codes import ATC_URL
from anagen.exchange.errors import BadInput
from anagen.exchange.fhir import read_bytes
from anagen.knowledge.loader import shipped

FIRST = "Bundle.entry[1].resource"
DAY = "Write a day that exists, as 2026-11-21."
FUTURE = (
    "lies in the future: the day of this screening is 2026-11-21. "
    "Mend the date, or screen on a later day with --on."
)
ONE = "Give a bundle about one patient, or mend the reference."


def asked(link: str, **value: Any) -> dict[str, Any]:
    return answers() | {"item": [{"linkId": link, "answer": [value]}]}


def two_patients() -> dict[str, Any]:
    document = bundle()
    document["entry"].append({"resource": {"resourceType": "Patient", "id": "q"}})
    return document


def somebody_else(reference: str) -> dict[str, Any]:
    return bundle(condition() | {"subject": {"reference": reference}})


LINES = {
    "no object": ([], ": This is not FHIR: it is no JSON object. Give a Bundle of FHIR R4."),
    "no type": ({}, ": resourceType: This is not FHIR: it has no resourceType. Give a FHIR R4 Bundle."),
    "a type of no kind": (
        {"resourceType": 7},
        ": resourceType: This is not FHIR: it has no resourceType. Give a FHIR R4 Bundle.",
    ),
    "no type of R4": (
        {"resourceType": "Bundel"},
        ": resourceType: “Bundel” is no resource type of FHIR R4. Did you mean Bundle?",
    ),
    "a type nobody knows": (
        bundle({"resourceType": "Zzz"}),
        f": {FIRST}.resourceType: “Zzz” is no resource type of FHIR R4. Use a resource type of FHIR R4.",
    ),
    "a patient alone": (
        {"resourceType": "Patient"},
        ": Patient: A Patient alone cannot be screened. Put it into a Bundle with its Patient.",
    ),
    "no patient": (
        {"resourceType": "Bundle"},
        ": Bundle.entry: There is no Patient. Add the Patient whom the entries are about.",
    ),
    "two patients": (
        two_patients(),
        f": {FIRST}: This is a second Patient. Give a bundle about one patient.",
    ),
    "another patient": (
        somebody_else("Patient/q"),
        f": {FIRST}.subject.reference: This is about Patient/q, and the patient of this bundle is Patient/p. {ONE}",
    ),
    "another search": (
        somebody_else("Patient?identifier=urn:x|9"),
        f": {FIRST}.subject.reference: This is about Patient?identifier=urn:x|9, "
        f"and the patient of this bundle is Patient/p. {ONE}",
    ),
    "entries are no list": (
        {"resourceType": "Bundle", "entry": {}},
        ": Bundle.entry: This must be a list. Write it in brackets.",
    ),
    "an entry is no object": (
        {"resourceType": "Bundle", "entry": [3]},
        ": Bundle.entry[0]: This must be an object. Write it in braces.",
    ),
    "an impossible day": (
        bundle(condition(onsetDateTime="2026-02-30")),
        f": {FIRST}.onsetDateTime: “2026-02-30” is not in the calendar. {DAY}",
    ),
    "no date at all": (
        bundle(condition(onsetDateTime="yesterday")),
        f": {FIRST}.onsetDateTime: “yesterday” is no date of FHIR. {DAY}",
    ),
    "a week date": (
        bundle(condition(onsetDateTime="2026-W47-6")),
        f": {FIRST}.onsetDateTime: “2026-W47-6” is no date of FHIR. {DAY}",
    ),
    "an impossible hour": (
        bundle(condition(onsetDateTime="2026-02-03T25:00:00Z")),
        f": {FIRST}.onsetDateTime: “2026-02-03T25:00:00Z” is not in the calendar. {DAY}",
    ),
    "the year nought": (
        bundle(patient={"birthDate": "0000-01-01"}),
        f": Bundle.entry[0].resource.birthDate: “0000-01-01” is not in the calendar. {DAY}",
    ),
    "a future onset": (
        bundle(condition(onsetDateTime="2026-11-22")),
        f": {FIRST}.onsetDateTime: “2026-11-22” {FUTURE}",
    ),
    "a future month": (
        bundle(condition(recordedDate="2026-12")),
        f": {FIRST}.recordedDate: “2026-12” {FUTURE}",
    ),
    "a future birth": (
        bundle(patient={"birthDate": "2027-01-01"}),
        f": Bundle.entry[0].resource.birthDate: “2027-01-01” {FUTURE}",
    ),
    "a future answer": (
        answers() | {"authored": "2026-11-23"},
        f": QuestionnaireResponse.authored: “2026-11-23” {FUTURE}",
    ),
    "nobody is so old": (
        bundle(patient={"birthDate": "1886-01-01"}),
        ": Bundle.entry[0].resource.birthDate: This makes the patient 140 years old. Mend the date.",
    ),
    "no gender": (
        bundle(patient={"gender": "xx"}),
        ": Bundle.entry[0].resource.gender: “xx” is no gender of FHIR. Use one of male, female, other, unknown.",
    ),
    "an end before the beginning": (
        bundle(condition(clinical="resolved", onsetDateTime="2020-01-01", abatementDateTime="2019-01-01")),
        f": {FIRST}: It ends on 2019-01-01, before it begins on 2020-01-01. Mend one of the two dates.",
    ),
    "no status of a medicine": (
        bundle(
            resource(
                "MedicationStatement", status="eaten", medicationCodeableConcept=concept(ATC_URL, "B01AC06")
            )
        ),
        f": {FIRST}.status: “eaten” is no status of MedicationStatement. Use one of active, completed, "
        "entered-in-error, intended, stopped, on-hold, unknown, not-taken.",
    ),
    "an unknown unit": (
        bundle(observation("8310-5", 38, "furlong")),
        f": {FIRST}.valueQuantity.code: The unit “furlong” is not known. "
        "Use a unit of UCUM for Body temperature, such as Cel.",
    ),
    "a unit of something else": (
        bundle(observation("8310-5", 38, "kg")),
        f": {FIRST}.valueQuantity.code: kg measures mass, and Body temperature is a temperature (Cel). "
        "Use Cel, or mend the code.",
    ),
    "no unit": (
        bundle(observation("8310-5", 38, "")),
        f": {FIRST}.valueQuantity.code: Body temperature has no unit. "
        "Add system http://unitsofmeasure.org and code, such as Cel.",
    ),
    "an implausible value": (
        bundle(observation("8310-5", 98.6, "Cel")),
        f": {FIRST}.valueQuantity.value: 98.6 Cel cannot be: Body temperature lies between 30 Cel and 45 Cel. "
        "Mend the value or its unit.",
    ),
    "a number in words": (
        bundle(observation("8310-5") | {"valueQuantity": {"value": "38", "code": "Cel"}}),
        f": {FIRST}.valueQuantity.value: This must be a number, not a text. Write a decimal number.",
    ),
    "a list for an object": (
        bundle(condition() | {"code": []}),
        f": {FIRST}.code: This must be an object, not a list. Write it in braces.",
    ),
    "an object for a list": (
        bundle(condition() | {"code": {"coding": {}}}),
        f": {FIRST}.code.coding: This must be a list, not an object. Write it in brackets.",
    ),
    "a number for a text": (
        bundle(condition(onsetDateTime=2026)),
        f": {FIRST}.onsetDateTime: This must be a text, not a number. Write it in quotation marks.",
    ),
    "two answers": (
        answers() | {"item": [{"linkId": "asthma", "answer": answer("Y") + answer("N")}]},
        ": QuestionnaireResponse.item[0].answer: “asthma” has more than one answer. Keep one of them.",
    ),
    "asked twice": (
        answers()
        | {
            "item": [{"linkId": "asthma", "answer": answer("Y")}, {"linkId": "asthma", "answer": answer("N")}]
        },
        ": QuestionnaireResponse.item[1].linkId: “asthma” is answered twice. Keep one of the two answers.",
    ),
    "an amount without a unit": (
        asked("vital.temperature", valueDecimal=38.4),
        ": QuestionnaireResponse.item[0].answer[0].valueDecimal: Body temperature has no unit. "
        "Send a valueQuantity with the code Cel.",
    ),
    "no status of a response": (
        answers() | {"status": "done"},
        ": QuestionnaireResponse.status: “done” is no status of QuestionnaireResponse. "
        "Use one of in-progress, completed, amended, entered-in-error, stopped.",
    ),
}


@pytest.mark.parametrize(("document", "line"), LINES.values(), ids=LINES)
def test_bad_input_is_one_line(document: Any, line: str) -> None:
    with pytest.raises(BadInput) as caught:
        reading(document)
    assert str(caught.value) == f"document.json{line}"


@pytest.mark.parametrize(
    ("data", "place"), [(b'{"resourceType": ', "line 1, column "), (b'{"a": 1,\n"b": x}', "line 2, column ")]
)
def test_what_is_no_json_is_refused_with_line_and_column(data: bytes, place: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_bytes(data, vocabulary=shipped().ruleset.vocabulary, on=ON, file="x.json")
    assert str(caught.value).startswith(f"x.json: {place}")


@pytest.mark.parametrize(
    "document",
    [
        bundle(condition(onsetDateTime="2026-11-22T03:00:00+13:00")),  # still the 21st in UTC
        bundle(condition(onsetDateTime="2026-11-21T23:59:60Z")),  # a leap second
        bundle(condition(onsetDateTime="2026-11")),  # the month that is going on
        bundle(condition() | {"subject": {"display": "her"}}),
        bundle(condition() | {"subject": {"reference": "https://server.example/fhir/Patient/p/_history/2"}}),
        bundle(
            condition() | {"subject": {"reference": "Patient?identifier=urn:x|9"}},
            patient={"identifier": [{"value": "9"}]},
        ),
        bundle(patient={"birthDate": None}),
    ],
)
def test_what_is_merely_unusual_is_read(document: dict[str, Any]) -> None:
    assert reading(document).unmapped == ()


def test_a_patient_without_an_address_is_the_one_the_first_entry_refers_to() -> None:
    document = bundle(condition(), condition())
    del document["entry"][0]["resource"]["id"]
    assert reading(document).unmapped == ()
    document["entry"][2]["resource"]["subject"]["reference"] = "Patient/q"
    with pytest.raises(BadInput, match="Patient/q"):
        reading(document)


def test_the_same_patient_twice_is_one() -> None:
    document = bundle()
    document["entry"] *= 2
    assert len(reading(document).facts.about("sex")) == 1


def test_a_birth_date_without_a_day_is_read_at_both_ends() -> None:
    found = reading(bundle(patient={"birthDate": "1986"}))
    assert [str(said.value) for said in found.facts.about("birth_date")] == ["1986-01-01", "1986-12-31"]
    assert "1986-01-01 and as 1986-12-31" in found.notes[0]


@pytest.mark.parametrize("gender", ["other", "unknown", None])
def test_another_gender_leaves_the_sex_open(gender: str | None) -> None:
    assert reading(bundle(patient={"gender": gender})).facts.about("sex") == ()


def test_who_has_died_is_listed() -> None:
    assert "died" in reading(bundle(patient={"deceasedBoolean": True})).unmapped[0].why
