"""Observations: units, coded answers, and the newest of several."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.exchange.documents import ON, about, bundle, concept, observation, reading, resource

from anagen.exchange.codes import LOINC_URL, SNOMED_URL
from anagen.medicine.facts import UNKNOWN, Speaker
from anagen.medicine.quantities import Quantity

FEVER = Quantity.parse("38.4 Cel")


def test_fahrenheit_becomes_celsius_with_the_precision_of_the_fact() -> None:
    assert about(bundle(observation("8310-5", 101.1, "[degF]")), "vital.temperature")[0].value == FEVER


def test_a_newer_value_replaces_an_older_one_wherever_it_stands() -> None:
    older = observation("8310-5", 39.0, "Cel", effectiveDateTime="2026-11-20")
    newer = observation("8310-5", 38.4, "Cel", effectiveDateTime="2026-11-21")
    for document in (bundle(older, newer), bundle(newer, older)):
        assert [said.value for said in about(document, "vital.temperature")] == [FEVER]


def test_on_one_day_the_later_hour_wins_across_zones() -> None:
    later = observation("8310-5", 38.4, "Cel", effectiveDateTime="2026-11-21T09:00:00+01:00")
    earlier = observation("8310-5", 39.0, "Cel", effectiveDateTime="2026-11-21T07:30:00Z")
    assert [said.value for said in about(bundle(later, earlier), "vital.temperature")] == [FEVER]


def test_two_values_of_one_day_without_an_hour_both_count() -> None:
    document = bundle(observation("8310-5", 38.4, "Cel"), observation("8310-5", 36.6, "Cel"))
    assert len(about(document, "vital.temperature")) == 2
    assert len({said.record for said in about(document, "vital.temperature")}) == 2


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_void_observation_says_nothing(status: str) -> None:
    assert reading(bundle(observation("8310-5", 38.4, "Cel") | {"status": status})) == reading(bundle())


def test_a_blood_pressure_is_read_from_its_components() -> None:
    entry = observation("85354-9") | {
        "component": [
            {"code": concept(LOINC_URL, "8480-6"), "valueQuantity": {"value": 131, "code": "mm[Hg]"}},
            {"code": concept(LOINC_URL, "8462-4"), "valueQuantity": {"value": 84, "code": "mm[Hg]"}},
        ]
    }
    assert [str(said.value) for said in about(bundle(entry), "vital.systolic")] == ["131 mm[Hg]"]
    assert [str(said.value) for said in about(bundle(entry), "vital.diastolic")] == ["84 mm[Hg]"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueCodeableConcept": concept(LOINC_URL, "LA15173-0")}, True),
        ({"valueCodeableConcept": concept(LOINC_URL, "LA26683-5")}, False),
        ({"valueCodeableConcept": concept(LOINC_URL, "LA4489-6")}, UNKNOWN),
        ({"valueCodeableConcept": concept(SNOMED_URL, "77386006")}, True),
        ({"valueBoolean": False}, False),
    ],
)
def test_a_coded_answer_is_a_direct_one(value: dict[str, Any], expected: object) -> None:
    (said,) = about(bundle(observation("82810-3", **value)), "pregnancy")
    assert said.value == expected
    assert said.speaker is Speaker.LABORATORY
    assert said.value is not False or said.record == ""


def test_a_newer_no_replaces_an_older_yes() -> None:
    older = observation("82810-3", valueBoolean=True, effectiveDateTime="2026-11-01")
    newer = observation("82810-3", valueBoolean=False, effectiveDateTime="2026-11-20")
    assert [said.value for said in about(bundle(older, newer), "pregnancy")] == [False]


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (observation("82810-3", valueString="positive, I think"), "no answer to Pregnancy"),
        (observation("718-7", 8, "mmol/L"), "mmol/L measures substance concentration"),
        (
            observation("6301-6") | {"valueQuantity": {"value": 8, "comparator": ">", "code": "{INR}"}},
            "it is a limit and no value",
        ),
        (observation("8310-5", 38, "Cel", effectiveDateTime=None), "when it was taken"),
        (observation("8310-5", 38, "Cel") | {"focus": [{"display": "the fetus"}]}, "somebody else"),
        (observation("8310-4", 38, "Cel"), "no valid code of LOINC"),
        (resource("Observation", status="final", code={"text": "mood"}, valueString="low"), "in words only"),
        (resource("Observation", status="final"), "it has no code"),
    ],
)
def test_what_is_no_answer_is_listed(entry: dict[str, Any], why: str) -> None:
    (unmapped,) = reading(bundle(entry)).unmapped
    assert why in unmapped.why


def test_a_value_that_nobody_lists_may_have_any_unit() -> None:
    assert reading(bundle(observation("2951-2", 139, "furlong"))) == reading(bundle())


def test_a_diagnosis_as_a_value_counts() -> None:
    entry = observation("29308-4", valueCodeableConcept=concept(SNOMED_URL, "84757009"))
    assert about(bundle(entry), "epilepsy")[0].value is True


def test_birth_date_and_sex_may_be_observed() -> None:
    born = observation("21112-8", valueDateTime="1980-01-02")
    sex = observation("76689-9", valueCodeableConcept=concept(LOINC_URL, "LA2-8"))
    assert date(1980, 1, 2) in [said.value for said in about(bundle(born), "birth_date")]
    assert "male" in [said.value for said in about(bundle(sex), "sex")]


def test_the_value_is_as_old_as_its_day() -> None:
    document = bundle(observation("8310-5", 38.4, "Cel", effectiveDateTime="2026-11"))
    assert about(document, "vital.temperature")[0].on == date(2026, 11, 1)
    assert about(bundle(observation("8310-5", 38.4, "Cel")), "vital.temperature")[0].on == ON
