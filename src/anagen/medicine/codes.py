"""Codes by hierarchy: a listed ``G40`` covers ``G40.309``, a listed ``B01A`` covers ``B01AC06``.

ICD-10 (of the WHO and ICD-10-CM) and ATC are hierarchies that show in the code itself. LOINC, RxNorm and
SNOMED CT do not show theirs, so there a listed code covers only itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

ICD10: Final = "icd-10"
ATC: Final = "atc"
LOINC: Final = "loinc"
RXNORM: Final = "rxnorm"
SNOMED: Final = "snomed"
SYSTEMS: Final = (ICD10, ATC, LOINC, RXNORM, SNOMED)
HIERARCHIES: Final = frozenset({ICD10, ATC})


def normal(system: str, code: str) -> str:
    """The form in which codes are compared: capitals, and no dot in ICD-10."""
    code = code.strip().upper()
    return code.replace(".", "") if system == ICD10 else code


def ancestors(system: str, code: str) -> Iterator[str]:
    """The code itself and everything above it, nearest first, in normal form."""
    code = normal(system, code)
    yield code
    if system in HIERARCHIES:
        for length in range(len(code) - 1, 0, -1):
            yield code[:length]


def expanded(system: str, listed: str) -> Iterator[str]:
    """One listed entry in normal form; an ICD-10 range such as ``C00-C97`` as its categories.

    A complete ten such as C40–C49 also stands as ``C4``, for ICD-10-CM has categories such as C4A in it.
    ValueError for a range that does not run upwards between three-character categories.
    """
    first, dash, last = listed.partition("-")
    if not dash or system != ICD10:
        yield normal(system, listed)
        return
    low, high = _category(listed, first), _category(listed, last)
    if low > high:
        raise ValueError(f"the range “{listed}” runs backwards; write {last}-{first}")
    for ordinal in range(low, high + 1):
        letter, number = divmod(ordinal, 100)
        yield f"{chr(letter)}{number:02d}"
        if number % 10 == 9 and ordinal - 9 >= low:
            yield f"{chr(letter)}{number // 10}"


def _category(listed: str, code: str) -> int:
    """An ICD-10 category as a number that counts upwards through the letters."""
    code = normal(ICD10, code)
    if len(code) != 3 or not code[0].isalpha() or not code[1:].isdigit():
        raise ValueError(f"the range “{listed}” runs between no categories; write one such as C00-C97")
    return ord(code[0]) * 100 + int(code[1:])


class CodeIndex:
    """Which facts a code speaks of. A lookup costs the depth of the code, not the length of the list."""

    def __init__(self, listed: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        """``listed``: fact id → system → listed entries."""
        index: dict[tuple[str, str], list[str]] = {}
        for fact, systems in listed.items():
            for system, entries in systems.items():
                for item in entries:
                    for entry in expanded(system, item):
                        index.setdefault((system, entry), []).append(fact)
        self._index = {key: tuple(dict.fromkeys(facts)) for key, facts in index.items()}

    def facts(self, system: str, code: str) -> tuple[str, ...]:
        """Ids of the facts that list this code or one above it; nearest first, empty when none does."""
        found: dict[str, None] = {}
        for ancestor in ancestors(system, code):
            for fact in self._index.get((system, ancestor), ()):
                found[fact] = None
        return tuple(found)
