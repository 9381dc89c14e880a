"""How the command line says that something is wrong: one line, and an exit status.

The status is 0 when the command did its work, 1 when it did and the answer is bad news (a broken audit trail, a
decision that would differ today), 2 for bad input, 130 after Ctrl-C.
"""

from __future__ import annotations

import sys
from typing import Final

from anagen.exchange.errors import BadInput

GOOD: Final = 0
BAD_NEWS: Final = 1
BAD_INPUT: Final = 2
STOPPED: Final = 130
CLOSED: Final = 141  # the reader of our output went away, as with `| head`

__all__ = ["BAD_INPUT", "BAD_NEWS", "CLOSED", "GOOD", "STOPPED", "BadInput", "complain"]


def complain(line: object) -> None:
    """One line for the person, whatever it is made of."""
    print(" ".join(str(line).split()), file=sys.stderr)
