"""The days of a course: at the usual gaps, around windows, on chosen days, and exactly why not."""

from __future__ import annotations

import pytest
from tests.medicine.builders import WEEKLY, day, gap, protocol, window

from anagen.medicine.course import Course, ImpossibleCourse, Protocol, horizon, plan
from anagen.medicine.timeline import Window

START = day("2026-03-02")
FOUR = protocol(WEEKLY, WEEKLY, WEEKLY)


def planned(
    of: Protocol = FOUR,
    *windows: Window,
    sessions: int | None = None,
    fixed: dict[int, str] | None = None,
) -> Course:
    chosen = None if fixed is None else {number: day(text) for number, text in fixed.items()}
    return plan(of, start=START, windows=windows, sessions=sessions, fixed=chosen)


def days(course: Course) -> list[str]:
    return [found.isoformat()[5:] for found in course.days]


# at the usual gaps


def test_with_nothing_in_the_way_sessions_lie_at_their_usual_gaps() -> None:
    course = planned()
    assert days(course) == ["03-02", "03-09", "03-16", "03-23"]
    assert (course.deviation, course.unplaced, course.start) == (0, (), START)


def test_each_session_has_its_own_gap() -> None:
    course = planned(protocol(WEEKLY, gap("7 d", "14 d", "28 d"), gap("2 wk", "1 mo", "6 wk")))
    assert days(course) == ["03-02", "03-09", "03-23", "04-23"]


def test_fewer_or_more_sessions_than_usual_may_be_asked_for() -> None:
    usual_two = protocol(WEEKLY, WEEKLY, WEEKLY, usual=2)
    assert len(planned(usual_two).sessions) == 2
    assert len(planned(usual_two, sessions=1).sessions) == 1
    assert len(planned(usual_two, sessions=4).sessions) == 4


@pytest.mark.parametrize("sessions", [0, 1, 5])
def test_what_the_protocol_does_not_allow_is_refused(sessions: int) -> None:
    with pytest.raises(ImpossibleCourse, match=f"Short course has 2 to 4 sessions, not {sessions}"):
        planned(protocol(WEEKLY, WEEKLY, WEEKLY, least=2), sessions=sessions)


def test_each_session_has_its_mixture_where_one_is_named() -> None:
    course = planned(protocol(WEEKLY, mixtures={1: "calming"}))
    assert [session.mixture for session in course.sessions] == ["calming", ""]


def test_a_protocol_of_one_session_is_a_course() -> None:
    assert days(planned(protocol())) == ["03-02"]


# around windows


def test_a_session_moves_by_as_little_as_it_must() -> None:
    course = planned(FOUR, window("2026-03-09", "2026-03-11"))
    assert days(course) == ["03-02", "03-11", "03-18", "03-25"]
    assert course.deviation == 2


def test_the_first_session_waits_where_that_costs_less_than_a_long_gap() -> None:
    course = planned(protocol(gap("7 d", "7 d", "8 d")), window("2026-03-09", "2026-03-11"))
    assert days(course) == ["03-03", "03-11"]
    assert course.deviation == 2


def test_a_session_never_comes_before_its_least_gap() -> None:
    course = planned(protocol(WEEKLY), window("2026-03-09", "2026-03-16"))
    assert days(course) == ["03-02", "03-16"]


def test_where_the_gap_allows_a_session_may_come_early() -> None:
    course = planned(protocol(gap("7 d", "14 d", "28 d")), window("2026-03-16", "2026-03-20"))
    assert days(course) == ["03-02", "03-15"]


def test_of_equally_good_courses_the_one_that_ends_soonest_is_taken() -> None:
    course = planned(protocol(gap("7 d", "14 d", "28 d")), window("2026-03-16", "2026-03-17"))
    assert days(course) == ["03-02", "03-15"]


def test_the_first_session_lies_within_so_many_days_of_the_start() -> None:
    assert days(planned(protocol(), window("2026-02-01", "2026-03-12"))) == ["03-12"]
    assert days(planned(protocol(), window("2026-02-01", "2026-03-13"))) == []


def test_windows_of_other_subjects_do_not_move_a_session() -> None:
    assert days(planned(FOUR, window("2026-03-01", None, subject="sun"))) == [
        "03-02",
        "03-09",
        "03-16",
        "03-23",
    ]


def test_each_session_says_to_which_days_it_could_move() -> None:
    course = planned(protocol(WEEKLY), window("2026-03-02", "2026-03-04"), window("2026-03-17", "2026-03-19"))
    assert [(found.earliest.isoformat(), found.latest.isoformat()) for found in course.sessions] == [
        ("2026-03-04", "2026-03-12"),
        ("2026-03-11", "2026-03-16"),
    ]


# chosen days


