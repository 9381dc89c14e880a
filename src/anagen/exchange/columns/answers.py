"""Answers to a fact as small numbers: those in which no rule sees a difference share one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from typing import Final

from anagen.exchange.columns.matters import NOT_UNDERSTOOD, Matter, matters, situation_of
from anagen.medicine.facts import Facts, Key, Page, Statement, of_key
from anagen.medicine.kept import Kept
from anagen.medicine.rules import Ruleset
from anagen.medicine.screening import UNMAPPED

Said = tuple[Statement, ...]  # everything that one patient's speakers say of one fact
Seen = tuple[Hashable, ...]  # what every matter that looks at a fact notices

LANE: Final = 16  # bits for the code of a fact in a row
MOST_CODES: Final = 1 << LANE


class TooMuch(ValueError):
    """More kinds of answers, or more ways in which they meet, than columns can hold."""


class Book:
    """The codes of some rulesets' facts on one day. Code 0 is that of somebody who was not asked."""

    def __init__(self, rulesets: Sequence[Ruleset], on: date) -> None:
        self.rulesets = tuple(rulesets)
        self.on = on
        self.matters = [tuple(matters(ruleset, on)) for ruleset in self.rulesets]
        facts = {fact.id: None for ruleset in self.rulesets for fact in ruleset.vocabulary}
        self.facts: tuple[str, ...] = (*facts, UNMAPPED)
        self._place = {fact: number for number, fact in enumerate(self.facts)}
        self._looking: dict[str, list[tuple[Ruleset, Matter]]] = {fact: [] for fact in self.facts}
        for ruleset, its in zip(self.rulesets, self.matters, strict=True):
            for matter in its:
                for fact in matter.facts:
                    self._looking[fact].append((ruleset, matter))
        self.examples: dict[str, list[Said]] = {fact: [] for fact in self.facts}
        self._codes: dict[str, dict[Seen, int]] = {fact: {} for fact in self.facts}
        for fact in self.facts:
            self.code(fact, ())
        self.code(UNMAPPED, NOT_UNDERSTOOD)
        self._alone: Kept[Key, int] = Kept(lambda key: self._lane(key.fact, (of_key(key),)))
        self._several: Kept[Said, int] = Kept(lambda said: self._lane(said[0].fact, said))
        self._pages: Kept[Page, int] = Kept(lambda page: sum(map(self._alone.__getitem__, page.keys)))
        self._not_understood = self._lane(UNMAPPED, NOT_UNDERSTOOD)

    @property
    def row_bytes(self) -> int:
        return len(self.facts) * LANE // 8

    def row(self, facts: Facts, *, understood: bool = True) -> bytes:
        """The codes of a patient's answers, two bytes a fact. KeyError for a fact that some ruleset lacks."""
        row = sum(map(self._pages.__getitem__, facts.pages))
        for fact in facts.several:
            row += self._several[facts.about(fact)]
        if not understood:
            row += self._not_understood
        return row.to_bytes(self.row_bytes, "little")

    def code(self, fact: str, said: Said) -> int:
        """The code of what is said of a fact. KeyError for a fact that some ruleset lacks."""
        if said and fact != UNMAPPED:
            for ruleset in self.rulesets:
                ruleset.vocabulary[fact]
        seen = self._seen(fact, said)
        code = self._codes[fact].setdefault(seen, len(self.examples[fact]))
        if code == len(self.examples[fact]):
            if code == MOST_CODES:
                raise TooMuch(f"{fact}: the rules tell more than {MOST_CODES} kinds of answers apart")
            self.examples[fact].append(said)
        return code

    def _seen(self, fact: str, said: Said) -> Seen:
        situations = {id(ruleset): situation_of(said, ruleset, self.on) for ruleset in self.rulesets}
        return tuple(matter.sees(fact, situations[id(ruleset)]) for ruleset, matter in self._looking[fact])

    def _lane(self, fact: str, said: Said) -> int:
        return self.code(fact, said) << LANE * self._place[fact]
