"""FHIR documents for the tests: a bundle about one patient, and the example answers."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

from anagen.exchange.codes import ICD10_CM_URL, LOINC_URL
from anagen.exchange.fhir import Reading, read
from anagen.exchange.fhir.questionnaire import Intake, example, questionnaire
from anagen.knowledge.loader import shipped
from anagen.medicine.facts import Statement
from anagen.medicine.screening import Screening, screen

Json = dict[str, Any]

ON = date(2026, 11, 21)
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def intake() -> Intake:
    return Intake(shipped().ruleset, shipped().groups)


@cache
def _example() -> Json:
    return example(intake(), ON)


def answers() -> Json:
    """The example QuestionnaireResponse of the day, to be changed at will."""
    return deepcopy(_example())


@cache
def the_questionnaire() -> Json:
    return questionnaire(intake())


def concept(system: str, code: str, text: str = "") -> Json:
    return {"coding": [{"system": system, "code": code}], **({"text": text} if text else {})}


def bundle(*resources: Json, patient: Json | None = None) -> Json:
    """A collection about one woman of 40, followed by the resources, all hers."""
    her = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1986-02-03"}
    entries = [{"resource": her | (patient or {})}, *({"resource": deepcopy(item)} for item in resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def resource(kind: str, **elements: Any) -> Json:
    whose = "patient" if kind in ("AllergyIntolerance", "Immunization") else "subject"
    return {"resourceType": kind, "id": "7", whose: {"reference": "Patient/p"}} | elements


def condition(code: str = "G40.309", system: str = ICD10_CM_URL, **elements: Any) -> Json:
    """An active, confirmed condition; ``clinical`` and ``verification`` set the status."""
    clinical = elements.pop("clinical", "active")
    verification = elements.pop("verification", "confirmed")
    return resource(
        "Condition",
        clinicalStatus=concept(CLINICAL, clinical),
        verificationStatus=concept(VERIFICATION, verification),
        code=elements.pop("concept", concept(system, code)),
        **elements,
    )


def observation(code: str, value: float | None = None, unit: str = "", **elements: Any) -> Json:
    """A final observation of the day."""
    if value is not None:
        elements["valueQuantity"] = {"value": value, "system": "http://unitsofmeasure.org", "code": unit}
    when = elements.pop("effectiveDateTime", ON.isoformat())
    return resource(
        "Observation", status="final", code=concept(LOINC_URL, code), effectiveDateTime=when, **elements
    )


def reading(document: Json, on: date = ON) -> Reading:
    return read(document, vocabulary=shipped().ruleset.vocabulary, on=on, file="document.json")


def about(document: Json, fact: str) -> tuple[Statement, ...]:
    """What a document says of one fact."""
    return reading(document).facts.about(fact)


def screened(document: Json, on: date = ON) -> Screening:
    found = reading(document, on)
    return screen(found.facts, ruleset=shipped().ruleset, on=on, unmapped=found.unmapped)


def items(document: Json) -> list[Json]:
    """The answered questions of a response."""
    return [item for page in document["item"] for item in page["item"]]


def item_of(document: Json, link: str) -> Json:
    return next(item for item in items(document) if item["linkId"] == link)


def without(document: Json, link: str) -> Json:
    """The same answers, never asked about this fact."""
    changed = deepcopy(document)
    for page in changed["item"]:
        page["item"] = [item for item in page["item"] if item["linkId"] != link]
    return changed


def answer(code: str) -> list[Json]:
    """A yes (Y), a no (N) or a don't know (asked-unknown)."""
    system = "http://terminology.hl7.org/CodeSystem/"
    return [
        {
            "valueCoding": {
                "system": system + ("v2-0136" if code in "YN" else "data-absent-reason"),
                "code": code,
            }
        }
    ]
