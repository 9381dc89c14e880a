"""Protocols: plain data made into medicine's courses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

from anagen.knowledge.build import Made, Plain, at, evidence
from anagen.knowledge.reading import Refused
from anagen.medicine.course import Gap, Protocol, Review
from anagen.medicine.dates import Duration, add

_DAY: Final = date(2026, 1, 1)  # any day: lengths of time are compared by where they lead from it


def protocol(plain: Plain) -> Protocol:
    """A protocol; every session from the second to the last must have a gap, and every one a mixture."""
    count = plain["sessions"]
    if not count["least"] <= count["usual"] <= count["most"]:
        raise Refused(
            ("sessions",), "The numbers of sessions are out of order.", "Write least ≤ usual ≤ most."
        )
    gaps = _by_session(plain, "gaps", _gap)
    mixtures = _by_session(plain, "mixture", lambda item: str(item["mixture"]))
    for number in range(1, count["most"] + 1):
        if number > 1 and number not in gaps:
            raise Refused(
                ("gaps",), f"Session {number} has no gap.", "Add one; every session after the first needs it."
            )
        if number not in mixtures:
            raise Refused(("mixture",), f"Session {number} has no mixture.", "Add one.")
    return Protocol(
        id=plain["id"],
        title=plain["title"],
        area=plain["area"],
        released=plain.get("released", True),
        usual_sessions=count["usual"],
        least_sessions=count["least"],
        most_sessions=count["most"],
        gaps=gaps,
        start_within=Duration.parse(plain["start_within"]),
        session_length=Duration.parse(plain["session_length"]),
        mixtures=mixtures,
        evidence=evidence(plain),
        reviews=tuple(Review(item["after_session"], item["question"]) for item in plain.get("reviews", ())),
        stop=tuple(plain.get("stop", ())),
        repeat_after=Duration.parse(plain["repeat"]["least"]) if "repeat" in plain else None,
        claims=tuple(plain["claims"]),
        conflicts=tuple(plain.get("conflicts", ())),
    )


def _gap(plain: Plain) -> Gap:
    least, usual, longest = (Duration.parse(plain[key]) for key in ("least", "usual", "longest"))
    if not _DAY < add(_DAY, least) <= add(_DAY, usual) <= add(_DAY, longest):
        raise Refused((), "The gaps are out of order.", "Write 1 d ≤ least ≤ usual ≤ longest.")
    return Gap(least, usual, longest)


def _by_session(plain: Plain, key: str, make: Callable[[Plain], Made]) -> dict[int, Made]:
    """What a list says of ranges of sessions, by the number of the session."""
    said: dict[int, Made] = {}
    for position, item in enumerate(plain[key]):
        first, last = item["sessions"]
        numbers = range(first, last + 1)
        if not numbers or not said.keys().isdisjoint(numbers):
            what = f"The sessions {first} to {last} run backwards or stand twice."
            raise Refused((key, position, "sessions"), what, "Write each session once, in order.")
        thing = at((key, position), partial(make, item))
        said |= dict.fromkeys(numbers, thing)
    return said
