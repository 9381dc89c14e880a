"""The page docs/reference/formulation.md: measures, rules with their examples, ingredients and pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from anagen.knowledge import examples, wording
from anagen.knowledge.loader import Knowledge
from anagen.medicine.mixture import Ingredient
from anagen.medicine.rules import Rule
from anagen.medicine.vocabulary import FactType
from reference import anchor, cell, counted, page, table

SCOPES = {
    "mixture": "The whole mixture",
    "component": "Each component, as it is drawn up",
    "ingredient": "Each ingredient, also inside a product",
    "limit": "Each limit of each ingredient",
    "pair": "Each pair that meets in the syringe",
}


def formulation(knowledge: Knowledge) -> str:
    return page("Formulation", _page(knowledge))


def _page(knowledge: Knowledge) -> Iterator[str]:
    formulary = knowledge.formulary
    plain = {item["id"]: item for item in knowledge.account["mixture_rules"]}
    yield f"{counted(len(formulary.rules), 'rule')} judge what may go into one syringe. They are data, and speak of the"
    yield "patient's facts and of measures that are computed from the mixture. The worst finding wins:"
    yield "see [verdicts](verdicts.md). How to ask: [check a mixture](../how-to/check-a-mixture.md)."
    yield ""
    yield "What bars a single ingredient for a patient stands in its entry, and is judged beside these rules. A mixture"
    yield f"is used within {_minutes(formulary.use_within.total_seconds())}, and within"
    yield f"{_minutes(formulary.use_within_unknown.total_seconds())} where nobody has shown how long a part holds."
    yield ""
    for scope, title in SCOPES.items():
        yield f"## {title}"
        yield ""
        rows = [
            (f"`{measure.id}`", measure.label, _form(measure))
            for measure in formulary.vocabulary
            if measure.group == scope
        ]
        yield from table(("measure", "meaning", "answer"), rows)
        for rule in sorted(formulary.rules, key=lambda rule: rule.id):
            if rule.topic == scope:
                yield from _rule(rule, plain[rule.id], knowledge)
    yield from _ingredients(knowledge)
    yield from _pairs(knowledge)


def _minutes(seconds: float) -> str:
    hours = int(seconds // 3600)
    return counted(hours, "hour")


def _form(measure: Any) -> str:
    match measure.type:
        case FactType.QUANTITY:
            return "a number" if measure.unit == "1" else f"a number in {measure.unit}"
        case FactType.CHOICE:
            return ", ".join(measure.options)
    return "yes or no"


def _rule(rule: Rule, plain: Any, knowledge: Knowledge) -> Iterator[str]:
    words = knowledge.formulary.vocabulary
    version = rule.versions[-1]
    yield f"### {rule.id}"
    yield ""
    yield f"**{rule.title}**: **{version.verdict.word}**"
    yield ""
    for depth, text in wording.outline(version.when, words):
        yield f"{'  ' * depth}- {text}"
    yield ""
    yield f"{cell(version.clinician)} *What would change it:* {cell(version.change)}"
    yield ""
    unknown = "counts as if it were so" if version.unknown_counts_as_matched else "is asked for"
    sources = ", ".join(f"[{one.source}](sources.md#{anchor(one.source)})" for one in version.evidence)
    yield f"What is unknown {unknown}. It may be overridden"
    yield f"{wording.overriding(version.override, knowledge.override_reasons)}. Sources: {sources}."
    if version.claims:
        yield f"Claims: {', '.join(version.claims)}."
    yield ""
    rows = []
    for example in plain["examples"]:
        found = examples.finding(example, rule, words)
        given = "; ".join(f"`{fact}` {_said(value)}" for fact, value in example["given"].items())
        rows.append((example["name"], given or "nothing", examples.answer(found).replace("_", " ")))
    yield from table(("example", "given", "answer"), rows)


def _said(value: Any) -> str:
    return wording.answer(value).removesuffix(" 1")


def _ingredients(knowledge: Knowledge) -> Iterator[str]:
    yield "## Ingredients"
    yield ""
    yield "Words for many substances are left out; no mixture may list them."
    yield ""
    rows = [
        (
            one.title,
            ", ".join(one.names),
            one.legal.value,
            {True: "yes", False: "no", None: "not shown"}[one.injectable],
            _strengths(one),
            _limits(one),
            _barred(one),
        )
        for one in knowledge.formulary.ingredients.values()
        if not one.is_group
    ]
    heads = ("ingredient", "also", "legal class", "injectable", "highest strength", "limits", "barred")
    yield from table(heads, rows)


def _strengths(one: Ingredient) -> str:
    return "" if one.strengths.ceiling is None else str(one.strengths.ceiling)


def _limits(one: Ingredient) -> str:
    return "; ".join(
        f"{limit.amount}{'' if limit.per == 'kg' else f' per {limit.per}'}: {limit.action.value}"
        for limit in one.limits
    )


def _barred(one: Ingredient) -> str:
    if one.refusal is None:
        return ""
    return f"{one.refusal.reason} {'Nobody' if one.refusal.by_nobody else 'The medical lead'} may decide otherwise."


def _pairs(knowledge: Knowledge) -> Iterator[str]:
    formulary = knowledge.formulary
    title = {one.id: one.title for one in formulary.ingredients.values()}
    yield "## Pairs"
    yield ""
    yield "Every pair that is not here is unknown: a prescriber decides by name, or the two go into separate syringes."
    yield ""
    rows = []
    for rule in formulary.pairs:
        others = [title[name] for name in sorted(rule.others)]
        if rule.other_legal is not None:
            others.append(f"any {rule.other_legal.value}")
        ones = ", ".join(title[name] for name in sorted(rule.one))
        rows.append((ones, ", ".join(others), rule.known.value, rule.action, rule.why))
    yield from table(("one", "other", "known", "asks for", "why"), rows)
