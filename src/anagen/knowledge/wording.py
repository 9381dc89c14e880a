"""Knowledge in plain English: conditions, durations, quantities and answers as a person would say them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from anagen.medicine.conditions import (
    All,
    AnyOf,
    Compares,
    Comparison,
    Condition,
    Is,
    Leaf,
    Not,
    Under,
    Within,
)
from anagen.medicine.dates import Duration, in_words
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Ending, Override
from anagen.medicine.vocabulary import AGE, FactType, Vocabulary

SYSTEMS: Final = {
    "icd-10": "ICD-10",
    "atc": "ATC",
    "loinc": "LOINC",
    "rxnorm": "RxNorm",
    "snomed": "SNOMED CT",
}
_COMPARISONS: Final = {
    Comparison.AT_LEAST: "at least",
    Comparison.ABOVE: "above",
    Comparison.AT_MOST: "at most",
    Comparison.BELOW: "below",
}
# How people write units; the rest are written as their UCUM code.
_UNITS: Final = {
    "Cel": "°C",
    "[degF]": "°F",
    "mm[Hg]": "mmHg",
    "ug": "µg",
    "ug/L": "µg/L",
    "10*9/L": "×10⁹/L",
    "/min": "per minute",
    "a": "years",
    "1": "",
}


def sentence(condition: Condition, words: Vocabulary) -> str:
    """A condition on one line: ``all of: Pregnancy is yes; Age is at least 18 years``."""
    match condition:
        case All(parts) | AnyOf(parts) if len(parts) == 1:
            return sentence(parts[0], words)
        case All(parts):
            return "all of: " + "; ".join(_enclosed(part, words) for part in parts)
        case AnyOf(parts):
            return "any of: " + "; ".join(_enclosed(part, words) for part in parts)
        case Not(part):
            return f"not {_enclosed(part, words, always=True)}"
        case Leaf():
            return leaf(condition, words)
    raise TypeError(f"{type(condition).__name__} is no condition")


def _enclosed(part: Condition, words: Vocabulary, *, always: bool = False) -> str:
    """In brackets where the sentence would otherwise be read in two ways."""
    said = sentence(part, words)
    return f"({said})" if always or (": " in said and isinstance(part, All | AnyOf)) else said


def outline(condition: Condition, words: Vocabulary, depth: int = 0) -> Iterator[tuple[int, str]]:
    """A condition as indented lines: (depth, words)."""
    match condition:
        case All(parts) | AnyOf(parts) if len(parts) == 1:
            yield from outline(parts[0], words, depth)
        case All(parts) | AnyOf(parts):
            yield depth, "all of these" if isinstance(condition, All) else "any of these"
            for part in parts:
                yield from outline(part, words, depth + 1)
        case Not(part):
            yield depth, "not so that"
            yield from outline(part, words, depth + 1)
        case _:
            yield depth, sentence(condition, words)


def leaf(condition: Leaf, words: Vocabulary) -> str:
    """A condition over one fact."""
    label = label_of(condition.fact, words)
    match condition:
        case Is(fact, values):
            return f"{label} is {_one_of(sorted(_option(fact, value, words) for value in values))}"
        case Compares(_, comparison, limit):
            return f"{label} is {_COMPARISONS[comparison]} {quantity(limit)}"
        case Within(fact, duration, is_event):
            happened = "happened" if is_event else "is so, or ended"
            del fact
            return f"{label} {happened} less than {in_words(duration)} ago"
        case Under(_, system, listed):
            return f"{label} has an {SYSTEMS[system]} code under {_one_of(list(listed))}"
    raise TypeError(f"{type(condition).__name__} is no condition over one fact")


def label_of(fact: str, words: Vocabulary) -> str:
    """The short name of a fact for clinicians."""
    return "Age" if fact == AGE else words[fact].label


def _option(fact: str, value: bool | str, words: Vocabulary) -> str:
    if isinstance(value, bool):
        return "yes" if value else ("never" if words[fact].type is FactType.EVENT else "no")
    return f"“{words[fact].options[value]}”"


def _one_of(options: list[str]) -> str:
    return options[0] if len(options) == 1 else f"{', '.join(options[:-1])} or {options[-1]}"


def quantity(amount: Quantity) -> str:
    """``37.5 °C``, ``18 years``, ``1 year``."""
    if amount.unit == "a" and amount.value == Decimal(1):
        return "1 year"
    return f"{amount.value} {unit_words(amount.unit)}".replace(" {", " ").rstrip("} ")


def unit_words(code: str) -> str:
    """A unit as people write it: ``°C`` for Cel; nothing for a bare number."""
    return _UNITS.get(code, code)


def ending(until: Ending, words: Vocabulary) -> str:
    """When a matched rule lets go."""
    if until.of is None or until.after is None:
        return f"until {until.event}"
    which = "the day of" if words[until.of].type is FactType.EVENT else "the end of"
    after = "" if until.after.number == 0 else f"{in_words(until.after)} after "
    return f"until {after}{which} “{words[until.of].label}”; while that is not known, until {until.event}"


def overriding(override: Override, reasons: dict[str, dict[str, str]]) -> str:
    """Who may set a finding of the rule aside, and why."""
    if not override.allowed:
        return "by nobody"
    who = _one_of([role.replace("_", " ") for role in override.by])
    why = "; ".join(reasons[code]["label"] if code in reasons else code for code in override.reasons)
    return f"by {who}, with a comment, for one of these reasons: {why}"


def duration(text: str) -> str:
    """A duration as it stands in knowledge files, in words."""
    return in_words(Duration.parse(text))


def answer(plain: Any) -> str:
    """A given answer of a worked example."""
    match plain:
        case dict():
            said = dict(plain)
            first = [answer(said.pop("value"))] if "value" in said else []
            names = {"since": "since", "until": "until", "said": "said on"}
            return ", ".join([*first, *(f"{names.get(key, key)} {value}" for key, value in said.items())])
        case list():
            return ", ".join(map(str, plain))
        case date():
            return plain.isoformat()
        case _:
            return str(plain)


__all__ = [
    "answer",
    "duration",
    "ending",
    "label_of",
    "leaf",
    "outline",
    "overriding",
    "quantity",
    "sentence",
]
