"""The questions of the day: what is always asked before a session, and what has become too old to count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from anagen.clinic.intake.actions import Found, Given
from anagen.clinic.intake.queries import facts_of, stored, vocabulary
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import Patient
from anagen.clinic.review.queries import current
from anagen.knowledge import build
from anagen.medicine.conditions import Situation
from anagen.medicine.facts import UNKNOWN, Facts, Speaker, Statement
from anagen.medicine.screening import Unmapped, screen
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import FactDefinition, FactType

from . import queries
from .devices import topic

LAST_SESSION = "procedure.mesotherapy"
_ASKABLE = (FactType.STATE, FactType.EVENT, FactType.CHOICE)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the day. `before`: the answer of last time, which may be given again."""

    fact: str
    definition: FactDefinition
    always: bool  # asked at every session, whatever was said before
    before: Statement | None

    @property
    def said_before(self) -> str:
        """The plain answer of last time, "" when there is none."""
        if self.before is None or self.before.value is UNKNOWN:
            return ""
        if isinstance(self.before.value, bool):
            return "yes" if self.before.value else "no"
        return str(stored(self.before.value))

    def as_before(self) -> dict[str, Any]:
        """The answer when nothing has happened since last time: none of this, or what was said before."""
        if self.always or (not self.said_before and self.definition.type is not FactType.CHOICE):
            return {self.fact: {"value": "no"}}
        if not self.said_before or self.before is None:
            return {}  # a choice that nobody has made yet stays open
        days = {"since": self.before.since, "until": self.before.until}
        return {
            self.fact: {
                "value": self.said_before,
                **{name: day.isoformat() for name, day in days.items() if day},
            }
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one patient on one day, and what only an examination or a document can answer."""

    questions: tuple[Question, ...]
    elsewhere: tuple[str, ...]
    last_here: date | None  # the last session in this clinic

    @property
    def facts(self) -> frozenset[str]:
        return frozenset(question.fact for question in self.questions)


def always_asked() -> tuple[str, ...]:
    asks: Sequence[str] = topic("procedure.todays_questions")["details"]["asks"]
    return tuple(asks)


def always_asked_of(patient: Patient, on: date) -> list[str]:
    """The questions of every session that make sense for this patient."""
    return _applying(_known(patient, on)[0], on)


def _known(patient: Patient, on: date) -> tuple[Facts, tuple[Unmapped, ...], date | None]:
    """What is known today, with the last session in this clinic, which the patient need not tell us."""
    facts, unmapped = facts_of(patient, on=on)
    before = queries.given_before(patient, on).first()
    if before is None:
        return facts, unmapped, None
    said = Statement(LAST_SESSION, True, on, Speaker.PATIENT, since=before.day)
    return Facts([*facts, said]), unmapped, before.day


def _applying(facts: Facts, on: date) -> list[str]:
    situation = Situation(facts, on, vocabulary())
    return [fact for fact in always_asked() if situation.applies(fact) is not Truth.NO]


def asked(patient: Patient, on: date) -> Asked:
    """Everything that has to be asked today, so that the rules can answer."""
    words = vocabulary()
    facts, unmapped, last_here = _known(patient, on)
    always = _applying(facts, on)
    missing = screen(facts, ruleset=current().ruleset, on=on, unmapped=unmapped).missing
    wanted = dict.fromkeys([*always, *missing])
    questions, elsewhere = [], []
    for fact in wanted:
        if fact not in words or not words[fact].asked_in_intake or words[fact].type not in _ASKABLE:
            elsewhere.append(fact)
            continue
        definition = words[fact]
        own = [said for said in facts.about(fact) if said.speaker is Speaker.PATIENT and not said.record]
        questions.append(Question(fact, definition, fact in always, own[-1] if own else None))
    return Asked(tuple(questions), tuple(elsewhere), last_here)


def read(answers: Any, patient: Patient, on: date) -> tuple[dict[str, Any], list[Found]]:
    """The answers as they are kept with the event, and as the intake keeps them. Raises Refused."""
    if not isinstance(answers, Mapping) or not answers:
        raise Refused(_("There is no answer yet."))
    words = vocabulary()
    kept: dict[str, Any] = {}
    found: list[Found] = []
    for fact, said in answers.items():
        if fact not in words or not words[fact].asked_in_intake:
            raise Refused(_("There is no question “%(fact)s”.") % {"fact": fact})
        given = _given(words[fact], said, on)
        kept[fact] = {"value": given.value} | ({"since": given.since.isoformat()} if given.since else {})
        found.append(Found(given, said_on=on, speaker=Speaker.PATIENT))
    before = queries.given_before(patient, on).first()
    if before is not None and LAST_SESSION not in kept:
        kept[LAST_SESSION] = {"value": "yes", "since": before.day.isoformat()}
        found.append(Found(Given(LAST_SESSION, "yes", since=before.day), said_on=on, speaker=Speaker.PATIENT))
    return kept, found


def _given(definition: FactDefinition, said: Any, on: date) -> Given:
    """One answer: a plain value, or a mapping with value, since and until."""
    parts: Mapping[str, Any] = said if isinstance(said, Mapping) else {"value": said}
    value = parts.get("value")
    try:
        if value == UNKNOWN.value:
            return Given(definition.id, value)
        build.value(definition, value)
        since, until = (
            date.fromisoformat(str(parts[name])) if parts.get(name) else None for name in ("since", "until")
        )
    except (ValueError, TypeError, AttributeError, ArithmeticError):
        raise Refused(_("“%(label)s”: this answer cannot be read.") % {"label": definition.label}) from None
    if definition.type is FactType.EVENT and value == "yes" and (since is None or since > on):
        raise Refused(_("“%(label)s”: say on which day, today at the latest.") % {"label": definition.label})
    return Given(definition.id, value, since=since, until=until)
