"""Yes, no, unknown: Kleene's strong three-valued logic.

Unknown is a value of its own: it never counts as no. The tables below are the whole law.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Truth(IntEnum):
    """How far a statement is established. The order NO < UNKNOWN < YES makes *and* a minimum, *or* a maximum."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    @property
    def negated(self) -> Truth:
        return _NEGATED[self]


_NEGATED = {Truth.NO: Truth.YES, Truth.UNKNOWN: Truth.UNKNOWN, Truth.YES: Truth.NO}


def all_of(truths: Iterable[Truth]) -> Truth:
    """YES when every one is YES, NO as soon as one is NO; YES for none at all."""
    return min(truths, default=Truth.YES)


def any_of(truths: Iterable[Truth]) -> Truth:
    """YES as soon as one is YES, NO when every one is NO; NO for none at all."""
    return max(truths, default=Truth.NO)
