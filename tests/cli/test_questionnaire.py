"""`./anagen questionnaire`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anagen.cli import main


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main(["questionnaire", *arguments]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def test_it_prints_one_questionnaire(capsys: pytest.CaptureFixture[str]) -> None:
    document = printed(capsys)
    assert (document["resourceType"], document["language"]) == ("Questionnaire", "en")


def test_it_speaks_russian(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "--lang", "ru")["title"] == "Вопросы перед мезотерапией кожи головы"


def test_a_language_nobody_translated_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["questionnaire", "--lang", "tlh"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "anagen questionnaire: --lang: There is no translation into “tlh”. Use one of en, ru.\n"


@pytest.mark.parametrize("day", ["2026-11-21", "2028-02-29", "2031-01-01"])
def test_its_example_screens_clear_on_its_day(
    day: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "example.json"
    file.write_text(json.dumps(printed(capsys, "--example", "--on", day)))
    assert main(["screen", str(file), "--on", day, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["missing"], found["unmapped"]) == ("clear", [], [])
