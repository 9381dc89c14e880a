"""Asking the one planning function: for a new course, for one under way, for a session that moves to a chosen day.

Nothing here reads or writes; everything asks `anagen.medicine.planning.plan_course`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from anagen.medicine.care import Care
from anagen.medicine.course import Protocol
from anagen.medicine.dates import add
from anagen.medicine.planning import Plan, plan_course
from anagen.medicine.rules import Verdict
from anagen.medicine.screening import Screening
from anagen.medicine.timeline import SESSION, Window
from anagen.medicine.vocabulary import Vocabulary

from .wording import (
    FORBIDDING,
    PAST,
    Refusal,
    for_reader,
    range_refusal,
    screening_refusals,
    window_refusal,
)

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """One session of the plan that stands."""

    number: int
    day: date
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, and everything that the answer depends on."""

    protocol: Protocol
    start: date
    sessions: int
    on: date
    screening: Screening
    words: Vocabulary
    care: tuple[Care, ...] = ()
    forbidden: tuple[Window, ...] = ()  # own life, time since an earlier course
    done: Mapping[int, date] = field(default_factory=dict)  # sessions whose day has passed

    @property
    def not_before(self) -> date:
        """The first day on which a session that is still to come may lie."""
        return max(self.start, self.on)


def placed(wish: Wish, fixed: Mapping[int, date] | None = None) -> Plan:
    """The best course. Sessions that have passed stay where they were; no other lies in the past.

    ImpossibleCourse for what contradicts the protocol.
    """
    start = min(wish.done.values(), default=wish.not_before)
    screening, standing = _standing(wish, start)
    plan = plan_course(
        wish.protocol,
        start=start,
        care=wish.care,
        screening=screening,
        words=wish.words,
        busy=(*standing, *_ahead(wish.forbidden, wish), *_passed(wish, start)),
        sessions=wish.sessions,
        fixed={**wish.done, **(fixed or {})},
    )
    return replace(plan, windows=tuple(window for window in plan.windows if window.kind != PAST))


def _standing(wish: Wish, start: date) -> tuple[Screening | None, tuple[Window, ...]]:
    """The screening as the planning function takes it.

    A course under way began before the decision that stands now: what that forbids counts from today on.
    """
    if start >= wish.screening.on and not wish.done:
        return wish.screening, ()
    if wish.screening.verdict is Verdict.DEFER:
        return None, tuple(_ahead(wish.screening.windows, wish))
    return replace(wish.screening, on=min(wish.screening.on, start)), ()


def _ahead(windows: Sequence[Window], wish: Wish) -> Iterator[Window]:
    """Windows without the days that have passed; for a new course they are what they are."""
    for window in windows:
        if not wish.done or window.start >= wish.on:
            yield window
        elif window.end is None or window.end > wish.on:
            yield replace(window, start=wish.on)


def _passed(wish: Wish, start: date) -> Iterator[Window]:
    """The days before the first possible one, but for those on which a session took place."""
    taken = sorted(set(wish.done.values()))
    day = start
    for end in [*taken, wish.not_before]:
        if day < min(end, wish.not_before):
            yield Window(day, min(end, wish.not_before), PAST, SESSION, "These days have passed.")
        day = max(day, end + _ONE_DAY)


def moved(wish: Wish, standing: Sequence[Kept], number: int, day: date) -> Plan:
    """The course with one session on a chosen day. As little else as possible moves.

    Earlier sessions stay and later ones that somebody chose stay too; where that leaves no room the later
    ones are let go first, then the earlier ones. The first answer that places every session is taken.
    """
    ahead = [kept for kept in standing if kept.number not in wish.done and kept.number != number]
    before = {kept.number: kept.day for kept in ahead if kept.number < number}
    chosen = {kept.number: kept.day for kept in ahead if kept.chosen}
    later = {other: at for other, at in chosen.items() if other > number}
    earlier = {other: at for other, at in chosen.items() if other < number}
    tries = [{**before, **later}, before, {**earlier, **later}, earlier, {}]
    for fixed in (dict(items) for items in dict.fromkeys(tuple(sorted(one.items())) for one in tries)):
        plan = placed(wish, {**fixed, number: day})
        if plan.complete:
            return plan
    # the one with everything before it in place says best what stands in the way
    return placed(wish, {**before, number: day})


def refusals(
    wish: Wish, plan: Plan, *, clinical: bool, number: int = 0, day: date | None = None
) -> list[Refusal]:
    """Why a plan is not complete, in words for the reader; `number` and `day` name a session that was to move."""
    if plan.complete:
        return []
    if not wish.screening.verdict.treatable and wish.screening.verdict is not Verdict.DEFER:
        return list(screening_refusals(wish.screening, wish.words, clinical=clinical))
    forbidding = [window for window in plan.windows if window.kind in FORBIDDING]
    readable = list(for_reader(forbidding, wish.screening, clinical=clinical))
    if day is not None:
        found = [window_refusal(window) for window in readable if window.stands(day)]
        if found:
            return found
        before = dict(_days(plan)).get(number - 1) or wish.done.get(number - 1)
        if number == 1 or before is not None:
            range_ = _range(wish, plan, number, before)
            if not range_[0] <= day <= range_[1]:
                return [range_refusal(plan, number, before, wish.not_before)]
    missing = plan.course.unplaced[0]
    before = dict(_days(plan)).get(missing.number - 1)
    first, last = _range(wish, plan, missing.number, before)
    found = [window_refusal(window) for window in readable if window.meets(first, last + _ONE_DAY)]
    return [range_refusal(plan, missing.number, before, wish.not_before), *dict.fromkeys(found)]


def _range(wish: Wish, plan: Plan, number: int, before: date | None) -> tuple[date, date]:
    if number == 1 or before is None:
        return wish.not_before, add(wish.not_before, wish.protocol.start_within)
    gap = wish.protocol.gaps[number]
    return add(before, gap.least), add(before, gap.longest)


def _days(plan: Plan) -> Iterator[tuple[int, date]]:
    return ((session.number, session.day) for session in plan.course.sessions)
