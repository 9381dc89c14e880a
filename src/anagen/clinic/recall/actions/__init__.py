"""Everything that writes recalls: opening, telling patients, closing."""

from __future__ import annotations

from .closing import close_recall, left_to_do
from .contacting import (
    acknowledge,
    acknowledge_by_link,
    link_problem,
    make_link,
    note_attempt,
    open_link,
    say_not_reached,
    write_email,
)
from .opening import Opened, Subject, add_missing, open_recall

__all__ = [
    "Opened",
    "Subject",
    "acknowledge",
    "acknowledge_by_link",
    "add_missing",
    "close_recall",
    "left_to_do",
    "link_problem",
    "make_link",
    "note_attempt",
    "open_link",
    "open_recall",
    "say_not_reached",
    "write_email",
]
