"""`mix`: the document, the words, and what cannot be a mixture at all."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from anagen.cli import main

DAY = "2026-11-21"
LIDOCAINE = {"ingredient": "Lidocaine", "concentration": "10 mg/mL", "volume": "4 mL"}
ONE: dict[str, Any] = {"route": "intradermal scalp", "components": [LIDOCAINE], "weight": "60 kg"}


@pytest.fixture
def facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["questionnaire", "--example", "--on", DAY]) == 0
    file = tmp_path / "facts.json"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    return str(file)


def written(tmp_path: Path, plain: Any) -> str:
    file = tmp_path / "mixture.json"
    file.write_text(plain if isinstance(plain, str) else json.dumps(plain), encoding="utf-8")
    return str(file)


def answered(file: str, *more: str, capsys: pytest.CaptureFixture[str]) -> Any:
    assert main(["mix", file, "--on", DAY, "--json", *more]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return json.loads(said.out)


def test_a_dose_below_every_ceiling_for_a_healthy_adult_is_clear(
    tmp_path: Path, facts: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = answered(written(tmp_path, ONE), "--facts", facts, capsys=capsys)
    assert answer["verdict"] == "clear"
    assert answer["totals"] == {
        "volume": "4 mL",
        "ingredients": {
            "lidocaine": {
                "title": "Lidocaine",
                "dose": "40 mg",
                "volume": "4 mL",
                "concentration": "10 mg/mL",
            }
        },
    }
    assert answer["osmolality"] == "300 mosm/kg"
    assert answer["ph"] == {"from": "5.0", "to": "7.0"}
    assert answer["use_by"] is None
    assert {"rule", "state", "verdict", "reason", "sources", "claims", "about"} <= answer["findings"][
        0
    ].keys()


def test_without_facts_allergies_are_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = answered(written(tmp_path, ONE), capsys=capsys)
    assert answer["verdict"] == "incomplete"
    assert "allergy.local_anaesthetic_amide" in answer["missing"]


def test_a_name_that_nobody_has_described_is_an_answer(
    tmp_path: Path, facts: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [{"ingredient": "Unicorn", "volume": "1 mL"}]
    answer = answered(written(tmp_path, {**ONE, "components": parts}), "--facts", facts, capsys=capsys)
    assert answer["verdict"] == "refer"
    weighing = {finding["rule"] for finding in answer["findings"] if finding["verdict"] != "clear"}
    assert "mixture.not_described" in weighing


@pytest.mark.parametrize("name", ["ingredient.lidocaine", "LIDOCAINE", "lidocaine", " Lidocaine  "])
def test_names_are_found_in_any_case(
    name: str, tmp_path: Path, facts: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [{**LIDOCAINE, "ingredient": name}]
    answer = answered(written(tmp_path, {**ONE, "components": parts}), "--facts", facts, capsys=capsys)
    assert answer["verdict"] == "clear"


def test_the_words_name_verdict_amounts_and_sources(
    tmp_path: Path, facts: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [
        {"ingredient": "vitamin C", "concentration": "100 mg/mL", "volume": "1 mL"},
        {"ingredient": "vitamin B12", "concentration": "500 µg/mL", "volume": "1 mL"},
    ]
    plain = {**ONE, "components": parts, "prepared_at": "2026-11-21T10:00"}
    assert main(["mix", written(tmp_path, plain), "--facts", facts, "--on", DAY]) == 0
    said = capsys.readouterr().out
    assert said.startswith("EXCLUDE: not with this treatment")
    for words in ("0.25 mg/mL", "Use by 2026-11-21 11:00", "A pair that fails", "Not known", "Yakugaku"):
        assert words in said


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    data = io.TextIOWrapper(io.BytesIO(json.dumps(ONE).encode()))
    monkeypatch.setattr(sys, "stdin", data)
    assert answered("-", capsys=capsys)["verdict"] == "incomplete"
    assert main(["mix", "-", "--facts", "-"]) == 2
    assert "cannot be read twice" in capsys.readouterr().err


def changed(**more: Any) -> dict[str, Any]:
    return {**ONE, **more}


def part(**more: Any) -> dict[str, Any]:
    return changed(components=[{**LIDOCAINE, **more}])


BAD: list[tuple[str, Any, str]] = [
    ("no JSON", "{", "not JSON"),
    ("empty", "", "empty"),
    ("a list", [], "no object"),
    ("NaN", '{"route": NaN}', "no JSON number"),
    ("a key twice", '{"route": "a", "route": "b"}', "twice"),
    ("an endless number", '{"points": ' + "9" * 5000 + "}", "too long"),
    ("unknown field", changed(colour="red"), "“colour” is not known"),
    ("unknown field of a part", part(colour="red"), "components[0].colour"),
    ("no route", {"components": [LIDOCAINE]}, "route: This is missing"),
    ("unknown way", changed(route="sideways scalp"), "“sideways” is no way"),
    ("another area", changed(route="intradermal face"), "not judged"),
    ("empty route", changed(route=" "), "no text"),
    ("no components", changed(components=[]), "components"),
    ("too many components", changed(components=[LIDOCAINE] * 51), "too many"),
    ("a component that is none", changed(components=["x"]), "components[0]"),
    ("neither product nor ingredient", changed(components=[{"volume": "1 mL"}]), "or neither"),
    ("both", part(product="x"), "Name one of the two"),
    ("no volume", changed(components=[{"ingredient": "lidocaine"}]), "components[0].volume"),
    ("a long name", part(ingredient="x" * 201), "too long"),
    ("twice the same", changed(components=[LIDOCAINE, LIDOCAINE]), "stands twice"),
    ("negative", part(volume="-2 mL"), "less than nothing"),
    ("zero", part(volume="0 mL"), "is nothing"),
    ("absurd", part(volume="200 mL"), "cannot be"),
    ("huge", part(volume="99999999999999 mL"), "no amount"),
    ("a bare number", part(volume=2), "has no unit"),
    ("a comma", part(volume="0,5 mL"), "has a comma"),
    ("no number", part(volume="two mL"), "no amount"),
    ("an unknown unit", part(volume="2 drops"), "drops"),
    ("another kind of unit", part(volume="2 mg"), "measures mass"),
    ("a percentage", part(concentration="2 %"), "percentage"),
    ("no strength", part(concentration="10 mL"), "concentration"),
    ("absurd units", part(concentration="999999999 U/mL"), "cannot be"),
    ("a day that is none", part(expires="2026-02-30"), "no day"),
    ("a day in words", part(expires="tomorrow"), "no day"),
    ("no lot", part(lot=7), "no text"),
    ("half a point", changed(points=0.5), "no number of points"),
    ("a yes for points", changed(points=True), "no number of points"),
    ("a weight in words", changed(weight="heavy"), "weight"),
    ("an impossible weight", changed(weight="4 kg 5"), "weight"),
    ("an impossible pH", changed(ph="15"), "no pH"),
    ("a bare pH", changed(ph=7), "no pH"),
    ("no moment", changed(prepared_at="10:00"), "no moment"),
    ("a moment that is none", changed(prepared_at="2026-13-21T10:00"), "no moment"),
    ("a moment far away", changed(prepared_at="0001-01-01T10:00"), "no moment"),
    ("given without a day", changed(given_before=[{"ingredient": "lidocaine", "dose": "1 mg"}]), "Add on"),
    (
        "given something unknown",
        changed(given_before=[{"ingredient": "unicorn", "dose": "1 mg", "on": DAY}]),
        "No ingredient",
    ),
    (
        "given in the wrong unit",
        changed(given_before=[{"ingredient": "lidocaine", "dose": "1 U", "on": DAY}]),
        "is dosed in mg",
    ),
]


@pytest.mark.parametrize(("plain", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_is_no_mixture_is_refused_in_one_line(
    plain: Any, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, plain)
    assert main(["mix", file, "--on", DAY]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert file in said.err
    assert words in said.err


def test_what_is_not_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mixture.json"
    file.write_bytes(b'{"route": "\xff"}')
    assert main(["mix", str(file)]) == 2
    assert "UTF-8" in capsys.readouterr().err


def test_doses_given_before_count(tmp_path: Path, facts: str, capsys: pytest.CaptureFixture[str]) -> None:
    plain = changed(given_before=[{"ingredient": "botulinum toxin A", "dose": "50 U", "on": "2026-11-01"}])
    plain["components"] = [{"ingredient": "botulinum toxin A", "concentration": "25 U/mL", "volume": "2 mL"}]
    answer = answered(written(tmp_path, plain), "--facts", facts, capsys=capsys)
    weighing = {finding["rule"] for finding in answer["findings"] if finding["verdict"] == "exclude"}
    assert weighing == {"mixture.too_soon_refused"}
    assert (
        answered(written(tmp_path, changed(given_before=[])), "--facts", facts, capsys=capsys)["verdict"]
        == "clear"
    )
