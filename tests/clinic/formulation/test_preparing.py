"""Preparing: judged at that moment, every drop accounted for, all of it or nothing; checked by somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from anagen.clinic.formulation import actions, queries
from anagen.clinic.formulation.actions import Entered, Source, Take
from anagen.clinic.formulation.judging import Wanted, Wish
from anagen.clinic.formulation.models import Preparation, SecondCheck, Syringe
from anagen.clinic.formulation.queries import Standing
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.screening import actions as screening
from anagen.clinic.stock import actions as stock
from anagen.clinic.stock.models import Balance, Draw, Lot, Place, Product, Vial

from .conftest import Prepare, Sheets, decided, first_sources, receive, sheet_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(worksheet: Sheets, prescriber: User):  # type: ignore[no-untyped-def]
    """0.5 mL of panthenol in 4.5 mL of saline, decided."""
    return decided(worksheet(panthenol="0.5", saline="4.5"), prescriber)


def nothing_is_written() -> None:
    assert not Preparation.objects.exists() and not Vial.objects.exists() and not Draw.objects.exists()
    assert set(Balance.objects.values_list("count", flat=True)) <= {1, 10}


def test_mixing_draws_closes_labels_and_asks_for_a_second_person(
    sheet,
    prepare: Prepare,
    at: datetime,
    nurse: User,
    prescriber: User,  # type: ignore[no-untyped-def]
) -> None:
    made = prepare(sheet, syringes=2)
    assert [str(one.draw.volume_ml) for one in made.drawn.all()] == ["0.500", "4.500"]
    assert [(one.number, str(one.volume_ml)) for one in made.syringes.all()] == [(1, "2.500"), (2, "2.500")]
    assert {str(vial.closed.wasted_ml) for vial in Vial.objects.all()} == {"1.500", "5.500"}
    assert made.use_by == at + timedelta(hours=1), "nobody knows how long it holds: the policy's hour"
    assert set(made.check_reasons) == {"first_session", "new_here", "new_for_patient", "decided"}
    assert queries.standing_of(made, at) is Standing.TO_CHECK
    code = made.syringes.first().code  # type: ignore[union-attr]
    assert queries.syringe_by_code(code.lower()).preparation == made  # type: ignore[union-attr]
    assert list(queries.preparations_of_lot(Lot.objects.get(product__name="Demo panthenol"))) == [made]
    assert [one.differences for one in queries.replayed()] == [(), ()]
    assert queries.standing_of(made, made.use_by) is Standing.PAST


def test_sent_twice_it_is_mixed_once_and_a_second_form_is_told(sheet, prepare: Prepare) -> None:  # type: ignore[no-untyped-def]
    key = uuid4()
    first = prepare(sheet, key=key)
    assert prepare(sheet, key=key) == first and Vial.objects.count() == 2
    with pytest.raises(ChangedMeanwhile, match="prepared already"):
        prepare(sheet)


def test_what_is_not_decided_is_not_mixed(worksheet: Sheets, prepare: Prepare) -> None:
    with pytest.raises(Refused, match="prescriber decides first"):
        prepare(worksheet(panthenol="0.5", saline="4.5"))
    with pytest.raises(Refused, match="not mixed"):
        prepare(worksheet(b12="0.5", vitamin_c="0.5", saline="4"))
    nothing_is_written()


def test_nothing_is_mixed_for_whom_the_screening_stops(
    sheet,
    prepare: Prepare,
    screened: Patient,
    at: datetime,  # type: ignore[no-untyped-def]
) -> None:
    from anagen.clinic.intake.examples import answer_as_example

    answer_as_example(screened, at.date(), but={"pregnancy": "yes"})
    with pytest.raises(Refused, match="not mixed"):
        prepare(sheet)
    screening.decide(by="test", patient=screened, on=at.date())
    with pytest.raises(Refused, match="screening of this patient"):
        prepare(sheet)
    nothing_is_written()


def test_a_wrong_lot_a_held_lot_an_expired_lot_and_too_little(
    sheet,
    prepare: Prepare,
    at: datetime,
    stocked: dict[str, Product],
    cupboard: Place,
    nurse: User,  # type: ignore[no-untyped-def]
) -> None:
    takes = first_sources(sheet, at)
    with pytest.raises(Refused, match="The worksheet wants"):
        prepare(sheet, takes=[takes[1], takes[1]])
    with pytest.raises(Refused, match="Scan or choose"):
        prepare(sheet, takes=[takes[0], Take([])])
    with pytest.raises(Refused, match="for each component"):
        prepare(sheet, takes=takes[:1])
    with pytest.raises(Refused, match="Past its expiry"):
        prepare(sheet, takes=takes, at=at + timedelta(days=366))
    vial_of_another = receive(stocked["saline"], cupboard, at, number="B2", count=1)
    stock.quarantine(by=nurse, lot=vial_of_another, reason="cloudy", at=at)
    with pytest.raises(Refused, match="quarantine"):
        prepare(sheet, takes=[takes[0], Take([Source(vial_of_another, cupboard)])])
    nothing_is_written()


def test_a_product_that_was_described_anew_asks_for_a_new_worksheet(
    sheet,
    prepare: Prepare,
    stocked: dict[str, Product],
    nurse: User,  # type: ignore[no-untyped-def]
) -> None:
    stock.change_product(
        by=nurse, product=stocked["panthenol"], version=1, sheet=sheet_of("panthenol", ph=Decimal("6.6"))
    )
    with pytest.raises(ChangedMeanwhile, match="described anew"):
        prepare(sheet)


def test_two_lots_fill_what_one_cannot_and_a_discrepancy_says_why(
    worksheet: Sheets,
    prescriber: User,
    prepare: Prepare,
    at: datetime,
    stocked: dict[str, Product],
    cupboard: Place,  # type: ignore[no-untyped-def]
) -> None:
    sheet = decided(worksheet(panthenol="2.5", saline="22.5"), prescriber)
    few = receive(stocked["saline"], cupboard, at, number="B1", count=1)
    more = Lot.objects.get(product=stocked["saline"], number="A1")
    takes = first_sources(sheet, at)
    short = [takes[0], Take([Source(few, cupboard)])]
    with pytest.raises(Refused, match=r"12\.5 mL of .* are missing"):
        prepare(sheet, takes=short)
    both = [takes[0], Take([Source(few, cupboard), Source(more, cupboard)], wasted_ml=Decimal("7"))]
    with pytest.raises(Refused, match="not accounted for"):
        prepare(sheet, takes=both)
    made = prepare(sheet, takes=[both[0], replace(both[1], reason="a drop fell beside")])
    assert [one.draw.vial.lot.number for one in made.drawn.filter(component=1)] == ["B1", "A1", "A1"]
    assert made.request["request"]["components"][1]["lot"] == "B1, A1"


def test_a_single_dose_vial_of_somebody_else_is_refused(
    sheet,
    prepare: Prepare,
    at: datetime,
    stocked: dict[str, Product],
    cupboard: Place,
    nurse: User,
    stranger: Patient,  # type: ignore[no-untyped-def]
) -> None:
    lot = Lot.objects.get(product=stocked["saline"])
    vial = stock.open_container(by=nurse, lot=lot, place=cupboard, at=at, key=uuid4())
    stock.draw(
        by=nurse, vial=vial, volume_ml=Decimal(1), purpose="other", patient=stranger, at=at, key=uuid4()
    )
    with pytest.raises(Refused, match="never shared"):
        prepare(sheet, takes=[first_sources(sheet, at)[0], Take([Source(lot, vial=vial)])])
    assert not Preparation.objects.exists()


def entry(made: Preparation) -> list[Entered]:
    return [
        Entered(part.draw.vial.lot.product, part.draw.vial.lot.number, part.draw.volume_ml)
        for part in made.drawn.all()
    ]


def test_a_second_person_enters_it_again(
    sheet,
    prepare: Prepare,
    at: datetime,
    nurse: User,
    prescriber: User,  # type: ignore[no-untyped-def]
) -> None:
    made = prepare(sheet)
    right = entry(made)
    with pytest.raises(NotAllowed, match="yourself"):
        actions.second_check(by=nurse, preparation=made, entered=right, at=at)
    with pytest.raises(Refused, match="Enter each"):
        actions.second_check(by=prescriber, preparation=made, entered=[], at=at)
    wrong = [replace(right[0], ml=Decimal("0.6")), replace(right[1], lot="A7")]
    found = actions.second_check(by=prescriber, preparation=made, entered=wrong, at=at)
    assert not found.agrees and [(one["lot"], one["drawn"], one["entered"]) for one in found.differences] == [
        ("A1", "0.5", "0.6"),
        ("A1", "4.5", None),
        ("A7", None, "4.5"),
    ]
    assert actions.second_check(by=prescriber, preparation=made, entered=right, at=at).agrees
    assert queries.standing_of(queries.preparations().get(), at) is Standing.TO_GIVE
    with pytest.raises(ChangedMeanwhile):
        actions.second_check(by=prescriber, preparation=made, entered=right, at=at)


def test_after_three_differences_it_is_thrown_away(
    sheet,
    prepare: Prepare,
    at: datetime,
    nurse: User,
    prescriber: User,
    screened: Patient,  # type: ignore[no-untyped-def]
) -> None:
    made = prepare(sheet)
    wrong = [replace(one, ml=one.ml + 1) for one in entry(made)]
    for _turn in range(3):
        actions.second_check(by=prescriber, preparation=made, entered=wrong, at=at)
    assert queries.standing_of(queries.preparations().get(), at) is Standing.CHECK_FAILED
    with pytest.raises(Refused, match="three times"):
        actions.second_check(by=prescriber, preparation=made, entered=wrong, at=at)
    assert SecondCheck.objects.count() == 3 and not list(queries.to_check(at))
    assert [str(one.dose) for one in queries.given_before(screened)] == ["125 mg", "40.5 mg"]
    with pytest.raises(Refused, match="why"):
        actions.discard(by=nurse, preparation=made, reason=" ")
    actions.discard(by=nurse, preparation=made, reason="Entered differently three times")
    assert queries.standing_of(queries.preparations().get(), at) is Standing.DISCARDED
    assert queries.given_before(screened) == (), "what was thrown away was not given"
    with pytest.raises(ChangedMeanwhile):
        actions.discard(by=nurse, preparation=made, reason="again")


def test_part_of_a_mixture_thrown_away_counts_for_the_rest(
    sheet,
    prepare: Prepare,
    nurse: User,
    screened: Patient,  # type: ignore[no-untyped-def]
) -> None:
    made = prepare(sheet, syringes=2)
    actions.discard(by=nurse, preparation=made, reason="It fell", syringes=[Syringe.objects.get(number=1)])
    assert [str(one.dose) for one in queries.given_before(screened)] == ["62.5 mg", "20.25 mg"]


def test_mixing_again_after_throwing_away_still_asks_for_the_check(
    worksheet: Sheets,
    prepare: Prepare,
    at: datetime,
    nurse: User,
    prescriber: User,
) -> None:
    """Only what a second person confirmed, and was not thrown away, makes a patient or a product known."""
    new = {"first_session", "new_here", "new_for_patient"}

    def again() -> Preparation:
        return prepare(decided(worksheet(panthenol="0.5", saline="4.5"), prescriber))

    unchecked = again()
    assert new <= set(again().check_reasons)
    actions.discard(by=nurse, preparation=unchecked, reason="It fell")
    made = again()
    assert made.needs_check and new <= set(made.check_reasons)
    assert actions.second_check(by=prescriber, preparation=made, entered=entry(made), at=at).agrees
    assert not new & set(again().check_reasons)
    actions.discard(by=nurse, preparation=made, reason="It fell")
    assert new <= set(again().check_reasons)


def test_the_key_of_another_form_asks_to_open_it_again(
    worksheet: Sheets,
    prepare: Prepare,
    nurse: User,
    prescriber: User,
    stranger: Patient,
    stocked: dict[str, Product],
    at: datetime,
) -> None:
    key = uuid4()
    first, second = (decided(worksheet(panthenol="0.5", saline="4.5"), prescriber) for _each in range(2))
    prepare(first, key=key)
    with pytest.raises(ChangedMeanwhile, match="Open the form again"):
        prepare(second, key=key)
    wish = Wish([Wanted(stocked["saline"], Decimal(1))])
    with pytest.raises(ChangedMeanwhile, match="Open the form again"):
        actions.make_worksheet(by=nurse, patient=stranger, wish=wish, on=at.date(), key=first.key)
    assert Preparation.objects.count() == 1
