"""A patient as a case without the person: what names somebody is gone, and the answer is the same."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from anagen.exchange import cases
from anagen.exchange.anonymous import LEFT_OUT, anonymous, plain_case
from anagen.knowledge.loader import shipped
from anagen.medicine.facts import Facts, Speaker, Statement
from anagen.medicine.screening import Unmapped

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "cases"
ON = date(2026, 11, 21)


@pytest.mark.parametrize(
    "born", [date(1992, 6, 15), date(1992, 11, 21), date(1992, 11, 22), date(2030, 1, 1)]
)
def test_the_day_of_birth_becomes_an_age(born: date) -> None:
    ((said,), _) = anonymous(Facts([Statement("birth_date", born, ON, Speaker.SYSTEM)]), (), on=ON)
    years = {date(1992, 6, 15): 1992, date(1992, 11, 21): 1992, date(1992, 11, 22): 1993}
    assert said.value == (date(years[born], 1, 1) if born in years else born)


def test_records_are_numbered_and_words_left_out() -> None:
    facts = [
        Statement("asthma", True, ON, record="Condition/anna"),
        Statement("epilepsy", True, ON, record="Condition/b"),
        Statement("asthma", True, ON, record="Condition/anna"),
    ]
    unread = [
        Unmapped("Condition/anna", "Mrs Finch’s cough", "Mrs Finch"),
        Unmapped("Condition/c", "x", "unknown code", "local", "17"),
    ]
    nameless, entries = anonymous(Facts(facts), unread, on=ON)
    assert [said.record for said in nameless] == ["record 1", "record 2", "record 1"]
    assert [(entry.where, entry.text, entry.why, entry.code) for entry in entries] == [
        ("record 1", LEFT_OUT, LEFT_OUT, ""),
        ("record 3", LEFT_OUT, "unknown code", "17"),
    ]


def test_every_public_case_is_written_and_read_again_with_the_same_answer() -> None:
    """Each kind of answer, several speakers, records and unread entries are among them."""
    ruleset = shipped().ruleset
    bases = cases.baselines((FOLDER / cases.BASELINES).read_text("utf-8"), file="baselines")
    for file in sorted(FOLDER.glob("*.jsonl")):
        some = file.read_text("utf-8").splitlines()[::7]
        for case in cases.read("\n".join(some), file=file.name, bases=bases, vocabulary=ruleset.vocabulary):
            nameless, unread = anonymous(case.facts, case.unmapped, on=case.on)
            plain = plain_case(nameless, unread, on=case.on, ruleset=ruleset, id=case.id, title=case.title)
            text = json.dumps(plain, ensure_ascii=False)
            (again,) = cases.read(text, file="again", bases={}, vocabulary=ruleset.vocabulary)
            assert cases.differences(case.expect, cases.answer(again.screened(ruleset))) == [], case.id
