"""The patient's own life: noted, taken back, read from a calendar; what cannot be read leaves nothing behind."""

from __future__ import annotations

from datetime import date, timedelta

import icalendar
import pytest

from anagen.clinic.course import actions, queries
from anagen.clinic.course.models import BusyTime, BusyTimeTakenBack
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.exchange.errors import BadInput

DAY = timedelta(days=1)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


def calendar(*events: tuple[date, date, str]) -> bytes:
    made = icalendar.Calendar()
    made.add("prodid", "-//test//EN")
    made.add("version", "2.0")
    for start, end, summary in events:
        event = icalendar.Event()
        event.add("dtstart", start)
        event.add("dtend", end)
        event.add("summary", summary)
        event.add("uid", f"{start}@test")
        made.add_component(event)
    return bytes(made.to_ical())


def read(desk: User, patient: Patient, data: bytes, on: date, *, keep_words: bool = False) -> list[BusyTime]:
    known = queries.protocols()["hair-standard"]
    return actions.import_busy_times(
        by=desk, patient=patient, data=data, name="own.ics", on=on, protocol=known, keep_words=keep_words
    )


def spans(patient: Patient) -> list[tuple[date, date, str]]:
    return [(busy.start, busy.end, busy.words) for busy in queries.busy_times(patient)]


def test_days_are_noted_and_taken_back(patient: Patient, desk: User, today: date) -> None:
    busy = actions.add_busy_time(
        by=desk, patient=patient, start=today, end=today + 3 * DAY, words=" a  holiday ", on=today
    )
    assert spans(patient) == [(today, today + 3 * DAY, "a holiday")]
    actions.take_back_busy_time(by=desk, busy=busy)
    actions.take_back_busy_time(by=desk, busy=busy)
    assert spans(patient) == []
    assert (BusyTime.objects.count(), BusyTimeTakenBack.objects.count()) == (1, 1), "both stay on record"


@pytest.mark.parametrize(
    ("first", "last", "words", "said"),
    [
        (5, 5, "holiday", "before the first"),
        (5, 3, "holiday", "before the first"),
        (-9, 0, "holiday", "have passed"),
        (1, 2, "  ", "word or two"),
        (1, 4000, "holiday", "five years"),
    ],
)
def test_days_that_cannot_be_are_refused(
    patient: Patient, desk: User, today: date, first: int, last: int, words: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        actions.add_busy_time(
            by=desk, patient=patient, start=today + first * DAY, end=today + last * DAY, words=words, on=today
        )
    assert not BusyTime.objects.exists()


def test_a_calendar_is_read_without_its_private_words(patient: Patient, desk: User, today: date) -> None:
    data = calendar(
        (today + 2 * DAY, today + 4 * DAY, "Hearing at the family court"),
        (today + 4 * DAY, today + 5 * DAY, "Dentist"),
    )
    read(desk, patient, data, today)
    assert spans(patient) == [(today + 2 * DAY, today + 5 * DAY, "Own calendar")]
    read(desk, patient, data, today, keep_words=True)
    assert [words for _start, _end, words in spans(patient)] == ["Hearing at the family court", "Dentist"]


def test_a_newer_calendar_replaces_the_older_but_not_what_was_told(
    patient: Patient, desk: User, today: date
) -> None:
    told = actions.add_busy_time(
        by=desk, patient=patient, start=today, end=today + DAY, words="work", on=today
    )
    read(desk, patient, calendar((today + 9 * DAY, today + 10 * DAY, "x")), today)
    read(desk, patient, calendar((today + 20 * DAY, today + 21 * DAY, "y")), today)
    assert [start for start, _end, _words in spans(patient)] == [told.start, today + 20 * DAY]


@pytest.mark.parametrize(
    "data",
    [
        PICTURE,
        b"",
        b"dear clinic, I have no time in May",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261340\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n",
    ],
)
def test_what_is_no_calendar_is_one_clear_error(
    patient: Patient, desk: User, today: date, data: bytes
) -> None:
    read(desk, patient, calendar((today + DAY, today + 2 * DAY, "x")), today)
    before = spans(patient)
    with pytest.raises(BadInput) as told:
        read(desk, patient, data, today)
    assert str(told.value).startswith("own.ics")
    assert "\n" not in str(told.value)
    assert spans(patient) == before
    assert not BusyTimeTakenBack.objects.exists()


def test_a_calendar_that_is_too_large_is_refused(patient: Patient, desk: User, today: date) -> None:
    with pytest.raises(Refused, match="2 MB"):
        read(desk, patient, b"x" * (actions.LARGEST_CALENDAR + 1), today)


def test_patients_and_administrators_note_nothing(
    patient: Patient, users: dict[Role, User], today: date
) -> None:
    for role in (Role.PATIENT, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            actions.add_busy_time(
                by=users[role], patient=patient, start=today, end=today + DAY, words="x", on=today
            )
        with pytest.raises(NotAllowed):
            read(users[role], patient, calendar(), today)
