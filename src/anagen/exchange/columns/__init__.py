"""Whole populations by the same rules: a patient is a few small numbers, a verdict is looked up.

Every answer becomes a code (:mod:`.answers`), the codes of facts that belong together become one number
(:mod:`.packing`), and a table says for each number what the rules say. The tables are filled by the rules
themselves (:func:`anagen.medicine.rules.judge`), once for every kind of answers that meet, so that a rule means one
thing for one patient and for a million. Dates are not in the columns: whoever needs the earliest date of a patient
screens that patient; :func:`may_differ` names those for whom it can have changed.

NumPy is imported with this module, and by nothing that a single decision needs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anagen.exchange.columns.answers import Book, Said, TooMuch
from anagen.exchange.columns.matters import Matter, OfQuestion, OfRule
from anagen.exchange.columns.packing import (
    STATES,
    Bytes,
    Codes,
    Layout,
    layouts,
    state_table,
    verdict_table,
)
from anagen.medicine.facts import Facts
from anagen.medicine.rules import Ruleset
from anagen.medicine.screening import UNMAPPED

__all__ = [
    "STATES",
    "Columns",
    "TooMuch",
    "compare",
    "encode",
    "encode_answers",
    "may_differ",
    "touched",
    "verdicts",
]

_READ: Final = 1 << 13  # patients whose rows of codes are held at once while reading
_STEP: Final = 1 << 16  # patients looked up at once, so that what is worked on stays near the processor


@dataclass(frozen=True, eq=False)
class Columns:
    """A population as columns: two bytes for each column and patient. Fit for its rulesets and its day alone."""

    patients: int
    on: date
    rulesets: tuple[Ruleset, ...]
    packed: tuple[Codes, ...]
    _book: Book = field(repr=False)
    _layouts: tuple[tuple[Layout, list[tuple[int, Matter]]], ...] = field(repr=False)
    _tables: dict[int, list[tuple[Codes, Bytes]]] = field(default_factory=dict, repr=False)

    @property
    def bytes_per_patient(self) -> int:
        return sum(column.itemsize for column in self.packed)

    def tables(self, ruleset: Ruleset) -> list[tuple[Codes, Bytes]]:
        """Each column that bears on the verdict, with its table; filled when first asked for."""
        number = self._number(ruleset)
        if number not in self._tables:
            found = []
            for (layout, every), column in zip(self._layouts, self.packed, strict=True):
                its = [matter for place, matter in every if place == number]
                table = verdict_table(self._book, layout, number, its)
                if table.any():
                    found.append((column, table))
            self._tables[number] = found
        return self._tables[number]

    def states(self, ruleset: Ruleset, matter: Matter) -> Bytes:
        """What one matter says of each patient, as places in :data:`STATES`."""
        number = self._number(ruleset)
        for (layout, every), column in zip(self._layouts, self.packed, strict=True):
            if any(its is matter for _, its in every):
                return state_table(self._book, layout, number, matter)[column]
        raise AssertionError("every matter has its column")

    def matters(self, ruleset: Ruleset) -> tuple[Matter, ...]:
        return self._book.matters[self._number(ruleset)]

    def _number(self, ruleset: Ruleset) -> int:
        for number, own in enumerate(self.rulesets):
            if own is ruleset:
                return number
        raise ValueError("these columns were made for other rules: encode the patients with this ruleset")


def encode(
    patients: Iterable[Facts], *rulesets: Ruleset, on: date, not_understood: Collection[int] = ()
) -> Columns:
    """The patients as columns, fit for every one of the rulesets on that day.

    ``not_understood`` are the places of patients who have unmapped entries. While it reads it holds one or two
    bytes a fact and patient; what it returns holds about a fifth of that. KeyError for a fact that one of the
    vocabularies lacks, as screening does; TooMuch where answers differ in more ways than columns can hold.
    """
    book, apart = Book(rulesets, on), frozenset(not_understood)
    read: list[NDArray[np.unsignedinteger]] = []
    left, count = iter(patients), 0
    while some := list(islice(left, _READ)):
        rows = b"".join(
            book.row(facts, understood=place not in apart) for place, facts in enumerate(some, count)
        )
        codes = np.frombuffer(rows, "<u2").reshape(len(some), len(book.facts)).transpose()
        read.append(codes.astype(np.uint8 if codes.max() < 256 else np.uint16))
        count += len(some)
    every = {
        fact: np.concatenate([codes[place] for codes in read]) if read else np.zeros(0, np.uint8)
        for place, fact in enumerate(book.facts)
    }
    return _packed(book, every, count)


def encode_answers(
    alphabets: Mapping[str, Sequence[Said]],
    answers: Mapping[str, NDArray[np.integer]],
    *rulesets: Ruleset,
    on: date,
) -> Columns:
    """The same from answers that are columns already.

    ``answers[fact][patient]`` is the place in ``alphabets[fact]`` of all that is said of that fact; whoever was
    not asked has an empty tuple there. Facts that are left out were asked of nobody.
    """
    book = Book(rulesets, on)
    count = len(next(iter(answers.values()), ()))
    nobody = np.zeros(count, np.uint8)
    every: dict[str, Codes] = dict.fromkeys(book.facts, nobody)
    for fact, places in answers.items():
        if len(places) != count:
            raise ValueError(f"{fact}: {len(places)} patients, and {count} elsewhere")
        every[fact] = np.array([book.code(fact, said) for said in alphabets[fact]], np.uint16)[places]
    return _packed(book, every, count)


def _packed(book: Book, codes: Mapping[str, Codes], patients: int) -> Columns:
    planned = layouts(book)
    made = [layout.packed(codes, patients) for layout, _ in planned]
    return Columns(
        patients=patients,
        on=book.on,
        rulesets=book.rulesets,
        packed=tuple(column for _, column in made),
        _book=book,
        _layouts=tuple((layout, its) for (layout, _), (_, its) in zip(made, planned, strict=True)),
    )


def verdicts(columns: Columns, ruleset: Ruleset) -> Bytes:
    """The verdict of each patient as a number of :class:`anagen.medicine.rules.Verdict`, the same as screening's."""
    tables = columns.tables(ruleset)
    worst = np.zeros(columns.patients, np.uint8)
    found = np.empty(min(_STEP, columns.patients), np.uint8)
    for first in range(0, columns.patients, _STEP):
        of_these = worst[first : first + _STEP]
        looked_up = found[: len(of_these)]
        for column, table in tables:
            # every code has its entry: "clip" only spares NumPy the search for one that has not
            table.take(column[first : first + _STEP], out=looked_up, mode="clip")
            np.maximum(of_these, looked_up, out=of_these)
    return worst


