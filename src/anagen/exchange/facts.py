"""Facts as plain JSON, to be stored and replayed, and answers of a form as facts.

A statement is ``{"fact", "value", "on", "speaker"}`` and, where there are any, ``"since"``, ``"until"``, ``"record"``.
The value is ``true`` or ``false``, ``"unknown"`` for *don’t know*, ``{"option": …}``, ``{"codes": […]}``,
``{"value": "37.5", "unit": "Cel"}`` or ``{"date": "1992-06-15"}``. Nothing is lost either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from anagen.knowledge import build
from anagen.medicine.conditions import Situation
from anagen.medicine.facts import UNKNOWN, Answer, Facts, Speaker, Statement
from anagen.medicine.quantities import Quantity
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import Vocabulary

UNKNOWN_WORD: Final = "unknown"
_KEYS: Final = frozenset({"fact", "value", "on", "speaker", "since", "until", "record"})


class NotFacts(ValueError):
    """Plain data that does not say what facts are."""


def plain_facts(facts: Iterable[Statement]) -> list[dict[str, Any]]:
    """Every statement, in order."""
    return [plain_statement(statement) for statement in facts]


def plain_statement(statement: Statement) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "fact": statement.fact,
        "value": plain_value(statement.value),
        "on": statement.on.isoformat(),
        "speaker": statement.speaker.value,
    }
    if statement.since is not None:
        plain["since"] = statement.since.isoformat()
    if statement.until is not None:
        plain["until"] = statement.until.isoformat()
    if statement.record:
        plain["record"] = statement.record
    return plain


def plain_value(value: Answer) -> Any:
    if value is UNKNOWN:
        return UNKNOWN_WORD
    match value:
        case bool():
            return value
        case str():
            return {"option": value}
        case frozenset():
            return {"codes": sorted(value)}
        case Quantity():
            return {"value": str(value.value), "unit": value.unit}
        case date():
            return {"date": value.isoformat()}
    raise TypeError(f"{value!r} is no answer")


def facts_of(plain: Iterable[Mapping[str, Any]]) -> Facts:
    """The facts again; NotFacts when the data says something else."""
    return Facts(statement_of(item) for item in plain)


def statement_of(plain: Mapping[str, Any]) -> Statement:
    try:
        if unknown := set(plain) - _KEYS:
            raise NotFacts(f"“{min(unknown)}” is not known in a statement")
        return Statement(
            fact=_word(plain["fact"]),
            value=value_of(plain["value"]),
            on=date.fromisoformat(plain["on"]),
            speaker=Speaker(plain["speaker"]),
            since=date.fromisoformat(plain["since"]) if "since" in plain else None,
            until=date.fromisoformat(plain["until"]) if "until" in plain else None,
            record=_word(plain.get("record", "")),
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise NotFacts(f"this is no statement: {plain} ({error})") from None


def value_of(plain: Any) -> Answer:
    match plain:
        case True | False:
            return plain
        case "unknown":
            return UNKNOWN
        case {"option": str(word), **rest} if not rest:
            return word
        case {"codes": list(codes), **rest} if not rest and all(isinstance(code, str) for code in codes):
            return frozenset(codes)
        case {"value": str(value), "unit": str(unit), **rest} if not rest:
            return Quantity(Decimal(value), unit)
        case {"date": str(day), **rest} if not rest:
            return date.fromisoformat(day)
    raise NotFacts(f"“{plain}” is no answer")


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise NotFacts(f"“{value}” is no text")
    return value


def answered(
    vocabulary: Vocabulary,
    answers: Mapping[str, Any],
    *,
    on: date,
    speaker: Speaker = Speaker.PATIENT,
) -> Facts:
    """What somebody typed into a form on a day, as facts.

    ``answers``: fact id → ``"yes"``, ``"no"``, ``"never"``, ``"unknown"``, an option, a day, ``"38.4 Cel"``, a list
    of codes, or a mapping with ``value``, ``since``, ``until`` (and ``said``, an earlier day on which it was said).
    An empty answer is none: the question was not asked. Answers to questions that do not apply are left out.
    ValueError names the fact and says what would be right.
    """
    statements = []
    for fact, plain in answers.items():
        if plain in (None, "", [], {}):
            continue
        if fact not in vocabulary:
            raise ValueError(f"no fact is called “{fact}”")
        said = dict(plain) if isinstance(plain, Mapping) else {"value": plain}
        if said.get("value") == UNKNOWN_WORD:
            day = date.fromisoformat(str(said.get("said", on)))
            statements.append(Statement(fact, UNKNOWN, day, speaker))
            continue
        try:
            made = build.statement(vocabulary[fact], plain, vocabulary, on)
        except ValueError as error:
            raise ValueError(f"{fact}: {error}") from None
        statements.append(Statement(fact, made.value, made.on, speaker, since=made.since, until=made.until))
    return Facts(applicable(Facts(statements), vocabulary, on)[0])


def applicable(
    facts: Facts, vocabulary: Vocabulary, on: date, among: set[int] | None = None
) -> tuple[list[Statement], list[Statement]]:
    """The statements whose questions apply to the patient on the day, and those dropped because theirs do not.

    One question may hang on another, so it is asked again until nothing more falls away. ``among``: the ``id()`` of
    the statements that may be dropped; all of them when it is not given. Records stay, asked for or not.
    """
    may_go: Callable[[Statement], bool] = (
        (lambda statement: True) if among is None else (lambda statement: id(statement) in among)
    )
    kept = list(facts)
    dropped: list[Statement] = []
    while True:
        situation = Situation(Facts(kept), on, vocabulary)
        asked = {statement.fact for statement in kept if vocabulary[statement.fact].asked_when is not None}
        idle = {fact for fact in asked if situation.applies(fact) is Truth.NO}
        gone = [statement for statement in kept if statement.fact in idle and may_go(statement)]
        if not gone:
            return kept, dropped
        dropped += gone
        leaving = set(map(id, gone))
        kept = [statement for statement in kept if id(statement) not in leaving]
