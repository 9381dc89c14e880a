"""Reading what a person names: a file, or "-" for standard input. What cannot be read is BadInput."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

from anagen.exchange.errors import BadInput

STANDARD_INPUT: Final = "-"


def shown(name: str) -> str:
    """The name of a file as messages show it."""
    return "standard input" if name == STANDARD_INPUT else name


def read_bytes(name: str) -> bytes:
    """All of a file or of standard input; BadInput when there is none or it may not be read."""
    if name == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except FileNotFoundError:
        raise BadInput(name, "", "There is no such file.", "Check the name and the folder.") from None
    except IsADirectoryError:
        raise BadInput(name, "", "This is a folder.", "Name a file in it.") from None
    except PermissionError:
        raise BadInput(name, "", "You may not read this file.", "Ask for the right to read it.") from None
    except (OSError, ValueError) as error:
        raise BadInput(name, "", f"It cannot be read: {error}.", "Check the name.") from None


def read_json(name: str) -> Any:
    """The JSON document in a file; BadInput with line and column when it is none.

    A key that stands twice is refused: which of the two was meant cannot be known. NaN and Infinity are no JSON.
    """
    import json

    data = read_bytes(name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(shown(name), f"line {line}", "This is not UTF-8.", "Save the file as UTF-8.") from None
    if not text.strip():
        raise BadInput(shown(name), "", "It is empty.", "Give a JSON document.")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadInput(
            shown(name), place, f"This is not JSON: {error.msg}.", "Mend the syntax here."
        ) from None
    except RecursionError:
        raise BadInput(shown(name), "", "It is nested too deeply.", "Give a plain document.") from None
    except _Refused as refused:
        raise BadInput(shown(name), str(refused.args[0]), refused.args[1], refused.args[2]) from None


class _Refused(Exception):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Refused(f"“{key}”", "This key stands twice in one object.", "Keep one of the two.")
        found[key] = value
    return found


def _no_constant(word: str) -> Any:
    raise _Refused(word, "This is no JSON number.", "Write a number, or leave the value out.")
