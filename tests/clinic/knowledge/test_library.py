"""The catalogue: everything is in it once, is found by any of its words, and hangs together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from anagen.clinic.knowledge import catalogue as libraries
from anagen.clinic.knowledge.catalogue import Kind, Library, opened
from anagen.clinic.knowledge.claims import ClaimFilter
from anagen.knowledge.loader import Knowledge, KnowledgeError, shipped
from anagen.knowledge.reading import Fault

ROSE: dict[str, Any] = {
    "id": "ingredient.rosehip",
    "title": "Rosehip oil",
    "step": "formulation",
    "says": {"clinician": "Refused in the skin."},
    "details": {"caution_with": ["drug.anticoagulation"], "keep": "20 Cel"},
    "evidence": [{"source": "document_000", "strength": "popular", "note": "names it"}],
    "claims": ["C001"],
    "conflicts": ["K01"],
}


@pytest.fixture(scope="module")
def known() -> Library:
    """The shipped knowledge with one topic and one claim set aside, whatever else is in its topics."""
    knowledge = shipped()
    aside = [{"claims": ["C182"], "kind": "promotional", "reason": "It is an advertisement."}]
    return Library(knowledge, {**knowledge.plain, "topics": [ROSE], "set_aside": aside})


def ids(known: Library, text: str, kind: Kind | None = None) -> list[str]:
    return [entry.id for entry in known.found(text, kind)]


def test_everything_that_is_known_is_an_entry(known: Library) -> None:
    plain = known.plain
    assert {entry.id for entry in known.of_kind(Kind.RULE)} == {item["id"] for item in plain["rules"]}
    assert {entry.id for entry in known.of_kind(Kind.FACT)} == {item["id"] for item in plain["facts"]}
    assert {entry.id for entry in known.of_kind(Kind.SOURCE)} == {item["id"] for item in plain["sources"]}
    assert len(known.of_kind(Kind.CONFLICT)) == 82
    assert len(known.of_kind(Kind.CLAIM)) == 1146
    assert [entry.id for entry in known.of_kind(Kind.TOPIC)] == ["ingredient.rosehip"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("c071", "C071"),
        ("drug.anticoagulation", "drug.anticoagulation"),
        ("PRESCRIBED anticoagulant", "drug.anticoagulation"),
        ("rosehip", "ingredient.rosehip"),
        ("K02", "K02"),
    ],
)
def test_what_is_named_comes_first(known: Library, text: str, first: str) -> None:
    assert ids(known, text)[0] == first


def test_all_words_are_wanted_and_no_word_finds_nothing(known: Library) -> None:
    assert "drug.anticoagulation" in ids(known, "warfarin", Kind.RULE) + ids(known, "B01A", Kind.RULE)
    assert ids(known, "anticoagulant zebra") == []
    assert ids(known, "  ") == []
    assert set(ids(known, "anticoagulant", Kind.CLAIM)) <= set(known.claims)


def test_what_rests_on_a_source(known: Library) -> None:
    mentions = {mention.entry.id: mention for mention in known.on_source["document_000"]}
    assert mentions["ingredient.rosehip"].note == "names it"
    assert mentions["drug.anticoagulation"].strength == "popular"
    assert len(mentions) == len(known.on_source["document_000"])


def test_what_a_conflict_bears_on_and_who_asks_for_a_fact(known: Library) -> None:
    assert "ingredient.rosehip" in [entry.id for entry in known.on_conflict["K01"]]
    assert "drug.anticoagulation" in [entry.id for entry in known.on_conflict["K02"]]
    assert "drug.anticoagulation" in [entry.id for entry in known.on_fact["drug.anticoagulant"]]


def test_claims_are_chosen_by_what_became_of_them(known: Library) -> None:
    assert "C001" in ClaimFilter(fate="used").matching(known)
    assert ClaimFilter(fate="aside").matching(known) == ["C182"]
    assert ClaimFilter(fate="promotional").matching(known) == ["C182"]
    assert ClaimFilter(fate="unsafe").matching(known) == []
    assert ("promotional", "set aside: promotional") in ClaimFilter().fates(known)
    assert ClaimFilter(topic="ingredient", q="ginkgo").matching(known)
    assert len(ClaimFilter(document="document_001").matching(known)) == 39
    assert ClaimFilter(fate="used", q="a b").query == "q=a+b&fate=used"


def test_topics_with_a_fault_leave_the_rest_standing(monkeypatch: pytest.MonkeyPatch, known: Library) -> None:
    def broken(self: Knowledge) -> Any:
        raise KnowledgeError([Fault("topics/x.yaml", 3, "Nothing is called “y”.")])

    monkeypatch.setattr(Knowledge, "account", property(broken))
    held = opened(replace(shipped()))
    assert held.topics == {} and held.account is None
    assert [fault.line for fault in held.faults] == [3]
    assert len(held.rules) == len(known.rules)
    assert ids(held, "drug.anticoagulation")[0] == "drug.anticoagulation"


def test_a_library_with_a_fault_is_made_anew_after_a_while(
    monkeypatch: pytest.MonkeyPatch, known: Library
) -> None:
    made: list[Library] = []

    def make(knowledge: Knowledge) -> Library:
        made.append(Library(knowledge, None, (Fault("x", 1, "Wrong."),)) if not made else known)
        return made[-1]

    clock = [1000.0]
    monkeypatch.setattr(libraries, "_held", [])
    monkeypatch.setattr(libraries, "opened", make)
    monkeypatch.setattr(libraries, "current", lambda: known.knowledge)
    monkeypatch.setattr(libraries.time, "monotonic", lambda: clock[0])
    assert libraries.catalogue() is libraries.catalogue() is made[0]
    clock[0] += 301
    assert libraries.catalogue() is known
    clock[0] += 10_000
    assert libraries.catalogue() is known
    assert len(made) == 2
