"""What is typed: good values in their stored form, bad ones refused with exact words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from anagen.clinic.intake.forms import AnswersForm, definitions
from anagen.medicine.facts import Speaker

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
BORN = date(1991, 6, 12)


def read(data: dict[str, str], *facts: str) -> AnswersForm:
    return AnswersForm(data, definitions(facts), on=ON, born=BORN)


@pytest.mark.parametrize(
    ("fact", "typed", "stored"),
    [
        ("asthma", {"asthma": "yes"}, ("yes", None, None)),
        ("asthma", {"asthma": "no"}, ("no", None, None)),
        ("asthma", {"asthma": "unknown"}, ("unknown", None, None)),
        ("contraception", {"contraception": "reliable"}, ("reliable", None, None)),
        ("contraception", {"contraception": "unknown"}, ("unknown", None, None)),
        (
            "infection.cold",
            {
                "infection.cold": "yes",
                "infection.cold--since": "2026-11-18",
                "infection.cold--until": "23/11/2026",
            },
            ("yes", date(2026, 11, 18), date(2026, 11, 23)),
        ),
        # days that belong to a “yes” say nothing beside a “no”
        (
            "infection.cold",
            {"infection.cold": "no", "infection.cold--since": "2026-11-18"},
            ("no", None, None),
        ),
        ("procedure.surgery", {"procedure.surgery--since": "1.11.2026"}, ("yes", date(2026, 11, 1), None)),
        (
            "procedure.surgery",
            {"procedure.surgery": "yes", "procedure.surgery--since": ""},
            ("yes", None, None),
        ),
        ("procedure.surgery", {"procedure.surgery": "no"}, ("no", None, None)),
        ("vital.temperature", {"vital.temperature": "38,4"}, ("38.4 Cel", None, None)),
        ("vital.temperature", {"vital.temperature": "101.1 °F"}, ("101.1 [degF]", None, None)),
        (
            "vital.temperature",
            {"vital.temperature": "101.1", "vital.temperature--unit": "[degF]"},
            ("101.1 [degF]", None, None),
        ),
        ("vital.systolic", {"vital.systolic": "16 kPa"}, ("16 kPa", None, None)),
        ("vital.platelets", {"vital.platelets": "250"}, ("250 10*9/L", None, None)),
        ("vital.temperature", {"vital.temperature": ""}, (None, None, None)),
        ("diagnosis.scalp", {"diagnosis.scalp": "l64.9, L65.0"}, (["L64.9", "L65.0"], None, None)),
        ("diagnosis.scalp", {"diagnosis.scalp": ""}, (None, None, None)),
    ],
)
def test_good_values(fact: str, typed: dict[str, str], stored: tuple[Any, ...]) -> None:
    form = read(typed, fact)
    assert form.faults == []
    given = form.given[fact]
    assert (given.value, given.since, given.until) == stored


@pytest.mark.parametrize(
    ("typed", "part", "words"),
    [
        ({"asthma": "perhaps"}, "value", "Choose one of these answers."),
        ({"contraception": "yes"}, "value", "Choose one of these answers."),
        (
            {"infection.cold": "yes", "infection.cold--since": "2026-11-22"},
            "since",
            "22 Nov 2026 lies in the future.",
        ),
        (
            {"infection.cold": "yes", "infection.cold--since": "1990-01-01"},
            "since",
            "lies before the date of birth",
        ),
        (
            {"infection.cold": "yes", "infection.cold--since": "31/02/2026"},
            "since",
            "“31/02/2026” is no day of the calendar",
        ),
        ({"infection.cold": "yes", "infection.cold--until": "2062-11-01"}, "until", "Check the year"),
        (
            {
                "infection.cold": "yes",
                "infection.cold--since": "2026-11-18",
                "infection.cold--until": "2026-11-18",
            },
            "until",
            "It cannot end before it began on 18 Nov 2026.",
        ),
        ({"infection.cold--since": "2026-11-18"}, "value", "Answer the question as well"),
        (
            {"procedure.surgery": "yes", "procedure.surgery--since": "2026-12-01"},
            "since",
            "lies in the future",
        ),
        (
            {"vital.temperature": "384"},
            "value",
            "384 °C cannot be: Body temperature lies between 30 °C and 45 °C.",
        ),
        ({"vital.temperature": "warm"}, "value", "“warm” is no number"),
        ({"vital.temperature": "38.4 furlongs"}, "value", "“furlongs” is no unit of Body temperature"),
        (
            {"vital.temperature": "38.4", "vital.temperature--unit": "kg"},
            "unit",
            "“kg” is no unit of Body temperature",
        ),
        ({"diagnosis.scalp": "L64.9 hair"}, "value", "“HAIR” is no code of ICD-10"),
        ({"vital.inr--sample": "2026-11-20"}, "value", "no value"),
    ],
)
def test_bad_values(typed: dict[str, str], part: str, words: str) -> None:
    fact = next(iter(typed)).partition("--")[0]
    form = read(typed, fact)
    assert fact not in form.given and form.found == []
    assert [(fault[0], fault[1]) for fault in form.faults] == [(fact, part)]
    assert words in form.faults[0][2]
    kept = form.typed[fact]
    assert {kept.value, kept.since, kept.until, kept.unit, kept.sample} >= set(typed.values())


def test_a_question_that_is_not_on_the_form_is_left_alone() -> None:
    form = read({}, "asthma", "infection.cold", "vital.temperature")
    assert (form.given, form.faults) == ({}, [])


def test_a_sample_makes_it_the_laboratorys_word_of_that_day() -> None:
    form = read(
        {"vital.inr": "2.4", "vital.inr--sample": "2026-11-19", "vital.temperature": "37"},
        "vital.inr",
        "vital.temperature",
    )
    assert [(found.given.fact, found.speaker, found.said_on) for found in form.found] == [
        ("vital.inr", Speaker.LABORATORY, date(2026, 11, 19)),
        ("vital.temperature", Speaker.CLINICIAN, ON),
    ]
