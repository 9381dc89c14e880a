"""The facts that can be known: how long an answer holds, what can be measured, what a code speaks of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.medicine.builders import DAY, WORDS, amount, day, definition, quantity, said, vocabulary

from anagen.medicine.facts import Speaker
from anagen.medicine.quantities import UnknownUnit
from anagen.medicine.vocabulary import FactType, ImplausibleValue, age_of


@pytest.mark.parametrize(
    ("days_later", "stale"), [(0, False), (1, False), (13, False), (14, True), (15, True)]
)
def test_an_answer_fresh_for_14_days_is_too_old_on_the_fourteenth(days_later: int, stale: bool) -> None:
    pregnancy = WORDS["pregnancy"]
    assert pregnancy.is_stale(said("pregnancy", False, on=DAY), DAY + timedelta(days=days_later)) is stale


def test_an_answer_of_1_march_says_nothing_on_15_march() -> None:
    pregnancy = WORDS["pregnancy"]
    answer = said("pregnancy", False, on=day("2026-03-01"))
    assert not pregnancy.is_stale(answer, day("2026-03-14"))
    assert pregnancy.is_stale(answer, day("2026-03-15"))


def test_an_answer_fresh_for_months_goes_by_the_calendar() -> None:
    checked = definition("work_up", fresh="6 mo")
    answer = said("work_up", on=day("2026-08-31"))
    assert not checked.is_stale(answer, day("2027-02-28"))
    assert checked.is_stale(answer, day("2027-03-01"))


def test_an_answer_fresh_for_no_time_holds_on_its_own_day() -> None:
    today = definition("today", fresh="0 d")
    assert not today.is_stale(said("today"), DAY)
    assert today.is_stale(said("today"), DAY + timedelta(days=1))


def test_an_answer_that_is_always_fresh_never_grows_old() -> None:
    assert not WORDS["cold"].is_stale(said("cold", on=day("1990-01-01")), DAY)


def test_the_intake_asks_what_patients_may_answer() -> None:
    assert WORDS["cold"].asked_in_intake
    assert not WORDS["temperature"].asked_in_intake
    assert not definition("note", speakers=(Speaker.SYSTEM, Speaker.LABORATORY)).asked_in_intake


def test_a_vocabulary_is_asked_by_id_and_keeps_its_order() -> None:
    words = vocabulary(definition("rash"), definition("cold"))
    assert [fact.id for fact in words] == ["rash", "cold"]
    assert "cold" in words
    assert "fever" not in words
    assert words["cold"].label == "Cold"


def test_a_measured_value_is_kept_in_the_facts_own_unit_and_precision() -> None:
    assert WORDS.measured("temperature", quantity("101.1 [degF]")) == amount("38.4")
    assert WORDS.measured("temperature", quantity("38.44 Cel")) == amount("38.44")


@pytest.mark.parametrize("text", ["30.0 Cel", "45.0 Cel", "86 [degF]"])
def test_the_ends_of_the_plausible_range_can_be(text: str) -> None:
    assert WORDS.measured("temperature", quantity(text)).unit == "Cel"


@pytest.mark.parametrize("text", ["29.9 Cel", "45.1 Cel", "38.4 [degF]"])
def test_what_cannot_be_is_refused_with_the_range(text: str) -> None:
    with pytest.raises(
        ImplausibleValue, match=r"cannot be: Temperature lies between 30\.0 Cel and 45\.0 Cel"
    ):
        WORDS.measured("temperature", quantity(text))


def test_without_a_plausible_range_every_value_can_be() -> None:
    words = vocabulary(definition("weight", FactType.QUANTITY, unit="kg", decimals=0))
    assert words.measured("weight", quantity("9999 kg")) == quantity("9999 kg")


def test_what_is_not_measured_has_no_quantity() -> None:
    with pytest.raises(ValueError, match="cold is not measured"):
        WORDS.measured("cold", quantity("38 Cel"))


def test_a_quantity_of_something_else_is_refused() -> None:
    with pytest.raises(UnknownUnit):
        WORDS.measured("temperature", quantity("70 kg"))


def test_the_index_finds_facts_by_the_codes_they_list() -> None:
    words = vocabulary(definition("epilepsy", codes={"icd-10": ("G40",)}), definition("cold"))
    assert words.index.facts("icd-10", "G40.309") == ("epilepsy",)


def test_an_age_is_a_quantity_in_years() -> None:
    assert age_of(18) == quantity("18 a")
