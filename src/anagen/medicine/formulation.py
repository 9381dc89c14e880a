"""May this go into one syringe? One verdict, every finding, totals, pH, osmolality and the time of use.

The rules are data and speak of the patient's facts and of measures of the mixture alike. Unknown never clears: what is
not known of a part, of a pair or of the patient is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from anagen.medicine import dose
from anagen.medicine.conditions import Situation
from anagen.medicine.facts import Facts, Speaker, Statement
from anagen.medicine.formulary import Formulary
from anagen.medicine.measures import subjects
from anagen.medicine.mixed import Mixed, Subject
from anagen.medicine.mixture import (
    Action,
    Caution,
    Ingredient,
    MixtureAnswer,
    MixtureFinding,
    MixtureRequest,
    Total,
    exact,
)
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Override, Rule, RuleVersion, State, Verdict, judge
from anagen.medicine.screening import Unmapped, unmapped_finding
from anagen.medicine.truth import Truth

_WEIGHT: Final = "vital.weight"
_STATES: Final = {Truth.YES: State.MATCHED, Truth.UNKNOWN: State.UNKNOWN, Truth.NO: State.NOT_MATCHED}
_DEFER_TO: Final = Override(("prescriber", "medical_lead"), ("specialist_agreed", "prescriber_agreed"))


def judge_mixture(
    request: MixtureRequest,
    formulary: Formulary,
    *,
    on: date,
    facts: Facts | None = None,
    at: datetime | None = None,
    unmapped: Iterable[Unmapped] = (),
) -> MixtureAnswer:
    """Judge a mixture by every rule that stands on the day. Same request, facts, knowledge, day: same answer.

    ``facts``: what is known of the patient; without them allergies are unknown, and the answer is incomplete at best.
    ``unmapped``: entries of the patient's record that nobody understood; one may be an allergy, so they are a finding.
    ``at``: the moment asked about, for a mixture that has been prepared; without it the whole day is meant.
    ValueError for a request without components.
    """
    if not request.components:
        raise ValueError("a mixture has at least one component")
    facts = Facts() if facts is None else facts
    mixed = Mixed(_weighed(request, facts, formulary, on), formulary, on, at)
    findings = tuple(_findings(mixed, facts))
    situation = Situation(facts, on, formulary.vocabulary)
    cautions = tuple(
        _caution(caution, ingredient, situation)
        for ingredient in mixed.ingredients
        for caution in ingredient.cautions
    )
    return _conclude(mixed, (*findings, *cautions, *_unread(tuple(unmapped))))


def _weighed(request: MixtureRequest, facts: Facts, formulary: Formulary, on: date) -> MixtureRequest:
    """The weight that is given; otherwise the lowest that the facts say."""
    if request.weight is not None:
        return request
    said = [
        statement.value.value
        for statement in Situation(facts, on, formulary.vocabulary).said(_WEIGHT)
        if isinstance(statement.value, Quantity)
    ]
    return replace(request, weight=min(said)) if said else request


# findings


def _findings(mixed: Mixed, facts: Facts) -> Iterator[MixtureFinding]:
    """By rule: one finding for each subject on which it weighs, or one that it is not matched."""
    words, on = mixed.formulary.vocabulary, mixed.on
    by_scope: dict[str, list[tuple[Subject, Situation]]] = {}
    for subject in subjects(mixed):
        measured = facts.adding(
            Statement(name, value, on, Speaker.SYSTEM)
            for name, value in subject.measures.items()
            if value is not None
        )
        by_scope.setdefault(subject.scope, []).append((subject, Situation(measured, on, words)))
    for rule in mixed.formulary.rules:
        version = rule.version(on)
        if version is None:
            continue
        found = [
            _finding(rule, version, subject, situation) for subject, situation in by_scope.get(rule.topic, ())
        ]
        weighing = [finding for finding in found if finding.verdict > Verdict.CLEAR]
        yield from weighing or found[:1]


def _finding(rule: Rule, version: RuleVersion, subject: Subject, situation: Situation) -> MixtureFinding:
    found = judge(rule, version, situation)
    quiet = found.state is State.NOT_MATCHED
    measured = _measured(found.facts, subject, situation)
    reason = " ".join(part for part in (subject.detail, measured, found.reason) if part)
    return MixtureFinding(
        rule=found.rule,
        title=found.title if quiet or not subject.name else f"{found.title}: {subject.name}",
        state=found.state,
        verdict=found.verdict,
        reason=found.reason if quiet else reason,
        patient_reason=found.patient_reason,
        facts=found.facts,
        sources=found.sources if quiet else tuple(dict.fromkeys((*found.sources, *subject.cite.sources))),
        claims=found.claims,
        missing=found.missing,
        change=found.change,
        effective_from=found.effective_from,
        about=() if quiet else subject.about,
        override=version.override,
    )


def _measured(facts: tuple[str, ...], subject: Subject, situation: Situation) -> str:
    """The numbers that the rule looked at, in words."""
    said = []
    for fact in facts:
        value = subject.measures.get(fact)
        if isinstance(value, Quantity):
            unit = "" if value.unit == "1" else f" {value.unit}"
            said.append(f"{situation.vocabulary[fact].label}: {_shown(value.value)}{unit}.")
    return " ".join(said)


def _shown(value: Decimal) -> str:
    """With one decimal where it has more."""
    short = value.quantize(Decimal("0.01"))
    return f"{value:f}" if short == value else f"{short:f}"


def _caution(caution: Caution, ingredient: Ingredient, situation: Situation) -> MixtureFinding:
    """What the ingredient's own entry says of this patient."""
    truth = caution.when.truth(situation)
    verdict = {Truth.YES: caution.action.verdict, Truth.UNKNOWN: Verdict.INCOMPLETE, Truth.NO: Verdict.CLEAR}
    facts = tuple(dict.fromkeys(caution.when.facts()))
    return MixtureFinding(
        rule=ingredient.id,
        title=f"{ingredient.title}: {caution.why}",
        state=_STATES[truth],
        verdict=verdict[truth],
        reason=f"{_labels(facts, situation)}: {caution.why}.",
        patient_reason="Something in your answers speaks against one part of the mixture, or has to be asked first.",
        facts=facts,
        sources=ingredient.cite.sources,
        claims=(),
        missing=tuple(dict.fromkeys(caution.when.asks(situation))) if truth is Truth.UNKNOWN else (),
        change="A mixture without it, or another answer on the patient's file.",
        about=(ingredient.id, *facts),
        override=Override() if caution.is_allergy and caution.action is Action.REFUSE else _DEFER_TO,
    )


