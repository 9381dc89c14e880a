"""Conditions, endings and answers as a person would say them."""

from __future__ import annotations

from typing import Any

import pytest

from anagen.knowledge import build, wording
from anagen.knowledge.loader import shipped
from anagen.medicine.conditions import Condition
from anagen.medicine.dates import Duration
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Ending, Override

WORDS = shipped().ruleset.vocabulary


def said(plain: Any) -> str:
    return wording.sentence(build.condition(plain, WORDS), WORDS)


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        ({"fact": "pregnancy", "is": "yes"}, "Pregnancy is yes"),
        ({"fact": "pregnancy", "is": "no"}, "Pregnancy is no"),
        ({"fact": "sex", "is": "female"}, "Sex, for safety questions is “Female”"),
        ({"fact": "age", "at_least": "18 a"}, "Age is at least 18 years"),
        ({"fact": "age", "below": "1 a"}, "Age is below 1 year"),
        ({"fact": "vital.temperature", "above": "37.5 Cel"}, "Body temperature is above 37.5 °C"),
        ({"fact": "vital.temperature", "at_most": "99.5 [degF]"}, "Body temperature is at most 37.5 °C"),
        ({"fact": "childbirth", "within": "6 mo"}, "Last childbirth happened less than 6 months ago"),
        ({"fact": "pregnancy", "within": "1 a"}, "Pregnancy is so, or ended less than 1 year ago"),
        (
            {"fact": "diagnosis.scalp", "under": ["L64", "L65.0"]},
            "Diagnosis of the hair loss has an ICD-10 code under L64 or L65.0",
        ),
        ({"not": {"fact": "pregnancy", "is": "yes"}}, "not (Pregnancy is yes)"),
        ({"any": [{"fact": "pregnancy", "is": "yes"}]}, "Pregnancy is yes"),
        (
            {"all": [{"fact": "pregnancy", "is": "yes"}, {"fact": "age", "at_least": "18 a"}]},
            "all of: Pregnancy is yes; Age is at least 18 years",
        ),
        (
            {
                "any": [
                    {"fact": "breastfeeding", "is": "yes"},
                    {"all": [{"fact": "pregnancy", "is": "yes"}, {"fact": "age", "above": "40 a"}]},
                ]
            },
            "any of: Breastfeeding is yes; (all of: Pregnancy is yes; Age is above 40 years)",
        ),
    ],
)
def test_a_condition_in_one_sentence(plain: Any, words: str) -> None:
    assert said(plain) == words


def test_a_condition_as_indented_lines() -> None:
    plain = {
        "all": [
            {"fact": "pregnancy", "is": "yes"},
            {"not": {"any": [{"fact": "age", "above": "40 a"}, {"fact": "age", "below": "20 a"}]}},
        ]
    }
    assert list(wording.outline(build.condition(plain, WORDS), WORDS)) == [
        (0, "all of these"),
        (1, "Pregnancy is yes"),
        (1, "not so that"),
        (2, "any of these"),
        (3, "Age is above 40 years"),
        (3, "Age is below 20 years"),
    ]


def every_condition() -> list[Condition]:
    asked = [fact.asked_when for fact in WORDS if fact.asked_when is not None]
    return [*asked, *(version.when for rule in shipped().ruleset.rules for version in rule.versions)]


def test_every_shipped_condition_can_be_said_and_names_each_of_its_facts() -> None:
    for condition in every_condition():
        sentence = wording.sentence(condition, WORDS)
        for fact in condition.facts():
            assert wording.label_of(fact, WORDS) in sentence
        assert [text for _, text in wording.outline(condition, WORDS)]


def test_no_shipped_condition_is_said_with_a_bare_code_of_a_unit() -> None:
    for condition in every_condition():
        sentence = wording.sentence(condition, WORDS)
        assert "[" not in sentence and "{" not in sentence, sentence


def test_when_a_rule_lets_go() -> None:
    birth = Ending("six months have passed", "childbirth", Duration.parse("6 mo"))
    assert wording.ending(birth, WORDS) == (
        "until 6 months after the day of “Last childbirth”; while that is not known, until six months have passed"
    )
    over = Ending("it is over", "pregnancy", Duration.parse("0 d"))
    assert wording.ending(over, WORDS).startswith("until the end of “Pregnancy”; while that is not known")
    assert wording.ending(Ending("it is over"), WORDS) == "until it is over"


def test_who_may_override_and_why() -> None:
    reasons = shipped().override_reasons
    assert wording.overriding(Override(), reasons) == "by nobody"
    allowed = Override(("prescriber", "medical_lead"), ("test_negative", "unknown_code"))
    assert wording.overriding(allowed, reasons) == (
        "by prescriber or medical lead, with a comment, for one of these reasons: "
        "A test has ruled it out; unknown_code"
    )


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        ("yes", "yes"),
        ({"value": "yes", "until": "2026-11-19"}, "yes, until 2026-11-19"),
        ({"since": "2026-11-01", "said": "2026-11-02"}, "since 2026-11-01, said on 2026-11-02"),
        (["L64.9", "L63"], "L64.9, L63"),
    ],
)
def test_a_given_answer(plain: Any, words: str) -> None:
    assert wording.answer(plain) == words


def test_amounts() -> None:
    for written, words in (
        ("100 mm[Hg]", "100 mmHg"),
        ("30 ug/L", "30 µg/L"),
        ("50 10*9/L", "50 ×10⁹/L"),
        ("3.5 {INR}", "3.5 INR"),
        ("100 /min", "100 per minute"),
        ("8 %", "8 %"),
    ):
        assert wording.quantity(Quantity.parse(written)) == words
    assert wording.duration("14 d") == "14 days"
