"""Patients of the public case file, picked by hand: questions that do not apply or that open, and days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tools.recipe import Draft, Recipe

Plain = dict[str, Any]
YES: Final = "yes"


def applying(recipe: Recipe) -> Iterator[Draft]:
    """A question that does not apply is no gap; one that opens must be answered."""
    from tools.recipe import MAN, WOMAN, Draft

    female = ("pregnancy", "breastfeeding", "childbirth", "menstruation", "contraception")
    hormones = "diagnosis.hormonal_signs"
    none = dict.fromkeys((*female, hormones))
    given: list[tuple[str, str, str, Plain, tuple[str, ...]]] = [
        ("woman-not-asked", "A woman, nothing asked about pregnancy and cycle", WOMAN, dict(none), female),
        ("man-not-asked", "A man is not asked about pregnancy and cycle", MAN, {}, female),
        ("other-not-asked", "Another sex: every question applies", MAN, {"sex": "other"}, female),
        (
            "other-answered",
            "Another sex, every question answered",
            MAN,
            recipe.completed({"sex": "other"}, MAN),
            female,
        ),
        ("sex-not-known", "Sex not known, pregnancy not asked", WOMAN, {**none, "sex": "unknown"}, female),
        (
            "man-pregnant-record",
            "A record of a pregnancy in a man: what is said counts, asked or not",
            MAN,
            {"pregnancy": {"value": YES, "speaker": "system", "record": "Condition/1"}},
            female,
        ),
        (
            "man-pregnant-record-no",
            "A record that says no pregnancy in a man says nothing",
            MAN,
            {"pregnancy": {"value": "no", "speaker": "system", "record": "Condition/1"}},
            female,
        ),
        (
            "woman-of-61",
            "A woman of 61 is not asked about her period, but about pregnancy",
            WOMAN,
            recipe.completed({"birth_date": "1965-06-15"}),
            female,
        ),
        (
            "woman-of-61-pregnancy",
            "A woman of 61, pregnancy not asked",
            WOMAN,
            {**recipe.completed({"birth_date": "1965-06-15"}), "pregnancy": None},
            female,
        ),
        (
            "age-not-known",
            "Date of birth not known: the period is asked about",
            WOMAN,
            {"birth_date": None, "menstruation": None, "contraception": None},
            female,
        ),
        (
            "diabetes-open",
            "Diabetes: how steady it is must be known",
            WOMAN,
            {"diabetes": YES},
            ("diabetes",),
        ),
        (
            "endocrine-open",
            "A hormone disease: how steady it is must be known",
            WOMAN,
            {"endocrine": YES},
            (),
        ),
        (
            "diabetes-not-known",
            "Whether there is diabetes is not known",
            WOMAN,
            {"diabetes": "unknown"},
            ("diabetes",),
        ),
        (
            "diabetes-steady-unasked",
            "How steady is answered though there is no diabetes",
            WOMAN,
            {"diabetes.control": "unsteady"},
            ("diabetes",),
        ),
        (
            "temperature-unasked",
            "A temperature of 38.0 without a word of fever counts",
            WOMAN,
            {"vital.temperature": "38.0 Cel"},
            ("infection.fever",),
        ),
        (
            "temperature-in-fahrenheit",
            "101.1 degrees Fahrenheit are 38.4 Cel",
            WOMAN,
            {"vital.temperature": "101.1 [degF]"},
            ("infection.fever",),
        ),
        (
            "temperature-just-below-in-fahrenheit",
            "99.3 degrees Fahrenheit are 37.4 Cel",
            WOMAN,
            {"vital.temperature": "99.3 [degF]"},
            ("infection.fever",),
        ),
        (
            "pressure-open",
            "High blood pressure known, not measured",
            WOMAN,
            {"hypertension": YES},
            ("hypertension",),
        ),
        (
            "chemotherapy-blood-count",
            "Chemotherapy, no blood count",
            WOMAN,
            {"drug.chemotherapy": YES},
            ("bleeding_disorder",),
        ),
        (
            "first-session",
            "Never treated: not asked about the last session",
            WOMAN,
            {},
            ("scalp.shedding_more",),
        ),
        (
            "second-session-unasked",
            "Treated a month ago, not asked how it went",
            WOMAN,
            {"procedure.mesotherapy": "2026-10-21"},
            ("scalp.shedding_more", "scalp.new_patch", "infection.site_lesion", "scalp.punctures_unhealed"),
        ),
        (
            "second-session",
            "Treated a month ago, all went well",
            WOMAN,
            recipe.completed({"procedure.mesotherapy": "2026-10-21"}),
            ("scalp.shedding_more", "scalp.new_patch", "infection.site_lesion", "scalp.punctures_unhealed"),
        ),
        ("nothing-said", "Nothing is known of somebody", "", {}, ()),
    ]
    for name, title, base, facts, about in given:
        yield Draft(f"applying/{name}", title, facts, recipe.rules_on(about), base)


def days(recipe: Recipe) -> Iterator[Draft]:
    """A day is an argument: rules, answers and ages are those of that day."""
    from tools.recipe import DAY, WOMAN, Draft

    one = timedelta(days=1)
    pregnant = {"pregnancy": {"value": YES, "said": "2026-11-20"}}
    yield Draft(
        "days/before-the-first-version",
        "A day before the rules begin is judged by the first version of each",
        pregnant,
        ("contraindication.pregnancy",),
        on=DAY - one,
    )
    yield Draft(
        "days/said-later",
        "What is said tomorrow is not known today",
        {"epilepsy": {"value": "no", "said": str(DAY + one)}},
        ("contraindication.epilepsy",),
    )
    yield Draft(
        "days/healthy-in-a-leap-year", "The healthy woman on 29 February 2028", {}, (), on=date(2028, 2, 29)
    )
    yield Draft(
        "days/healthy-man-later",
        "The healthy man on the last day of 2030",
        {},
        (),
        "healthy man of 40",
        date(2030, 12, 31),
    )
    # where fever is denied, no more than the thermometer speaks: 38.0 counts on the day it was measured
    for said, name in ((DAY, "below"), (DAY - one, "at"), (DAY - 2 * one, "above")):
        yield Draft(
            f"days/temperature/{name}",
            f"No fever, and a temperature of 38.0 measured on {said}",
            {"vital.temperature": {"value": "38.0 Cel", "said": said.isoformat()}},
            ("deferral.fever",),
        )
    # 31 August and six months is 1 March: February has no such day
    for on, name in (
        (date(2027, 2, 28), "below"),
        (date(2027, 3, 1), "at"),
        (date(2027, 3, 2), "above"),
    ):
        yield Draft(
            f"days/six-months-from-31-august/{name}",
            f"A hair transplant on 31 August 2026, seen on {on}",
            {"procedure.hair_transplant": "2026-08-31"},
            ("deferral.hair_transplant",),
            on=on,
        )
        yield Draft(
            f"days/one-month-from-31-january/{name}",
            f"No depression, said on 31 January 2027 and fresh for a month, seen on {on}",
            {"depression": {"value": "no", "said": "2027-01-31"}},
            ("precaution.depression",),
            on=on,
        )
    for on, name in ((date(2029, 2, 28), "below"), (date(2029, 3, 1), "at"), (date(2029, 3, 2), "above")):
        yield Draft(
            f"days/a-year-from-29-february/{name}",
            f"A heart attack on 29 February 2028, seen on {on}",
            {"cardiovascular_event": "2028-02-29"},
            ("deferral.cardiovascular_event",),
            WOMAN,
            on,
        )
