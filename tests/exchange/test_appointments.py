"""A course as an iCalendar file: read back by the library that wrote it and by another one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import vobject

from anagen.exchange.appointments import CANCEL, care_entries, course_entries, session_entry, write
from anagen.exchange.calendar import read
from anagen.knowledge.loader import shipped
from anagen.medicine.course import Session
from anagen.medicine.planning import Plan, plan_course
from anagen.medicine.timeline import Window

STAMP = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
START = date(2026, 12, 1)


def days_between(start: date, end: date) -> list[date]:
    return [start + timedelta(days=ahead) for ahead in range((end - start).days)]


@pytest.fixture(scope="module")
def planned() -> Plan:
    knowledge = shipped()
    return plan_course(knowledge.protocols["hair-standard"], start=START, care=knowledge.care)


@pytest.fixture(scope="module")
def written(planned: Plan) -> bytes:
    entries = course_entries("course 7", planned.course.sessions, planned.windows, of=8)
    return write(entries, stamp=STAMP, name="Appointments")


def test_every_session_and_care_window_comes_back(planned: Plan, written: bytes) -> None:
    calendar = icalendar.Calendar.from_ical(written)
    assert calendar["METHOD"] == "PUBLISH"
    events = calendar.walk("VEVENT")
    sessions = [event for event in events if str(event["SUMMARY"]).startswith("Appointment")]
    assert [event["DTSTART"].dt for event in sessions] == list(planned.course.days)
    assert [str(event["SUMMARY"]) for event in sessions] == [f"Appointment {n} of 8" for n in range(1, 9)]
    shown = [
        (str(event["SUMMARY"]), day)
        for event in events[8:]
        for day in days_between(event["DTSTART"].dt, event["DTEND"].dt)
    ]
    assert len(shown) == len(set(shown)), "two entries say the same of one day"
    titles = {"avoid": "Please avoid", "do": "Please note"}
    meant = {
        (f"{titles[window.kind]}: {'medicines' if 'drug' in window.subject else window.subject}", day)
        for window in planned.windows
        if window.kind in titles and window.subject != "session" and window.end is not None
        for day in days_between(window.start, window.end)
    }
    assert set(shown) == meant
    told = "\n".join(str(event.get("DESCRIPTION", "")) for event in events)
    for window in planned.windows:
        assert window.kind not in titles or window.subject == "session" or window.reason in told
    assert all(event["STATUS"] == "CONFIRMED" and event["SEQUENCE"] == 0 for event in events)
    assert all(event["DTSTAMP"].dt == STAMP for event in events)


def test_another_parser_reads_the_same(planned: Plan, written: bytes) -> None:
    calendar = vobject.readOne(written.decode())
    days = [
        event.dtstart.value for event in calendar.vevent_list if event.summary.value.startswith("Appointment")
    ]
    assert days == list(planned.course.days)
    assert all(event.dtend.value > event.dtstart.value for event in calendar.vevent_list)


def test_lines_are_folded_and_end_as_the_standard_says(written: bytes) -> None:
    lines = written.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75


def test_titles_of_sessions_say_nothing_about_health(written: bytes) -> None:
    titles = [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(written).walk("VEVENT")]
    for title in titles:
        assert title.startswith(("Appointment ", "Please avoid: ", "Please note: "))
        for word in ("hair", "mesotherapy", "injection", "Anagen", "clinic", "treatment"):
            assert word not in title.lower()


def test_entries_do_not_make_the_days_look_taken(written: bytes) -> None:
    own = read(written, name="own.ics", start=START, end=START + timedelta(days=200))
    assert own.windows(START, START + timedelta(days=200), session=timedelta(hours=1)) == ()


def test_the_uid_stays_when_a_session_moves_and_differs_between_courses() -> None:
    first = Session(3, START, START, START, "")
    moved = Session(3, START + timedelta(days=2), START, START, "")
    uid = session_entry("course 7", first, of=8).uid
    assert session_entry("course 7", moved, of=8, sequence=1).uid == uid
    assert session_entry("course 8", first, of=8).uid != uid
    assert session_entry("course 7", Session(4, START, START, START, ""), of=8).uid != uid


def test_no_two_entries_share_a_uid(written: bytes) -> None:
    uids = [str(event["UID"]) for event in icalendar.Calendar.from_ical(written).walk("VEVENT")]
    assert len(uids) == len(set(uids))


def test_a_cancelled_session_is_called_off() -> None:
    entry = session_entry("course 7", Session(3, START, START, START, ""), of=8, sequence=2)
    calendar = icalendar.Calendar.from_ical(write([entry.cancel()], stamp=STAMP, name="x", method=CANCEL))
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "CANCEL"
    assert (event["STATUS"], event["SEQUENCE"], str(event["UID"])) == ("CANCELLED", 3, entry.uid)


def test_only_what_the_patient_acts_on_is_in_it() -> None:
    after = START + timedelta(days=1)
    windows = [
        Window(START, after, "deferral", "session", "a reason that is nobody's business"),
        Window(START, after, "busy", "session", "Holiday"),
        Window(START, after, "avoid", "session", "healing"),
        Window(START, None, "avoid", "sun", "for ever"),
        Window(START, after, "avoid", "sun", "No sun."),
    ]
    assert [entry.text for entry in care_entries("course 7", windows)] == ["No sun."]


def test_what_overlaps_or_touches_is_one_entry() -> None:
    def window(first: int, last: int, text: str) -> Window:
        return Window(START + timedelta(days=first), START + timedelta(days=last), "avoid", "alcohol", text)

    windows = [
        window(5, 8, "After."),
        window(3, 5, "Before."),
        window(9, 10, "After."),
        window(9, 12, "Once more."),
    ]
    found = [(entry.start, entry.end, entry.text) for entry in care_entries("course 7", windows)]
    assert found == [
        (START + timedelta(days=3), START + timedelta(days=8), "Before.\nAfter."),
        (START + timedelta(days=9), START + timedelta(days=12), "After.\nOnce more."),
    ]


def test_words_with_commas_semicolons_and_lines_survive() -> None:
    text = "First; second, third \\ fourth\nfifth “sixth” – ë"
    entry = session_entry("course 7", Session(1, START, START, START, ""), of=8, text=text)
    (event,) = icalendar.Calendar.from_ical(write([entry], stamp=STAMP, name="x")).walk("VEVENT")
    assert str(event["DESCRIPTION"]) == text
