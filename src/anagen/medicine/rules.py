"""Rules: dated, versioned, cited. What one says of a patient is a finding; the worst finding is the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum, StrEnum

from anagen.medicine.conditions import Condition, Situation
from anagen.medicine.dates import Duration, add
from anagen.medicine.facts import Statement
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import FactType, Vocabulary


class Verdict(IntEnum):
    """In order of severity; the worst finding wins."""

    CLEAR = 0  # every question answered, nothing found
    CAUTION = 1  # may be treated with a recorded precaution
    INCOMPLETE = 2  # answers are missing
    DEFER = 3  # not now: until a date, or until an event has ended
    REFER = 4  # not before a prescriber, a specialist or a test has answered
    EXCLUDE = 5  # not with this treatment

    @property
    def word(self) -> str:
        return self.name.lower()

    @property
    def treatable(self) -> bool:
        return self <= Verdict.CAUTION

    @classmethod
    def of(cls, word: str) -> Verdict:
        return cls[word.upper()]


class State(StrEnum):
    """What a rule says of these facts on this day."""

    MATCHED = "matched"
    UNKNOWN = "unknown"
    NOT_MATCHED = "not_matched"


_STATES = {Truth.YES: State.MATCHED, Truth.UNKNOWN: State.UNKNOWN, Truth.NO: State.NOT_MATCHED}


@dataclass(frozen=True, slots=True)
class Ending:
    """When a matched rule lets go: an event in words, or ``after`` the end of the fact ``of``."""

    event: str
    of: str | None = None
    after: Duration | None = None

    def day(self, situation: Situation) -> date | None:
        """The first day on which it no longer stands; None while somebody cannot say when that is."""
        if self.of is None or self.after is None:
            return None
        is_event = situation.vocabulary[self.of].type is FactType.EVENT
        ends = [
            statement.since if is_event else statement.until
            for statement in situation.said(self.of)
            if statement.value is True and not self._is_past(statement, situation, is_event)
        ]
        if not ends or None in ends:
            return None
        return max(add(end, self.after) for end in ends if end is not None)

    def _is_past(self, statement: Statement, situation: Situation, is_event: bool) -> bool:
        """Long over, so that it no longer bears on the day."""
        end = statement.since if is_event else statement.until
        return end is not None and self.after is not None and add(end, self.after) <= situation.on


@dataclass(frozen=True, slots=True)
class Evidence:
    """A source and how much it carries."""

    source: str
    strength: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """Who may set a finding aside, and for which coded reasons; nobody when ``by`` is empty."""

    by: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return bool(self.by)


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A rule as it stands from one day until another (half-open)."""

    effective_from: date
    when: Condition
    verdict: Verdict
    clinician: str
    patient: str
    change: str
    evidence: tuple[Evidence, ...]
    effective_to: date | None = None
    unknown_counts_as_matched: bool = False
    until: Ending | None = None
    override: Override = field(default_factory=Override)
    claims: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    reviewed: Mapping[str, str] = field(default_factory=dict)
    title: str = ""  # where this version is called otherwise than the rule
    advice_only: bool = False  # a clinic has switched it from a verdict to advice
    changed: Mapping[str, str] = field(default_factory=dict)  # by whom of the clinic, when and why

    def stands(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)


@dataclass(frozen=True, slots=True)
class Rule:
    """One clinical rule with all its versions, oldest first."""

    id: str
    title: str
    topic: str
    versions: tuple[RuleVersion, ...]

    def version(self, on: date) -> RuleVersion | None:
        """The version of that day; None once the rule has ended.

        A day before the first version is judged by the first: a rule that is left out would clear. A rule that
        a clinic has added begins on the day for which it was signed.
        """
        first = self.versions[0]
        if on < first.effective_from:
            return None if first.changed else first
        return next((version for version in self.versions if version.stands(on)), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of these facts on this day. All are kept, matched or not."""

    rule: str
    title: str
    state: State
    verdict: Verdict
    reason: str
    patient_reason: str
    facts: tuple[str, ...]
    sources: tuple[str, ...]
    claims: tuple[str, ...]
    until: date | None = None
    event: str = ""
    missing: tuple[str, ...] = ()
    change: str = ""
    effective_from: date | None = None


def judge(rule: Rule, version: RuleVersion, situation: Situation) -> Finding:
    """The finding of one rule version in a situation."""
    state = _STATES[version.when.truth(situation)]
    verdict = _verdict(version, state)
    until, event = None, ""
    if version.until is not None and verdict >= Verdict.DEFER:
        until = version.until.day(situation) if state is State.MATCHED else None
        event = "" if until else version.until.event
    return Finding(
        rule=rule.id,
        title=version.title or rule.title,
        state=state,
        verdict=verdict,
        reason=version.clinician,
        patient_reason=version.patient,
        facts=tuple(dict.fromkeys(version.when.facts())),
        sources=tuple(evidence.source for evidence in version.evidence),
        claims=version.claims,
        until=until,
        event=event,
        missing=tuple(dict.fromkeys(version.when.asks(situation))) if state is State.UNKNOWN else (),
        change=version.change,
        effective_from=version.effective_from,
    )


def _verdict(version: RuleVersion, state: State) -> Verdict:
    if state is State.NOT_MATCHED:
        return Verdict.CLEAR
    if state is State.MATCHED or version.unknown_counts_as_matched:
        return version.verdict
    return Verdict.INCOMPLETE


@dataclass(frozen=True, slots=True, eq=False)
class Ruleset:
    """Rules, the vocabulary they speak, and the name under which a decision can be replayed."""

    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    version: str
    hash: str

    def __getitem__(self, rule: str) -> Rule:
        return next(found for found in self.rules if found.id == rule)

    def standing(self, on: date) -> tuple[tuple[Rule, RuleVersion], ...]:
        """The version of each rule that stands on that day."""
        return tuple((rule, version) for rule in self.rules if (version := rule.version(on)) is not None)

    def as_on(self, day: date) -> Ruleset:
        """The rules of a day, made to stand on every day: so patients of another day are judged by them."""
        return replace(
            self,
            rules=tuple(
                replace(rule, versions=(replace(version, effective_to=None),))
                for rule, version in self.standing(day)
            ),
        )

    def turns(self, on: date) -> tuple[date, ...]:
        """The day, and every later one on which a version begins or ends."""
        days = (
            day
            for rule in self.rules
            for version in rule.versions
            for day in (version.effective_from, version.effective_to)
        )
        return tuple(sorted({on, *(day for day in days if day is not None and day > on)}))
