"""Names and numbers of patients, without a database: how they are compared, made and checked."""

from __future__ import annotations

import secrets
import unicodedata

NUMBER_LENGTH = 7

# Letters that Unicode does not take apart into a base letter and a mark.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def searchable(name: str) -> str:
    """The form in which names are compared: no case, no accents, single spaces.

    >>> searchable("  Łucja  O’Brien-Müller ")
    "lucja o'brien-muller"
    """
    taken_apart = unicodedata.normalize("NFKD", name.replace("’", "'").casefold())
    plain = "".join(letter for letter in taken_apart if not unicodedata.combining(letter))
    return " ".join(plain.translate(_PLAIN).split())


def check_digit(digits: str) -> str:
    """The Luhn digit: catches every single wrong digit and nearly every swap of neighbours."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def is_patient_number(text: str) -> bool:
    return (
        len(text) == NUMBER_LENGTH
        and text.isascii()
        and text.isdigit()
        and check_digit(text[:-1]) == text[-1]
    )


def new_patient_number() -> str:
    """Seven digits, the last one a check digit. Random: a number says nothing about how many there are."""
    digits = str(secrets.choice("123456789")) + "".join(
        secrets.choice("0123456789") for _ in range(NUMBER_LENGTH - 2)
    )
    return digits + check_digit(digits)
