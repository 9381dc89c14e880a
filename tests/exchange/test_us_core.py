"""US Core bundles that another program makes: none silently clear, none refused, what is unmapped is listed."""

from __future__ import annotations

import json
from typing import Any

import carebundle
import pytest
from tests.exchange.documents import reading, screened

from anagen.medicine.rules import Verdict

PROFILES = {
    "healthy": set(),
    "type2_diabetes": {"diabetes"},
    "ckd_stage3": {"kidney_disease"},
    "hypertension": {"hypertension"},
    "anaemia": {"anaemia"},
}


def made(profile: str, seed: int, sex: str = "F") -> dict[str, Any]:
    document = carebundle.generate_bundle(profile=profile, seed=seed, sex=sex)
    return json.loads(carebundle.to_json(document))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_us_core_bundles(profile: str, seed: int) -> None:
    document = made(profile, seed, "FM"[seed % 2])
    found = screened(document)
    assert not found.verdict.treatable
    assert {"birth_date", "sex"} | PROFILES[profile] <= reading(document).facts.known()
    assert found.missing, "a record alone never answers the questions"


def test_what_is_not_understood_is_listed() -> None:
    document = made("type2_diabetes", 1)
    listed = {entry.text for entry in reading(document).unmapped}
    prescribed = {
        entry["resource"]["medicationCodeableConcept"]["text"]
        for entry in document["entry"]
        if entry["resource"]["resourceType"] == "MedicationRequest"
    }
    assert listed and listed <= prescribed


def test_a_kidney_disease_is_a_finding_with_its_reason() -> None:
    found = screened(made("ckd_stage3", 1))
    assert found.verdict >= Verdict.REFER
    assert any("kidney_disease" in finding.facts for finding in found.reasons if finding.state == "matched")
