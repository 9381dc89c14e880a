"""Calendars: what real clients read, what changes in place, what is called off, and what is kept to oneself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
import recurring_ical_events
from django.test import Client
from django.urls import reverse
from tests.clinic.course.conftest import days

from anagen.clinic.audit.models import AuditEntry, ReadEntry
from anagen.clinic.course import actions
from anagen.clinic.course.models import Course, FeedToken
from anagen.clinic.people.actions import NotAllowed
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role

Browser = Callable[[Role | None], Client]
DAY = timedelta(days=1)


@pytest.fixture
def token(course: Course, patient: Patient, users: dict[Role, User]) -> str:
    return actions.make_feed(by=users[Role.PATIENT], patient=patient)[1]


def fetch(token: str, **headers: Any) -> Any:
    return Client().get(reverse("course:feed", args=[token]), headers=headers)


def events(body: bytes) -> dict[str, Any]:
    return {str(event["SUMMARY"]): event for event in icalendar.Calendar.from_ical(body).walk("VEVENT")}


def test_clients_read_the_feed_without_signing_in(token: str, course: Course) -> None:
    answer = fetch(token)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(answer.content)).between(
        days(course)[0], days(course)[-1] + DAY
    )
    assert sorted(event["DTSTART"].dt for event in found) == days(course)
    for event in found:
        assert event["DTEND"].dt == event["DTSTART"].dt + DAY
        assert (str(event["STATUS"]), int(event["SEQUENCE"])) == ("CONFIRMED", 0)


def test_nothing_about_health_or_the_person_is_in_it(token: str, patient: Patient) -> None:
    text = fetch(token).content.decode().lower()
    for word in (
        "hair",
        "mesotherapy",
        "scalp",
        "clear",
        "mixture",
        patient.family_name.lower(),
        patient.number,
    ):
        assert word not in text
    assert set(events(fetch(token).content)) == {f"Appointment {number} of 8" for number in range(1, 9)}


def test_a_move_changes_entries_in_place(
    token: str, course: Course, patient: Patient, desk: User, today: date
) -> None:
    before = events(fetch(token).content)
    day = days(course)[4] + 3 * DAY
    actions.move_session(by=desk, patient=patient, number=5, day=day, on=today, seen=1)
    after = events(fetch(token).content)
    assert {name: str(event["UID"]) for name, event in before.items()} == {
        name: str(event["UID"]) for name, event in after.items()
    }
    assert after["Appointment 5 of 8"]["DTSTART"].dt == day
    assert {int(event["SEQUENCE"]) for event in after.values()} == {1}


def test_cancelled_sessions_stay_as_cancelled(
    token: str, course: Course, patient: Patient, desk: User
) -> None:
    on = days(course)[1] + DAY
    actions.cancel_course(by=desk, patient=patient, reason="Moves away", on=on, seen=1)
    found = events(fetch(token).content)
    status = [str(found[f"Appointment {number} of 8"]["STATUS"]) for number in range(1, 9)]
    assert status == ["CONFIRMED"] * 2 + ["CANCELLED"] * 6
    assert b"Moves away" not in fetch(token).content


def test_care_is_in_it_only_if_the_patient_chose_so(
    token: str, course: Course, patient: Patient, users: dict[Role, User]
) -> None:
    assert not [name for name in events(fetch(token).content) if name.startswith("Please")]
    chosen = actions.make_feed(by=users[Role.PATIENT], patient=patient, with_care=True)[1]
    notes = [event for name, event in events(fetch(chosen).content).items() if name.startswith("Please")]
    assert {"Please avoid: alcohol", "Please avoid: wash"} <= {str(note["SUMMARY"]) for note in notes}
    assert "Please avoid: session" not in {str(note["SUMMARY"]) for note in notes}
    assert {str(note["TRANSP"]) for note in notes} == {"TRANSPARENT"}


def test_an_unchanged_feed_is_not_sent_twice(
    token: str, course: Course, patient: Patient, desk: User, today: date
) -> None:
    first = fetch(token)
    etag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    for known in ({"if-none-match": etag}, {"if-modified-since": changed}):
        again = fetch(token, **known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == etag
    assert fetch(token).content == first.content
    actions.cancel_course(by=desk, patient=patient, reason="Moves away", on=today, seen=1)
    assert fetch(token, **{"if-none-match": etag}).status_code == 200


def test_an_unknown_or_withdrawn_address_is_gone_in_words(token: str, desk: User) -> None:
    feed = FeedToken.objects.get()
    actions.revoke_feed(by=desk, feed=feed)
    for wrong in (token, "x", "x" * 300, token[:-1]):
        answer = fetch(wrong)
        assert answer.status_code == 404
        assert "its address was withdrawn" in answer.content.decode()
        assert "Appointment" not in answer.content.decode()


def test_the_secret_is_not_stored_and_not_in_the_trail(token: str) -> None:
    feed = FeedToken.objects.get()
    assert token not in feed.token_hash
    trail = " ".join(str(entry.new) for entry in AuditEntry.objects.filter(table="course_feedtoken"))
    assert token not in trail
    assert feed.token_hash not in trail


def test_who_reads_a_feed_is_written_down(token: str, patient: Patient) -> None:
    fetch(token)
    entry = ReadEntry.objects.get(what="calendar feed")
    assert (entry.patient_id, entry.actor) == (patient.pk, "system: calendar feed")


def test_a_feed_before_the_first_course_is_an_empty_calendar(patient: Patient, desk: User) -> None:
    _feed, token = actions.make_feed(by=desk, patient=patient)
    answer = fetch(token)
    assert answer.status_code == 200
    assert events(answer.content) == {}


def test_only_the_clinic_and_the_patient_make_and_withdraw(
    course: Course, patient: Patient, stranger: Patient, users: dict[Role, User]
) -> None:
    with pytest.raises(NotAllowed):
        actions.make_feed(by=users[Role.PATIENT], patient=stranger)
    with pytest.raises(NotAllowed):
        actions.make_feed(by=users[Role.ADMINISTRATOR], patient=patient)
    theirs, _token = actions.make_feed(by=users[Role.NURSE], patient=stranger)
    with pytest.raises(NotAllowed):
        actions.revoke_feed(by=users[Role.PATIENT], feed=theirs)


def test_the_page_shows_the_address_once(course: Course, patient: Patient, client_of: Browser) -> None:
    browser = client_of(Role.PATIENT)
    page = reverse("course:feeds", args=[patient.number])
    made = browser.post(page, {"with_care": "on"}).content.decode()
    address = next(word for word in made.split('"') if word.startswith("webcal://"))
    assert Client().get(address.replace("webcal://testserver", "")).status_code == 200
    assert FeedToken.objects.get().with_care
    again = browser.get(page).content.decode()
    assert address not in again
    withdrawn = browser.post(reverse("course:withdraw", args=[patient.number, FeedToken.objects.get().pk]))
    assert withdrawn.status_code == 302
    assert Client().get(address.replace("webcal://testserver", "")).status_code == 404


def test_another_patients_feed_cannot_be_withdrawn(
    course: Course, patient: Patient, stranger: Patient, nurse: User, client_of: Browser
) -> None:
    theirs, token = actions.make_feed(by=nurse, patient=stranger)
    client_of(Role.PATIENT).post(reverse("course:withdraw", args=[patient.number, theirs.pk]))
    assert fetch(token).status_code == 200


def test_the_file_is_the_same_calendar(course: Course, patient: Patient, client_of: Browser) -> None:
    browser = client_of(Role.PATIENT)
    plain = browser.get(reverse("course:ics", args=[patient.number]))
    assert plain.headers["Content-Disposition"] == 'attachment; filename="appointments.ics"'
    assert len(events(plain.content)) == 8
    care = browser.get(reverse("course:ics", args=[patient.number]), {"care": "yes"})
    assert len(events(care.content)) > 8
