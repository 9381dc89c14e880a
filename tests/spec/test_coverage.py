"""The coverage page counts everything once, and what must be used is used."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

from anagen.knowledge import ledger
from anagen.knowledge.loader import shipped

ROOT = Path(__file__).resolve().parents[2]
KNOWLEDGE = shipped()


@pytest.fixture
def covered(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return importlib.import_module("covered")


def test_no_claim_of_the_ledger_is_lost() -> None:
    """They were numbered when the documents were read: what is there no longer has been lost."""
    assert list(ledger.claims()) == [f"C{number:03d}" for number in range(1, 1147)]


def test_every_document_that_was_read_is_a_source() -> None:
    read = {f"document_{claim.source.partition('.')[0][:3]}" for claim in ledger.claims().values()}
    assert read <= set(KNOWLEDGE.sources)


def test_every_conflict_is_cited_by_what_decides_it(covered: ModuleType) -> None:
    assert set(covered.conflicts_used(KNOWLEDGE)) == set(KNOWLEDGE.conflicts)


def test_every_claim_that_makes_sense_is_used() -> None:
    used = ledger.uses(KNOWLEDGE.account)
    sound = [claim for claim in ledger.claims().values() if claim.sense_check in ("ok", "conflicts")]
    assert len([claim for claim in sound if claim.id in used]) >= 0.85 * len(sound)


def test_every_fact_is_read_by_something(covered: ModuleType) -> None:
    assert set(covered.readers(KNOWLEDGE)) == set(KNOWLEDGE.ruleset.vocabulary.facts)


def test_the_page_counts_every_claim_once(covered: ModuleType) -> None:
    rows = re.findall(r"^\| (?:conflicts|garbled|implausible|ok|promotional|unsafe) \|.*\| (\d+) \|$",
                      covered.coverage(KNOWLEDGE), re.MULTILINE)  # fmt: skip
    assert len(rows) == 6
    assert sum(map(int, rows)) == len(ledger.claims())
