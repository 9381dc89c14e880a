"""Seeded patients of four kinds, each with lone direct answers: what every contestant can be told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from anagen.exchange.facts import applicable
from anagen.medicine.facts import UNKNOWN, Answer, Facts, Speaker, Statement
from anagen.medicine.quantities import Quantity
from anagen.medicine.vocabulary import BIRTH_DATE, FactDefinition, FactType, Vocabulary

ON: Final = date(2026, 11, 21)
Item = TypeVar("Item")

KINDS: Final = ("healthy", "typical", "many findings", "incomplete")
_DIAGNOSES: Final = ("L64.9", "L64.8", "L65.0", "L65.8", "L63.2", "L66.1", "L40.0", "L21.0", "B35.0", "Q84.0")


def patients(words: Vocabulary, kind: str, number: int, seed: int) -> list[Facts]:
    """``number`` patients of a kind, the same for the same seed.

    healthy: every answer that of a healthy adult; typical: two to four answers otherwise; many findings: a third of
    them; incomplete: as typical, a third not asked, and one in twenty “don’t know”. Each has a birth date of their
    own; but for the healthy ones, one in five answered on the day before. Answers to questions that do not apply
    are left out, as the intake does.
    """
    chance = random.Random(f"{seed} {kind}")
    return [_patient(words, kind, chance) for _ in range(number)]


def _patient(words: Vocabulary, kind: str, chance: random.Random) -> Facts:
    answered = [fact for fact in words if fact.example is not None]
    others = [fact for fact in answered if fact.id not in (BIRTH_DATE, "sex")]
    if kind == "many findings":
        changed = {fact.id for fact in others if chance.random() < 1 / 3}
    else:
        changed = {fact.id for fact in chance.sample(others, chance.randint(2, 4))}
    if kind == "healthy":
        changed = set()
    said_on = ON - timedelta(days=chance.choice((0, 0, 0, 0, 1)) if kind != "healthy" else 0)
    statements = []
    for fact in answered:
        if kind == "incomplete" and chance.random() < 1 / 3:
            continue
        statements.append(_statement(fact, kind, fact.id in changed, said_on, chance))
    return Facts(applicable(Facts(statements), words, ON)[0])


def _statement(
    fact: FactDefinition, kind: str, otherwise: bool, said_on: date, chance: random.Random
) -> Statement:
    speaker = fact.speakers[0]
    if fact.id == BIRTH_DATE:
        return Statement(fact.id, date(1962, 1, 1) + timedelta(chance.randrange(16_800)), said_on, speaker)
    if fact.id == "sex":
        return Statement(fact.id, chance.choice(sorted(fact.options)), said_on, speaker)
    if kind == "incomplete" and chance.random() < 1 / 20:
        return Statement(fact.id, UNKNOWN, said_on, speaker)
    if otherwise:
        return _other(fact, said_on, speaker, chance)
    assert fact.example is not None
    return Statement(fact.id, fact.example, said_on, speaker)


def _other(fact: FactDefinition, said_on: date, speaker: Speaker, chance: random.Random) -> Statement:
    """An answer that need not be that of a healthy adult."""
    since: date | None = None
    until: date | None = None
    value: Answer
    if fact.type in (FactType.STATE, FactType.EVENT):
        value = True
        if fact.type is FactType.EVENT or chance.random() < 1 / 3:
            since = said_on - timedelta(days=chance.randrange(400))
        if fact.ends and chance.random() < 1 / 2:
            until = said_on + timedelta(days=chance.randrange(-20, 20))
            since = min(since, until) if since is not None else None
    elif fact.type is FactType.CHOICE:
        value = chance.choice(sorted(fact.options))
    elif fact.type is FactType.CODE:
        value = frozenset({chance.choice(_DIAGNOSES)})
    elif fact.type is FactType.QUANTITY:
        assert fact.plausible is not None and fact.unit is not None
        low, high = (float(end.value) for end in fact.plausible)
        value = Quantity(Decimal(f"{chance.uniform(low, high):.{fact.decimals or 0}f}"), fact.unit)
    else:
        assert isinstance(fact.example, date)
        value = fact.example
    return Statement(fact.id, value, said_on, speaker, since, until)


def batches(items: list[Item], size: int) -> Iterator[list[Item]]:
    for first in range(0, len(items), size):
        yield items[first : first + size]
