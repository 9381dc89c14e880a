"""`rules`: every rule listed, one read in full, faults with file and line, two states compared."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from anagen.cli import main
from anagen.cli.cases import FOLDER as CASES
from anagen.knowledge import reader
from anagen.knowledge.loader import shipped
from anagen.knowledge.reading import ROOT, Document, read

DAY = "2026-12-01"


@pytest.fixture(autouse=True)
def files_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading YAML with its lines takes seconds; a file that has not changed is read once for all tests here."""
    monkeypatch.setattr(reader, "read", lambda file, name: _read(file.read_bytes(), name, file))


def _read(content: bytes, name: str, file: Path) -> Document:
    if (content, name) not in _DOCUMENTS:
        _DOCUMENTS[content, name] = read(file, name)
    return _DOCUMENTS[content, name]


_DOCUMENTS: dict[tuple[bytes, str], Document] = {}


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A copy of the shipped rules, to be changed."""
    shutil.copytree(ROOT / "rules", tmp_path / "draft" / "rules")
    return tmp_path / "draft"


def change(folder: Path, rule: str, old: str, new: str) -> None:
    """Replace the first occurrence of ``old`` after the rule's id, in the file that holds it."""
    for file in (folder / "rules").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        place = text.find(f"- id: {rule}\n")
        if place >= 0:
            at = text.index(old, place)
            file.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
            return
    raise AssertionError(rule)


def test_the_list_has_every_rule_that_stands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list", "--on", DAY, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == [rule.id for rule in shipped().ruleset.rules]
    assert {row["verdict"] for row in rows} == {"caution", "defer", "refer", "exclude"}
    assert all(row["title"] and row["reviewed"] is None for row in rows)
    assert main(["rules", "list", "--on", DAY]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(rows) + 1
    assert any(line.split()[:2] == ["contraindication.pregnancy", "exclude"] for line in lines)


def test_a_rule_is_shown_with_everything_it_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "contraindication.pregnancy"]) == 0
    words = " ".join(capsys.readouterr().out.split())
    for part in (
        "Pregnancy (contraindication.pregnancy)",
        "From 2026-11-21: exclude",
        "Pregnancy is yes",
        "An unknown answer is asked for.",
        "Override: by nobody.",
        "not yet reviewed by your medical lead",
        "Minoxidil tablets (Loniten)",
        "C063: Pregnancy is an absolute contraindication.",
        "K01 Pregnancy: conditional or absolute",
        "Nothing asked is unknown: nothing asked → unknown",
    ):
        assert part in words


@pytest.mark.parametrize("rule", [rule["id"] for rule in shipped().plain["rules"]])
def test_every_rule_can_be_shown(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", rule]) == 0
    words = capsys.readouterr().out
    assert f"({rule})" in words.splitlines()[0]
    assert "  Evidence\n" in words and "\nExamples\n" in words


def test_a_rule_as_json_has_its_condition_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "contraindication.pregnancy", "--json"]) == 0
    rule = json.loads(capsys.readouterr().out)
    assert rule["condition_in_words"] == ["Pregnancy is yes"]
    assert rule["versions"][0]["when"] == {"fact": "pregnancy", "is": "yes"}


def test_an_unknown_rule_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "contraindication.pregnncy"]) == 2
    said = capsys.readouterr().err
    assert "There is no rule “contraindication.pregnncy”. Did you mean contraindication.pregnancy" in said
    assert main(["rules", "show", "?"]) == 2
    assert "See ./anagen rules list." in capsys.readouterr().err


def test_the_shipped_knowledge_has_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check"]) == 0
    assert capsys.readouterr().out.endswith("no fault\n")


