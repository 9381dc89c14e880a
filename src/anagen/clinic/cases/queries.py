"""Reading signed cases, and asking rules whether they still answer them as signed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from anagen.clinic.people.queries import today
from anagen.exchange import cases
from anagen.exchange.errors import BadInput
from anagen.knowledge.loader import Knowledge, shipped
from anagen.medicine.rules import Ruleset

from .models import SignedCase


@dataclass(frozen=True, slots=True)
class Differing:
    """A signed case that rules answer otherwise than signed."""

    case: SignedCase
    differences: tuple[str, ...]  # a line each; the first says from which day on, if not today

    def __str__(self) -> str:
        return f"{self.case.name} “{self.case.title}”: {'; '.join(self.differences)}"


@dataclass(frozen=True, slots=True)
class Deciding:
    """What the clinic decides by, and what it would decide by if signed cases did not hold it back."""

    in_use: Knowledge
    waiting: Knowledge | None = None


_source: list[Callable[[], Deciding]] = [lambda: Deciding(shipped())]


def decided_by(source: Callable[[], Deciding]) -> None:
    """From now on the clinic decides by what `source` gives; an app above says so in its `ready()`."""
    _source[:] = [source]


def in_use() -> Knowledge:
    """What the clinic decides by now; the shipped knowledge where no app changes it."""
    return _source[0]().in_use


def waiting() -> Knowledge | None:
    """The knowledge that the clinic does not take because signed cases hold it back; None where all is well."""
    return _source[0]().waiting


def mark() -> tuple[int, int]:
    """Another one each time a case is signed or withdrawn: for whoever remembers what `differing` said."""
    signed: int
    withdrawn: int
    signed, withdrawn = SignedCase.objects.aggregate(all=Count("pk"), withdrawn=Count("withdrawn")).values()
    return signed, withdrawn


def every_case() -> QuerySet[SignedCase]:
    """All that were ever signed, newest first."""
    return SignedCase.objects.select_related("signed_by", "withdrawn__by").order_by("-number")


def standing_cases() -> QuerySet[SignedCase]:
    """Those whose signature stands."""
    return SignedCase.objects.filter(withdrawn__isnull=True).order_by("number")


def read(content: dict[str, Any], ruleset: Ruleset) -> cases.Case:
    """A stored case as medicine's objects. BadInput where these rules do not know what it speaks of."""
    text = json.dumps(content, ensure_ascii=False)
    (case,) = cases.read(text, file="signed case", bases={}, vocabulary=ruleset.vocabulary)
    return case


def differing(knowledge: Knowledge, *, on: date | None = None) -> list[Differing]:
    """The signed cases that these rules would answer otherwise than signed.

    A case is a patient of its own day, judged by the rules as they stand on `on` (today), and as they will stand on
    every later day on which a version begins or ends: a change that is dated ahead is caught when it is signed.
    """
    asked = list(standing_cases())
    standing = rules_ahead(knowledge, on or today()) if asked else ()
    found = ((case, otherwise(case.content, standing)) for case in asked)
    return [Differing(case, told) for case, told in found if told]


def said(case: SignedCase, ruleset: Ruleset) -> list[tuple[str, str]]:
    """What is said of the patient, as label and words."""
    words = ruleset.vocabulary
    return [
        (words[fact].label if fact in words else fact, _in_words(each))
        for fact, answers in case.content["facts"].items()
        for each in (answers if isinstance(answers, list) and _are_answers(answers) else [answers])
    ]


def _are_answers(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(value, dict) for value in values)


def _in_words(said: Any) -> str:
    plain = said if isinstance(said, dict) else {"value": said}
    value = plain.get("value")
    words = ", ".join(value) if isinstance(value, list) else str(value)
    return " ".join([words, *(f"{key} {plain[key]}" for key in ("since", "until") if key in plain)])


def findings(case: SignedCase, ruleset: Ruleset) -> list[tuple[str, dict[str, Any]]]:
    """The findings that were signed, each with the title of its rule."""
    titles = {rule.id: rule.title for rule in ruleset.rules}
    return [(titles.get(each["rule"], each["rule"]), each) for each in case.content["expect"]["findings"]]


def rules_ahead(knowledge: Knowledge, on: date) -> tuple[tuple[date, Ruleset], ...]:
    """The rules as they stand on that day, and on each later day on which one begins or ends."""
    ruleset = knowledge.ruleset
    return tuple((day, ruleset.as_on(day)) for day in ruleset.turns(on))


def otherwise(content: dict[str, Any], rules: Iterable[tuple[date, Ruleset]]) -> tuple[str, ...]:
    """What of a case is answered otherwise by the first of these rules that do; nothing when none does."""
    for number, (day, standing) in enumerate(rules):
        try:
            case = read(content, standing)
            told = cases.differences(case.expect, cases.answer(case.screened(standing)))
        except BadInput as bad:
            told = [f"it cannot be asked any more: {bad.what}"]
        if told:
            return (*((f"from {day.isoformat()} on",) if number else ()), *told)
    return ()
