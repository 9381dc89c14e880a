"""Whatever comes in, the answer is a screening or one line; and what goes through JSON comes back."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exchange.documents import ON, answers, bundle, condition, observation, reading, resource, screened

from anagen.exchange.codes import ATC_URL
from anagen.exchange.errors import BadInput
from anagen.exchange.facts import facts_of, plain_facts
from anagen.exchange.fhir.days import span_of
from anagen.medicine.facts import UNKNOWN, Facts, Speaker, Statement
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Verdict

DAYS = st.dates()
VALUES = st.one_of(
    st.booleans(),
    st.just(UNKNOWN),
    st.text(min_size=1),
    st.frozensets(st.text(min_size=1), max_size=3),
    DAYS,
    st.builds(Quantity, st.decimals(allow_nan=False, allow_infinity=False), st.text(min_size=1)),
)
STATEMENTS = st.builds(
    Statement,
    fact=st.text(min_size=1),
    value=VALUES,
    on=DAYS,
    speaker=st.sampled_from(Speaker),
    since=st.none() | DAYS,
    until=st.none() | DAYS,
    record=st.text(),
)


@given(st.lists(STATEMENTS, max_size=5))
def test_facts_come_back_from_json_as_they_were(statements: list[Statement]) -> None:
    facts = Facts(statements)
    back = facts_of(json.loads(json.dumps(plain_facts(facts))))
    assert back == facts
    for before, after in zip(facts, back, strict=True):
        assert type(before.value) is type(after.value)
        if isinstance(before.value, Quantity) and isinstance(after.value, Quantity):
            assert before.value.value.as_tuple() == after.value.value.as_tuple()


# mutations of real documents

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
    | st.sampled_from(["2026-02-30", "2026", "Y", "N", "Patient/p", "Condition", "Bundle", "http://loinc.org", "Cel"]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=6), inside, max_size=3),
    max_leaves=5,
)  # fmt: skip


def a_bundle() -> dict[str, Any]:
    """A bundle with one of everything that is read."""
    atc = {"coding": [{"system": ATC_URL, "code": "J01EE01"}]}
    return bundle(
        condition("J06.9", onsetDateTime="2026-11-10", abatementDateTime="2026-11-25"),
        condition("L64.9", onsetAge={"value": 30, "code": "a"}, id="8"),
        resource(
            "MedicationStatement",
            status="active",
            medicationCodeableConcept=atc,
            effectivePeriod={"end": "2026-12-01"},
        ),
        resource(
            "MedicationRequest",
            status="active",
            intent="order",
            medicationReference={"reference": "Medication/9"},
        ),
        {"resourceType": "Medication", "id": "9", "code": atc},
        resource("AllergyIntolerance", code=atc, reaction=[{"manifestation": [{"text": "hives"}]}]),
        resource("Procedure", status="completed", code=atc, performedDateTime="2026-01-01"),
        resource("Immunization", status="completed", occurrenceDateTime="2026-11-10"),
        observation("8310-5", 38.4, "Cel"),
        observation("85354-9", id="8")
        | {"component": [{"code": atc, "valueQuantity": {"value": 1, "code": "kg"}}]},
        {**answers(), "item": answers()["item"][:2], "subject": {"reference": "Patient/p"}},
    )


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inside:
        found += paths(item, (*path, step))
    return found


A_BUNDLE, AN_EXAMPLE = a_bundle(), answers()
PLACES = {"bundle": paths(A_BUNDLE), "example": paths(AN_EXAMPLE)}


def changed(document: dict[str, Any], path: tuple[str | int, ...], junk: Any, remove: bool) -> dict[str, Any]:
    document = deepcopy(document)
    holder: Any = document
    for step in path[:-1]:
        holder = holder[step]
    if remove:
        del holder[path[-1]]
    else:
        holder[path[-1]] = junk
    return document


def is_answered(document: Any) -> None:
    """A screening, or one line that names the file."""
    try:
        screened(document)
    except BadInput as bad:
        assert str(bad).startswith("document.json: ") and "\n" not in str(bad)


@settings(max_examples=400)
@given(st.sampled_from(PLACES["bundle"]), JUNK, st.booleans())
def test_a_damaged_bundle_is_screened_or_refused(
    path: tuple[str | int, ...], junk: Any, remove: bool
) -> None:
    is_answered(changed(A_BUNDLE, path, junk, remove))


@settings(max_examples=300)
@given(st.sampled_from(PLACES["example"]), JUNK, st.booleans())
def test_a_damaged_example_is_screened_or_refused(
    path: tuple[str | int, ...], junk: Any, remove: bool
) -> None:
    is_answered(changed(AN_EXAMPLE, path, junk, remove))


@given(JUNK)
def test_junk_is_refused(junk: Any) -> None:
    is_answered(junk)


@given(st.lists(st.sampled_from(range(len(A_BUNDLE["entry"]) - 1)), unique=True))
def test_the_order_of_entries_never_matters(order: list[int]) -> None:
    entries = A_BUNDLE["entry"][1:]
    rest = [entries[place] for place in range(len(entries)) if place not in order]
    shuffled = A_BUNDLE | {"entry": [A_BUNDLE["entry"][0], *(entries[place] for place in order), *rest]}
    assert screened(shuffled).verdict is screened(A_BUNDLE).verdict
    assert set(reading(shuffled).facts) == set(reading(A_BUNDLE).facts)


@given(st.sets(st.sampled_from(range(len(A_BUNDLE["entry"]) - 2)), min_size=1))
def test_an_entry_that_is_taken_away_never_makes_a_patient_treatable(gone: set[int]) -> None:
    entries = [entry for place, entry in enumerate(A_BUNDLE["entry"]) if place - 1 not in gone]
    assert screened(A_BUNDLE | {"entry": entries}).verdict > Verdict.CAUTION


@given(st.dates(min_value=date(1900, 1, 1)))
def test_every_day_of_the_calendar_is_read(day: date) -> None:
    for text, first in (
        (f"{day}", day),
        (f"{day:%Y-%m}", day.replace(day=1)),
        (f"{day:%Y}", date(day.year, 1, 1)),
    ):
        found = span_of(text)
        assert found.first == first and found.first <= day <= found.last
    assert span_of(f"{day}T12:00:00Z").first == day


def test_the_documents_that_are_damaged_are_whole() -> None:
    assert len(reading(A_BUNDLE).facts) > 10 and screened(AN_EXAMPLE).verdict is Verdict.CLEAR
    assert screened(A_BUNDLE).on == ON
