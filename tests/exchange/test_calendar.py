"""The patient's own calendar: which days leave no time for a session, and what cannot be read."""

from __future__ import annotations

from datetime import UTC, date, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from anagen.exchange.calendar import OpeningHours, OwnCalendar, read
from anagen.exchange.errors import BadInput
from anagen.medicine.timeline import Window

BERLIN = ZoneInfo("Europe/Berlin")
START, END = date(2026, 12, 1), date(2027, 1, 1)
HOUR = timedelta(hours=1)


def event(*lines: str, summary: str = "Work") -> str:
    return "\n".join(
        ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20261101T000000Z", f"SUMMARY:{summary}", *lines, "END:VEVENT"]
    )


def calendar(*parts: str, head: str = "") -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Test//EN",
        *filter(None, [head]),
        *parts,
        "END:VCALENDAR",
    ]
    return "\r\n".join("\n".join(lines).split("\n")).encode()


def reading(*parts: str, head: str = "", zone: tzinfo | None = BERLIN) -> OwnCalendar:
    return read(calendar(*parts, head=head), name="own.ics", start=START, end=END, zone=zone)


def busy(*parts: str, session: timedelta = HOUR, zone: tzinfo | None = BERLIN, head: str = "") -> list[str]:
    """The days on which no session fits."""
    windows = reading(*parts, zone=zone, head=head).windows(START, END, session=session)
    return [str(day) for day in days(windows)]


def days(windows: tuple[Window, ...]) -> list[date]:
    found = []
    for window in windows:
        assert window.end is not None
        found += [window.start + timedelta(days=ahead) for ahead in range((window.end - window.start).days)]
    return found


def test_an_empty_calendar_blocks_nothing() -> None:
    assert busy() == []


def test_a_whole_day_is_busy_and_its_end_is_not() -> None:
    assert busy(event("DTSTART;VALUE=DATE:20261205", "DTEND;VALUE=DATE:20261207")) == [
        "2026-12-05",
        "2026-12-06",
    ]


def test_a_whole_day_without_an_end_is_one_day() -> None:
    assert busy(event("DTSTART;VALUE=DATE:20261205")) == ["2026-12-05"]


def test_a_free_stretch_of_the_length_of_a_session_is_enough() -> None:
    until_17 = event("DTSTART:20261205T090000", "DTEND:20261205T170000")
    until_1701 = event("DTSTART:20261205T090000", "DTEND:20261205T170100")
    assert busy(until_17) == []
    assert busy(until_1701) == ["2026-12-05"]
    assert busy(until_17, session=timedelta(minutes=61)) == ["2026-12-05"]


def test_free_time_in_pieces_that_are_too_short_is_no_free_time() -> None:
    morning = event("DTSTART:20261205T093000", "DTEND:20261205T123000", summary="Course")
    afternoon = event("DTSTART:20261205T132000", "DTEND:20261205T173000", summary="School")
    windows = reading(morning, afternoon).windows(START, END, session=HOUR)
    assert windows == (Window(date(2026, 12, 5), date(2026, 12, 6), "busy", "session", "Course; School"),)


def test_time_outside_of_the_opening_hours_does_not_count() -> None:
    assert busy(event("DTSTART:20261205T180000", "DTEND:20261206T090000")) == []


def test_the_opening_hours_can_be_others() -> None:
    own = reading(event("DTSTART:20261205T080000", "DTEND:20261205T120000"))
    opening = OpeningHours(time(8), time(12, 30))
    assert days(own.windows(START, date(2026, 12, 9), session=HOUR, opening=opening)) == [date(2026, 12, 5)]


def test_an_event_over_midnight_takes_both_days() -> None:
    assert busy(event("DTSTART:20261205T093000", "DTEND:20261206T171500")) == ["2026-12-05", "2026-12-06"]


def test_a_duration_stands_for_an_end() -> None:
    assert busy(event("DTSTART:20261205T090000", "DURATION:PT9H")) == ["2026-12-05"]


def test_repeated_events_count_on_each_day_but_the_excepted() -> None:
    weekly = event("DTSTART;VALUE=DATE:20261105", "RRULE:FREQ=WEEKLY", "EXDATE;VALUE=DATE:20261210")
    assert busy(weekly) == ["2026-12-03", "2026-12-17", "2026-12-24", "2026-12-31"]