def test_all_faults_are_listed_with_file_line_and_mend(
    draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(draft, "contraindication.pregnancy", "verdict: exclude", "verdict: forbid")
    change(draft, "contraindication.breastfeeding", "if_unknown: ask", "if_unknwon: ask")
    assert main(["rules", "check", str(draft)]) == 2
    said = capsys.readouterr()
    faults = said.err.splitlines()
    assert said.out == ""
    assert len(faults) >= 2
    for fault in faults:
        file, line, _ = fault.split(":", 2)
        assert Path(file).is_file() and int(line) > 1, fault
    assert any(
        "“forbid” is not possible here. Use one of caution, defer, refer, exclude." in each for each in faults
    )


def test_a_folder_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", str(tmp_path / "none")]) == 2
    assert "There is no such folder." in capsys.readouterr().err
    assert main(["rules", "diff", str(tmp_path / "none"), str(ROOT)]) == 2
    assert (
        capsys.readouterr().err
        == f"{tmp_path / 'none'}: There is no such folder. Name a folder of knowledge files.\n"
    )


def test_two_equal_folders_do_not_differ(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "diff", str(ROOT), str(draft)]) == 0
    assert capsys.readouterr().out == "No rule and no fact differs.\n"


def test_a_changed_rule_is_told_in_words_with_the_examples_that_answer_otherwise(
    draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(draft, "contraindication.age_over_65", 'at_least: "66 a"', 'at_least: "71 a"')
    assert main(["rules", "diff", str(ROOT), str(draft), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (rule,) = found["rules"]
    assert (rule["id"], rule["kind"]) == ("contraindication.age_over_65", "changed")
    (changed,) = rule["changes"]
    assert changed["what"] == "condition"
    assert "66 years" in changed["old"] and "71 years" in changed["new"]
    assert rule["answers"]
    assert all((answer["old"], answer["new"]) == ("exclude", "not_matched") for answer in rule["answers"])
    assert main(["rules", "diff", str(ROOT), str(draft)]) == 0
    words = capsys.readouterr().out
    assert "condition: Age is at least 66 years → Age is at least 71 years" in words
    assert ": exclude → not_matched" in words


def test_added_and_removed_rules_are_told(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(draft, "contraindication.pregnancy", "contraindication.pregnancy", "contraindication.expecting")
    assert main(["rules", "diff", str(ROOT), str(draft)]) == 0
    words = capsys.readouterr().out
    assert "added: contraindication.expecting (Pregnancy)" in words
    assert "removed: contraindication.pregnancy (Pregnancy)" in words
    assert "example “Pregnant is excluded”: exclude → no rule" in words


def test_a_draft_that_makes_no_sense_is_refused_with_its_place(
    draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(draft, "contraindication.pregnancy", "fact: pregnancy", "fact: pregnncy")
    assert main(["rules", "diff", str(ROOT), str(draft)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith(f"{draft}/rules/") and "line " in said and "pregnncy" in said


# whom it touches


def test_whose_verdict_and_date_would_change_and_why(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(draft, "contraindication.age_over_65", 'at_least: "66 a"', 'at_least: "71 a"')
    ages = str(CASES / "ages.jsonl")
    assert main(["rules", "diff", str(ROOT), str(draft), "--patients", ages, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["patients"]
    assert 0 < len(told["touched"]) < told["asked"]
    for patient in told["touched"]:
        assert (patient["before"]["verdict"], patient["after"]["verdict"]) == ("exclude", "clear")
        assert [why["rule"] for why in patient["why"]] == ["contraindication.age_over_65"]
    assert main(["rules", "diff", str(ROOT), str(draft), "--patients", ages]) == 0
    words = capsys.readouterr().out
    assert "verdict: exclude → clear" in words
    assert "because contraindication.age_over_65: matched exclude → not matched clear" in words
    assert words.endswith(
        f"{len(told['touched'])} of {told['asked']} patients would be answered otherwise.\n"
    )


def test_case_files_that_cannot_be_read_are_refused(
    tmp_path: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", "diff", str(ROOT), str(draft), "--patients", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["rules", "diff", str(ROOT), str(draft), "--clinic", "--patients", "x"]) == 2
    assert "does not go with" in capsys.readouterr().err
