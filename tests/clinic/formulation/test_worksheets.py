"""A wish becomes a worksheet: judged, revised, divided, decided by name, judged again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from anagen.clinic.formulation import actions, judging, queries
from anagen.clinic.formulation.dividing import split
from anagen.clinic.formulation.judging import Wanted, Wish
from anagen.clinic.formulation.models import KeptFormulary, Worksheet
from anagen.clinic.formulation.queries import Standing
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.review.queries import current
from anagen.clinic.stock import actions as stock
from anagen.clinic.stock.models import Place, Product
from anagen.medicine.facts import Facts

from .conftest import Sheets, decided, receive, sheet_of

pytestmark = pytest.mark.django_db


def test_a_pair_that_nobody_has_tested_waits_for_a_name(
    worksheet: Sheets, nurse: User, prescriber: User, at: datetime
) -> None:
    sheet = worksheet(panthenol="0.5", saline="4.5")
    assert sheet.verdict == "refer" and queries.standing(sheet, at) is Standing.TO_DECIDE
    (finding,) = queries.barriers(sheet).to_decide
    said = {"worksheet": sheet, "rule": finding.rule, "about": finding.about, "comment": "Read the letter"}
    with pytest.raises(NotAllowed):
        actions.decide_finding(by=nurse, reason="prescriber_agreed", **said)
    with pytest.raises(Refused, match="one of the reasons"):
        actions.decide_finding(by=prescriber, reason="because", **said)
    with pytest.raises(Refused, match="few words"):
        actions.decide_finding(
            by=prescriber, reason=finding.override.reasons[0], **(said | {"comment": "ok"})
        )
    with pytest.raises(Refused, match="no such finding"):
        actions.decide_finding(by=prescriber, reason="x", **(said | {"rule": "mixture.none"}))
    made = actions.decide_finding(by=prescriber, reason=finding.override.reasons[0], **said)
    assert (made.role, made.by) == ("prescriber", prescriber)
    with pytest.raises(ChangedMeanwhile):
        actions.decide_finding(by=prescriber, reason=finding.override.reasons[0], **said)
    assert queries.standing(queries.worksheets().get(), at) is Standing.READY


def test_a_hard_refusal_is_decided_by_nobody(
    screened: Patient, stocked: dict[str, Product], cupboard: Place, lead: User, at: datetime
) -> None:
    cream = stock.add_product(
        by="test", sheet=sheet_of("panthenol", name="Demo cream", legal_class="cosmetic", routes=("topical",))
    )
    receive(cream, cupboard, at)
    wish = Wish([Wanted(cream, Decimal(1)), Wanted(stocked["saline"], Decimal(4))])
    sheet = actions.make_worksheet(
        by=lead, patient=screened, wish=wish, on=timezone.localdate(at), key=uuid4()
    )
    assert sheet.verdict == "exclude" and queries.standing(sheet, at) is Standing.BARRED
    barred = next(one for one in queries.barriers(sheet).barred if one.rule == "mixture.cosmetic")
    with pytest.raises(Refused, match="anybody"):
        actions.decide_finding(
            by=lead,
            worksheet=sheet,
            rule=barred.rule,
            about=barred.about,
            reason="specialist_agreed",
            comment="But the leaflet says so",
        )


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([("panthenol", "-1")], "less than nothing"),
        ([("panthenol", "0")], "nothing"),
        ([("panthenol", "1000")], "cannot be"),
        ([("panthenol", "0.0001")], "cannot be"),
        ([("panthenol", "1"), ("panthenol", "2")], "stands twice"),
        ([], "Nothing is in the mixture"),
    ],
)
def test_what_can_be_no_mixture_is_refused_and_nothing_is_kept(
    screened: Patient,
    stocked: dict[str, Product],
    nurse: User,
    today: date,
    parts: list[tuple[str, str]],
    words: str,
) -> None:
    wish = Wish([Wanted(stocked[name], Decimal(ml)) for name, ml in parts])
    with pytest.raises(Refused, match=words):
        actions.make_worksheet(by=nurse, patient=screened, wish=wish, on=today, key=uuid4())
    assert not Worksheet.objects.exists()


def test_nobody_is_mixed_for_before_the_screening(
    patient: Patient, stocked: dict[str, Product], nurse: User, today: date
) -> None:
    with pytest.raises(Refused, match="Screen this patient"):
        actions.make_worksheet(
            by=nurse,
            patient=patient,
            wish=Wish([Wanted(stocked["saline"], Decimal(1))]),
            on=today,
            key=uuid4(),
        )


def test_a_form_sent_twice_is_one_worksheet_and_a_change_is_a_new_one(
    screened: Patient, stocked: dict[str, Product], nurse: User, today: date, at: datetime
) -> None:
    def made(ml: str, key: object, revises: Worksheet | None = None) -> Worksheet:
        wish = Wish([Wanted(stocked["saline"], Decimal(ml))])
        return actions.make_worksheet(
            by=nurse,
            patient=screened,
            wish=wish,
            on=today,
            key=key,
            revises=revises,  # type: ignore[arg-type]
        )

    key = uuid4()
    first = made("5", key)
    assert made("5", key) == first
    second = made("6", uuid4(), first)
    assert (
        second.revises == first
        and queries.standing(queries.worksheets().get(pk=first.pk), at) is Standing.REVISED
    )
    with pytest.raises(ChangedMeanwhile, match="revised"):
        made("7", uuid4(), first)


def test_what_does_not_hold_together_is_divided_into_the_fewest_syringes(
    worksheet: Sheets, nurse: User, today: date
) -> None:
    sheet = worksheet(b12="0.5", vitamin_c="0.5", saline="4")
    parts = actions.split_worksheet(by=nurse, worksheet=sheet, on=today)
    assert len(parts) == 2 and parts[0].revises == sheet
    volumes = [one.document["totals"]["volume"] for one in parts]
    assert volumes == ["2.5 mL", "2.5 mL"], "each with its part of the diluent"
    assert actions.split_worksheet(by=nurse, worksheet=sheet, on=today) == parts
    alone = actions.split_worksheet(
        by=nurse, worksheet=worksheet(panthenol="0.5", lidocaine="1", saline="4.5"), on=today
    )
    assert [len(one.request["request"]["components"]) for one in alone] == [2, 1], "never thinned"
    with pytest.raises(Refused):
        actions.split_worksheet(by=nurse, worksheet=worksheet(saline="5"), on=today)


def test_a_syringe_with_an_answer_missing_is_not_known_to_hold(
    worksheet: Sheets,
) -> None:
    sheet = worksheet(b12="0.5", lidocaine="0.5")
    asked = judging.Known.at(sheet.decision)
    whole = judging.again(sheet)
    weighed = replace(whole, request=replace(whole.request, weight=Decimal(70)))
    answered = split(weighed, asked)
    unweighed = split(whole, asked)
    unasked = split(whole, judging.Known(Facts()))
    assert [len(one.syringes) for one in (answered, unweighed, unasked)] == [2, 2, 2]
    assert [one.undecided for one in (answered, unweighed, unasked)] == [0, 1, 2]


def test_worksheets_are_judged_again_from_what_they_kept(
    worksheet: Sheets, prescriber: User, stocked: dict[str, Product]
) -> None:
    sheet = decided(worksheet(panthenol="0.5", saline="4.5"), prescriber)
    stock.change_product(
        by=prescriber, product=stocked["panthenol"], version=1, sheet=sheet_of("panthenol", ph=Decimal(3))
    )
    assert [one.differences for one in queries.replayed()] == [()]
    kept = KeptFormulary.objects.get()
    judging._kept.cache_clear()
    assert judging._kept(kept.hash).hash == kept.hash == current().formulary.hash
    again = queries.mixture_verdict(sheet, current(), sheet.on)
    assert again.verdict.word == sheet.verdict
