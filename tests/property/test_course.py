"""Laws of the course solver, against every course that there could be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from hypothesis import given, settings
from tests.medicine.builders import DAY
from tests.property.strategies import CourseCase, course_cases, windows

from anagen.medicine.course import Course, plan
from anagen.medicine.dates import add
from anagen.medicine.timeline import Timeline, Window


def solved(case: CourseCase, *more: Window) -> Course:
    return plan(case.protocol, start=DAY, windows=(*case.windows, *more), fixed=case.fixed)


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def every_course(case: CourseCase) -> Iterator[tuple[tuple[date, ...], int]]:
    """Every permitted beginning of the course, with its deviation, by trying every day of every session."""
    timeline = Timeline(case.windows)

    def longer(days: tuple[date, ...], deviation: int) -> Iterator[tuple[tuple[date, ...], int]]:
        yield days, deviation
        number = len(days) + 1
        if number > case.protocol.usual_sessions:
            return
        if number == 1:
            first, last, usual = DAY, add(DAY, case.protocol.start_within), DAY
        else:
            gap = case.protocol.gaps[number]
            first, last, usual = (add(days[-1], length) for length in (gap.least, gap.longest, gap.usual))
        for day in span(first, last):
            if timeline.is_free(day) and case.fixed.get(number, day) == day:
                yield from longer((*days, day), deviation + abs((day - usual).days))

    return longer((), 0)


def merit(days: tuple[date, ...], deviation: int) -> tuple[int, int, int]:
    """Most sessions, then least deviation, then the soonest end: the smaller, the better."""
    return (-len(days), deviation, (days[-1] - DAY).days if days else 0)


@settings(max_examples=max(250, settings().max_examples))
@given(course_cases())
def test_the_course_is_as_good_as_the_best_of_all_there_could_be(case: CourseCase) -> None:
    course = solved(case)
    possible = dict(every_course(case))
    assert possible[course.days] == course.deviation
    best = min(merit(days, deviation) for days, deviation in possible.items())
    assert merit(course.days, course.deviation) == best


@given(course_cases(most=8))
def test_a_course_breaks_no_window_and_no_gap(case: CourseCase) -> None:
    course = solved(case)
    timeline = Timeline(case.windows)
    for session in course.sessions:
        assert timeline.is_free(session.day)
        assert case.fixed.get(session.number, session.day) == session.day
        if session.number == 1:
            assert DAY <= session.day <= add(DAY, case.protocol.start_within)
        else:
            before, gap = course.days[session.number - 2], case.protocol.gaps[session.number]
            assert add(before, gap.least) <= session.day <= add(before, gap.longest)


@given(course_cases(most=8))
def test_the_days_to_which_a_session_could_move_are_free_and_in_range(case: CourseCase) -> None:
    course = solved(case)
    timeline = Timeline(case.windows)
    for session in course.sessions:
        assert session.earliest <= session.day <= session.latest
        assert timeline.is_free(session.earliest)
        assert timeline.is_free(session.latest)
        if session.number > 1:
            before, gap = course.days[session.number - 2], case.protocol.gaps[session.number]
            assert add(before, gap.least) <= session.earliest
            assert session.latest <= add(before, gap.longest)


@given(course_cases(most=8))
def test_every_session_is_placed_or_said_not_to_be_and_why(case: CourseCase) -> None:
    course = solved(case)
    numbers = [session.number for session in course.sessions] + [entry.number for entry in course.unplaced]
    assert numbers == list(range(1, case.protocol.usual_sessions + 1))
    for entry in course.unplaced:
        assert entry.reason
        assert not entry.reason.endswith(": ")
        assert set(entry.windows) <= set(case.windows)


@given(course_cases(), windows())
def test_adding_a_window_never_makes_a_course_better(case: CourseCase, more: Window) -> None:
    before, after = solved(case), solved(case, more)
    assert merit(after.days, after.deviation) >= merit(before.days, before.deviation)


@given(course_cases())
def test_the_order_of_windows_never_matters(case: CourseCase) -> None:
    turned = CourseCase(case.protocol, tuple(reversed(case.windows)), case.fixed)
    one, other = solved(case), solved(turned)
    assert (one.sessions, one.deviation) == (other.sessions, other.deviation)
    assert [entry.number for entry in one.unplaced] == [entry.number for entry in other.unplaced]


@given(course_cases())
def test_choosing_the_days_that_were_found_changes_nothing(case: CourseCase) -> None:
    course = solved(case)
    chosen = CourseCase(case.protocol, case.windows, case.fixed | dict(enumerate(course.days, start=1)))
    again = solved(chosen)
    assert again.days[: len(course.days)] == course.days
    assert again.deviation == course.deviation
