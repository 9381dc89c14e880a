"""Small makers of medicine's objects, so that a test shows only what it is about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from anagen.medicine.conditions import Compares, Comparison, Condition, Is, Situation, Within
from anagen.medicine.course import Gap, Protocol, Review
from anagen.medicine.dates import Duration
from anagen.medicine.facts import Facts, Speaker, Statement
from anagen.medicine.quantities import Quantity, Unit, Units
from anagen.medicine.rules import (
    Ending,
    Evidence,
    Finding,
    Override,
    Rule,
    Ruleset,
    RuleVersion,
    Verdict,
    judge,
)
from anagen.medicine.timeline import SESSION, Window
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import FactDefinition, FactType, Vocabulary

DAY = date(2026, 11, 21)

UNITS = Units(
    {
        "K": Unit("K", "temperature", Fraction(1)),
        "Cel": Unit("Cel", "temperature", Fraction(1), Fraction("273.15")),
        "[degF]": Unit("[degF]", "temperature", Fraction(5, 9), Fraction("459.67")),
        "kg": Unit("kg", "mass", Fraction(1000)),
        "g": Unit("g", "mass", Fraction(1)),
        "[lb_av]": Unit("[lb_av]", "mass", Fraction("453.59237")),
        "a": Unit("a", "calendar", Fraction(12)),
    }
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def span(text: str) -> Duration:
    return Duration.parse(text)


def quantity(text: str) -> Quantity:
    return Quantity.parse(text)


# facts and what is said of them


def definition(
    fact: str,
    type: FactType = FactType.STATE,
    *,
    speakers: tuple[Speaker, ...] = (Speaker.PATIENT, Speaker.CLINICIAN),
    fresh: str | None = None,
    **more: Any,
) -> FactDefinition:
    return FactDefinition(
        id=fact,
        type=type,
        group="health",
        label=fact.capitalize(),
        question=f"{fact}?",
        speakers=speakers,
        fresh=None if fresh is None else span(fresh),
        **more,
    )


def vocabulary(*definitions: FactDefinition) -> Vocabulary:
    return Vocabulary({fact.id: fact for fact in definitions}, UNITS)


WORDS = vocabulary(
    definition("birth_date", FactType.DATE),
    definition("sex", FactType.CHOICE, options={"female": "Female", "male": "Male", "other": "Other"}),
    definition("pregnancy", asked_when=Is("sex", frozenset({"female"})), fresh="14 d"),
    definition("cold", ends=True),
    definition("rash"),
    definition("antibiotic", ends=True),
    definition("vaccination", FactType.EVENT),
    definition(
        "temperature",
        FactType.QUANTITY,
        speakers=(Speaker.CLINICIAN,),
        unit="Cel",
        decimals=1,
        plausible=(quantity("30.0 Cel"), quantity("45.0 Cel")),
    ),
    definition("diagnosis", FactType.CODE, speakers=(Speaker.CLINICIAN,), system="icd-10"),
)


def said(
    fact: str,
    value: Any = True,
    *,
    on: date = DAY,
    by: Speaker = Speaker.PATIENT,
    since: date | None = None,
    until: date | None = None,
    record: str = "",
) -> Statement:
    return Statement(fact, value, on, by, since, until, record)


def facts(*statements: Statement, **answers: Any) -> Facts:
    return Facts((*statements, *(said(fact, value) for fact, value in answers.items())))


def situation(*statements: Statement, on: date = DAY, words: Vocabulary = WORDS, **answers: Any) -> Situation:
    return Situation(facts(*statements, **answers), on, words)


# conditions


def yes(fact: str) -> Is:
    return Is(fact, frozenset({True}))


def no(fact: str) -> Is:
    return Is(fact, frozenset({False}))


def one_of(fact: str, *options: str) -> Is:
    return Is(fact, frozenset(options))


def happened_within(fact: str, duration: str) -> Within:
    return Within(fact, span(duration), is_event=True)


def lasted_within(fact: str, duration: str) -> Within:
    return Within(fact, span(duration), is_event=False)


def compares(fact: str, comparison: str, limit: str) -> Compares:
    return Compares(fact, Comparison(comparison), quantity(limit))


# rules


def version(
    when: Condition,
    verdict: Verdict = Verdict.EXCLUDE,
    *,
    start: date = date(2026, 1, 1),
    end: date | None = None,
    until: Ending | None = None,
    as_matched: bool = False,
    override: Override | None = None,
    words: str = "It is so.",
) -> RuleVersion:
    return RuleVersion(
        effective_from=start,
        effective_to=end,
        when=when,
        verdict=verdict,
        clinician=words,
        patient="You were told.",
        change="Wait.",
        evidence=(Evidence("label", "label"),),
        claims=("C001",),
        unknown_counts_as_matched=as_matched,
        until=until,
        override=override or Override(),
    )


def rule(when: Condition, verdict: Verdict = Verdict.EXCLUDE, *, id: str = "rule", **more: Any) -> Rule:
    return Rule(id, f"Rule {id}", "contraindication", (version(when, verdict, **more),))


def ruleset(*rules: Rule, words: Vocabulary = WORDS) -> Ruleset:
    return Ruleset(rules, words, "2026.1", "hash")


def until(event: str = "it is over", *, of: str | None = None, after: str | None = None) -> Ending:
    return Ending(event, of, None if after is None else span(after))


# courses


def gap(least: str, usual: str, longest: str) -> Gap:
    return Gap(span(least), span(usual), span(longest))


WEEKLY = gap("7 d", "7 d", "14 d")


def protocol(
    *gaps: Gap,
    least: int = 1,
    start_within: str = "10 d",
    mixtures: dict[int, str] | None = None,
    reviews: tuple[Review, ...] = (),
    usual: int | None = None,
) -> Protocol:
    """One session more than there are gaps."""
    most = len(gaps) + 1
    return Protocol(
        id="short",
        title="Short course",
        area="scalp",
        usual_sessions=most if usual is None else usual,
        least_sessions=least,
        most_sessions=most,
        gaps=dict(enumerate(gaps, start=2)),
        start_within=span(start_within),
        session_length=span("60 min"),
        mixtures={} if mixtures is None else mixtures,
        evidence=(Evidence("policy", "policy"), Evidence("policy", "policy")),
        reviews=reviews,
    )


def window(start: str, end: str | None, reason: str = "away", subject: str = SESSION) -> Window:
    return Window(day(start), None if end is None else day(end), "busy", subject, reason)


def amount(value: str, unit: str = "Cel") -> Quantity:
    return Quantity(Decimal(value), unit)


# the plain meaning of a ruleset, against which the compiled one is held


def interpreted(told: Facts, rules: Ruleset, on: date = DAY) -> tuple[list[Finding], tuple[str, ...]]:
    """Every rule judged by itself, and the questions that apply and have no answer that holds."""
    seen = Situation(told, on, rules.vocabulary)
    findings = [judge(rule, version, seen) for rule, version in rules.standing(on)]
    return findings, tuple(
        fact.id
        for fact in rules.vocabulary
        if fact.asked_in_intake and not seen.said(fact.id) and seen.applies(fact.id) is not Truth.NO
    )
