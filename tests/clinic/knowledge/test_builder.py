"""A condition put together part by part is the text that somebody might have typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from anagen.clinic.knowledge import builder, own_rules
from anagen.clinic.people.permissions import Role
from anagen.knowledge import build
from anagen.knowledge.loader import shipped
from anagen.medicine.vocabulary import AGE, FactType

Browser = Callable[[Role | None], Client]
TYPED = {
    FactType.STATE: {"comparison": "within", "number": "3", "unit": "wk"},
    FactType.EVENT: {"comparison": "no"},
    FactType.QUANTITY: {"comparison": "at_least", "number": "37,5"},
    FactType.CODE: {"codes": "B01, 250.00; E10"},
}


def part(fact: str, **typed: object) -> builder.PartForm:
    said = {f"part-{name}": value for name, value in {"fact": fact, "join": "all", **typed}.items()}
    return builder.PartForm(said, fact=fact, knowledge=shipped())


def test_of_every_fact_a_part_is_made_that_reads_back_as_it_was_chosen() -> None:
    known = shipped()
    seen = set()
    for fact in (fact for fact in known.ruleset.vocabulary if builder.offers(fact.id, known)):
        seen.add(fact.type)
        typed = (
            {"options": list(fact.options)[:2]} if fact.type is FactType.CHOICE else dict(TYPED[fact.type])
        )
        if fact.type is FactType.QUANTITY:
            typed["unit"] = fact.unit or "1"
        form = part(fact.id, **typed)
        assert form.is_valid(), (fact.id, form.errors)
        text = builder.joined("", form.cleaned_data["part"], "all", known)
        assert build.condition(own_rules.condition(text, known), known.ruleset.vocabulary) == build.condition(
            form.cleaned_data["part"], known.ruleset.vocabulary
        )
    assert seen == set(FactType) - {FactType.DATE}


def test_parts_are_joined_beside_or_around_what_stands_there() -> None:
    known = shipped()
    text = ""
    for fact, how, typed in (
        ("infection.fever", "all", {"comparison": "within", "number": "3", "unit": "d"}),
        (AGE, "any", {"comparison": "below", "number": "18", "unit": "a"}),
        ("pregnancy", "any", {"comparison": "yes"}),
        ("asthma", "all", {"comparison": "yes", "negated": "on"}),
    ):
        form = part(fact, **typed)
        assert form.is_valid(), form.errors
        text = builder.joined(text, form.cleaned_data["part"], how, known)
    assert text == (
        "all:\n"
        "  - any:\n"
        "      - {fact: infection.fever, within: 3 d}\n"
        "      - {fact: age, below: 18 a}\n"
        "      - {fact: pregnancy, is: yes}\n"
        "  - not:\n"
        "      {fact: asthma, is: yes}"
    )
    assert builder.written(own_rules.condition(text, known)) == text


@pytest.mark.parametrize(
    ("fact", "typed", "words"),
    [
        ("vital.temperature", {"comparison": "above", "number": "warm", "unit": "Cel"}, "warm"),
        ("vital.temperature", {"comparison": "above", "number": "", "unit": "Cel"}, "required"),
        ("vital.temperature", {"comparison": "above", "number": "38", "unit": "kg"}, "kg"),
        ("infection.fever", {"comparison": "within", "number": "", "unit": "d"}, "Say how long"),
        ("infection.fever", {"comparison": "within", "number": "0", "unit": "d"}, "at least 1"),
        (AGE, {"comparison": "below", "number": "17.5", "unit": "a"}, "whole"),
    ],
)
def test_what_makes_no_part_is_said_beside_the_field(fact: str, typed: dict[str, str], words: str) -> None:
    form = part(fact, **typed)
    assert not form.is_valid()
    assert words in str(form.errors)


def condition_of(page: str) -> str:
    found = re.search(r'<textarea name="condition"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert found
    return unescape(found[1])


def test_a_part_is_chosen_and_added_with_plain_forms_and_nothing_typed_is_lost(client_of: Browser) -> None:
    browser = client_of(Role.MEDICAL_LEAD)
    typed = {"title": "Fever", "condition": "{fact: pregnancy, is: yes}", "part-fact": "infection.fever"}
    page = browser.post(reverse("knowledge:add_rule"), typed | {"step": "part_choose"})
    html = page.content.decode()
    assert page.status_code == 200 and "or ended less than" in html
    assert 'value="Fever"' in html and "This field is required" not in html
    said = {"part-comparison": "within", "part-number": "3", "part-unit": "d", "part-join": "any"}
    html = browser.post(reverse("knowledge:add_rule"), typed | said | {"step": "part_add"}).content.decode()
    assert condition_of(html).splitlines() == [
        "any:",
        "  - {fact: pregnancy, is: yes}",
        "  - {fact: infection.fever, within: 3 d}",
    ]
    assert "any of these" in html


def test_what_stands_there_is_mended_first_and_kept(client_of: Browser) -> None:
    typed = {"condition": "{fact: pregnancy", "part-fact": "asthma", "part-comparison": "yes"}
    page = client_of(Role.MEDICAL_LEAD).post(
        reverse("knowledge:add_rule"), typed | {"part-join": "all", "step": "part_add"}
    )
    assert page.status_code == 422
    assert "Mend what stands there first" in page.content.decode()
    assert condition_of(page.content.decode()) == "{fact: pregnancy"


def test_without_a_fact_one_is_asked_for(client_of: Browser) -> None:
    for fact in ("", "no.such.fact"):
        page = client_of(Role.MEDICAL_LEAD).post(
            reverse("knowledge:add_rule"), {"part-fact": fact, "step": "part_choose"}
        )
        assert page.status_code == 422
