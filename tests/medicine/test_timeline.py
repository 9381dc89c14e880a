"""Half-open windows, the first free day, what is blocked."""

from __future__ import annotations

import pytest
from tests.medicine.builders import day, window

from anagen.medicine.timeline import Timeline, Window


@pytest.mark.parametrize(
    ("on", "stands"),
    [("2026-02-28", False), ("2026-03-01", True), ("2026-03-03", True), ("2026-03-04", False)],
)
def test_a_window_stands_from_its_first_day_to_the_day_before_its_end(on: str, stands: bool) -> None:
    assert window("2026-03-01", "2026-03-04").stands(day(on)) is stands


def test_a_window_without_an_end_stands_for_ever() -> None:
    open_end = window("2026-03-01", None)
    assert not open_end.stands(day("2026-02-28"))
    assert open_end.stands(day("9999-12-31"))


@pytest.mark.parametrize("end", ["2026-03-01", "2026-02-28"])
def test_a_window_that_ends_before_it_starts_is_refused(end: str) -> None:
    with pytest.raises(ValueError, match="a window must end after it starts, not from 2026-03-01"):
        window("2026-03-01", end)


@pytest.mark.parametrize(
    ("start", "end", "meets"),
    [
        ("2026-02-20", "2026-03-01", False),  # ends as the window starts
        ("2026-02-20", "2026-03-02", True),
        ("2026-03-02", "2026-03-03", True),
        ("2026-03-03", "2026-03-20", True),
        ("2026-03-04", "2026-03-20", False),  # starts as the window ends
        ("2026-02-01", "2026-04-01", True),
    ],
)
def test_a_window_meets_a_stretch_with_which_it_shares_a_day(start: str, end: str, meets: bool) -> None:
    assert window("2026-03-01", "2026-03-04").meets(day(start), day(end)) is meets


def test_an_open_window_meets_every_later_stretch() -> None:
    open_end = window("2026-03-01", None)
    assert open_end.meets(day("2040-01-01"), day("2040-01-02"))
    assert not open_end.meets(day("2026-01-01"), day("2026-03-01"))


def test_windows_come_in_order_of_time_open_ones_last() -> None:
    late, open_end, early = (
        window("2026-05-01", "2026-05-02"),
        window("2026-03-01", None),
        window("2026-03-01", "2026-03-02"),
    )
    assert list(Timeline([late, open_end, early])) == [early, open_end, late]


def test_the_first_free_day_lies_behind_windows_that_follow_one_another() -> None:
    chained = Timeline(
        [window("2026-03-05", "2026-03-09"), window("2026-03-01", "2026-03-05"), window("2026-03-03", "2026-03-06"),
         window("2026-03-10", "2026-03-20")]
    )  # fmt: skip
    assert chained.first_free(day("2026-03-02")) == day("2026-03-09")
    assert chained.first_free(day("2026-02-01")) == day("2026-02-01")
    assert chained.first_free(day("2026-03-10")) == day("2026-03-20")
    assert chained.first_free(day("2026-03-20")) == day("2026-03-20")


def test_there_is_no_first_free_day_behind_a_window_that_never_ends() -> None:
    timeline = Timeline([window("2026-03-01", "2026-03-05"), window("2026-03-04", None)])
    assert timeline.first_free(day("2026-03-02")) is None
    assert timeline.first_free(day("2026-02-02")) == day("2026-02-02")


def test_windows_of_other_subjects_do_not_block() -> None:
    timeline = Timeline([window("2026-03-01", None, subject="sun"), window("2026-03-01", "2026-03-02")])
    assert timeline.first_free(day("2026-03-01")) == day("2026-03-02")
    assert timeline.first_free(day("2026-03-01"), "sun") is None
    assert timeline.is_free(day("2026-03-01"), "wash")
    assert not timeline.is_free(day("2026-03-01"))
    assert [found.subject for found in timeline.standing(day("2026-03-01"), "sun")] == ["sun"]


def test_blocked_days_are_those_of_the_stretch_on_which_a_window_stands() -> None:
    timeline = Timeline(
        [window("2026-02-01", "2026-03-03"), window("2026-03-09", None), window("2026-03-05", "2026-03-06"),
         window("2026-01-01", "2026-01-02"), window("2026-03-01", None, subject="sun")]
    )  # fmt: skip
    blocked = timeline.blocked(day("2026-03-01"), day("2026-03-11"))
    assert sorted(found.day for found in blocked) == [1, 2, 5, 9, 10]


def test_a_window_carries_its_reason_rule_and_sources() -> None:
    carried = Window(day("2026-03-01"), None, "deferral", "session", "fever", "deferral.fever", ("label",))
    assert (carried.reason, carried.rule, carried.sources) == ("fever", "deferral.fever", ("label",))