def test_a_moved_and_a_cancelled_day_of_a_series() -> None:
    series = event("DTSTART;VALUE=DATE:20261203", "RRULE:FREQ=WEEKLY;COUNT=3")
    moved = event("RECURRENCE-ID;VALUE=DATE:20261210", "DTSTART;VALUE=DATE:20261211")
    cancelled = event("RECURRENCE-ID;VALUE=DATE:20261217", "DTSTART;VALUE=DATE:20261217", "STATUS:CANCELLED")
    assert busy(series, moved, cancelled) == ["2026-12-03", "2026-12-11"]


def test_cancelled_and_transparent_events_take_no_time() -> None:
    assert busy(event("DTSTART;VALUE=DATE:20261205", "STATUS:CANCELLED")) == []
    assert busy(event("DTSTART;VALUE=DATE:20261205", "TRANSP:TRANSPARENT")) == []


def test_tentative_events_take_time() -> None:
    assert busy(event("DTSTART;VALUE=DATE:20261205", "STATUS:TENTATIVE")) == ["2026-12-05"]


def test_times_of_another_zone_are_moved_to_the_clinics() -> None:
    new_york = event(
        "DTSTART;TZID=America/New_York:20261205T030000", "DTEND;TZID=America/New_York:20261205T120000"
    )
    assert busy(new_york) == ["2026-12-05"]  # 9:00 to 18:00 in Berlin
    assert busy(new_york, zone=ZoneInfo("America/New_York")) == []


def test_times_in_utc_and_daylight_saving() -> None:
    summer = event("DTSTART:20260701T070000Z", "DTEND:20260701T160000Z")
    own = read(calendar(summer), name="own.ics", start=date(2026, 7, 1), end=date(2026, 7, 2), zone=BERLIN)
    assert len(own.windows(date(2026, 7, 1), date(2026, 7, 2), session=HOUR)) == 1


def test_a_zone_that_the_calendar_defines_itself() -> None:
    zone = """\
BEGIN:VTIMEZONE
TZID:Own
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0500
TZOFFSETTO:+0500
END:STANDARD
END:VTIMEZONE"""
    there = event("DTSTART;TZID=Own:20261205T130000", "DTEND;TZID=Own:20261205T220000")
    assert busy(zone, there) == ["2026-12-05"]  # 9:00 to 18:00 in Berlin


def test_without_a_zone_given_the_calendars_own_is_taken() -> None:
    work = event("DTSTART;TZID=Europe/Berlin:20261205T090000", "DTEND;TZID=Europe/Berlin:20261205T180000")
    assert str(reading(work, zone=None).zone) == "Europe/Berlin"
    assert str(reading(work, zone=None, head="X-WR-TIMEZONE:Asia/Tokyo").zone) == "Asia/Tokyo"
    assert reading(event("DTSTART:20261205T090000Z", "DTEND:20261205T100000Z"), zone=None).zone is UTC


def test_floating_times_are_meant_where_the_session_is() -> None:
    floating = event("DTSTART:20261205T090000", "DTEND:20261205T180000")
    for zone in (BERLIN, ZoneInfo("Pacific/Auckland")):
        assert busy(floating, zone=zone) == ["2026-12-05"]


def test_adjacent_days_with_one_reason_are_one_window() -> None:
    own = reading(
        event("DTSTART;VALUE=DATE:20261205", "DTEND;VALUE=DATE:20261208", summary="Holiday"),
        event("DTSTART:20261206T100000", "DTEND:20261206T110000", summary="Lunch"),
        event("DTSTART;VALUE=DATE:20261208", summary="Fair"),
    )
    assert own.windows(START, END, session=HOUR) == (
        Window(date(2026, 12, 5), date(2026, 12, 8), "busy", "session", "Holiday"),
        Window(date(2026, 12, 8), date(2026, 12, 9), "busy", "session", "Fair"),
    )


def test_an_event_without_a_name_is_just_busy() -> None:
    own = reading(event("DTSTART;VALUE=DATE:20261205", summary=""))
    assert [window.reason for window in own.windows(START, END, session=HOUR)] == ["busy"]


