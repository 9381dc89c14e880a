"""What holds for every mixture: sums, order, scale, and that unknown never clears."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.medicine.mixtures import ON, part, request

from anagen.exchange.facts import answered
from anagen.knowledge.loader import shipped
from anagen.medicine.dose import doses, osmolality, parts
from anagen.medicine.facts import Facts
from anagen.medicine.formulation import judge_mixture
from anagen.medicine.mixture import Component, MixtureAnswer, MixtureRequest
from anagen.medicine.rules import Verdict

NAMES = [
    *("lidocaine", "minoxidil", "thiamine", "nicotinamide", "vitamin C", "zinc", "iron", "dexpanthenol"),
    *("cyanocobalamin", "normal saline", "water for injection", "triamcinolone", "Unicorn", "vitamins"),
]
FEW = settings(max_examples=25, deadline=None)


def amounts(least: str, most: str) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(least), Decimal(most), places=2)


@st.composite
def components(draw: st.DrawFn) -> Component:
    strength = draw(st.none() | amounts("0.01", "500"))
    stated = None if strength is None else f"{strength} mg/mL"
    return part(draw(st.sampled_from(NAMES)), stated, str(draw(amounts("0.01", "20"))))


@st.composite
def requests(draw: st.DrawFn) -> MixtureRequest:
    wished = draw(st.lists(components(), min_size=1, max_size=5, unique_by=lambda one: one.name))
    return request(*wished, weight=draw(st.none() | amounts("30", "150")))


@cache
def healthy() -> Facts:
    knowledge = shipped()
    said = {item["id"]: item["example"] for item in knowledge.plain["facts"] if "example" in item}
    return answered(knowledge.ruleset.vocabulary, said, on=ON)


def judged(wish: MixtureRequest, facts: Facts | None = None) -> MixtureAnswer:
    return judge_mixture(wish, shipped().formulary, on=ON, facts=facts or healthy())


def findings(answer: MixtureAnswer) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(one.rule, one.verdict.word, one.about) for one in answer.reasons}


@given(requests())
@FEW
def test_totals_are_sums_of_strength_times_volume(wish: MixtureRequest) -> None:
    found = parts(wish, shipped().formulary)
    for name, total in doses(found).items():
        (only,) = [one for one in found if any(content.ingredient == name for content in one.contents)]
        strength = only.contents[0].strength
        assert (total is None) == (strength is None)
        if total is not None and strength is not None:
            assert total.value == strength.value * only.component.volume


@given(requests(), st.randoms(use_true_random=False))
@FEW
def test_the_order_of_components_changes_nothing(wish: MixtureRequest, chance: object) -> None:
    shuffled = list(wish.components)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = judged(wish), judged(replace(wish, components=tuple(shuffled)))
    assert findings(first) == findings(second)
    assert (first.verdict, first.totals, first.ph, first.osmolality, first.order) == (
        second.verdict, second.totals, second.ph, second.osmolality, second.order,
    )  # fmt: skip


@given(requests(), st.integers(2, 9))
@settings(max_examples=100, deadline=None)
def test_a_mixture_scaled_up_has_the_same_strength_and_more_of_everything(
    wish: MixtureRequest, times: int
) -> None:
    formulary = shipped().formulary
    more = replace(wish, components=tuple(replace(one, volume=one.volume * times) for one in wish.components))
    small, large = doses(parts(wish, formulary)), doses(parts(more, formulary))
    for name, dose in small.items():
        grown = large[name]
        assert (dose is None) == (grown is None)
        if dose is not None and grown is not None:
            assert grown.value == dose.value * times
    assert osmolality(parts(wish, formulary)) == osmolality(parts(more, formulary))


@given(st.sampled_from(["lidocaine", "minoxidil", "triamcinolone"]), amounts("0.1", "20"), amounts("0", "20"))
@FEW
def test_more_of_it_is_never_judged_more_mildly(name: str, volume: Decimal, extra: Decimal) -> None:
    def verdict(amount: Decimal) -> Verdict:
        return judged(request(part(name, "10 mg/mL", str(amount)), weight=Decimal(60))).verdict

    assert verdict(volume) <= verdict(volume + extra)


@given(requests())
@FEW
def test_what_is_unknown_never_clears_and_never_makes_milder(wish: MixtureRequest) -> None:
    known, nobody = judged(wish), judged(wish, Facts(()))
    assert judge_mixture(wish, shipped().formulary, on=ON).verdict >= Verdict.INCOMPLETE
    assert nobody.verdict >= Verdict.INCOMPLETE or nobody.verdict >= known.verdict
    strange = judged(replace(wish, components=(*wish.components, part("Nobody's drops", volume="0.01"))))
    assert strange.verdict >= Verdict.REFER
    unweighed = judged(replace(wish, weight=None))
    assert unweighed.verdict > Verdict.CLEAR or known.verdict is Verdict.CLEAR


@given(requests())
@FEW
def test_a_barred_ingredient_is_refused_in_any_company(wish: MixtureRequest) -> None:
    others = tuple(one for one in wish.components if one.name != "iron")
    answer = judged(replace(wish, components=(*others, part("iron", "1 mg/mL"))))
    assert answer.verdict is Verdict.EXCLUDE
