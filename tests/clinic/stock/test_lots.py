"""Containers come, move and leave; what cannot be is refused and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from tests.clinic.conftest import PASSWORD
from tests.clinic.stock.conftest import AMPOULE, DAY, Receive

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused, TooManyTries
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Role
from anagen.clinic.stock import actions, queries
from anagen.clinic.stock.actions import Part
from anagen.clinic.stock.models import Balance, ExpiryChange, Lot, Movement, Place, Product, StockCount
from anagen.clinic.stock.witness import Witness, confirm


def test_what_is_received_lies_there(
    receive: Receive, ampoule: Product, cupboard: Place, today: date
) -> None:
    lot = receive("  a-17 ")
    assert (lot.number, queries.count_of(lot, cupboard)) == ("A-17", 10)
    assert [row.lot for row in queries.to_take(ampoule, today)] == [lot]


def test_a_form_sent_twice_counts_once(
    receive: Receive, cupboard: Place, fridge: Place, nurse: User, at: datetime
) -> None:
    key = uuid4()
    lot = receive("A1", key=key)
    receive("A1", key=key)
    assert queries.count_of(lot, cupboard) == 10
    key = uuid4()
    for _twice in range(2):
        actions.move(by=nurse, lot=lot, source=cupboard, target=fridge, count=4, at=at, key=key)
    assert (queries.count_of(lot, cupboard), queries.count_of(lot, fridge)) == (6, 4)
    key = uuid4()
    for _twice in range(2):
        actions.waste(by=nurse, lot=lot, place=fridge, count=1, reason="broken", at=at, key=key)
    assert queries.count_of(lot, fridge) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"count": 0}, "1 or more"),
        ({"count": -3}, "1 or more"),
        ({"count": 10_001}, "Check the number"),
        ({"expiry": date(2062, 1, 1)}, "Check the year"),
        ({"expiry": date(1999, 1, 1)}, "expired"),
        ({"number": "  "}, "lot number"),
        ({"number": "0104006381333931172712311012345678901234567890"}, "whole scanned code"),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(receive: Receive, change: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        receive(**({"number": "A1"} | change))
    assert not Movement.objects.exists() and not Lot.objects.exists() and not Balance.objects.exists()


@pytest.mark.parametrize("like", ["LO1", "l0l", "L-O1", "LОI"])
def test_a_number_that_looks_like_a_known_one_is_compared_first(receive: Receive, like: str) -> None:
    receive("L01")
    with pytest.raises(actions.LooksLike, match="letter by letter") as told:
        receive(like)
    assert [lot.number for lot in told.value.lots] == ["L01"]
    receive(like, another=True)
    assert Lot.objects.count() == 2


def test_one_lot_has_one_expiry(receive: Receive, today: date) -> None:
    receive("A1")
    with pytest.raises(Refused, match="known to expire"):
        receive("A1", expiry=today + 366 * DAY)
    receive("A1", expiry=None)  # the scan did not say it


def test_unknown_expiry_is_never_used_until_it_is_said(
    receive: Receive,
    ampoule: Product,
    cupboard: Place,
    nurse: User,
    prescriber: User,
    at: datetime,
    today: date,
) -> None:
    lot = receive("A1", expiry=None)
    assert queries.to_take(ampoule, today) == []
    with pytest.raises(Refused, match="Nobody knows"):
        actions.open_container(by=nurse, lot=lot, place=cupboard, at=at, key=uuid4())
    with pytest.raises(Refused, match="leaves only as loss"):
        actions.waste(by=nurse, lot=lot, place=cupboard, count=1, reason="broken", at=at, key=uuid4())
    actions.correct_expiry(by=nurse, lot=lot, expiry=today + DAY, reason="on the box", at=at)
    assert [row.lot for row in queries.to_take(ampoule, today)] == [lot]
    with pytest.raises(NotAllowed):
        actions.correct_expiry(by=nurse, lot=lot, expiry=today + 9 * DAY, reason="longer", at=at)
    actions.correct_expiry(by=prescriber, lot=lot, expiry=today + 9 * DAY, reason="misread", at=at)
    assert [change.reason for change in ExpiryChange.objects.all()] == ["", "on the box", "misread"]


def test_first_expired_is_taken_first(
    receive: Receive, ampoule: Product, cupboard: Place, fridge: Place, nurse: User, at: datetime, today: date
) -> None:
    late, soon, held = receive("LATE"), receive("SOON", expiry=today), receive("HELD", expiry=today + DAY)
    actions.quarantine(by=nurse, lot=held, reason="cloudy", at=at)
    actions.move(by=nurse, lot=late, source=cupboard, target=fridge, count=3, at=at, key=uuid4())
    assert [(row.lot, row.place) for row in queries.to_take(ampoule, today)] == [
        (soon, cupboard),
        (late, cupboard),
        (late, fridge),
    ]
    assert [row.lot for row in queries.to_take(ampoule, today + DAY, fridge)] == [late]


def test_an_expired_lot_leaves_only_as_loss(
    receive: Receive, cupboard: Place, nurse: User, at: datetime, today: date
) -> None:
    lot = receive("A1", expiry=today)
    then = at + DAY
    with pytest.raises(Refused, match="in date"):
        actions.write_off_expired(by=nurse, lot=lot, place=cupboard, at=at, key=uuid4())
    for refused in (
        lambda: actions.open_container(by=nurse, lot=lot, place=cupboard, at=then, key=uuid4()),
        lambda: actions.waste(by=nurse, lot=lot, place=cupboard, count=1, reason="old", at=then, key=uuid4()),
        lambda: actions.give_back(
            by=nurse, lot=lot, place=cupboard, count=1, reason="old", at=then, key=uuid4()
        ),
    ):
        with pytest.raises(Refused, match="expired on"):
            refused()
    with pytest.raises(Refused, match="Only 10 containers"):
        actions.write_off_expired(by=nurse, lot=lot, place=cupboard, count=11, at=then, key=uuid4())
    actions.write_off_expired(by=nurse, lot=lot, place=cupboard, at=then, key=uuid4())
    assert queries.count_of(lot, cupboard) == 0
    with pytest.raises(Refused, match="any more"):
        actions.write_off_expired(by=nurse, lot=lot, place=cupboard, at=then, key=uuid4())
    with pytest.raises(Refused, match="expired on"):
        receive("A1", expiry=None, at=then)


def test_more_than_lies_there_cannot_leave(
    receive: Receive, cupboard: Place, fridge: Place, nurse: User, at: datetime
) -> None:
    lot = receive("A1", 2)
    with pytest.raises(Refused, match="Only 2 containers"):
        actions.move(by=nurse, lot=lot, source=cupboard, target=fridge, count=3, at=at, key=uuid4())
    with pytest.raises(Refused, match="there already"):
        actions.move(by=nurse, lot=lot, source=cupboard, target=cupboard, count=1, at=at, key=uuid4())
    with pytest.raises(Refused, match="No container"):
        actions.give_back(by=nurse, lot=lot, place=fridge, count=1, reason="recalled", at=at, key=uuid4())
    assert queries.wrong_balances() == []


def test_the_database_itself_keeps_counts_above_zero(receive: Receive) -> None:
    receive("A1")
    with (
        pytest.raises(IntegrityError, match="stock_is_never_below_zero"),
        acting("test"),
        transaction.atomic(),
    ):
        Balance.objects.update(count=-1)


def test_waste_with_a_witness(
    receive: Receive, cupboard: Place, nurse: User, desk: User, prescriber: User, at: datetime
) -> None:
    watched = actions.add_product(
        by="test",
        sheet=AMPOULE.__class__(**{**_fields(AMPOULE), "name": "Demo Watched", "witnessed": True}),
    )
    lot = receive("W1", product=watched)

    def waste(witness: Witness | None) -> Movement:
        return actions.waste(
            by=nurse, lot=lot, place=cupboard, count=1, reason="broken", at=at, key=uuid4(), witness=witness
        )

    with pytest.raises(Refused, match="second person"):
        waste(None)
    own = confirm(username=nurse.username, password=PASSWORD, address="", at=at)
    with pytest.raises(Refused, match="somebody else"):
        waste(own)
    seen = confirm(username="PRESCRIBER", password=PASSWORD, address="", at=at)
    assert waste(seen).witness == prescriber
    wrong = pytest.raises(IntegrityError, match="movement_witness_is_another")
    with wrong, acting("test"), transaction.atomic():
        Movement.objects.create(
            lot=lot,
            place=cupboard,
            kind="waste",
            count=-1,
            reason="x",
            witness=nurse,
            by=nurse,
            key=uuid4(),
            at=at,
        )


def test_a_witness_is_proved_and_guessing_is_paused(users: dict[Role, User], at: datetime) -> None:
    with pytest.raises(Refused, match="works with the stock"):
        confirm(username="administrator", password=PASSWORD, address="", at=at)
    for _try in range(5):
        with pytest.raises(Refused, match="do not belong together"):
            confirm(username="prescriber", password="guess", address="", at=at)
    with pytest.raises(TooManyTries):
        confirm(username="prescriber", password=PASSWORD, address="", at=at + timedelta(minutes=1))


def test_quarantine_and_release(
    receive: Receive, cupboard: Place, nurse: User, prescriber: User, at: datetime
) -> None:
    lot = receive("A1")
    with pytest.raises(Refused, match="why"):
        actions.quarantine(by=nurse, lot=lot, reason=" ", at=at)
    held = actions.quarantine(by=nurse, lot=lot, reason="cloudy", at=at)
    assert actions.quarantine(by=nurse, lot=lot, reason="again", at=at) == held
    with pytest.raises(Refused, match="in quarantine: cloudy"):
        actions.open_container(by=nurse, lot=lot, place=cupboard, at=at, key=uuid4())
    with pytest.raises(NotAllowed):
        actions.release(by=nurse, quarantine=held, reason="looks fine", at=at)
    actions.release(by=prescriber, quarantine=held, reason="maker says harmless", at=at)
    with pytest.raises(ChangedMeanwhile):
        actions.release(by=prescriber, quarantine=held, reason="maker says harmless", at=at)
    actions.open_container(by=nurse, lot=lot, place=cupboard, at=at, key=uuid4())
    assert actions.quarantine(by=nurse, lot=lot, reason="again", at=at) != held


def test_a_stock_take_corrects_with_a_reason(
    receive: Receive, cupboard: Place, nurse: User, at: datetime
) -> None:
    one, two = receive("A1"), receive("A2", 5)
    seen = queries.last_movement(cupboard)

    def count(counted: dict[int, int], reason: str = "", key: object = None) -> None:
        actions.take_stock(
            by=nurse,
            place=cupboard,
            counted=counted,
            seen=seen,
            at=at,
            key=key or uuid4(),
            reason=reason,  # type: ignore[arg-type]
        )

    with pytest.raises(Refused, match="every lot"):
        count({one.pk: 10})
    with pytest.raises(Refused, match="whole number"):
        count({one.pk: 10, two.pk: -1})
    with pytest.raises(Refused, match="differs"):
        count({one.pk: 9, two.pk: 6})
    key = uuid4()
    for _twice in range(2):
        count({one.pk: 9, two.pk: 6}, "one broken, one found behind the shelf", key)
    assert [queries.count_of(lot, cupboard) for lot in (one, two)] == [9, 6]
    assert list(StockCount.objects.order_by("lot_id").values_list("counted", "expected")) == [(9, 10), (6, 5)]
    with pytest.raises(ChangedMeanwhile, match="while you counted"):
        count({one.pk: 9, two.pk: 6})
    assert queries.wrong_balances() == []


def test_balances_are_rebuilt_from_movements(receive: Receive, cupboard: Place) -> None:
    lot = receive("A1")
    with acting("test"):
        Balance.objects.update(count=99)
    assert [line.moved for line in queries.wrong_balances()] == [10]
    assert actions.rebuild(by="test") == [f"lot {lot.pk}, place {cupboard.pk}: kept 99, moved 10"]
    assert queries.count_of(lot, cupboard) == 10 and actions.rebuild(by="test") == []


def test_who_may_not_keep_stock(receive: Receive, users: dict[Role, User]) -> None:
    with pytest.raises(NotAllowed):
        receive("A1", by=users[Role.ADMINISTRATOR])


def _fields(sheet: actions.Sheet) -> dict[str, object]:
    return {name: getattr(sheet, name) for name in sheet.__slots__}


def test_a_place_in_use_has_one_name_and_is_not_retired_with_stock(
    receive: Receive, cupboard: Place, fridge: Place
) -> None:
    lot = receive("A1")
    with pytest.raises(Refused, match="already"):
        actions.add_place(by="test", name=" cupBOARD")
    with pytest.raises(Refused, match="still lies"):
        actions.retire_place(by="test", place=cupboard)
    actions.retire_place(by="test", place=fridge)
    with pytest.raises(Refused, match="no longer in use"):
        receive("A1", place=fridge)
    assert Decimal(queries.count_of(lot, cupboard)) == 10


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("250 mg/mL", "250 mg/mL"),
        ("500 ug/mL", "0.5 mg/mL"),
        ("500 µg/ml", "0.5 mg/mL"),
        ("0.2 g/mL", "200 mg/mL"),
        ("0.9 % w/v", "9 mg/mL"),
        ("100 U/mL", "100 U/mL"),
        ("1500 IU/mL", "1500 [iU]/mL"),
    ],
)
def test_a_strength_is_kept_as_mixtures_are_judged(db: None, typed: str, kept: str) -> None:
    sheet = replace(AMPOULE, ingredients=(Part("Dexpanthenol", "ingredient.dexpanthenol", typed),))
    assert actions.add_product(by="test", sheet=sheet).ingredients.get().strength == kept


@pytest.mark.parametrize(
    "typed", ["0.5 mmol/mL", "100 mg/2mL", "5 mg/mg", "1 meq/mL", "5 %", "5 % v/v", "0 mg/mL"]
)
def test_any_other_strength_is_refused(db: None, typed: str) -> None:
    sheet = replace(AMPOULE, ingredients=(Part("Dexpanthenol", "ingredient.dexpanthenol", typed),))
    with pytest.raises(Refused, match=r"mg/mL"):
        actions.add_product(by="test", sheet=sheet)


def test_what_is_watched_or_expired_does_not_leave_by_counting(
    receive: Receive, cupboard: Place, nurse: User, at: datetime, today: date
) -> None:
    watched = actions.add_product(by="test", sheet=replace(AMPOULE, name="Demo Watched", witnessed=True))
    plain, seen = receive("A1"), receive("W1", product=watched)

    def count(moment: datetime, **missing: int) -> None:
        counted = {lot.pk: 10 - missing.get(lot.number, 0) for lot in (plain, seen)}
        last = queries.last_movement(cupboard)
        actions.take_stock(
            by=nurse, place=cupboard, counted=counted, seen=last, at=moment, key=uuid4(), reason="not there"
        )

    with pytest.raises(Refused, match="with a witness; then count again"):
        count(at, W1=1)
    with pytest.raises(Refused, match="lot A1, are missing"):
        count(at + 400 * DAY, A1=1)
    assert not StockCount.objects.exists()
    count(at, A1=1, W1=-1)
    assert [queries.count_of(lot, cupboard) for lot in (plain, seen)] == [9, 11]