def test_a_chosen_day_is_kept_and_the_others_follow() -> None:
    course = planned(fixed={2: "2026-03-12"})
    assert days(course) == ["03-02", "03-12", "03-19", "03-26"]
    assert course.deviation == 3


def test_a_chosen_first_day_may_lie_later() -> None:
    assert days(planned(fixed={1: "2026-03-05"})) == ["03-05", "03-12", "03-19", "03-26"]


def test_a_chosen_last_day_draws_the_others_with_it() -> None:
    course = planned(fixed={4: "2026-03-26"})
    assert days(course)[-1] == "03-26"
    assert course.deviation == 3


@pytest.mark.parametrize("number", [0, 5])
def test_a_chosen_day_for_a_session_that_is_not_there_is_refused(number: int) -> None:
    with pytest.raises(ImpossibleCourse, match=f"there is no session {number}; this course has 4"):
        planned(fixed={number: "2026-03-12"})


def test_a_chosen_day_outside_the_gaps_says_between_which_days_it_must_lie() -> None:
    course = planned(fixed={2: "2026-04-20"})
    assert len(course.sessions) == 1
    assert [entry.number for entry in course.unplaced] == [2, 3, 4]
    assert course.unplaced[0].reason == (
        "2026-04-20 was chosen, but session 2 must lie between 2026-03-09 and 2026-03-26."
    )
    assert course.unplaced[1].reason == "Session 2 has no day, and session 3 comes after it."


def test_a_chosen_first_day_before_the_start_is_said_to_be_so() -> None:
    (first, *_) = planned(fixed={1: "2026-03-01"}).unplaced
    assert first.reason == "2026-03-01 was chosen, but session 1 must lie between 2026-03-02 and 2026-03-12."


def test_a_chosen_day_that_is_blocked_says_by_what() -> None:
    course = planned(FOUR, window("2026-03-09", "2026-03-10", "holiday"), fixed={2: "2026-03-09"})
    assert course.unplaced[0].reason == "No day on 2026-03-09 is permitted: holiday (on 2026-03-09)"
    assert [entry.reason for entry in course.unplaced[0].windows] == ["holiday"]


def test_a_chosen_day_that_no_possible_day_before_reaches_says_so() -> None:
    # session 2 may lie on 9, 18, 19 or 23 March; from none of these can session 3 lie on 19 March
    tight = protocol(gap("7 d", "7 d", "21 d"), gap("7 d", "7 d", "8 d"), start_within="0 d")
    windows = (window("2026-03-10", "2026-03-18"), window("2026-03-20", "2026-03-23"))
    course = planned(tight, *windows, fixed={3: "2026-03-19"})
    assert course.unplaced[0].reason == (
        "2026-03-19 was chosen, but no possible day of session 2 fits before it."
    )
    assert course.unplaced[0].windows == ()


# what has no day


def test_a_session_without_a_day_names_every_window_in_its_way() -> None:
    course = planned(
        FOUR,
        window("2026-03-08", "2026-03-20", "holiday"),
        window("2026-03-20", "2026-03-21", "wedding"),
        window("2026-03-21", None, "moved away"),
        window("2026-05-01", None, "later"),
    )
    assert days(course) == ["03-02"]
    assert course.unplaced[0].reason == (
        "No day from 2026-03-09 to 2026-03-21 is permitted: holiday (2026-03-08 to 2026-03-19); "
        "wedding (on 2026-03-20); moved away (from 2026-03-21, until that has ended)"
    )
    assert [entry.reason for entry in course.unplaced[0].windows] == ["holiday", "wedding", "moved away"]
    assert [entry.number for entry in course.unplaced] == [2, 3, 4]


def test_a_course_that_cannot_begin_places_nothing() -> None:
    course = planned(FOUR, window("2026-03-01", None, "pregnancy"))
    assert (course.days, course.deviation) == ((), 0)
    assert course.unplaced[0].reason == (
        "No day from 2026-03-02 to 2026-03-12 is permitted: pregnancy (from 2026-03-01, until that has ended)"
    )
    assert {entry.reason for entry in course.unplaced[1:]} == {
        f"Session 1 has no day, and session {number} comes after it." for number in (2, 3, 4)
    }


def test_placing_more_sessions_counts_for_more_than_the_usual_gaps() -> None:
    # going at the usual gap would leave no day for the third session
    course = planned(protocol(WEEKLY, WEEKLY, start_within="0 d"), window("2026-03-10", "2026-03-15"),
                     window("2026-03-16", "2026-03-28"))  # fmt: skip
    assert days(course) == ["03-02", "03-15", "03-28"]


def test_no_session_lies_on_or_after_the_horizon() -> None:
    assert horizon(FOUR, START, 1) == day("2026-03-13")
    assert horizon(FOUR, START, 4) == day("2026-04-24")