def touched(columns: Columns, ruleset: Ruleset, rule: str) -> Bytes:
    """What a rule says of each patient: a place in :data:`STATES`. KeyError for a rule that there is not.

    A rule that does not stand on the day matches nobody.
    """
    if all(own.id != rule for own in ruleset.rules):
        raise KeyError(rule)
    for matter in columns.matters(ruleset):
        if isinstance(matter, OfRule) and matter.rule.id == rule:
            return columns.states(ruleset, matter)
    return np.zeros(columns.patients, np.uint8)


def compare(before: Ruleset, after: Ruleset, columns: Columns) -> NDArray[np.intp]:
    """The places of the patients whose verdict differs."""
    return np.flatnonzero(verdicts(columns, before) != verdicts(columns, after))


def may_differ(before: Ruleset, after: Ruleset, columns: Columns) -> NDArray[np.intp]:
    """The places of the patients whose findings or date may differ: of whom a matter that was changed says something.

    Everybody else has the same findings that weigh, so the same verdict, date and missing answers.
    """
    found = np.zeros(columns.patients, bool)
    for one, other in ((before, after), (after, before)):
        kept = {_essence(matter, other) for matter in columns.matters(other)}
        for matter in columns.matters(one):
            if _essence(matter, one) not in kept:
                found |= columns.states(one, matter) != 0
    return np.flatnonzero(found)


def _essence(matter: Matter, ruleset: Ruleset) -> object:
    """What two rulesets must share for a matter to say the same in both, its dates and words included."""
    words = tuple((fact, repr(ruleset.vocabulary[fact])) for fact in sorted(matter.facts) if fact != UNMAPPED)
    if isinstance(matter, OfRule):
        return matter.rule.id, matter.rule.title, repr(matter.version), words
    return type(matter), matter.fact if isinstance(matter, OfQuestion) else "", words
