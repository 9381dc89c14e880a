"""A plan as the document of the command line."""

from __future__ import annotations

import json
from datetime import date, timedelta

from anagen.exchange.course import document
from anagen.knowledge.loader import shipped
from anagen.medicine.planning import plan_course
from anagen.medicine.timeline import Window

START = date(2026, 12, 1)


def test_the_document_has_exactly_the_promised_keys() -> None:
    knowledge = shipped()
    forever = Window(date(2027, 1, 15), None, "busy", "session", "Gone abroad")
    plan = plan_course(knowledge.protocols["hair-standard"], start=START, care=knowledge.care, busy=[forever])
    made = document(plan)
    assert json.loads(json.dumps(made)) == made
    assert list(made) == ["sessions", "windows", "unplaced"]
    assert made["sessions"] and made["windows"] and made["unplaced"]
    assert all(
        list(session) == ["number", "date", "earliest", "latest", "mixture"] for session in made["sessions"]
    )
    keys = ["start", "end", "kind", "subject", "reason", "rule", "sources"]
    assert all(list(window) == keys for window in made["windows"])
    assert all(list(unplaced) == ["number", "reason"] for unplaced in made["unplaced"])
    assert "Gone abroad" in made["unplaced"][0]["reason"]


def test_days_are_iso_and_windows_half_open() -> None:
    knowledge = shipped()
    made = document(plan_course(knowledge.protocols["hair-standard"], start=START, care=knowledge.care))
    assert made["sessions"][0] == {
        "number": 1,
        "date": "2026-12-01",
        "earliest": "2026-12-01",
        "latest": "2027-03-01",
        "mixture": "ready-made revitalising",
    }
    for window in made["windows"]:
        start, end = date.fromisoformat(window["start"]), date.fromisoformat(window["end"])
        assert end >= start + timedelta(days=1)
    dry = next(window for window in made["windows"] if window["rule"] == "aftercare.wash")
    assert (dry["start"], dry["end"], dry["kind"], dry["subject"]) == (
        "2026-12-01",
        "2026-12-04",
        "avoid",
        "wash",
    )
    assert dry["sources"]


def test_an_open_window_ends_in_null() -> None:
    course = shipped().protocols["hair-standard"]
    open_end = Window(START, None, "deferral", "session", "Until it has healed", "rule", ("source",))
    made = document(plan_course(course, start=START, busy=[open_end]))
    assert made["windows"] == [
        {
            "start": "2026-12-01",
            "end": None,
            "kind": "deferral",
            "subject": "session",
            "reason": "Until it has healed",
            "rule": "rule",
            "sources": ["source"],
        }
    ]


def test_no_session_lies_in_a_window_about_sessions() -> None:
    knowledge = shipped()
    busy = [Window(START + timedelta(days=7), START + timedelta(days=9), "busy", "session", "Away")]
    for course in knowledge.protocols.values():
        made = document(plan_course(course, start=START, care=knowledge.care, busy=busy))
        for session in made["sessions"]:
            for window in made["windows"]:
                if window["subject"] == "session":
                    assert not window["start"] <= session["date"] < window["end"], (session, window)
