"""Judging a mixture: products, names, doses given before, time of use, and who may set a finding aside."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.medicine.mixtures import (
    ON,
    judged,
    part,
    product,
    request,
    strength,
    weighing,
    with_products,
)

from anagen.knowledge.loader import shipped
from anagen.medicine.dose import share
from anagen.medicine.facts import Facts, Speaker
from anagen.medicine.formulary import all_pairs
from anagen.medicine.formulation import judge_mixture, may_be_overridden
from anagen.medicine.mixture import (
    Action,
    Content,
    Given,
    Known,
    Legal,
    Limit,
    Range,
    Refusal,
    exact,
)
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Verdict
from anagen.medicine.screening import UNMAPPED, Unmapped

READY = "product.ready"


def test_a_mixture_has_a_component() -> None:
    with pytest.raises(ValueError, match="at least one"):
        judge_mixture(request(), shipped().formulary, on=ON)


def test_an_entry_that_nobody_understood_keeps_it_from_being_clear() -> None:
    entry = Unmapped("AllergyIntolerance/1", "the yellow vitamin", "in words only")
    wish = request(part("lidocaine", "10 mg/mL"))
    answer = judge_mixture(wish, shipped().formulary, on=ON, unmapped=[entry])
    found = answer.findings[-1]
    assert (found.rule, found.verdict) == (UNMAPPED, Verdict.INCOMPLETE)
    assert "the yellow vitamin" in found.reason


# products


def test_a_registered_product_with_a_whole_label_weighs_nothing() -> None:
    answer = judged(part(READY, is_product=True), formulary=with_products(product()))
    assert weighing(answer) == {}
    assert answer.verdict is Verdict.INCOMPLETE  # nobody has asked the patient
    assert answer.osmolality == 310
    assert answer.ph == Range(Decimal("6.0"), Decimal("7.0"))
    assert answer.use_within == timedelta(hours=2)
    assert [total.dose for total in answer.totals] == [strength("50 mg")]


@pytest.mark.parametrize(
    ("legal", "rule", "verdict"),
    [
        (Legal.COSMETIC, "mixture.cosmetic", "exclude"),
        (Legal.HOMEOPATHIC, "mixture.homeopathic", "exclude"),
        (Legal.UNKNOWN, "mixture.legal_class_unknown", "refer"),
    ],
)
def test_the_legal_class_decides(legal: Legal, rule: str, verdict: str) -> None:
    answer = judged(part(READY, is_product=True), formulary=with_products(product(legal=legal)))
    assert weighing(answer)[rule] == verdict


def test_a_cosmetic_and_an_allergy_are_set_aside_by_nobody_and_an_unknown_pair_by_a_prescriber() -> None:
    facts = Facts.answered({"allergy.component": True}, on=ON, speaker=Speaker.PATIENT)
    products = with_products(product(legal=Legal.COSMETIC))
    answer = judged(
        part(READY, is_product=True), part("normal saline", "9 mg/mL"), facts=facts, formulary=products
    )
    by_rule = {finding.rule: finding for finding in answer.reasons}
    assert not may_be_overridden(by_rule["mixture.cosmetic"])
    assert not may_be_overridden(by_rule["mixture.component_allergy"])
    assert may_be_overridden(by_rule["mixture.pair_unknown"])
    assert by_rule["mixture.pair_unknown"].about == ("ingredient.dexpanthenol", "ingredient.sodium_chloride")


def test_a_product_without_a_label_is_never_fine() -> None:
    bare = product(contents=(), is_complete=False, routes=(), injectable=None, osmolality=None, ph=None)
    answer = judged(part(READY, is_product=True), formulary=with_products(bare))
    assert {"mixture.composition_unknown", "mixture.strength_unknown"} <= weighing(answer).keys()
    assert answer.verdict is Verdict.REFER
    assert answer.ph_unknown == answer.osmolality_unknown == (READY,)


def test_a_product_that_holds_what_nobody_has_described_is_not_described() -> None:
    strange = product(contents=(Content("ingredient.unicorn", strength("1 mg/mL")),))
    answer = judged(part(READY, is_product=True), formulary=with_products(strange))
    assert weighing(answer)["mixture.not_described"] == "refer"
    beside = judged(
        part(READY, is_product=True), part("lidocaine", "10 mg/mL"), formulary=with_products(strange)
    )
    assert weighing(beside)["mixture.pair_unknown"] == "refer"


def test_another_route_than_the_labels_is_off_label() -> None:
    muscle = product(routes=("intramuscular",))
    answer = judged(part(READY, is_product=True), formulary=with_products(muscle))
    assert weighing(answer) == {"mixture.off_label": "caution"}


@pytest.mark.parametrize(("by_nobody", "known"), [(True, "never"), (False, "medical_lead")])
def test_a_products_own_entry_may_bar_it(by_nobody: bool, known: str) -> None:
    barred = product(refusal=Refusal("Recalled by its maker.", by_nobody))
    answer = judged(part(READY, is_product=True), formulary=with_products(barred))
    assert weighing(answer) == {"mixture.product_barred": "exclude"}
    assert "Recalled by its maker." in answer.reasons[0].reason


def test_a_homeopathic_kind_is_refused_whatever_the_law_takes_it_for() -> None:
    weak = product(mixture_type="mixture_type.homeopathic")
    assert weighing(judged(part(READY, is_product=True), formulary=with_products(weak))) == {
        "mixture.homeopathic": "exclude"
    }


@pytest.mark.parametrize(
    ("contents", "stated", "refused"),
    [
        ((Content("ingredient.dexpanthenol", strength("50 mg/mL")),), "50.0 mg/mL", False),
        ((Content("ingredient.dexpanthenol", strength("50 mg/mL")),), "40 mg/mL", True),
        ((Content("ingredient.dexpanthenol"),), "40 mg/mL", False),
        ((Content("ingredient.dexpanthenol"), Content("ingredient.biotin")), "40 mg/mL", True),
        ((), "40 mg/mL", False),
    ],
)
def test_a_stated_strength_is_the_labels(contents: tuple[Content, ...], stated: str, refused: bool) -> None:
    answer = judged(part(READY, stated, is_product=True), formulary=with_products(product(contents=contents)))
    assert ("mixture.disagrees_with_label" in weighing(answer)) is refused


def test_buffers_of_labels_are_averaged_and_a_silent_label_is_unknown() -> None:
    sour = product(buffers={"phosphate": strength("30 mmol/L")})
    plain = product("product.plain", buffers={"citrate": strength("1 mmol/L")})
    silent = product("product.silent")
    known = with_products(sour, plain, silent)

    def buffers(*names: str) -> str:
        answer = judged(*(part(name, is_product=True) for name in names), formulary=known)
        return next(one.verdict.word for one in answer.findings if one.rule == "mixture.buffers")

    assert buffers(READY) == "caution"  # 30 mmol/L
    assert buffers(READY, "product.plain") == "caution"  # 15 mmol/L
    assert buffers(READY, "product.silent") == "incomplete"
    assert buffers("product.silent") == "clear"


# names


def test_a_product_is_no_ingredient_and_an_ingredient_no_product() -> None:
    assert "mixture.not_described" in weighing(judged(part("lidocaine", is_product=True)))
    assert "mixture.not_described" in weighing(judged(part("F-Hair")))
    assert "mixture.not_described" not in weighing(judged(part("f-hair", is_product=True)))


def test_the_worst_that_is_known_of_a_pair_counts() -> None:
    formulary = shipped().formulary
    assert formulary.pair("ingredient.vitamin_c", "ingredient.copper").known is Known.BAD
    assert formulary.pair("ingredient.copper", "ingredient.vitamin_c").known is Known.BAD
    assert formulary.pair("ingredient.hyaluronic_acid", "ingredient.minoxidil").action == "refuse"
    assert formulary.pair("ingredient.unicorn", "ingredient.minoxidil").rule == "formulation.unknown_pair"
    assert formulary.compatible(("ingredient.triamcinolone",), ("ingredient.sodium_chloride",)) is Known.GOOD
    assert (
        formulary.compatible(("ingredient.zinc",), ("ingredient.copper", "ingredient.zinc")) is Known.UNKNOWN
    )
    groups = (("ingredient.zinc", "ingredient.copper"), ("ingredient.zinc",), ("ingredient.copper",))
    assert [{pair.one, pair.other} for pair in all_pairs(formulary, groups)] == [
        {"ingredient.zinc", "ingredient.copper"}
    ]


def test_a_mixture_of_good_and_unknown_company_needs_a_syringe_of_its_own() -> None:
    good = judged(part("triamcinolone", "10 mg/mL"), part("normal saline", "9 mg/mL"))
    assert "mixture.needs_own_syringe" not in weighing(good)
    strange = judged(part("triamcinolone", "10 mg/mL"), part("Unicorn"))
    assert "mixture.needs_own_syringe" in weighing(strange)
    third = judged(part("zinc"), part("copper"), part("triamcinolone", "10 mg/mL"))
    assert "mixture.needs_own_syringe" in weighing(third)


# doses


def test_the_weight_of_the_record_counts_where_none_is_given() -> None:
    facts = Facts.answered({"vital.weight": Quantity(Decimal(40), "kg")}, on=ON, speaker=Speaker.CLINICIAN)
    answer = judged(part("lidocaine", "20 mg/mL", "10"), facts=facts)
    assert weighing(answer)["mixture.dose_refused"] == "exclude"  # 200 mg against 180 mg


def test_the_makers_lidocaine_with_adrenaline_has_ceilings_of_its_own() -> None:
    both = product(
        contents=(
            Content("ingredient.lidocaine", strength("10 mg/mL")),
            Content("ingredient.adrenaline", strength("0.005 mg/mL")),
        )
    )
    answer = judged(
        part(READY, volume="40", is_product=True), formulary=with_products(both), weight=Decimal(60)
    )
    assert "mixture.dose_refused" not in weighing(answer)  # 400 mg: below 7 mg/kg and 500 mg
    by_hand = judged(
        part("lidocaine", "10 mg/mL", "40"), part("adrenaline", "0.005 mg/mL"), weight=Decimal(60)
    )
    assert weighing(by_hand)["mixture.dose_refused"] == "exclude"  # above 4.5 mg/kg and 300 mg


@pytest.mark.parametrize(
    ("per", "days", "expected"),
    [
        ("session", (0, 1), 60),
        ("day", (0, 1), 60),
        ("month", (0, 29, 30), 70),
        ("course", (0, 29, 30, 200), 90),
    ],
)
def test_what_was_given_before_counts_as_far_as_the_limit_reaches(
    per: str, days: tuple[int, ...], expected: int
) -> None:
    zinc = shipped().formulary.ingredients["ingredient.zinc"]
    before = tuple(Given(zinc.id, strength("10 mg"), ON - timedelta(days=back)) for back in days)
    limit = Limit(per, strength("100 mg"), Action.REFUSE)
    wish = request(part("zinc", "50 mg/mL"), given_before=before)
    assert share(limit, zinc, strength("50 mg"), wish, ON) == expected


def test_a_limit_of_a_course_asks_what_was_given_before() -> None:
    zinc = shipped().formulary.ingredients["ingredient.zinc"]
    limit = Limit("course", strength("100 mg"), Action.REFUSE)
    assert share(limit, zinc, strength("50 mg"), request(part("zinc", "50 mg/mL")), ON) is None


def test_a_limit_at_one_point_goes_by_volume_or_by_dose() -> None:
    toxin = part("botulinum toxin A", "100 U/mL", "2")
    assert "mixture.dose_with_reason" in weighing(judged(toxin, volume_per_point=Decimal("0.06")))  # 6 U
    assert "mixture.dose_with_reason" not in weighing(judged(toxin, volume_per_point=Decimal("0.05")))
    wrong = judged(part("botulinum toxin A", "100 mg/mL", "2"), volume_per_point=Decimal("0.05"))
    assert weighing(wrong)["mixture.wrong_kind_of_unit"] == "exclude"


def test_one_ingredient_in_two_strengths_is_summed_and_in_two_kinds_of_units_unknown() -> None:
    (total,) = judged(part("lidocaine", "10 mg/mL"), part("lidocaine", "20 mg/mL", "2")).totals
    assert total.dose == strength("50 mg")
    for first, second in (("10 mg/mL", "10 U/mL"), ("10 mg/mL", None), (None, "10 mg/mL")):
        (total,) = judged(part("lidocaine", first), part("lidocaine", second)).totals
        assert total.dose is None


def test_a_dose_is_given_too_soon_only_after_an_earlier_day() -> None:
    def verdict(*days: date) -> str | None:
        before = tuple(Given("ingredient.botulinum_toxin_a", strength("50 U"), day) for day in days)
        answer = judged(part("botulinum toxin A", "10 U/mL"), given_before=before)
        return weighing(answer).get("mixture.too_soon_refused")

    assert verdict() is None
    assert verdict(ON) is None
    assert verdict(ON - timedelta(days=89)) == "exclude"
    assert verdict(ON - timedelta(days=90)) is None


def test_anaesthetics_of_the_day_without_limits_or_weight_are_unknown() -> None:
    answer = judged(
        part("zinc", "1 mg/mL"), given_before=(Given("ingredient.lidocaine", strength("10 mg"), ON),)
    )
    (found,) = [one for one in answer.findings if one.rule == "mixture.anaesthetics_together"]
    assert found.verdict is Verdict.INCOMPLETE


# time


def prepared(at: str | None = None, **more: object) -> MixtureTimes:
    moment = None if at is None else datetime.fromisoformat(at)
    lot = part("lidocaine", "10 mg/mL", lot="L1", expires=ON)
    answer = judged(lot, prepared_at=datetime.fromisoformat("2026-11-21T10:00"), at=moment, **more)
    return weighing(answer).get("mixture.past_use_by"), answer.use_by


MixtureTimes = tuple[str | None, datetime | None]


def test_a_mixture_ends_at_its_time_of_use() -> None:
    until = datetime.fromisoformat("2026-11-21T14:00")
    assert prepared() == (None, until)
    assert prepared("2026-11-21T14:00") == (None, until)
    assert prepared("2026-11-21T14:01") == ("exclude", until)


def test_yesterdays_mixture_is_past_and_tomorrows_is_not_known() -> None:
    lot = part("lidocaine", "10 mg/mL", lot="L1", expires=ON)

    def found(moment: str) -> str:
        answer = judged(lot, prepared_at=datetime.fromisoformat(moment))
        return next(one.verdict.word for one in answer.findings if one.rule == "mixture.past_use_by")

    assert found("2026-11-20T10:00") == "exclude"
    assert found("2026-11-22T10:00") == "incomplete"


def test_what_is_known_to_hold_longer_gets_no_more_than_the_policy() -> None:
    known = with_products(product(stable_mixed=timedelta(hours=9)), product("product.short"))
    alone = judged(part(READY, is_product=True), formulary=known)
    assert alone.use_within == timedelta(hours=4)
    both = judged(
        part(READY, is_product=True),
        part("product.short", is_product=True),
        part("normal saline", "9 mg/mL"),
        formulary=known,
    )
    assert both.use_within == timedelta(hours=2)


# the answer


def test_osmolality_lies_on_the_line_between_two_strengths_and_nowhere_beyond() -> None:
    def found(text: str | None) -> Decimal | None:
        return judged(part("vitamin C", text)).osmolality

    assert found("300 mg/mL") == 3420  # half way between 1140 and 5700
    assert found("50 mg/mL") is None
    assert found("600 mg/mL") is None
    assert found("100 U/mL") is None
    assert found(None) is None


def test_the_diluent_comes_first_and_what_light_harms_last() -> None:
    answer = judged(
        part("vitamin C", "100 mg/mL", "3"), part("Unicorn", volume="1"), part("zinc", "1 mg/mL", "2"),
        part("normal saline", "9 mg/mL", "1"),
    )  # fmt: skip
    assert answer.order == ("Sodium chloride 9 mg/mL", "Zinc", "Unicorn", "Ascorbic acid (vitamin C)")
    assert answer.diluent == "Sodium chloride 9 mg/mL"


def test_a_fact_that_is_missing_is_named_and_a_measure_is_not() -> None:
    answer = judged(part("lidocaine", "10 mg/mL"))
    assert "allergy.local_anaesthetic_amide" in answer.missing
    assert not any(fact.startswith(("mixture.", "limit.")) for fact in answer.missing)


def test_a_rule_that_has_ended_is_not_judged() -> None:
    from dataclasses import replace

    formulary = shipped().formulary
    rules = tuple(
        replace(rule, versions=(replace(rule.versions[0], effective_to=ON),)) for rule in formulary.rules
    )
    answer = judged(part("zinc", "1 mg/mL"), formulary=replace(formulary, rules=rules))
    assert {finding.rule for finding in answer.findings} == {"ingredient.zinc"}


def test_a_decimal_without_idle_zeros() -> None:
    from fractions import Fraction

    assert str(exact(Fraction(100))) == "100"
    assert str(exact(Fraction(5, 2))) == "2.5"
