"""Answers: values, “don't know” and “not asked” apart; days; who speaks; what does not apply."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.exchange.documents import (
    ON,
    about,
    answer,
    answers,
    bundle,
    condition,
    item_of,
    items,
    reading,
    screened,
    without,
)

from anagen.exchange.codes import ICD10_URL
from anagen.knowledge.loader import shipped
from anagen.medicine.facts import UNKNOWN, Speaker
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Verdict
from anagen.medicine.screening import DISAGREEMENT


def given(link: str, value: list[dict[str, Any]], **children: Any) -> dict[str, Any]:
    """The example with one question answered otherwise, or answered at all."""
    document = without(answers(), link)
    if children:
        value[0]["item"] = [
            {"linkId": f"{link}.{name}", "answer": [{"valueDate": day}]} for name, day in children.items()
        ]
    document["item"][0]["item"].append({"linkId": link, "answer": value})
    return document


def test_the_example_is_understood_completely() -> None:
    found = reading(answers())
    assert (found.unmapped, found.notes) == ((), ())
    assert {item["linkId"] for item in items(answers())} == found.facts.known()


def test_the_example_screens_clear() -> None:
    assert screened(answers()).verdict is Verdict.CLEAR


@pytest.mark.parametrize("link", [item["linkId"] for item in items(answers())])
def test_an_answer_that_is_taken_away_never_leaves_it_clear(link: str) -> None:
    assert not screened(without(answers(), link)).verdict.treatable


@pytest.mark.parametrize("link", [item["linkId"] for item in items(answers())])
def test_dont_know_is_not_no(link: str) -> None:
    document = answers()
    item_of(document, link)["answer"] = answer("asked-unknown")
    if link != "birth_date":
        assert about(document, link)[0].value is UNKNOWN
    assert not screened(document).verdict.treatable


def test_dont_know_may_stand_in_an_extension() -> None:
    absent = {
        "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        "valueCode": "asked-unknown",
    }
    document = given("pregnancy", [{"_valueCoding": {"extension": [absent]}}])
    assert about(document, "pregnancy")[0].value is UNKNOWN
    absent["valueCode"] = "not-asked"
    assert about(document, "pregnancy") == ()


@pytest.mark.parametrize(
    ("link", "value", "expected"),
    [
        ("pregnancy", {"valueBoolean": True}, True),
        ("sex", {"valueString": "male"}, "male"),
        ("procedure.vaccination", {"valueDate": "2026-11-18"}, True),
        ("birth_date", {"valueDateTime": "1980-01-02"}, date(1980, 1, 2)),
        (
            "vital.temperature",
            {"valueQuantity": {"value": 101.1, "code": "[degF]"}},
            Quantity.parse("38.4 Cel"),
        ),
    ],
)
def test_answers_of_every_kind(link: str, value: dict[str, Any], expected: object) -> None:
    document = given(link, [value])
    if link == "vital.temperature":
        item_of(document, "infection.fever")["answer"] = answer("Y")
    assert about(document, link)[0].value == expected


def test_several_codes_are_one_answer() -> None:
    codes = [{"valueCoding": {"system": ICD10_URL, "code": code}} for code in ("L64.9", "L65.0")]
    document = given("diagnosis.scalp", codes)
    assert [said.value for said in about(document, "diagnosis.scalp")] == [frozenset({"L64.9", "L65.0"})]


@pytest.mark.parametrize(
    ("link", "value"),
    [
        ("pregnancy", {"valueString": "perhaps"}),
        ("sex", {"valueString": "I would rather not say"}),
        ("sex", {"valueCoding": {"code": "violet"}}),
        ("birth_date", {"valueBoolean": True}),
        ("diagnosis.scalp", {"valueCoding": {"system": ICD10_URL, "code": "L64.ZZZ"}}),
        ("diagnosis.scalp", {"valueCoding": {"system": "http://example.org", "code": "L64.9"}}),
        ("diagnosis.scalp", {"valueString": "androgenetic"}),
        ("pregnancy.cravings", {"valueBoolean": True}),
    ],
)
def test_an_answer_that_does_not_fit_is_listed(link: str, value: dict[str, Any]) -> None:
    document = given(link, [value])
    assert len(reading(document).unmapped) == 1
    assert not screened(document).verdict.treatable


def test_the_days_of_an_answer() -> None:
    document = given("drug.antibiotic", answer("Y"), since="2026-11-12", until="2026-11-25")
    (said,) = about(document, "drug.antibiotic")
    assert (said.since, said.until) == (date(2026, 11, 12), date(2026, 11, 25))


def test_partial_days_are_read_so_that_the_risk_counts_longest() -> None:
    state = given("drug.antibiotic", answer("Y"), since="2026-10", until="2026-11")
    event = given("procedure.vaccination", answer("Y"), since="2026-11")
    (said,) = about(state, "drug.antibiotic")
    assert (said.since, said.until) == (date(2026, 10, 1), date(2026, 11, 30))
    assert about(event, "procedure.vaccination")[0].since == ON
    assert "2026-11-21" in reading(event).notes[0]


def test_a_day_without_an_answer_and_a_no_with_a_day_are_listed() -> None:
    alone = without(answers(), "drug.antibiotic")
    alone["item"].append({"linkId": "drug.antibiotic.until", "answer": [{"valueDate": "2026-11-20"}]})
    denied = given("drug.antibiotic", answer("N"), until="2026-11-20")
    assert "not whether" in reading(alone).unmapped[0].why
    assert "and yet it has a day" in reading(denied).unmapped[0].why
    assert not screened(denied).verdict.treatable


def test_groups_may_be_nested_as_deep_as_anybody_likes() -> None:
    document = answers()
    for _ in range(300):
        document["item"] = [{"linkId": "page", "item": document["item"]}]
    assert reading(document) == reading(answers())


@pytest.mark.parametrize(
    ("who", "speaker"),
    [
        ({"source": {"reference": "Patient/p"}}, Speaker.PATIENT),
        ({"source": {"reference": "Practitioner/1"}}, Speaker.CLINICIAN),
        ({"author": {"reference": "https://x.example/PractitionerRole/1"}}, Speaker.CLINICIAN),
        ({"author": {"type": "Practitioner"}, "source": {"type": "RelatedPerson"}}, Speaker.PATIENT),
        ({"author": {"reference": "Device/1"}}, Speaker.PATIENT),
        ({}, Speaker.PATIENT),
    ],
)
def test_who_speaks(who: dict[str, Any], speaker: Speaker) -> None:
    document = answers()
    del document["author"]
    assert about(document | who, "asthma")[0].speaker is speaker


def test_a_patient_alone_cannot_answer_for_the_clinician() -> None:
    document = answers() | {"source": {"reference": "Patient/p"}}
    reserved = [fact.id for fact in shipped().ruleset.vocabulary if not fact.asked_in_intake and fact.example]
    assert len(reading(document).unmapped) >= len(reserved) > 0
    assert not screened(document).verdict.treatable


def test_where_two_speakers_disagree_the_riskier_counts_and_both_are_named() -> None:
    hers = answers() | {"source": {"reference": "Patient/p"}, "subject": {"reference": "Patient/p"}}
    his = without(answers() | {"id": "clinic", "subject": {"reference": "Patient/p"}}, "asthma")
    his["item"].append({"linkId": "asthma", "answer": answer("Y")})
    found = screened(bundle(hers, his, patient={"birthDate": "1992-06-15"}))
    disagreement = [finding for finding in found.findings if finding.rule == DISAGREEMENT]
    assert [finding.facts for finding in disagreement] == [("asthma",)]
    assert any("asthma" in finding.facts and finding.state == "matched" for finding in found.reasons)


def test_a_record_that_disagrees_with_the_answer_counts() -> None:
    hers = answers() | {"subject": {"reference": "Patient/p"}}
    found = screened(bundle(hers, condition("G40.309"), patient={"birthDate": "1992-06-15"}))
    assert found.verdict > Verdict.INCOMPLETE
    assert DISAGREEMENT in {finding.rule for finding in found.findings}


def test_answers_to_questions_that_do_not_apply_are_left_out_with_a_note() -> None:
    document = given("sex", [{"valueString": "male"}])
    found = reading(document)
    assert found.facts.about("pregnancy") == ()
    assert any("does not apply" in note for note in found.notes)
    assert screened(document).verdict is Verdict.CLEAR


def test_a_yes_to_a_question_that_does_not_apply_is_listed() -> None:
    document = given("sex", [{"valueString": "male"}])
    item_of(document, "pregnancy")["answer"] = answer("Y")
    assert "one of the two is wrong" in reading(document).unmapped[0].why
    assert not screened(document).verdict.treatable


def test_an_answer_hangs_on_an_answer_that_hangs_on_another() -> None:
    document = given("infection.site_lesion", answer("Y"))
    document["item"][0]["item"].append({"linkId": "infection.mycobacterial", "answer": answer("Y")})
    assert (
        about(document, "infection.mycobacterial") == ()
    )  # there was no earlier session to have a lesion from


def test_answers_without_a_day_are_too_old_to_count() -> None:
    document = answers()
    del document["authored"]
    found = screened(document)
    assert found.verdict is Verdict.INCOMPLETE
    assert "sex" not in found.missing and "pregnancy" in found.missing
    assert screened(document | {"meta": {"lastUpdated": "2026-11-21T10:00:00Z"}}).verdict is Verdict.CLEAR


@pytest.mark.parametrize("status", ["entered-in-error"])
def test_a_void_response_says_nothing(status: str) -> None:
    assert len(reading(answers() | {"status": status}).facts) == 0


def test_another_questionnaire_speaks_another_language() -> None:
    found = reading(answers() | {"questionnaire": "http://example.org/Questionnaire/other|2"})
    assert len(found.facts) == 0 and "another questionnaire" in found.unmapped[0].why
