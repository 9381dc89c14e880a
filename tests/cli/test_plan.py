"""`plan`: the document, the calendar file, the words, and what cannot be asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import icalendar
import pytest

from anagen.cli import main

DAY = "2026-12-01"
BUSY = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Test//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:20261201
DTEND;VALUE=DATE:20261211
SUMMARY:Holiday
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20261101T000000Z
DTSTART;TZID=Europe/Berlin:20261211T083000
DTEND;TZID=Europe/Berlin:20261211T175500
RRULE:FREQ=WEEKLY;BYDAY=FR
SUMMARY:Evening school
END:VEVENT
END:VCALENDAR
"""


def answered(*command: str, capsys: pytest.CaptureFixture[str]) -> Any:
    assert main(["plan", *command, "--json"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return json.loads(said.out)


def refused(*command: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["plan", *command]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err.strip()


@pytest.fixture
def healthy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Writes the answers of the healthy example, changed, and gives the file's name."""

    def write(on: str = DAY, **changed: dict[str, Any] | None) -> str:
        assert main(["questionnaire", "--example", "--on", on]) == 0
        document = json.loads(capsys.readouterr().out)
        change(document["item"], changed)
        file = tmp_path / "answers.json"
        file.write_text(json.dumps(document))
        return str(file)

    return write


def change(items: list[dict[str, Any]], changed: dict[str, dict[str, Any] | None]) -> None:
    for item in list(items):
        if item["linkId"] in changed:
            answer = changed[item["linkId"]]
            if answer is None:
                items.remove(item)
            else:
                item["answer"] = [answer]
        change(item.get("item", []), changed)


def test_the_standard_course_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    plan = answered("--from", DAY, capsys=capsys)
    assert plan == answered("hair-standard", "--from", DAY, capsys=capsys)
    assert [session["number"] for session in plan["sessions"]] == list(range(1, 9))
    days = [date.fromisoformat(session["date"]) for session in plan["sessions"]]
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    assert days[0] == date.fromisoformat(DAY)
    assert gaps == [7, 7, 7, 14, 14, 14, 14]
    assert plan["unplaced"] == []
    assert {"wash", "sun", "sauna", "alcohol", "session"} <= {window["subject"] for window in plan["windows"]}


def test_every_window_that_is_not_the_patients_own_names_its_rule_and_sources(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for window in answered("--from", DAY, capsys=capsys)["windows"]:
        assert window["rule"] and window["sources"], window


def test_fewer_sessions_and_a_held_one(capsys: pytest.CaptureFixture[str]) -> None:
    plan = answered("--from", DAY, "--sessions", "5", "--fix", "2=2026-12-10", capsys=capsys)
    assert [session["date"] for session in plan["sessions"]][:3] == ["2026-12-01", "2026-12-10", "2026-12-17"]
    assert len(plan["sessions"]) == 5


def test_a_held_day_that_cannot_be_is_unplaced_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    plan = answered("--from", DAY, "--fix", "1=2026-12-01", "--fix", "2=2026-12-03", capsys=capsys)
    assert [unplaced["number"] for unplaced in plan["unplaced"]] == list(range(2, 9))
    assert "2026-12-03" in plan["unplaced"][0]["reason"]


def test_busy_days_are_avoided_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.ics").write_text(BUSY)
    plan = answered("--from", DAY, "--busy", str(tmp_path / "own.ics"), capsys=capsys)
    days = [date.fromisoformat(session["date"]) for session in plan["sessions"]]
    assert days[0] == date(2026, 12, 12)  # the 11th is a Friday
    busy = [window for window in plan["windows"] if window["kind"] == "busy"]
    assert {window["reason"] for window in busy} == {"Holiday", "Evening school"}
    assert all(day.weekday() != 4 for day in days)
    for window in busy:
        assert not any(window["start"] <= str(day) < window["end"] for day in days)


def test_other_hours_and_another_zone_change_what_is_busy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.ics").write_text(BUSY)
    own = ["--from", DAY, "--busy", str(tmp_path / "own.ics")]
    late = answered(*own, "--hours", "09:00-20:00", capsys=capsys)
    assert {window["reason"] for window in late["windows"] if window["kind"] == "busy"} == {"Holiday"}
    away = answered(*own, "--zone", "Asia/Tokyo", capsys=capsys)
    assert {window["reason"] for window in away["windows"] if window["kind"] == "busy"} == {"Holiday"}


def test_the_zone_of_the_clinic_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.ics").write_text(BUSY)
    monkeypatch.setenv("ANAGEN_TIME_ZONE", "Asia/Tokyo")
    plan = answered("--from", DAY, "--busy", str(tmp_path / "own.ics"), capsys=capsys)
    assert {window["reason"] for window in plan["windows"] if window["kind"] == "busy"} == {"Holiday"}


def test_a_healthy_patient_is_planned(healthy: Any, capsys: pytest.CaptureFixture[str]) -> None:
    plan = answered("--from", DAY, "--facts", healthy(), capsys=capsys)
    assert len(plan["sessions"]) == 8
    assert plan == answered("--from", DAY, capsys=capsys)


def test_a_pregnant_patient_gets_no_session_and_hears_why(
    healthy: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = healthy(pregnancy={"valueBoolean": True})
    plan = answered("--from", DAY, "--facts", file, capsys=capsys)
    assert plan["sessions"] == []
    assert [unplaced["number"] for unplaced in plan["unplaced"]] == list(range(1, 9))
    assert all(
        "This treatment is not given: Pregnancy" in unplaced["reason"] for unplaced in plan["unplaced"]
    )
    assert [window["rule"] for window in plan["windows"]] == ["contraindication.pregnancy"]


def test_an_unanswered_question_places_nothing(healthy: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = healthy(breastfeeding=None)
    plan = answered("--from", DAY, "--facts", file, capsys=capsys)
    assert plan["sessions"] == []
    assert plan["unplaced"][0]["reason"].startswith("Answers are missing: Breastfeeding")
    assert main(["plan", "--from", DAY, "--facts", file]) == 0
    words = capsys.readouterr().out
    assert "Screened on Tue 1 Dec 2026: incomplete" in words
    assert " 1 to 8  Answers are missing: Breastfeeding" in words


def test_answers_grow_old(healthy: Any, capsys: pytest.CaptureFixture[str]) -> None:
    plan = answered("--from", "2027-06-01", "--facts", healthy(), capsys=capsys)
    assert plan["sessions"] == []


def test_the_calendar_file_holds_the_same_days(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["plan", "--from", DAY, "--json"]) == 0
    plan = json.loads(capsysbinary.readouterr().out)
    assert main(["plan", "--from", DAY, "--ics"]) == 0
    events = icalendar.Calendar.from_ical(capsysbinary.readouterr().out).walk("VEVENT")
    days = [str(event["DTSTART"].dt) for event in events if str(event["SUMMARY"]).startswith("Appointment")]
    assert days == [session["date"] for session in plan["sessions"]]


def test_the_words_have_weekdays_and_windows_by_subject(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--from", DAY]) == 0
    words = capsys.readouterr().out
    assert "Hair mesotherapy, standard course: 8 sessions, from Tue 1 Dec 2026" in words
    assert "      5  Tue 5 Jan 2027    Tue 29 Dec 2026 to " in words
    assert "\nWash\n" in words
    assert (
        "1–3 Dec, 8–10 Dec, 15–17 Dec, 22–24 Dec 2026, 5–7 Jan, 19–21 Jan, 2–4 Feb, 16–18 Feb 2027" in words
    )
    assert max(map(len, words.splitlines())) <= 100


def test_the_same_question_has_the_same_answer_to_the_byte() -> None:
    command = [sys.executable, "-P", "-X", "utf8", "-m", "anagen.cli", "plan", "--from", DAY, "--json"]
    first, second = (subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            ["face-standard", "--from", DAY],
            "PROTOCOL: There is no course “face-standard”. Use one of hair-standard",
        ),
        (["--from", DAY, "--sessions", "13"], "--sessions: Hair mesotherapy, standard course has 4 to 12"),
        (["--from", DAY, "--sessions", "none"], "--sessions: “none” is no number of sessions."),
        (["--from", DAY, "--fix", "9=2026-12-08"], "--fix: there is no session 9; this course has 8."),
        (
            ["--from", DAY, "--fix", "2026-12-08"],
            "--fix: “2026-12-08” holds no session. Write it as 3=2026-12-08.",
        ),
        (["--from", DAY, "--fix", "2=2026-13-08"], "--fix: “2026-13-08” is not in the calendar."),
        (["--from", DAY, "--fix", "2=2026-12-08", "--fix", "2=2026-12-09"], "--fix: Session 2 has two days."),
        (["--from", DAY, "--hours", "9 to 5"], "--hours: “9 to 5” are no hours."),
        (["--from", DAY, "--hours", "18:00-09:00"], "--hours: “18:00-09:00” ends before it begins."),
        (["--from", DAY, "--zone", "Nowhere"], "--zone: “Nowhere” is no time zone."),
        (["--from", DAY, "--busy", "-", "--facts", "-"], "--busy: Standard input cannot be read twice."),
    ],
)
def test_what_cannot_be_asked_for(command: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(*command, capsys=capsys).startswith(f"anagen plan: {said}")


def test_an_unreadable_calendar_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.ics"
    file.write_text(BUSY.replace("DTSTART;VALUE=DATE:20261201", "DTSTART;VALUE=DATE:yesterday"))
    assert refused("--from", DAY, "--busy", str(file), capsys=capsys).startswith(f"{file}: line 7: DTSTART")
    assert "no such file" in refused("--from", DAY, "--busy", str(tmp_path / "none.ics"), capsys=capsys)


def test_unreadable_facts_are_named_with_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "facts.json"
    file.write_text('{"resourceType": "Nothing"}')
    assert refused("--from", DAY, "--facts", str(file), capsys=capsys).startswith(f"{file}: ")
