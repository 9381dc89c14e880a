"""What might go into a mixture for this patient's problems. A proposal promises nothing, and decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from anagen.medicine.conditions import Situation
from anagen.medicine.facts import Facts
from anagen.medicine.formulary import Formulary
from anagen.medicine.formulation import judge_mixture
from anagen.medicine.mixture import (
    Component,
    Ingredient,
    MixtureFinding,
    MixtureRequest,
    Problem,
    Purpose,
)
from anagen.medicine.rules import State, Verdict
from anagen.medicine.truth import Truth

# from the strongest evidence to the weakest; what is implausible is not proposed
STRENGTHS: Final = ("licensed", "trial", "weak", "claimed")
_ANY_VOLUME: Final = Decimal(1)
# what entries say whatever the amounts are; strengths, doses and pairs are judged with the mixture
_OF_ENTRIES: Final = frozenset(
    {"component.described", "component.injectable", "component.scalp", "component.legal"}
)
_MEASURED: Final = ("mixture", "component", "ingredient", "limit", "pair")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One ingredient for one problem: what for, how far that is shown, and what has to be so first.

    ``findings`` are those of its entry and this patient that weigh; amounts are judged with the mixture.
    """

    ingredient: Ingredient
    problem: Problem
    purpose: Purpose
    verdict: Verdict
    findings: tuple[MixtureFinding, ...]

    @property
    def alone(self) -> bool:
        """Whether it needs a syringe of its own."""
        return self.ingredient.own_syringe


@dataclass(frozen=True, slots=True)
class Proposal:
    """``suggested`` may be weighed by a prescriber; ``open`` wait for answers; ``barred`` are not for this patient."""

    problems: tuple[Problem, ...]
    unclear: tuple[Problem, ...]  # nobody knows whether the patient has them
    suggested: tuple[Suggestion, ...]
    open: tuple[Suggestion, ...]
    barred: tuple[Suggestion, ...]


def propose(
    formulary: Formulary, *, facts: Facts, on: date, problems: tuple[str, ...] | None = None
) -> Proposal:
    """Ingredients that knowledge names for the patient's problems, strongest evidence first.

    ``problems``: ids of indications; without them they follow from the diagnosis. Never proposed: what is refused, a
    word for many, and whatever this patient's answers bar or leave open. KeyError for an unknown problem.
    """
    situation = Situation(facts, on, formulary.vocabulary)
    if problems is None:
        truths = {
            problem: problem.when.truth(situation) for problem in formulary.problems.values() if problem.when
        }
        has = tuple(problem for problem, truth in truths.items() if truth is Truth.YES)
        unclear = tuple(problem for problem, truth in truths.items() if truth is Truth.UNKNOWN)
    else:
        has, unclear = tuple(formulary.problems[name] for name in problems), ()
    found = sorted(
        (
            _suggestion(ingredient, problem, purpose, formulary, facts, on)
            for problem in has
            for ingredient in formulary.ingredients.values()
            if ingredient.refusal is None and not ingredient.is_group
            for purpose in ingredient.purposes
            if problem.id in purpose.problems and purpose.strength in STRENGTHS
        ),
        key=lambda one: (STRENGTHS.index(one.purpose.strength), one.verdict, one.ingredient.title),
    )
    return Proposal(
        problems=has,
        unclear=unclear,
        suggested=tuple(
            one for one in found if one.verdict <= Verdict.CAUTION or one.verdict is Verdict.REFER
        ),
        open=tuple(one for one in found if one.verdict is Verdict.INCOMPLETE),
        barred=tuple(one for one in found if one.verdict is Verdict.EXCLUDE),
    )


def _suggestion(
    ingredient: Ingredient, problem: Problem, purpose: Purpose, formulary: Formulary, facts: Facts, on: date
) -> Suggestion:
    """Judged alone. A missing answer outweighs a referral: nobody has been asked yet."""
    alone = Component(ingredient.id, _ANY_VOLUME, ingredient.strengths.usual)
    request = MixtureRequest(route="intradermal", components=(alone,))
    answer = judge_mixture(request, formulary, on=on, facts=facts)
    of_patient = tuple(one for one in answer.reasons if not all(map(_is_measure, one.facts)))
    of_entry = tuple(
        one
        for one in answer.reasons
        if one.state is not State.NOT_MATCHED
        and one.verdict is not Verdict.INCOMPLETE
        and _OF_ENTRIES.issuperset(one.facts)
    )
    findings = (*of_patient, *of_entry)
    verdict = max((one.verdict for one in findings), default=Verdict.CLEAR)
    if verdict < Verdict.EXCLUDE and any(one.verdict is Verdict.INCOMPLETE for one in of_patient):
        verdict = Verdict.INCOMPLETE
    return Suggestion(ingredient, problem, purpose, verdict, findings)


def _is_measure(fact: str) -> bool:
    return fact.partition(".")[0] in _MEASURED