def test_published_free_busy_times_count() -> None:
    published = """\
BEGIN:VFREEBUSY
UID:1
DTSTAMP:20261101T000000Z
FREEBUSY;FBTYPE=BUSY:20261205T080000Z/20261205T170000Z
FREEBUSY;FBTYPE=FREE:20261206T080000Z/20261206T170000Z
END:VFREEBUSY"""
    assert busy(published) == ["2026-12-05"]


def test_events_far_from_the_span_do_not_count() -> None:
    assert busy(event("DTSTART;VALUE=DATE:20250101"), event("DTSTART;VALUE=DATE:20280101")) == []


def test_folded_lines_are_joined() -> None:
    own = reading(event("DTSTART;VALUE=DATE:20261205", summary="A very\n  long name"))
    assert [window.reason for window in own.windows(START, END, session=HOUR)] == ["A very long name"]


def test_no_event_is_lost_because_another_has_the_same_uid_or_none_has_any() -> None:
    both = (event("DTSTART;VALUE=DATE:20261205"), event("DTSTART;VALUE=DATE:20261207"))
    assert busy(*both) == ["2026-12-05", "2026-12-07"]
    assert busy(*(part.replace("UID:1\n", "") for part in both)) == ["2026-12-05", "2026-12-07"]


def test_two_calendars_in_one_file_both_count() -> None:
    both = (
        calendar(event("DTSTART;VALUE=DATE:20261205"))
        + b"\r\n"
        + calendar(event("DTSTART;VALUE=DATE:20261207"))
    )
    own = read(both, name="own.ics", start=START, end=END, zone=BERLIN)
    assert days(own.windows(START, END, session=HOUR)) == [date(2026, 12, 5), date(2026, 12, 7)]


@pytest.mark.parametrize(
    ("data", "place", "what"),
    [
        (b"", "", "empty"),
        (b"hello", "line 1", "hello"),
        (b"\xff\xfe\x00", "line 1", "UTF-8"),
        (b"<html>\n</html>", "line 1", "no line of a calendar"),
        (b"END:VCALENDAR", "line 1", "BEGIN:VCALENDAR"),
        (b"BEGIN:VEVENT\nEND:VEVENT", "line 1", "BEGIN:VCALENDAR"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "line 3", "closes the VEVENT of line 2"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:2\n", "line 2", "no end"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR", "line 3", "BEGIN:VCALENDAR"),
        (b"BEGIN:VCALENDAR\nVERSION:2.0\nfoo bar\nEND:VCALENDAR", "line 3", "foo bar"),
    ],
)
def test_what_is_no_calendar_is_refused_with_its_line(data: bytes, place: str, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(data, name="own.ics", start=START, end=END)
    assert refused.value.file == "own.ics"
    assert refused.value.place == place
    assert what in str(refused.value)


@pytest.mark.parametrize(
    ("lines", "line", "what"),
    [
        (["DTSTART:2026120"], 8, "DTSTART cannot be read"),
        (["DTSTART;VALUE=DATE:20261205", "RRULE:FREQ=SOMETIMES"], 9, "RRULE cannot be read"),
        (["DTSTART;VALUE=DATE:20261232"], 8, "DTSTART cannot be read"),
        (["DTSTART:20261205T100000", "DTEND:20261205T090000"], 9, "ends before it begins"),
        (["DTSTART;VALUE=DATE:20261205", "DTEND:20261206T090000"], 9, "begins on a day and ends at a time"),
        (["DTSTART;TZID=Nowhere/City:20261205T100000"], 8, "Nowhere/City"),
        (["DTSTART:20261205T100000", "RRULE:FREQ=SECONDLY"], 9, "every minute"),
        (["DESCRIPTION:no start"], 4, "no DTSTART"),
    ],
)
def test_an_event_that_is_not_understood_is_refused_with_its_line(
    lines: list[str], line: int, what: str
) -> None:
    with pytest.raises(BadInput) as refused:
        reading(event(*lines))
    assert refused.value.place == f"line {line}"
    assert what in str(refused.value)
    assert "\n" not in str(refused.value)
