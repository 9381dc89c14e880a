"""A decision as a person reads it: findings by weight, each with its age, sources and what would change it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.people.queries import today
from anagen.clinic.review.queries import current
from anagen.knowledge.loader import Knowledge, Source
from anagen.medicine.conditions import Gap, Situation
from anagen.medicine.facts import UNKNOWN, Statement
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Finding, Ruleset, State
from anagen.medicine.screening import Screening, may_be_overridden, without
from anagen.medicine.vocabulary import AGE, BIRTH_DATE, FactDefinition

from . import queries
from .models import Decision, Override


@dataclass(frozen=True, slots=True)
class Said:
    """One answer that a finding rests on: what, by whom, how old."""

    label: str
    words: str
    speaker: str
    age: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding on the page."""

    finding: Finding
    title: str
    words: str
    until: date | None
    event: str
    said: tuple[Said, ...]
    missing: tuple[str, ...]
    sources: tuple[tuple[Source, str], ...]
    conflicts: tuple[dict[str, Any], ...]
    change: str
    verdict_without: str
    override: Override | None
    may_override: bool
    reviewed: str
    advice_only: bool  # the clinic has switched the rule from its verdict to advice
    has_page: bool  # whether this reader may look the rule up in the knowledge of today

    @property
    def slug(self) -> str:
        return self.finding.rule.replace(".", "-").replace("_", "-")


@dataclass(frozen=True, slots=True)
class VerdictCard:
    """The whole answer: the word, the earliest date, reasons in order of weight, and the rest."""

    decision: Decision
    screening: Screening
    verdict: str
    not_before: date | None
    waiting_for: tuple[str, ...]
    reasons: tuple[Reason, ...]
    missing: tuple[tuple[FactDefinition, str], ...]
    not_matched: tuple[Finding, ...]
    for_patient: bool

    @property
    def can_be_planned(self) -> bool:
        """Whether a course may be planned: from that day on, or after a deferral whose end is known."""
        return self.not_before is not None

    @property
    def is_old(self) -> bool:
        """Whether the day asked about has passed."""
        return self.decision.on < today()


def card(decision: Decision, user: User) -> VerdictCard:
    """The verdict card of a decision, in words for this reader."""
    for_patient = in_plain_words(user)
    answer = queries.standing(decision)
    ruleset = queries.ruleset_of(decision)
    view = _View(decision, answer, ruleset, current(), user)
    overrides = {override.rule: override for override in decision.overrides.all()}
    vocabulary = ruleset.vocabulary
    situation = Situation(queries.facts_of_decision(decision), decision.on, vocabulary)
    return VerdictCard(
        decision=decision,
        screening=answer,
        verdict=answer.verdict.word,
        not_before=answer.not_before,
        waiting_for=answer.waiting_for,
        reasons=tuple(view.reason(finding, overrides.get(finding.rule)) for finding in _weighing(answer)),
        missing=tuple(
            (vocabulary[fact], _GAPS[situation.gap(fact)]()) for fact in answer.missing if fact in vocabulary
        ),
        not_matched=tuple(found for found in answer.findings if found.state is State.NOT_MATCHED),
        for_patient=for_patient,
    )


def in_plain_words(user: User) -> bool:
    """Whether somebody reads the words for patients: patients, and the front desk, which sees no answers."""
    return user.is_patient or not user.may(Permission.SEE_ANSWERS)


def _weighing(answer: Screening) -> Iterable[Finding]:
    """Established findings by weight; what is merely unknown is shown once, as missing answers."""
    return (found for found in answer.reasons if found.state is State.MATCHED or not found.missing)


