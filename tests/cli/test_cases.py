"""`cases`: the runner of the public case file."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from anagen.cli import cases, main

HEALTHY = "healthy woman of 34"


def case(**changed: Any) -> dict[str, Any]:
    plain = {
        "id": "mine/asthma",
        "title": "Asthma is a caution",
        "on": "2026-11-21",
        "base": HEALTHY,
        "facts": {"asthma": "yes"},
        "expect": {
            "verdict": "caution",
            "not_before": "2026-11-21",
            "findings": [
                {"rule": "precaution.asthma", "state": "matched", "verdict": "caution", "until": None}
            ],
            "missing": [],
        },
        "why": ["precaution.asthma"],
    }
    return {**plain, **changed}


def file_of(folder: Path, *found: dict[str, Any]) -> str:
    file = folder / "mine.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in found), encoding="utf-8")
    return str(file)


def test_every_published_case_is_answered_as_expected(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cases", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["cases"] >= 400
    assert told["as_expected"] == told["cases"] and told["otherwise"] == []
    assert len(told["ruleset"]["hash"]) == 64


def test_a_case_of_ones_own_is_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cases", file_of(tmp_path, case())]) == 0
    assert capsys.readouterr().out.startswith("1 case, all answered as expected by rules 20")


def test_a_case_that_differs_is_named_with_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = file_of(tmp_path, case(), case(id="mine/none", title="No asthma", facts={}))
    assert main(["cases", file]) == 1
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == "mine/none: No asthma"
    assert rest[:2] == [
        "    verdict: expected caution, answered clear",
        "    precaution.asthma: expected matched caution, answered nothing that weighs",
    ]
    assert rest[-1].startswith("2 cases: 1 answered otherwise than expected by rules 20")


def test_as_json_each_difference_has_both_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = file_of(tmp_path, case(facts={"infection.cold": None, "asthma": "yes"}))
    assert main(["cases", file, "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)["otherwise"]
    assert (told["file"], told["id"]) == (file, "mine/asthma")
    assert told["expected"]["verdict"] == "caution" and told["answered"]["verdict"] == "incomplete"
    assert "missing: infection.cold is asked for, which is not expected" in told["differences"]


def test_a_baseline_beside_the_file_comes_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    published = json.loads((cases.FOLDER / "baselines.json").read_text(encoding="utf-8"))
    mine = {"mine": {**published[HEALTHY], "asthma": "yes"}}
    (tmp_path / "baselines.json").write_text(json.dumps(mine), encoding="utf-8")
    assert main(["cases", file_of(tmp_path, case(base="mine", facts={}))]) == 0
    assert main(["cases", file_of(tmp_path, case())]) == 2
    assert f"there is no base “{HEALTHY}”; use mine." in capsys.readouterr().err


def test_a_dash_is_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(case()).encode())))
    assert main(["cases", "-"]) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There is no case in it."),
        (b"\xff", "This is not UTF-8."),
        (b"{}\n{", "line 1: a case lacks “id”."),
        (b"\n\n{", "line 3, column 2: This is not JSON"),
        (
            json.dumps(case(facts={"asthma": "maybe"})).encode(),
            "line 1, mine/asthma: asthma: “maybe” is no answer",
        ),
        (b"\n".join([json.dumps(case()).encode()] * 2), "line 2, mine/asthma: This id stands on line 1 too."),
    ],
    ids=["empty", "no text", "no case", "no JSON", "no answer", "twice"],
)
def test_bad_input_is_one_line_with_file_place_and_mend(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_bytes(content)
    assert main(["cases", str(file)]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1
    assert told.err.startswith(f"{file}: {said}")


def test_a_file_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cases", "none.jsonl"]) == 2
    assert capsys.readouterr().err.startswith("none.jsonl: There is no such file.")


def test_without_a_case_file_one_must_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cases, "FOLDER", tmp_path)
    assert main(["cases"]) == 2
    assert "There is no case file here. Name one." in capsys.readouterr().err
