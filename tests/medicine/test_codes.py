"""Codes by hierarchy, ranges of ICD-10 categories with the letters of ICD-10-CM, the index of facts."""

from __future__ import annotations

import pytest

from anagen.medicine.codes import ATC, ICD10, LOINC, RXNORM, SNOMED, CodeIndex, ancestors, expanded, normal


@pytest.mark.parametrize(
    ("system", "code", "form"),
    [(ICD10, " g40.309 ", "G40309"), (ICD10, "L64", "L64"), (ATC, "b01ac06", "B01AC06"),
     (LOINC, "8310-5", "8310-5"), (RXNORM, "11289", "11289"), (SNOMED, "77386006", "77386006")],
)  # fmt: skip
def test_codes_are_compared_in_capitals_and_icd_10_without_its_dot(system: str, code: str, form: str) -> None:
    assert normal(system, code) == form


def test_what_stands_above_an_icd_10_code_is_what_it_begins_with() -> None:
    assert list(ancestors(ICD10, "G40.309")) == ["G40309", "G4030", "G403", "G40", "G4", "G"]


def test_what_stands_above_an_atc_code_is_what_it_begins_with() -> None:
    assert list(ancestors(ATC, "B01AC")) == ["B01AC", "B01A", "B01", "B0", "B"]


@pytest.mark.parametrize("system", [LOINC, RXNORM, SNOMED])
def test_codes_without_a_visible_hierarchy_stand_alone(system: str) -> None:
    assert list(ancestors(system, "11289")) == ["11289"]


def test_a_listed_code_covers_what_lies_under_it_and_nothing_beside_it() -> None:
    index = CodeIndex({"epilepsy": {ICD10: ["G40"]}, "anticoagulant": {ATC: ["B01A"]}})
    assert index.facts(ICD10, "G40.309") == ("epilepsy",)
    assert index.facts(ICD10, "g40") == ("epilepsy",)
    assert index.facts(ICD10, "G41.0") == ()
    assert index.facts(ICD10, "G4") == ()
    assert index.facts(ATC, "B01AC06") == ("anticoagulant",)
    assert index.facts(ATC, "B01") == ()
    assert index.facts(ICD10, "B01AC06") == ()


def test_a_listed_code_with_a_dot_covers_its_own_children_only() -> None:
    index = CodeIndex({"areata": {ICD10: ["L63.0"]}})
    assert index.facts(ICD10, "L63.01") == ("areata",)
    assert index.facts(ICD10, "L63") == index.facts(ICD10, "L63.1") == ()


def test_the_fact_with_the_nearest_code_comes_first_and_none_comes_twice() -> None:
    index = CodeIndex({"cancer": {ICD10: ["C00-C97", "C44"]}, "scalp": {ICD10: ["C44.4"]}})
    assert index.facts(ICD10, "C44.4") == ("scalp", "cancer")


@pytest.mark.parametrize("code", ["C00", "C44.42", "C97", "C4A.4", "C7A.1", "C7B.0"])
def test_a_range_covers_its_categories_and_the_lettered_ones_of_icd_10_cm(code: str) -> None:
    assert CodeIndex({"cancer": {ICD10: ["C00-C97"]}}).facts(ICD10, code) == ("cancer",)


@pytest.mark.parametrize("code", ["O9A.21", "O00.1", "O99.89"])
def test_pregnancy_covers_o9a(code: str) -> None:
    assert CodeIndex({"pregnancy": {ICD10: ["O00-O99"]}}).facts(ICD10, code) == ("pregnancy",)


@pytest.mark.parametrize("code", ["D00", "C98", "B99", "C9A"])
def test_a_range_covers_nothing_beyond_its_ends(code: str) -> None:
    assert CodeIndex({"cancer": {ICD10: ["C00-C97"]}}).facts(ICD10, code) == ()


@pytest.mark.parametrize(("listed", "code"), [("C41-C49", "C4A"), ("C40-C48", "C4A"), ("C45-C54", "C4A")])
def test_a_lettered_category_needs_its_whole_ten_in_the_range(listed: str, code: str) -> None:
    assert CodeIndex({"some": {ICD10: [listed]}}).facts(ICD10, code) == ()


def test_a_range_may_run_through_several_letters() -> None:
    entries = list(expanded(ICD10, "A98-B01"))
    assert entries == ["A98", "A99", "B00", "B01"]


def test_a_range_of_one_category_is_that_category() -> None:
    assert list(expanded(ICD10, "c44-c44")) == ["C44"]


def test_a_dash_means_a_range_in_icd_10_alone() -> None:
    assert list(expanded(LOINC, "8310-5")) == ["8310-5"]


def test_a_range_that_runs_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="the range “C97-C00” runs backwards; write C00-C97"):
        list(expanded(ICD10, "C97-C00"))


@pytest.mark.parametrize(
    "listed", ["C00-", "-C97", "C0-C97", "C00-C97.9", "C00-999", "CXX-C97", "C00-C01-C02"]
)
def test_a_range_between_anything_but_categories_is_refused(listed: str) -> None:
    with pytest.raises(ValueError, match="runs between no categories; write one such as C00-C97"):
        list(expanded(ICD10, listed))
