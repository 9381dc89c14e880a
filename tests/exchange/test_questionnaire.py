"""The intake as a Questionnaire, checked by an independent FHIR library as well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import fhirkit
import pytest
from tests.exchange.documents import ON, answers, intake, items, the_questionnaire

from anagen.exchange.fhir.questionnaire import UnknownLanguage, example, questionnaire
from anagen.exchange.fhir.questionnaire import intake as intake_in
from anagen.exchange.fhir.resource_types import NOT_READ, R4
from anagen.knowledge.loader import shipped
from anagen.medicine.dates import age_in_years
from anagen.medicine.vocabulary import FactType

WORDS = shipped().ruleset.vocabulary
Json = dict[str, Any]


def all_items(item: Json) -> Iterator[Json]:
    for inside in item.get("item", ()):
        yield inside
        yield from all_items(inside)


def question(link: str) -> Json:
    return next(item for item in all_items(the_questionnaire()) if item["linkId"] == link)


def russian() -> Json:
    knowledge = shipped()
    return questionnaire(intake_in(knowledge.ruleset, knowledge.groups, knowledge.languages, "ru"))


@pytest.mark.parametrize("document", [the_questionnaire(), russian(), answers()], ids=["en", "ru", "example"])
def test_fhirkit_finds_no_fault(document: Json) -> None:
    assert fhirkit.validate(json.dumps(document)) == []


def test_fhirkit_would_find_one() -> None:
    assert fhirkit.validate(json.dumps(the_questionnaire() | {"status": None, "itme": []}))


def test_the_resource_types_are_those_of_r4() -> None:
    assert set(fhirkit.RESOURCE_TYPES) == R4
    assert NOT_READ < R4


def test_every_fact_is_a_question_once() -> None:
    links = [item["linkId"] for item in all_items(the_questionnaire())]
    assert len(links) == len(set(links))
    assert set(WORDS.facts) <= set(links)


def test_it_is_as_old_as_the_rules() -> None:
    assert the_questionnaire()["version"] == shipped().ruleset.version


def test_what_only_a_clinician_answers_stands_apart() -> None:
    pages = {page["linkId"]: page for page in the_questionnaire()["item"]}
    reserved = {fact.id for fact in WORDS if not fact.asked_in_intake}
    clinic = {item["linkId"] for item in pages.pop("page.clinic")["item"]}
    assert clinic == reserved
    assert not reserved & {item["linkId"] for page in pages.values() for item in page["item"]}


def test_invariants_that_libraries_do_not_check() -> None:
    """que-1, que-3, que-5, que-12 of FHIR R4."""
    links = {item["linkId"] for item in all_items(the_questionnaire())}
    for item in all_items(the_questionnaire()):
        assert item["type"] != "group" or item["item"]
        assert item["type"] != "display" or not (item.get("code") or item.get("item"))
        assert "answerOption" not in item or item["type"] in ("choice", "open-choice")
        assert len(item.get("enableWhen", ())) < 2 or item["enableBehavior"] in ("all", "any")
        for test in item.get("enableWhen", ()):
            assert test["question"] in links
            options = [option["valueCoding"]["code"] for option in question(test["question"])["answerOption"]]
            assert test["answerCoding"]["code"] in options


def test_a_code_that_is_listed_stands_at_its_question() -> None:
    assert {"system": "http://www.whocc.no/atc", "code": "B01AC"} in question("drug.antiplatelet")["code"]
    categories = [code["code"] for code in question("cancer.active")["code"]]
    assert "C50" in categories and "C00-C97" not in categories


def test_answers_of_each_kind() -> None:
    codes = [option["valueCoding"]["code"] for option in question("asthma")["answerOption"]]
    assert codes == ["Y", "N", "asked-unknown"]
    unit = question("vital.temperature")["extension"][0]["valueCoding"]
    assert (unit["code"], question("vital.temperature")["type"]) == ("Cel", "quantity")
    assert question("birth_date")["type"] == "date"
    assert question("procedure.vaccination.since")["type"] == "date"
    assert question("drug.antibiotic.until")["enableWhen"][0]["answerCoding"]["code"] == "Y"
    diagnoses = [option["valueCoding"]["code"] for option in question("diagnosis.scalp")["answerOption"]]
    assert "L64.9" in diagnoses


def test_when_a_question_applies_as_far_as_fhir_can_say() -> None:
    (control,) = question("diabetes.control")["enableWhen"]
    assert (control["question"], control["operator"], control["answerCoding"]["code"]) == (
        "diabetes",
        "=",
        "Y",
    )
    (pregnancy,) = question("pregnancy")["enableWhen"]
    assert (pregnancy["operator"], pregnancy["answerCoding"]["code"]) == ("!=", "male")
    assert question("vital.systolic")["enableBehavior"] == "any"
    assert [test["question"] for test in question("menstruation")["enableWhen"]] == [
        "sex"
    ]  # the age is left out
    assert "enableWhen" not in question("diagnosis.cause_known")  # by hierarchy: FHIR cannot say it


def test_russian_is_russian_throughout() -> None:
    texts = [item["text"] for item in all_items(russian()) if "text" in item]
    latin = [text for text in texts if not any("а" <= letter <= "я" for letter in text.lower())]
    assert latin == []
    assert russian()["language"] == "ru"


def test_an_unknown_language_names_those_there_are() -> None:
    knowledge = shipped()
    with pytest.raises(UnknownLanguage, match="en, ru"):
        intake_in(knowledge.ruleset, knowledge.groups, knowledge.languages, "tlh")


@pytest.mark.parametrize(
    "on", [ON, date(2027, 1, 1), date(2028, 2, 29), date(2026, 6, 14), date(2026, 6, 15)]
)
def test_the_example_is_34_on_any_day(on: date) -> None:
    document = example(intake(), on)
    (born,) = [item["answer"][0]["valueDate"] for item in items(document) if item["linkId"] == "birth_date"]
    assert age_in_years(date.fromisoformat(born), on) == 34
    assert document["authored"] == on.isoformat()


def test_the_example_gives_only_answers_that_are_offered() -> None:
    for item in items(answers()):
        asked = question(item["linkId"])
        for answer in item["answer"]:
            if "valueCoding" in answer and asked["type"] != "open-choice":
                offered = [option["valueCoding"]["code"] for option in asked["answerOption"]]
                assert answer["valueCoding"]["code"] in offered
    assert all(WORDS[item["linkId"]].type is not FactType.QUANTITY for item in items(answers()))
