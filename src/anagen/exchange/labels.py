"""The labels of our own syringes: a code that cannot be guessed, its picture, and reading it back.

A code is ``SY``, ten random characters and a check character, as in ``SY7K2QM9XB4T0``. The alphabet has 31 characters,
none of which is mistaken for another: I and L are read as 1, O as 0, S as 5, U as V. The check is a sum of values
weighted by place modulo 31, a prime, so that one wrong character, and any two that have changed places, are noticed.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import zxingcpp

PREFIX: Final = "SY"
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRTVWXYZ"
_RANDOM: Final = 10
_ALIKE: Final = str.maketrans("ILOSU", "1105V")
_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")


class NotALabel(ValueError):
    """The text is no code of a syringe of ours; its words say what to do."""


@dataclass(frozen=True, slots=True)
class SyringeLabel:
    """What stands on a syringe. Initials and number, not the name: a label is read by whoever finds it."""

    code: str
    initials: str
    patient_number: str
    mixture: str
    volume: str  # with its unit: “4.5 mL”
    use_by: datetime
    prepared_by: str
    checked_by: str = ""


def new_code() -> str:
    """A code that nobody can guess: 10 characters of 31, 49 bits."""
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return PREFIX + random + _check(random)


def read_code(text: str) -> str:
    """The code in what was scanned, typed or read out: spaces, hyphens and small letters do not matter.

    NotALabel when it is something else, or misread.
    """
    code = _tidied(text)
    if not _looks_alike(code):
        raise NotALabel(
            f"A label of a syringe begins with {PREFIX} and has {len(PREFIX) + _RANDOM + 1} characters."
        )
    body = code[len(PREFIX) :].translate(_ALIKE)
    if _check(body[:-1]) != body[-1]:
        raise NotALabel("One character of this label is wrong or two have changed places. Scan it again.")
    return PREFIX + body


def looks_like_code(text: str) -> bool:
    """Whether somebody has scanned a syringe of ours, well or badly read."""
    return _looks_alike(_tidied(text))


def spoken(code: str) -> str:
    """The code in groups, to be read by people: ``SY 7K2Q M9XB 4T0``."""
    return " ".join((code[:2], code[2:6], code[6:10], code[10:]))


def drawing(content: str, label: str = "") -> str:
    """A DataMatrix as inline SVG with one unit a module and a quiet margin; its size is for the stylesheet.

    ``label`` names it for screen readers; without one it is decoration, for what stands beside it in letters.
    """
    picture = zxingcpp.create_barcode(content, zxingcpp.DataMatrix, force_square=True).to_image(scale=1)
    pixels = memoryview(picture)  # type: ignore[arg-type]  # it has the buffer protocol, its stub does not say so
    height, width = pixels.shape  # type: ignore[misc]
    dark = "".join(f"M{x} {y}h1v1h-1z" for y in range(height) for x in range(width) if pixels[y, x] < 128)
    named = f'role="img" aria-label="{_escaped(label)}"' if label else 'aria-hidden="true"'
    return (
        f'<svg class="symbol" viewBox="0 0 {width} {height}" shape-rendering="crispEdges" {named}>'
        f'<path fill="#fff" d="M0 0h{width}v{height}H0z"/><path fill="#000" d="{dark}"/></svg>'
    )


def _tidied(text: str) -> str:
    return re.sub(r"[\s-]", "", _SYMBOLOGY.sub("", text.strip(), count=1)).upper()


def _looks_alike(code: str) -> bool:
    body = code[len(PREFIX) :].translate(_ALIKE)
    return (
        code.startswith(PREFIX) and len(body) == _RANDOM + 1 and all(letter in _ALPHABET for letter in body)
    )


def _check(body: str) -> str:
    """The character that makes the weighted sum a multiple of 31: weights 1, 2, 3 …, the last one for the check."""
    total = sum(place * _ALPHABET.index(letter) for place, letter in enumerate(body, start=1))
    own = len(body) + 1
    return _ALPHABET[-total * pow(own, -1, len(_ALPHABET)) % len(_ALPHABET)]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
