"""Patients of the public case file, picked by hand: several speakers, and entries that nobody understood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tools.recipe import Draft, Recipe

Plain = dict[str, Any]
YES: Final = "yes"


def speakers(recipe: Recipe) -> Iterator[Draft]:
    """The riskier answer counts, and that there are two is a finding. A record is silent about what is not so."""
    from tools.recipe import WOMAN, Draft

    patient, clinician, system = ({"speaker": name} for name in ("patient", "clinician", "system"))
    no, yes = {"value": "no"}, {"value": YES}
    record = {**system, "record": "Condition/7"}
    cases: list[tuple[str, str, Plain, str]] = [
        (
            "patient-no-clinician-yes",
            "The patient says no, the clinician yes",
            {"epilepsy": [no | patient, yes | clinician]},
            "contraindication.epilepsy",
        ),
        (
            "patient-yes-clinician-no",
            "The patient says yes, the clinician no",
            {"epilepsy": [yes | patient, no | clinician]},
            "contraindication.epilepsy",
        ),
        (
            "both-no",
            "Patient and clinician both say no",
            {"epilepsy": [no | patient, no | clinician]},
            "contraindication.epilepsy",
        ),
        (
            "both-yes",
            "Patient and clinician both say yes",
            {"epilepsy": [yes | patient, yes | clinician]},
            "contraindication.epilepsy",
        ),
        (
            "record-yes",
            "The patient says no, a record says yes",
            {"epilepsy": [no | patient, yes | record]},
            "contraindication.epilepsy",
        ),
        (
            "record-no",
            "A record says no, the patient says nothing: a record is silent about what is not so",
            {"epilepsy": no | record},
            "contraindication.epilepsy",
        ),
        (
            "record-yes-alone",
            "A record says yes, the patient says nothing",
            {"epilepsy": yes | record},
            "contraindication.epilepsy",
        ),
        (
            "record-over",
            "A record says it is over, the patient says nothing: it says nothing of others",
            {"epilepsy": yes | record | {"until": "2020-01-01"}},
            "contraindication.epilepsy",
        ),
        (
            "record-over-patient-no",
            "A record says it is over and the patient says no: no disagreement",
            {"epilepsy": [no | patient, yes | record | {"until": "2020-01-01"}]},
            "contraindication.epilepsy",
        ),
        (
            "unknown-and-no",
            "The patient does not know, the clinician says no",
            {"epilepsy": [{"value": "unknown"} | patient, no | clinician]},
            "contraindication.epilepsy",
        ),
        (
            "unknown-and-yes",
            "The patient does not know, the clinician says yes",
            {"epilepsy": [{"value": "unknown"} | patient, yes | clinician]},
            "contraindication.epilepsy",
        ),
        (
            "corrected",
            "The same speaker says yes, and two days later no: the later answer stands",
            {"epilepsy": [yes | patient | {"said": "2026-11-19"}, no | patient | {"said": "2026-11-21"}]},
            "contraindication.epilepsy",
        ),
        (
            "grown-old",
            "The clinician's yes of two years ago no longer holds; the patient says no",
            {"epilepsy": [no | patient, yes | clinician | {"said": "2024-11-21"}]},
            "contraindication.epilepsy",
        ),
        (
            "two-records",
            "Two records say yes, one of them over",
            {
                "epilepsy": [
                    yes | record,
                    yes | system | {"record": "Condition/8", "until": "2020-01-01"},
                    no | patient,
                ]
            },
            "contraindication.epilepsy",
        ),
        (
            "two-ends",
            "Two speakers name different ends: the later counts",
            {
                "infection.cold": [
                    yes | patient | {"until": "2026-11-23"},
                    yes | clinician | {"until": "2026-11-25"},
                ]
            },
            "deferral.cold",
        ),
        (
            "one-end-open",
            "One speaker names an end, the other none: no date is promised",
            {"infection.cold": [yes | patient | {"until": "2026-11-23"}, yes | clinician]},
            "deferral.cold",
        ),
        (
            "two-dates",
            "Two speakers name different days of an operation: the later counts",
            {
                "procedure.surgery": [
                    {"value": "2026-10-20"} | patient,
                    {"value": "2026-11-05"} | clinician,
                ]
            },
            "deferral.recent_surgery",
        ),
        (
            "record-never",
            "A record of an operation long ago, the patient says never",
            {
                "procedure.surgery": [
                    {"value": "never"} | patient,
                    {"value": "2020-03-01", "record": "Procedure/2"} | system,
                ]
            },
            "deferral.recent_surgery",
        ),
        (
            "two-choices",
            "Two answers to a choice",
            {
                "diabetes": YES,
                "diabetes.control": [{"value": "steady"} | patient, {"value": "unsteady"} | clinician],
                "vital.hba1c": "6.5 %",
            },
            "contraindication.diabetes_uncontrolled",
        ),
        (
            "two-measurements",
            "Two measurements of one day: the riskier counts, and that is no disagreement",
            {
                "hypertension": YES,
                "vital.diastolic": "80 mm[Hg]",
                "vital.systolic": [
                    {"value": "150 mm[Hg]"} | clinician,
                    {"value": "165 mm[Hg]", "record": "Observation/3"} | system,
                ],
            },
            "precaution.raised_blood_pressure",
        ),
        (
            "two-birth-dates",
            "Two dates of birth, one of a minor",
            {
                "birth_date": [{"value": "1992-06-15"} | patient, {"value": "2009-06-15"} | clinician],
                "vital.weight": "60.0 kg",
            },
            "contraindication.age_14_to_17",
        ),
        (
            "two-diagnoses",
            "Two clinicians' diagnoses: both count, and a patient may have two",
            {
                "diagnosis.scalp": [
                    {"value": ["L64.9"]} | clinician,
                    {"value": ["L66.1"], "record": "Condition/9"} | system,
                ]
            },
            "indication.scarring",
        ),
        (
            "pregnancy-test",
            "The patient says no, the laboratory yes",
            {"pregnancy": [no | patient, yes | {"speaker": "laboratory"}]},
            "contraindication.pregnancy",
        ),
        (
            "work-up-twice",
            "The work-up is said to be done, and said not to be done",
            {"diagnosis.work_up": [yes | clinician, no | {"speaker": "laboratory"}]},
            "indication.work_up_missing",
        ),
        (
            "diagnosis-doubted",
            "Under *not* the riskier answer is the one that does not fulfil: one diagnosis fits, another does not",
            {
                "diagnosis.scalp": [
                    {"value": ["L64.9"]} | clinician,
                    {"value": ["H52.1"], "record": "Condition/9"} | system,
                ]
            },
            "indication.other_diagnosis",
        ),
    ]
    for name, title, facts, rule in cases:
        yield Draft(f"speakers/{name}", title, facts, (rule,), WOMAN)


def unmapped(recipe: Recipe) -> Iterator[Draft]:
    """What could not be understood is never dropped: the verdict is at least incomplete."""
    from tools.recipe import WOMAN, Draft

    words = {"where": "Condition/4", "text": "funny turns", "why": "a diagnosis in words only"}
    code = {
        "where": "Condition/5",
        "text": "",
        "why": "not a code of ICD-10",
        "system": "icd-10",
        "code": "L64.9999",
    }
    system = {
        "where": "Observation/2",
        "text": "house score",
        "why": "an unknown system",
        "system": "urn:house",
        "code": "7",
    }
    given: list[tuple[str, str, Plain, tuple[Plain, ...], str]] = [
        ("words", "A diagnosis in words only", {}, (words,), ""),
        ("code", "A code that does not exist", {}, (code,), ""),
        ("system", "A code of an unknown system", {}, (system,), ""),
        ("three", "Three entries that nobody understood", {}, (words, code, system), ""),
        ("caution", "Beside a caution", {"asthma": YES}, (words,), "precaution.asthma"),
        ("missing", "Beside a missing answer", {"infection.cold": None}, (words,), "deferral.cold"),
        (
            "defer",
            "Beside a deferral that ends",
            {"procedure.surgery": "2026-11-05"},
            (words,),
            "deferral.recent_surgery",
        ),
        ("refer", "Beside a referral", {"epilepsy": YES}, (code,), "contraindication.epilepsy"),
        ("exclude", "Beside an exclusion", {"cancer.active": YES}, (code,), "contraindication.cancer_active"),
    ]
    for name, title, facts, entries, rule in given:
        yield Draft(f"unmapped/{name}", title, facts, (rule,) if rule else (), WOMAN, unmapped=tuple(entries))