def _unread(unmapped: tuple[Unmapped, ...]) -> Iterator[MixtureFinding]:
    if unmapped:
        found = unmapped_finding(unmapped)
        yield MixtureFinding(**{part.name: getattr(found, part.name) for part in fields(found)})


def _labels(facts: tuple[str, ...], situation: Situation) -> str:
    words = situation.vocabulary
    return ", ".join(words[fact].label if fact in words else fact.capitalize() for fact in facts)


# the answer


def _conclude(mixed: Mixed, findings: tuple[MixtureFinding, ...]) -> MixtureAnswer:
    measures = {"mixture", "component", "ingredient", "limit", "pair"}
    missing = dict.fromkeys(
        fact
        for finding in findings
        if finding.verdict > Verdict.CLEAR
        for fact in finding.missing
        if fact.partition(".")[0] not in measures
    )
    ph, ph_unknown = mixed.ph
    osmolality, osmolality_unknown = mixed.osmolality
    return MixtureAnswer(
        on=mixed.on,
        verdict=max((finding.verdict for finding in findings), default=Verdict.CLEAR),
        findings=findings,
        missing=tuple(missing),
        volume=exact(mixed.volume),
        totals=tuple(_totals(mixed)),
        ph=ph,
        ph_unknown=ph_unknown,
        osmolality=osmolality,
        osmolality_unknown=osmolality_unknown,
        use_within=mixed.use_within,
        use_by=mixed.use_by,
        needs=tuple(sorted({need for ingredient in mixed.ingredients for need in ingredient.needs})),
        order=_order(mixed),
        diluent=", ".join(sorted(_diluents(mixed))),
        ruleset_version=mixed.formulary.version,
        ruleset_hash=mixed.formulary.hash,
    )


def _totals(mixed: Mixed) -> Iterator[Total]:
    held = dose.volumes(mixed.parts)
    for ingredient in mixed.ingredients:
        name = ingredient.id
        yield Total(name, ingredient.title, mixed.doses[name], mixed.strengths[name], exact(held[name]))


def _diluents(mixed: Mixed) -> set[str]:
    return {one.title for one in mixed.ingredients if one.is_diluent}


def _order(mixed: Mixed) -> tuple[str, ...]:
    """The diluent first, what light harms last, the rest from the largest volume to the smallest."""

    def place(part: dose.Part) -> tuple[bool, bool, Decimal, str]:
        entries = [mixed.formulary.ingredients.get(content.ingredient) for content in part.contents]
        known = [entry for entry in entries if entry is not None]
        thins = bool(known) and all(entry.is_diluent for entry in known)
        dark = any("light" in entry.protect for entry in known)
        return not thins, dark, -part.component.volume, part.title

    return tuple(part.title for part in sorted(mixed.parts, key=place))


def may_be_overridden(finding: MixtureFinding) -> bool:
    """Whether anybody may set it aside by name. What is merely missing is answered, not set aside."""
    return finding.verdict >= Verdict.DEFER and finding.override.allowed
