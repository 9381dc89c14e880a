"""Everything that writes mixtures: worksheets and decisions about them, preparing, checking, throwing away.

What is drawn moves in `stock` within the same transaction: all of it, or nothing.
"""

from __future__ import annotations

from .checking import Entered, discard, second_check
from .preparing import Source, Take, prepare
from .worksheets import decide_finding, make_worksheet, split_worksheet

__all__ = [
    "Entered",
    "Source",
    "Take",
    "decide_finding",
    "discard",
    "make_worksheet",
    "prepare",
    "second_check",
    "split_worksheet",
]
