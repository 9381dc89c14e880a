"""Patients in plain data whose answer the medical lead has signed: no change of the rules may turn it unseen.

An app of its own below `review`: what is signed stands by itself, whatever the clinic changes in its rules.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anagen.knowledge.loader import Knowledge

    from .queries import Differing


def differing(knowledge: Knowledge, *, on: date | None = None) -> list[Differing]:
    """The signed cases that this knowledge would answer otherwise than signed; while there is one it is refused.

    `str(each)` is a line for a person; `on`: see `queries.differing`.
    """
    from .queries import differing as asked  # models can be imported once all apps are ready

    return asked(knowledge, on=on)


def in_use() -> Knowledge:
    """What the clinic decides by now: the shipped knowledge with its own changes."""
    from anagen.clinic.review.queries import current

    return current()
