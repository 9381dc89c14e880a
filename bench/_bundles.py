"""Seeded FHIR bundles as health records send them: one patient, a third conditions, a third observations, the rest
medicines, procedures, allergies, immunizations and what is not read; with addresses and displays."""

from __future__ import annotations

import random
import uuid
from datetime import date, timedelta
from typing import Any, Final

import orjson
from _patients import ON

Json = dict[str, Any]

_ICD: Final = "http://hl7.org/fhir/sid/icd-10-cm"
_LOINC: Final = "http://loinc.org"
_RXNORM: Final = "http://www.nlm.nih.gov/research/umls/rxnorm"
_SNOMED: Final = "http://snomed.info/sct"
_UCUM: Final = "http://unitsofmeasure.org"
_HL7: Final = "http://terminology.hl7.org/CodeSystem/"

_CONDITIONS: Final = (
    ("I10", "Essential (primary) hypertension"),
    ("E11.9", "Type 2 diabetes mellitus without complications"),
    ("L64.9", "Androgenic alopecia, unspecified"),
    ("J45.909", "Unspecified asthma, uncomplicated"),
    ("K21.9", "Gastro-esophageal reflux disease without esophagitis"),
    ("D50.9", "Iron deficiency anemia, unspecified"),
    ("M54.50", "Low back pain, unspecified"),
    ("G40.909", "Epilepsy, unspecified, not intractable, without status epilepticus"),
    ("H52.13", "Myopia, bilateral"),
)
_OBSERVATIONS: Final = (
    ("8480-6", "Systolic blood pressure", "mm[Hg]", (105, 165)),
    ("8462-4", "Diastolic blood pressure", "mm[Hg]", (65, 98)),
    ("8867-4", "Heart rate", "/min", (55, 98)),
    ("8310-5", "Body temperature", "Cel", (36, 38)),
    ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", (5, 9)),
    ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", (10, 15)),
    ("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", (130, 240)),
)
_DRUGS: Final = (
    ("29046", "lisinopril"),
    ("6809", "metformin"),
    ("11289", "warfarin"),
    ("36567", "simvastatin"),
    ("5640", "ibuprofen"),
)


def bundle(chance: random.Random, resources: int) -> bytes:
    """A collection of so many resources, the patient counted."""
    number = chance.randrange(10**6)
    patient: Json = {
        "resourceType": "Patient",
        "id": f"p{number}",
        "identifier": [{"system": "urn:oid:2.16.840.1.113883.4.3", "value": str(number)}],
        "name": [{"family": "Example", "given": ["Alex"]}],
        "gender": chance.choice(["female", "male"]),
        "birthDate": str(date(1962, 1, 1) + timedelta(chance.randrange(16_800))),
    }
    made = [patient]
    makers = (_condition, _observation, _condition, _observation, _condition, _observation, _other)
    while len(made) < resources:
        maker = makers[(len(made) - 1) % len(makers)]
        made.append({"id": f"r{len(made)}", **maker(chance, {"reference": f"Patient/p{number}"})})
    whole = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": f"{ON}T08:30:00Z",
        "entry": [
            {"fullUrl": f"urn:uuid:{uuid.UUID(int=chance.getrandbits(128), version=4)}", "resource": each}
            for each in made
        ],
    }
    return orjson.dumps(whole)


def _coded(system: str, code: str, display: str) -> Json:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _status(system: str, code: str) -> Json:
    return {"coding": [{"system": _HL7 + system, "code": code}]}


def _day(chance: random.Random, longest: int) -> str:
    return str(ON - timedelta(days=chance.randrange(longest)))


def _condition(chance: random.Random, patient: Json) -> Json:
    return {
        "resourceType": "Condition",
        "clinicalStatus": _status("condition-clinical", "active"),
        "verificationStatus": _status("condition-ver-status", "confirmed"),
        "code": _coded(_ICD, *chance.choice(_CONDITIONS)),
        "subject": patient,
        "onsetDateTime": _day(chance, 3000),
    }


def _observation(chance: random.Random, patient: Json) -> Json:
    code, display, unit, (low, high) = chance.choice(_OBSERVATIONS)
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": _coded(_LOINC, code, display),
        "subject": patient,
        "effectiveDateTime": _day(chance, 200),
        "valueQuantity": {
            "value": round(chance.uniform(low, high), 1),
            "unit": unit,
            "system": _UCUM,
            "code": unit,
        },
    }


def _other(chance: random.Random, patient: Json) -> Json:
    return chance.choice((_medication, _medication, _procedure, _allergy, _immunization, _encounter))(
        chance, patient
    )


def _medication(chance: random.Random, patient: Json) -> Json:
    return {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": _coded(_RXNORM, *chance.choice(_DRUGS)),
        "subject": patient,
        "effectivePeriod": {"start": _day(chance, 400)},
    }


def _procedure(chance: random.Random, patient: Json) -> Json:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": _coded(_SNOMED, "80146002", "Appendectomy"),
        "subject": patient,
        "performedDateTime": _day(chance, 900),
    }


def _allergy(chance: random.Random, patient: Json) -> Json:
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": _status("allergyintolerance-clinical", "active"),
        "verificationStatus": _status("allergyintolerance-verification", "confirmed"),
        "code": _coded(_RXNORM, "7980", "penicillin G"),
        "patient": patient,
    }


def _immunization(chance: random.Random, patient: Json) -> Json:
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": _coded("http://hl7.org/fhir/sid/cvx", "140", "Influenza, seasonal"),
        "patient": patient,
        "occurrenceDateTime": _day(chance, 300),
    }


def _encounter(chance: random.Random, patient: Json) -> Json:
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": _HL7 + "v3-ActCode", "code": "AMB"},
        "subject": patient,
    }
