"""What judging a mixture goes by: ingredients, products, pairs and rules, found by any of their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from itertools import combinations

from anagen.medicine.mixture import Citation, Ingredient, Known, Pair, PairRule, Problem, Product
from anagen.medicine.quantities import Units
from anagen.medicine.rules import Rule
from anagen.medicine.vocabulary import Vocabulary


@dataclass(frozen=True)
class Formulary:
    """All that judging a mixture goes by. Rules speak of the patient's facts and of measures of the mixture."""

    ingredients: Mapping[str, Ingredient]
    products: Mapping[str, Product]
    pairs: tuple[PairRule, ...]
    unknown_pair: Citation
    rules: tuple[Rule, ...]
    problems: Mapping[str, Problem]
    vocabulary: Vocabulary  # of the patient's facts and the mixture's measures
    use_within: timedelta  # from the first puncture, where every part is known to hold that long
    use_within_unknown: timedelta  # where that is not known
    version: str
    hash: str

    @property
    def units(self) -> Units:
        return self.vocabulary.units

    @cached_property
    def _names(self) -> dict[str, str]:
        found: dict[str, str] = {}
        entries: tuple[Ingredient | Product, ...] = (*self.ingredients.values(), *self.products.values())
        for entry in entries:
            short = entry.id.partition(".")[2]
            plain = entry.title.partition(" (")[0]
            for name in (entry.id, short, short.replace("_", " "), entry.title, plain, *entry.names):
                found.setdefault(plain_name(name), entry.id)
        return found

    def ingredient(self, name: str) -> Ingredient | None:
        """By id, INN, title or synonym, in any case; None when nobody has described it."""
        return self.ingredients.get(self._names.get(plain_name(name), ""))

    def product(self, name: str) -> Product | None:
        return self.products.get(self._names.get(plain_name(name), ""))

    def adding(self, products: Mapping[str, Product]) -> Formulary:
        """The same knowledge with a clinic's own products."""
        return replace(self, products={**self.products, **products})

    def pair(self, one: str, other: str) -> Pair:
        """What is known of two ingredients (ids) in one syringe; what no entry names is unknown.

        Where several entries speak, the worst counts: bad, then unknown, then good.
        """
        first, second = self.ingredients.get(one), self.ingredients.get(other)
        named = [rule for rule in self.pairs if first and second and rule.about(first, second)]
        if not named:
            why = "Nobody has shown that the two hold together."
            return Pair(
                one, other, Known.UNKNOWN, "pharmacist", why, "formulation.unknown_pair", self.unknown_pair
            )
        worst = max(named, key=lambda rule: (_WORSE[rule.known], _HARDER[rule.action]))
        return Pair(one, other, worst.known, worst.action, worst.why, worst.id, worst.cite)

    def compatible(self, ones: tuple[str, ...], others: tuple[str, ...]) -> Known:
        """The worst that is known of any pair between two groups of ingredients (ids)."""
        known = [self.pair(one, other).known for one in ones for other in others if one != other]
        return max(known, key=_WORSE.__getitem__, default=Known.GOOD)


_WORSE = {Known.GOOD: 0, Known.UNKNOWN: 1, Known.BAD: 2}
_HARDER = {"allow": 0, "caution": 1, "pharmacist": 2, "refuse": 3}


def plain_name(name: str) -> str:
    """A name as it is compared: in small letters, with single spaces."""
    return " ".join(name.casefold().split())


def all_pairs(formulary: Formulary, groups: tuple[tuple[str, ...], ...]) -> tuple[Pair, ...]:
    """Every pair of ingredients (ids) that would meet when these groups (products) are drawn into one syringe."""
    found: dict[frozenset[str], Pair] = {}
    for ones, others in combinations(groups, 2):
        for one in ones:
            for other in others:
                if one != other:
                    found.setdefault(frozenset((one, other)), formulary.pair(one, other))
    return tuple(found.values())