@dataclass(frozen=True, slots=True)
class _View:
    decision: Decision
    answer: Screening
    ruleset: Ruleset
    knowledge: Knowledge
    user: User

    def reason(self, finding: Finding, override: Override | None) -> Reason:
        rule = next((rule for rule in self.ruleset.rules if rule.id == finding.rule), None)
        version = rule.version(self.decision.on) if rule is not None else None
        evidence = version.evidence if version is not None else ()
        sources = self.knowledge.sources
        reviewed = version.reviewed if version is not None else {}
        return Reason(
            finding=finding,
            title=finding.title,
            words=finding.patient_reason if in_plain_words(self.user) else finding.reason,
            until=finding.until,
            event=finding.event,
            said=tuple(self._said(finding)),
            missing=tuple(self.ruleset.vocabulary[fact].label for fact in finding.missing),
            sources=tuple(
                (sources[item.source], item.strength) for item in evidence if item.source in sources
            ),
            conflicts=tuple(
                self.knowledge.conflicts[conflict]
                for conflict in (version.conflicts if version is not None else ())
                if conflict in self.knowledge.conflicts
            ),
            change=finding.change,
            verdict_without=without(self.answer, finding.rule).word,
            override=override,
            may_override=override is None and self._may_override(finding),
            reviewed=f"{reviewed['by']}, {reviewed['on']}" if reviewed else "",
            advice_only=version is not None and version.advice_only,
            has_page=self.user.may(Permission.SEE_RULES)
            and any(rule["id"] == finding.rule for rule in self.knowledge.plain["rules"]),
        )

    def _may_override(self, finding: Finding) -> bool:
        if not self.user.may(Permission.OVERRIDE_FINDING):
            return False
        if not may_be_overridden(finding, self.ruleset, self.decision.on):
            return False
        version = self.ruleset[finding.rule].version(self.decision.on)
        return version is not None and self.user.role in version.override.by

    def _said(self, finding: Finding) -> Iterable[Said]:
        situation = Situation(
            queries.facts_of_decision(self.decision), self.decision.on, self.ruleset.vocabulary
        )
        for fact in finding.facts:
            definition = self.ruleset.vocabulary[BIRTH_DATE if fact == AGE else fact]
            for statement in situation.said(fact):
                yield Said(
                    label=_("Age") if fact == AGE else definition.label,
                    words=answer_words(statement, definition),
                    speaker=_SPEAKERS[statement.speaker.value](),
                    age=age_words(statement.on, self.decision.on),
                )


_GAPS = {
    Gap.NOT_ASKED: lambda: _("not asked"),
    Gap.DOES_NOT_KNOW: lambda: _("answered: don’t know"),
    Gap.STALE: lambda: _("the answer is too old"),
}
_SPEAKERS = {
    "patient": lambda: _("patient"),
    "clinician": lambda: _("clinician"),
    "laboratory": lambda: _("laboratory"),
    "system": lambda: _("health record"),
}


def answer_words(statement: Statement, definition: FactDefinition) -> str:
    """An answer as a person would say it, with its days."""
    value = statement.value
    if value is UNKNOWN:
        return _("don’t know")
    if isinstance(value, bool):
        words = _("yes") if value else _("no")
    elif isinstance(value, Quantity):
        words = f"{value.value} {_UNIT_WORDS.get(value.unit, value.unit)}"
    elif isinstance(value, frozenset):
        words = ", ".join(sorted(value))
    elif isinstance(value, date):
        words = date_format(value, "j M Y")
    else:
        words = definition.options.get(value, value)
    if statement.since is not None:
        words += " " + _("since %(day)s") % {"day": date_format(statement.since, "j M Y")}
    if statement.until is not None:
        words += " " + _("until %(day)s") % {"day": date_format(statement.until, "j M Y")}
    return words


_UNIT_WORDS = {"Cel": "°C", "mm[Hg]": "mmHg", "a": _("years"), "{INR}": "", "10*9/L": "×10⁹/L"}


def age_words(said: date, on: date) -> str:
    """How old an answer was on the day: today, yesterday, 12 days ago."""
    days = (on - said).days
    if days == 0:
        return _("answered that day")
    return ngettext("answered %(days)d day before", "answered %(days)d days before", days) % {"days": days}
