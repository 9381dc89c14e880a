"""Compiles the translations that are newer than their compiled form (the launcher calls it when one is)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

LOCALE = Path(__file__).resolve().parents[1] / "src" / "anagen" / "locale"


def compile_messages(source: Path) -> None:
    """Write the .mo beside `source`, whole or not at all. Raises PoFileError with the line of a fault."""
    with source.open("rb") as handle:
        catalogue = read_po(handle, locale=source.parts[-3], abort_invalid=True)
    unfinished = source.with_suffix(f".{os.getpid()}.new")
    with unfinished.open("wb") as handle:
        write_mo(handle, catalogue)
    unfinished.replace(source.with_suffix(".mo"))


def main() -> int:
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        try:
            compile_messages(source)
        except PoFileError as error:
            print(f"anagen: {source}: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
