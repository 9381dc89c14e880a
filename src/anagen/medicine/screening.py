"""May this person be treated on this day? One verdict, every finding, and what would have to change."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from anagen.medicine import compiled
from anagen.medicine.conditions import Situation
from anagen.medicine.facts import Answer, Facts, Speaker
from anagen.medicine.rules import Finding, Ruleset, State, Verdict
from anagen.medicine.timeline import SESSION, Timeline, Window
from anagen.medicine.vocabulary import FactType

DISAGREEMENT: Final = "screening.disagreement"
UNANSWERED: Final = "screening.unanswered"
UNMAPPED: Final = "screening.unmapped"

# Looking a member up in its enumeration takes longer than comparing it; these are compared for every finding.
_CLEAR: Final = Verdict.CLEAR
_DEFER: Final = Verdict.DEFER
_INCOMPLETE: Final = Verdict.INCOMPLETE

# two weights on one day differ by nature, and one patient may have two diagnoses
_COMPARABLE: Final = frozenset({FactType.STATE, FactType.EVENT, FactType.CHOICE, FactType.DATE})


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Something that another system said and that no fact could be made of. It is never dropped."""

    where: str  # the resource, such as Condition/7
    text: str
    why: str
    system: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Screening:
    """The answer, with everything that it rests on."""

    on: date
    verdict: Verdict
    findings: tuple[Finding, ...]
    not_before: date | None
    waiting_for: tuple[str, ...]
    missing: tuple[str, ...]
    unmapped: tuple[Unmapped, ...]
    ruleset_version: str
    ruleset_hash: str

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that weigh, heaviest first."""
        weighing = (finding for finding in self.findings if finding.verdict > Verdict.CLEAR)
        return tuple(sorted(weighing, key=lambda finding: -finding.verdict))

    @property
    def windows(self) -> tuple[Window, ...]:
        """The stretches of time in which these findings allow no session."""
        return windows_of(self.findings, self.on)


def screen(facts: Facts, *, ruleset: Ruleset, on: date, unmapped: Iterable[Unmapped] = ()) -> Screening:
    """Judge the facts by every rule that stands on the day. Same facts, same rules, same day: same answer.

    KeyError for a fact that the vocabulary of the rules does not have.
    """
    unmapped = tuple(unmapped)
    findings, unanswered = compiled.day(ruleset, on).findings(facts)
    if unanswered:
        findings.append(unanswered_finding(unanswered))
    if facts.several:
        findings += disagreements(Situation(facts, on, ruleset.vocabulary))
    if unmapped:
        findings.append(unmapped_finding(unmapped))
    return conclude(findings, ruleset=ruleset, on=on, unmapped=unmapped)


def conclude(
    findings: Iterable[Finding], *, ruleset: Ruleset, on: date, unmapped: tuple[Unmapped, ...] = ()
) -> Screening:
    """The worst finding wins; the earliest date and what is waited for follow from the findings."""
    findings = tuple(findings)
    weighing = [finding for finding in findings if finding.verdict is not _CLEAR]
    verdict = max([finding.verdict for finding in weighing], default=_CLEAR)
    waiting_for: dict[str, None] = {}  # in order, and each but once
    missing: dict[str, None] = {}
    for finding in weighing:
        if finding.event:
            waiting_for[finding.event] = None
        for fact in finding.missing:
            missing[fact] = None
    return Screening(
        on=on,
        verdict=verdict,
        findings=findings,
        not_before=_not_before(verdict, weighing, on),
        waiting_for=tuple(waiting_for),
        missing=tuple(missing),
        unmapped=unmapped,
        ruleset_version=ruleset.version,
        ruleset_hash=ruleset.hash,
    )


def _not_before(verdict: Verdict, findings: Iterable[Finding], on: date) -> date | None:
    """No date is promised when all that forbids is a missing answer, or while somebody else has to decide first."""
    if verdict is _CLEAR:
        return on
    if verdict is _INCOMPLETE or verdict > _DEFER:
        return None
    return Timeline(windows_of(findings, on)).first_free(on)


def windows_of(findings: Iterable[Finding], on: date) -> tuple[Window, ...]:
    """A window for each finding that forbids a session: to its date, or open until its event."""
    return tuple(
        Window(on, finding.until, "deferral", SESSION, finding.reason, finding.rule, finding.sources)
        for finding in findings
        if finding.verdict >= _DEFER
    )


def disagreements(situation: Situation) -> list[Finding]:
    """Where two speakers say different things of one fact. The riskier answer has already been counted."""
    found = []
    for fact in sorted(situation.facts.several):
        definition = situation.vocabulary[fact]
        if definition.type not in _COMPARABLE:
            continue
        said: dict[Answer, Speaker] = {}
        for statement in situation.said(fact):
            holds = statement.holds(situation.on) if isinstance(statement.value, bool) else statement.value
            if not (statement.record and holds is False):
                said.setdefault(holds, statement.speaker)
        if len(said) > 1:
            voices = " and ".join(dict.fromkeys(speaker.value for speaker in said.values()))
            found.append(
                Finding(
                    rule=DISAGREEMENT,
                    title=f"Two answers: {definition.label}",
                    state=State.MATCHED,
                    verdict=Verdict.CAUTION,
                    reason=f"{definition.label}: there are different answers ({voices}). The riskier one was counted.",
                    patient_reason="Two answers about your health differ. We will ask you once more.",
                    facts=(fact,),
                    sources=(),
                    claims=(),
                    change="Ask again and correct the answer that is wrong.",
                )
            )
    return found


def unanswered_finding(facts: tuple[str, ...]) -> Finding:
    """Clear means that every question is answered, also one that by the other answers decides nothing."""
    return Finding(
        rule=UNANSWERED,
        title="Questions without an answer",
        state=State.UNKNOWN,
        verdict=Verdict.INCOMPLETE,
        reason=f"{len(facts)} of the questions that apply have no answer that still holds.",
        patient_reason="Some of your answers are missing, or are too old to count.",
        facts=facts,
        sources=(),
        claims=(),
        missing=facts,
        change="Ask what is missing.",
    )


def unmapped_finding(unmapped: tuple[Unmapped, ...]) -> Finding:
    """One finding for all that could not be understood: the verdict is at least incomplete."""
    entries = "; ".join(entry.text or entry.code for entry in unmapped)
    return Finding(
        rule=UNMAPPED,
        title="Entries that were not understood",
        state=State.UNKNOWN,
        verdict=Verdict.INCOMPLETE,
        reason=f"{len(unmapped)} of the entries could not be matched with a known fact: {entries}",
        patient_reason="Some entries of your health record need to be read by a person first.",
        facts=(),
        sources=(),
        claims=(),
        change="A clinician reads each entry and says which fact it stands for, or that it does not matter.",
    )


def overridden(screening: Screening, rules: Collection[str], *, ruleset: Ruleset) -> Screening:
    """The same findings, those of ``rules`` set aside by a named person.

    A finding that is set aside still stands there and still weighs as a caution. What is merely unknown, or
    may not be overridden by anybody, stays as it is.
    """
    findings = [
        replace(finding, verdict=Verdict.CAUTION, until=None, event="")
        if finding.rule in rules and may_be_overridden(finding, ruleset, screening.on)
        else finding
        for finding in screening.findings
    ]
    return conclude(findings, ruleset=ruleset, on=screening.on, unmapped=screening.unmapped)


def may_be_overridden(finding: Finding, ruleset: Ruleset, on: date) -> bool:
    """Whether anybody may set this finding aside: it forbids, it is established, and its rule allows it."""
    if finding.state is not State.MATCHED or finding.verdict < Verdict.DEFER:
        return False
    version = next((version for rule, version in ruleset.standing(on) if rule.id == finding.rule), None)
    return version is not None and version.override.allowed


def without(screening: Screening, rule: str) -> Verdict:
    """What the verdict would be if this one finding were gone."""
    others = (finding.verdict for finding in screening.findings if finding.rule != rule)
    return max(others, default=Verdict.CLEAR)
