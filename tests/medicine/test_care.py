"""What to do and avoid around sessions, as windows."""

from __future__ import annotations

from typing import Any

from tests.medicine.builders import day, span

from anagen.medicine.care import Care, care_windows
from anagen.medicine.rules import Evidence


def care(start: str, end: str, subject: str = "wash", **more: Any) -> Care:
    return Care(
        id=f"care.{subject}",
        subject=subject,
        kind="avoid",
        start=span(start),
        end=span(end),
        clinician="To the clinician.",
        patient="To the patient.",
        evidence=(Evidence("label", "label"), Evidence("trial", "trial")),
        **more,
    )


def spans(item: Care, *sessions: str) -> list[tuple[str, str]]:
    windows = item.windows([day(text) for text in sessions])
    return [(window.start.isoformat(), str(window.end)) for window in windows]


def test_care_is_counted_from_each_session() -> None:
    assert spans(care("0 h", "72 h"), "2026-03-02", "2026-03-09") == [
        ("2026-03-02", "2026-03-05"),
        ("2026-03-09", "2026-03-12"),
    ]


def test_care_may_begin_before_the_session() -> None:
    assert spans(care("-2 d", "3 d"), "2026-03-02") == [("2026-02-28", "2026-03-05")]
    assert spans(care("-24 h", "0 h"), "2026-03-02") == [("2026-03-01", "2026-03-02")]


def test_care_of_a_few_hours_stands_on_the_day_of_the_session() -> None:
    assert spans(care("1 h", "6 h"), "2026-03-02") == [("2026-03-02", "2026-03-03")]
    assert spans(care("0 h", "30 min"), "2026-03-02") == [("2026-03-02", "2026-03-03")]
    assert spans(care("-6 h", "-1 h"), "2026-03-02") == [("2026-03-01", "2026-03-02")]


def test_windows_that_touch_or_overlap_are_one() -> None:
    assert spans(care("0 d", "7 d"), "2026-03-02", "2026-03-09", "2026-03-20") == [
        ("2026-03-02", "2026-03-16"),
        ("2026-03-20", "2026-03-27"),
    ]
    assert spans(care("-14 d", "14 d"), "2026-03-02", "2026-03-09") == [("2026-02-16", "2026-03-23")]


def test_care_until_the_course_ends_is_one_window_from_first_to_last() -> None:
    item = care("0 h", "14 d", until_course_end=True)
    assert spans(item, "2026-03-02", "2026-06-01") == [("2026-03-02", "2026-06-15")]


def test_care_after_the_last_session_is_counted_from_that_alone() -> None:
    item = care("3 mo", "4 mo", after_last=True)
    assert spans(item, "2026-03-02", "2026-03-09") == [("2026-06-09", "2026-07-09")]


def test_without_a_session_there_is_no_care() -> None:
    for item in (
        care("0 h", "1 d"),
        care("0 h", "1 d", until_course_end=True),
        care("1 d", "2 d", after_last=True),
    ):
        assert spans(item) == []


def test_a_care_window_carries_what_it_says_to_the_patient_and_its_sources() -> None:
    (window,) = care("0 h", "1 d").windows([day("2026-03-02")])
    assert (window.kind, window.subject, window.reason) == ("avoid", "wash", "To the patient.")
    assert (window.rule, window.sources) == ("care.wash", ("label", "trial"))


def test_all_care_of_a_course_comes_in_order_of_time_whatever_the_order_of_sessions() -> None:
    items = [care("0 h", "14 d", "sun"), care("-1 d", "1 d", "alcohol"), care("0 h", "3 d", "wash")]
    windows = care_windows(items, [day("2026-06-01"), day("2026-03-02")])
    assert [(window.subject, window.start.isoformat()) for window in windows] == [
        ("alcohol", "2026-03-01"),
        ("wash", "2026-03-02"),
        ("sun", "2026-03-02"),
        ("alcohol", "2026-05-31"),
        ("wash", "2026-06-01"),
        ("sun", "2026-06-01"),
    ]
