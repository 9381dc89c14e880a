"""What is proposed for a patient's problems: never for the allergic, never promised, the evidence said."""

from __future__ import annotations

from typing import Any

import pytest
from tests.medicine.mixtures import ON

from anagen.exchange.facts import answered
from anagen.knowledge.loader import shipped
from anagen.medicine.facts import Facts
from anagen.medicine.proposal import STRENGTHS, Proposal, propose
from anagen.medicine.rules import Verdict


def proposed(problems: tuple[str, ...] | None = None, **answers: Any) -> Proposal:
    knowledge = shipped()
    said = {item["id"]: item["example"] for item in knowledge.plain["facts"] if "example" in item}
    facts = answered(knowledge.ruleset.vocabulary, {**said, **answers}, on=ON)
    return propose(knowledge.formulary, facts=facts, on=ON, problems=problems)


def ids(suggestions: tuple[Any, ...]) -> set[str]:
    return {one.ingredient.id.partition(".")[2] for one in suggestions}


def test_a_diagnosis_leads_to_what_knowledge_names_strongest_evidence_first() -> None:
    found = proposed()
    assert [problem.id for problem in found.problems] == ["indication.pattern_loss"]
    assert {"minoxidil", "dutasteride", "dexpanthenol"} <= ids(found.suggested)
    places = [STRENGTHS.index(one.purpose.strength) for one in found.suggested]
    assert places == sorted(places)
    minoxidil = next(one for one in found.suggested if one.ingredient.id == "ingredient.minoxidil")
    assert minoxidil.purpose.strength == "trial"
    assert minoxidil.verdict is Verdict.REFER  # no licensed injectable is known
    assert not minoxidil.alone


def test_nothing_active_is_proposed_to_the_allergic() -> None:
    found = proposed(**{"allergy.component": "yes"})
    assert found.suggested == found.open == ()
    assert "minoxidil" in ids(found.barred)


def test_a_plan_to_conceive_bars_hormone_blockers_alone() -> None:
    found = proposed(**{"conception.plan": "yes"})
    assert {"dutasteride", "finasteride"} <= ids(found.barred)
    assert "minoxidil" in ids(found.suggested)


def test_what_nobody_has_asked_keeps_it_open() -> None:
    found = proposed(**{"allergy.component": ""})
    assert found.suggested == ()
    assert "minoxidil" in ids(found.open)


def test_another_diagnosis_leads_elsewhere_and_none_is_unclear() -> None:
    patches = proposed(**{"diagnosis.scalp": ["L63.9"]})
    assert ids(patches.suggested) == {"triamcinolone"}
    assert patches.suggested[0].alone
    nobody = propose(shipped().formulary, facts=Facts(), on=ON)
    assert nobody.problems == nobody.suggested == ()
    assert "indication.pattern_loss" in {problem.id for problem in nobody.unclear}


def test_problems_may_be_named() -> None:
    assert proposed(("indication.greying",)).suggested == ()
    assert ids(proposed(("indication.patchy_loss",)).suggested) == {"triamcinolone"}
    with pytest.raises(KeyError):
        proposed(("indication.unicorn",))
