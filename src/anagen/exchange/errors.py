"""What a person handed over and cannot be used: the file, the place in it, what is wrong and how to mend it."""

from __future__ import annotations


class BadInput(Exception):
    """Input that is refused as a whole. Its text is one line: ``FILE: PLACE: what mend``.

    ``place`` may be empty when the whole file is meant; ``what`` and ``mend`` are short sentences.
    """

    def __init__(self, file: str, place: str, what: str, mend: str = "") -> None:
        self.file = file
        self.place = place
        self.what = what
        self.mend = mend
        super().__init__(file, place, what, mend)

    def __str__(self) -> str:
        words = " ".join(part for part in (self.what, self.mend) if part)
        line = ": ".join(part for part in (self.file, self.place, words) if part)
        return " ".join(line.split())
