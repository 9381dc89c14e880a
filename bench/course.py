"""The course solver: all sessions of a protocol placed against windows, and against every course there could be.

    python bench/course.py

On small courses the answer is compared with the best of all possible ones, tried one by one; one difference, and the
benchmark fails. Then courses as the clinic plans them are timed: 8, 10 and 12 sessions of hair-standard, with no
window, with 5 and with 20 (deferrals, holidays, busy days), seeded.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from _measure import Work, begin, in_turn, milli, print_table
from _patients import ON

from anagen.knowledge.loader import shipped
from anagen.medicine.course import Course, Gap, Protocol, plan
from anagen.medicine.dates import Duration, add
from anagen.medicine.timeline import SESSION, Timeline, Window

NUMBER, PASSES, SEED, GOAL = 20, 3, 20261121, 0.005
SMALL_CASES = 60


def windows(chance: random.Random, number: int, ahead: int) -> list[Window]:
    """So many windows in so many days: most a few days, one in four a week or two."""
    found = []
    for _ in range(number):
        start = ON + timedelta(days=chance.randrange(ahead))
        length = chance.randint(7, 14) if chance.random() < 1 / 4 else chance.randint(1, 4)
        found.append(Window(start, start + timedelta(days=length), "busy", SESSION, "busy"))
    return found


def small(chance: random.Random, protocol: Protocol) -> Protocol:
    """A short protocol with narrow gaps, so that every course can be tried."""
    gaps = {}
    for number in (2, 3, 4):
        least = chance.randint(1, 4)
        usual = least + chance.randint(0, 3)
        gaps[number] = Gap(*(Duration(days, "d") for days in (least, usual, usual + chance.randint(0, 3))))
    sessions = chance.randint(2, 4)
    return replace(
        protocol, usual_sessions=sessions, least_sessions=1, gaps=gaps, start_within=Duration(5, "d")
    )


def every_course(protocol: Protocol, timeline: Timeline) -> Iterator[tuple[tuple[date, ...], int]]:
    def longer(days: tuple[date, ...], deviation: int) -> Iterator[tuple[tuple[date, ...], int]]:
        yield days, deviation
        number = len(days) + 1
        if number > protocol.usual_sessions:
            return
        first, usual, last = ON, ON, add(ON, protocol.start_within)
        if days:
            gap = protocol.gaps[number]
            first, usual, last = (add(days[-1], length) for length in (gap.least, gap.usual, gap.longest))
        for ahead in range((last - first).days + 1):
            day = first + timedelta(days=ahead)
            if timeline.is_free(day):
                yield from longer((*days, day), deviation + abs((day - usual).days))

    return longer((), 0)


def brute_force(protocol: Protocol, told: list[Window]) -> tuple[int, int, date | None]:
    """Of the best course: sessions placed, deviation, last day."""
    best = min(
        every_course(protocol, Timeline(told)),
        key=lambda course: (-len(course[0]), course[1], course[0][-1] if course[0] else ON),
    )
    return len(best[0]), best[1], best[0][-1] if best[0] else None


def merit(course: Course) -> tuple[int, int, date | None]:
    return len(course.days), course.deviation, course.days[-1] if course.days else None


def main() -> int:
    begin()
    protocol = shipped().protocols["hair-standard"]
    chance = random.Random(SEED)
    cases = [(small(chance, protocol), windows(chance, chance.randint(0, 4), 20)) for _ in range(SMALL_CASES)]
    for case, told in cases:
        if merit(plan(case, start=ON, windows=told)) != brute_force(case, told):
            print(f"  DIFFERENT  {case.gaps} {told}")
            return 1
    times = in_turn(
        {
            "ours": lambda case: plan(case[0], start=ON, windows=case[1]),
            "theirs": lambda case: brute_force(*case),
        },
        [cases],
        passes=PASSES,
    )
    print(
        f"  {SMALL_CASES} small courses (2 to 4 sessions): the best of all possible ones, each time."
        f" Solver {milli(times['ours'].median)} ms, trying all {milli(times['theirs'].median)} ms\n"
    )
    rows = []
    contestants: dict[str, Work] = {
        f"{sessions}": partial(_planned, protocol, sessions) for sessions in (8, 10, 12)
    }
    for number in (0, 5, 20):
        told_windows = [
            windows(random.Random(f"{SEED} {number} {each}"), number, 200) for each in range(NUMBER)
        ]
        found = in_turn(contestants, [[told] for told in told_windows], passes=PASSES)
        for name, each in found.items():
            placed = [_planned(protocol, int(name), told) for told in told_windows]
            rows.append(
                (
                    f"{name} sessions, {number} windows",
                    *(milli(value) for value in (each.median, each.least, max(each.rounds))),
                    sum(not course.unplaced for course in placed),
                    f"{sum(course.deviation for course in placed) / NUMBER:.1f}",
                    "met" if each.median < GOAL else "missed",
                )
            )
    print(
        f"  ms of CPU for one course; {NUMBER} different timelines. Goal of a later issue: {GOAL * 1000:.0f} ms"
    )
    print_table(
        ("course", "median", "least", "most", f"complete of {NUMBER}", "days off the usual gaps", "goal"),
        rows,
    )
    return 0


def _planned(protocol: Protocol, sessions: int, told: list[Window]) -> Course:
    return plan(protocol, start=ON, windows=told, sessions=sessions)


if __name__ == "__main__":
    sys.exit(main())
