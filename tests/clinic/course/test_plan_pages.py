"""The pages of a course as each role uses them, without a script, and with htmx."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format
from tests.clinic.course.conftest import Plan, days
from tests.clinic.course.test_own_time import PICTURE, calendar
from tests.clinic.screening.known import answer

from anagen.clinic.course import actions
from anagen.clinic.course.models import BusyTime, Course
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening.actions import decide
from anagen.clinic.screening.models import Decision
from anagen.knowledge.loader import shipped

Browser = Callable[[Role | None], Client]
DAY = timedelta(days=1)


def page(name: str, patient: Patient) -> str:
    return reverse(f"course:{name}", args=[patient.number])


def words(answer: Any) -> str:
    return str(answer.content.decode())


def said(day: date) -> str:
    return date_format(day, "D j M Y")


def test_looking_at_the_dates_keeps_nothing(
    clear: Decision, patient: Patient, client_of: Browser, today: date
) -> None:
    asked = {"protocol": "hair-standard", "start": today.isoformat(), "sessions": "6"}
    seen = client_of(Role.FRONT_DESK).get(page("new", patient), asked)
    assert "Keep this plan" in words(seen)
    assert words(seen).count('class="session-dot"') == 6
    assert not Course.objects.exists()


def test_keeping_the_dates_plans_the_course(
    clear: Decision, patient: Patient, client_of: Browser, today: date
) -> None:
    kept = client_of(Role.FRONT_DESK).post(
        page("new", patient),
        {"protocol": "hair-standard", "start": today.isoformat(), "sessions": "", "seen": "0"},
        follow=True,
    )
    assert "The course is planned." in words(kept)
    for day in days(Course.objects.get()):
        assert said(day) in words(kept)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"start": "2020-01-01"}, "This day has passed"),
        ({"start": "2027-02-31"}, "This date does not exist"),
        ({"start": ""}, "Enter the first possible day"),
        ({"sessions": "13"}, "This course has 1 to 4 sessions"),
        ({"sessions": "many"}, "Enter a whole number"),
        ({"protocol": "hair-of-the-dog"}, "There is no such course"),
    ],
)
def test_what_is_wrong_comes_back_with_everything_typed(
    clear: Decision, patient: Patient, client_of: Browser, today: date, given: dict[str, str], told: str
) -> None:
    whole = {"protocol": "hair-upkeep", "start": today.isoformat(), "sessions": "4", "seen": "0"} | given
    answer_ = client_of(Role.FRONT_DESK).post(page("new", patient), whole)
    assert answer_.status_code == 422
    assert told in words(answer_)
    assert 'class="error-summary"' in words(answer_)
    for name in {"start", "sessions"} - set(given):
        assert f'value="{whole[name]}"' in words(answer_)
    assert not Course.objects.exists()


def test_trying_a_date_shows_old_and_new_beside_each_other(
    course: Course, patient: Patient, client_of: Browser
) -> None:
    old = days(course)[2]
    new = old + 2 * DAY
    tried = words(
        client_of(Role.FRONT_DESK).get(page("move", patient), {"session": "3", "day": new.isoformat()})
    )
    assert f"<s>{said(old)}</s>" in tried
    assert said(new) in tried
    assert "Keep this plan" in tried
    assert "5 other sessions move." in tried
    assert 'role="status" aria-live="polite"' in tried
    assert Course.objects.count() == 1


def test_a_day_later_and_a_day_earlier(course: Course, patient: Patient, client_of: Browser) -> None:
    browser, day = client_of(Role.NURSE), days(course)[5]
    for step in (1, -1):
        tried = browser.get(
            page("move", patient), {"session": "6", "day": day.isoformat(), "step": str(step)}
        )
        assert f'value="{(day + step * DAY).isoformat()}"' in words(tried)
        assert f"<s>{said(day)}</s>" in words(tried)


def test_a_blocked_day_says_what_blocks_and_offers_nothing_to_keep(
    course: Course, patient: Patient, desk: User, client_of: Browser, today: date
) -> None:
    day = days(course)[3] + 2 * DAY
    actions.add_busy_time(by=desk, patient=patient, start=day, end=day + DAY, words="exam <b>", on=today)
    tried = words(
        client_of(Role.FRONT_DESK).get(page("move", patient), {"session": "4", "day": day.isoformat()})
    )
    assert "Not possible on" in tried
    assert "exam &lt;b&gt;" in tried
    assert "session--refused" in tried
    assert "Keep this plan" not in tried


def test_keeping_a_moved_date(course: Course, patient: Patient, client_of: Browser) -> None:
    day = days(course)[2] + DAY
    kept = client_of(Role.FRONT_DESK).post(
        page("move", patient), {"session": "3", "day": day.isoformat(), "seen": "1"}, follow=True
    )
    assert "Session 3 is on" in words(kept)
    assert days(Course.objects.get(number=2))[2] == day


@pytest.mark.parametrize(
    "given",
    [
        {"session": "3", "day": "never", "seen": "1"},
        {"session": "99", "day": "2027-01-01", "seen": "1"},
        {"session": "x", "day": "2027-01-01", "seen": "1"},
        {"session": "3", "day": "2020-01-01", "seen": "1"},
        {"session": "3", "day": "9999-12-31", "step": "31", "seen": "1"},
        {"day": "2027-01-01"},
        {},
    ],
)
def test_nonsense_moves_nothing_and_breaks_nothing(
    course: Course, patient: Patient, client_of: Browser, given: dict[str, str]
) -> None:
    browser = client_of(Role.FRONT_DESK)
    assert browser.get(page("move", patient), given).status_code == 200
    assert browser.post(page("move", patient), given).status_code == 422
    assert Course.objects.count() == 1


def test_two_desks_at_once(clear: Decision, patient: Patient, client_of: Browser, today: date) -> None:
    given = {"protocol": "hair-standard", "start": today.isoformat(), "sessions": "", "seen": "0"}
    assert client_of(Role.FRONT_DESK).post(page("new", patient), given).status_code == 302
    second = client_of(Role.NURSE).post(page("new", patient), given)
    assert second.status_code == 409
    assert "Somebody else changed this course" in words(second)
    day = days(Course.objects.get())[3] + DAY
    moved = {"session": "4", "day": day.isoformat(), "seen": "0"}
    assert client_of(Role.NURSE).post(page("move", patient), moved).status_code == 409
    assert Course.objects.count() == 1


def test_the_front_desk_plans_without_reading_clinical_reasons(
    patient: Patient, nurse: User, client_of: Browser, today: date
) -> None:
    answer(patient, today, pregnancy="yes")
    decide(by=nurse, patient=patient, on=today)
    rule = shipped().ruleset["contraindication.pregnancy"].versions[0]
    for name in ("plan", "new"):
        asked = {"protocol": "hair-standard", "start": today.isoformat()} if name == "new" else {}
        desk = words(client_of(Role.FRONT_DESK).get(page(name, patient), asked))
        assert rule.patient in desk.replace("&#x27;", "'")
        assert rule.clinician not in desk
        assert rule.clinician in words(client_of(Role.NURSE).get(page(name, patient), asked)).replace(
            "&#x27;", "'"
        )


def test_the_patient_sees_the_same_picture_and_changes_nothing(
    course: Course, patient: Patient, client_of: Browser
) -> None:
    theirs = words(client_of(Role.PATIENT).get(page("plan", patient)))
    desk = words(client_of(Role.FRONT_DESK).get(page("plan", patient)))
    for part in ('class="bar bar--', 'class="session-dot"'):
        assert theirs.count(part) == desk.count(part) > 7
    for offer in ("Try another date", "Another date", "Cancel the course", "Mixture"):
        assert offer not in theirs
        assert offer in desk


def test_a_collision_is_shown_with_the_way_out(
    course: Course, patient: Patient, desk: User, client_of: Browser, today: date
) -> None:
    day = days(course)[6]
    actions.add_busy_time(by=desk, patient=patient, start=day, end=day + DAY, words="wedding", on=today)
    browser = client_of(Role.FRONT_DESK)
    shown = words(browser.get(page("plan", patient)))
    assert "Session 7 lies on a day that is not possible" in shown
    assert "Find another date" in shown
    assert "Dates collide" in words(browser.get(reverse("people:patient", args=[patient.number])))


def test_cancelling_wants_a_reason(course: Course, patient: Patient, client_of: Browser) -> None:
    browser = client_of(Role.FRONT_DESK)
    assert browser.post(page("cancel", patient), {"reason": " ", "seen": "1"}).status_code == 422
    assert Course.objects.count() == 1
    gone = browser.post(page("cancel", patient), {"reason": "Moves away", "seen": "1"}, follow=True)
    assert "This course is cancelled" in words(gone)
    assert browser.get(page("sheet", patient)).status_code == 404


def test_days_are_noted_and_freed_on_the_page(patient: Patient, client_of: Browser, today: date) -> None:
    browser = client_of(Role.FRONT_DESK)
    first, last = (today + DAY).isoformat(), (today + 3 * DAY).isoformat()
    wrong = browser.post(page("own_time", patient), {"start": last, "last": first, "words": "holiday"})
    assert wrong.status_code == 422
    assert "The last day lies before the first" in words(wrong)
    assert 'value="holiday"' in words(wrong)
    browser.post(page("own_time", patient), {"start": first, "last": last, "words": "holiday"})
    busy = BusyTime.objects.get()
    assert (busy.start, busy.end) == (today + DAY, today + 4 * DAY)
    back = reverse("course:own_time_back", args=[patient.number, busy.pk])
    assert "free again" in words(browser.post(back, follow=True))
    assert browser.post(back).status_code == 404


@pytest.mark.parametrize("data", [PICTURE, b"", b"x" * (actions.LARGEST_CALENDAR + 1)])
def test_an_upload_that_is_no_calendar_is_one_error(
    patient: Patient, client_of: Browser, data: bytes
) -> None:
    upload = SimpleUploadedFile("holiday.ics", data)
    told = client_of(Role.FRONT_DESK).post(page("own_calendar", patient), {"calendar": upload})
    assert told.status_code == 422
    assert words(told).count('class="error"') == 1
    assert not BusyTime.objects.exists()


def test_an_upload_is_read(patient: Patient, client_of: Browser, today: date) -> None:
    upload = SimpleUploadedFile("own.ics", calendar((today + DAY, today + 3 * DAY, "Secret")))
    told = client_of(Role.FRONT_DESK).post(page("own_calendar", patient), {"calendar": upload}, follow=True)
    assert "1 stretch of days is noted." in words(told)
    assert "Secret" not in words(told)


def test_the_sheet_says_when_what_and_whom_to_call(
    course: Course, patient: Patient, client_of: Browser, settings: Any
) -> None:
    settings.CLINIC_NAME, settings.CLINIC_TELEPHONE = "Parting Lane Clinic", "+44 20 7946 0100"
    sheet = words(client_of(Role.PATIENT).get(page("sheet", patient)))
    for day in days(course):
        assert date_format(day, "l") in sheet
        assert date_format(day, "j F Y") in sheet
    for care in shipped().care:
        if care.subject != "session":
            assert care.patient in sheet, care.id
    assert "+44 20 7946 0100" in sheet
    assert "Parting Lane Clinic" in sheet
    assert 'class="session-dot"' in sheet


def test_the_csv_holds_sessions_and_windows(course: Course, patient: Patient, client_of: Browser) -> None:
    text = client_of(Role.FRONT_DESK).get(page("csv", patient)).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["First day"] for row in rows[:8]] == [day.isoformat() for day in days(course)]
    alcohol = [row for row in rows if row["What"] == "Alcohol" and row["Rule"] == "aftercare.alcohol"]
    assert [row["Last day"] for row in alcohol] == [(day + 2 * DAY).isoformat() for day in days(course)]


def test_the_week_lists_who_comes(course: Course, patient: Patient, client_of: Browser) -> None:
    browser, first = client_of(Role.FRONT_DESK), days(course)[0]
    week = reverse("course:week")
    assert patient.name in words(browser.get(week, {"day": first.isoformat()}))
    assert patient.name in words(browser.get(reverse("course:week_csv"), {"day": first.isoformat()}))
    long_ago = words(browser.get(week, {"day": "2024-02-29"}))
    assert "No session lies in this week" in long_ago
    for nonsense in ("soon", "9999-12-31", "0001-01-01"):
        assert browser.get(week, {"day": nonsense}).status_code == 200


def test_home_and_patient_page_lead_to_the_course(
    clear: Decision, patient: Patient, plan: Plan, client_of: Browser, today: date
) -> None:
    browser = client_of(Role.FRONT_DESK)
    home = words(browser.get("/"))
    assert page("new", patient) in home, "a course to plan"
    assert page("new", patient) in words(browser.get(reverse("people:patient", args=[patient.number])))
    plan(start=today + DAY)
    home = words(browser.get("/"))
    assert page("new", patient) not in home
    assert page("plan", patient) in home, "a session this week"
    assert "Your next session" in words(client_of(Role.PATIENT).get("/"))


def test_the_number_of_queries_does_not_grow(
    course: Course, patient: Patient, desk: User, plan: Plan, client_of: Browser, today: date
) -> None:
    browser = client_of(Role.FRONT_DESK)

    def asked(address: str) -> int:
        browser.get(address)  # what is asked once only
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    addresses = [page("plan", patient), reverse("course:week"), "/", page("own_time", patient)]
    plan(start=today + 2 * DAY, seen=1)  # the first plan that replaces another is looked up in one query more
    before = [asked(address) for address in addresses]
    for number in range(2, 7):
        at = today + (40 + 3 * number) * DAY
        actions.add_busy_time(by=desk, patient=patient, start=at, end=at + DAY, words="work", on=today)
        plan(start=today + (3 + number) * DAY, seen=number)
    after = [asked(address) for address in addresses]
    assert after == before
    assert max(before) <= 30
