"""An opened vial has a clock, an owner when it is single-dose, and not a drop that is not accounted for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.clinic.conftest import PASSWORD
from tests.clinic.stock.conftest import DAY, Receive

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.stock import actions, clocks, queries
from anagen.clinic.stock.models import Draw, Lot, Place, Product, Vial
from anagen.clinic.stock.witness import confirm

ML = Decimal
HOUR = timedelta(hours=1)


@pytest.fixture
def single(receive: Receive, cupboard: Place, nurse: User, at: datetime) -> Vial:
    return actions.open_container(by=nurse, lot=receive("S1"), place=cupboard, at=at, key=uuid4())


def take(vial: Vial, volume: str, nurse: User, at: datetime, **other: object) -> Draw:
    asked: dict[str, object] = {"purpose": "W1", "key": uuid4()} | other
    return actions.draw(by=nurse, vial=vial, volume_ml=ML(volume), at=at, **asked)  # type: ignore[arg-type]


def test_opening_takes_one_and_starts_the_clock(opened: Vial, cupboard: Place, at: datetime) -> None:
    assert queries.count_of(opened.lot, cupboard) == 2
    assert (opened.use_by, opened.single_dose, opened.content_ml) == (at + 14 * DAY, False, ML(20))


@pytest.mark.parametrize(
    ("dosing", "hours", "expires_in", "ends_after"),
    [
        ("single", None, 365, timedelta(hours=4)),  # the limit of the knowledge
        ("single", 1, 365, timedelta(hours=1)),  # the label is stricter
        ("single", 48, 365, timedelta(hours=4)),  # the label cannot be laxer
        ("multi", 48, 365, timedelta(hours=48)),
        ("multi", 90 * 24, 365, timedelta(days=28)),
        ("multi", 14 * 24, 1, timedelta(hours=38)),  # the lot expires at the end of tomorrow, and it is ten
        ("multi", None, 365, timedelta(hours=4)),  # a label that says nothing makes no multi-dose vial
    ],
)
def test_the_clock_is_the_earliest_end(
    ampoule: Product,
    at: datetime,
    today: date,
    dosing: str,
    hours: int | None,
    expires_in: int,
    ends_after: timedelta,
) -> None:
    ampoule.dosing, ampoule.opened_hours = dosing, hours
    lot = Lot(product=ampoule, number="X", expiry=today + expires_in * DAY)
    assert clocks.use_by(lot, at) == at + ends_after
    assert clocks.shared(lot) == (dosing == "multi" and hours is not None)


def test_drawing_until_it_is_empty(opened: Vial, nurse: User, at: datetime) -> None:
    assert take(opened, "12.5", nurse, at).left_ml == ML("7.5")
    with pytest.raises(Refused, match=r"Only 7\.5 mL are left"):
        take(opened, "7.501", nurse, at)
    assert take(opened, "7.5", nurse, at).left_ml == 0
    assert queries.left_in(opened) == 0 and queries.drawable(opened.lot.product, at) == []


@pytest.mark.parametrize("volume", ["0", "-1", "0.0001", "21"])
def test_volumes_that_cannot_be_are_refused(opened: Vial, nurse: User, at: datetime, volume: str) -> None:
    with pytest.raises(Refused):
        take(opened, volume, nurse, at)
    assert not Draw.objects.exists()


def test_drawn_twice_by_one_form_counts_once(opened: Vial, nurse: User, at: datetime) -> None:
    key = uuid4()
    assert take(opened, "1", nurse, at, key=key) == take(opened, "1", nurse, at, key=key)
    assert queries.left_in(opened) == 19


def test_a_vial_past_its_time_gives_nothing(opened: Vial, nurse: User, at: datetime) -> None:
    take(opened, "1", nurse, opened.use_by - timedelta(seconds=1))
    with pytest.raises(Refused, match="has run out"):
        take(opened, "1", nurse, opened.use_by)
    with pytest.raises(Refused, match="opened later"):
        take(opened, "1", nurse, at - HOUR)


def test_a_lot_held_back_stops_its_open_vials(opened: Vial, nurse: User, at: datetime) -> None:
    actions.quarantine(by=nurse, lot=opened.lot, reason="recalled", at=at)
    with pytest.raises(Refused, match="in quarantine"):
        take(opened, "1", nurse, at)
    assert queries.drawable(opened.lot.product, at) == []


def test_a_single_dose_vial_serves_one_patient_in_one_session(
    single: Vial, patient: Patient, stranger: Patient, nurse: User, at: datetime
) -> None:
    with pytest.raises(Refused, match="for whom"):
        take(single, "1", nurse, at)
    take(single, "1", nurse, at, patient=patient)
    take(single, "1", nurse, at, patient=patient)
    with pytest.raises(Refused, match="never shared"):
        take(single, "1", nurse, at, patient=stranger)
    with pytest.raises(Refused, match="not kept"):
        take(single, "1", nurse, at + HOUR, patient=patient, purpose="W2")
    with pytest.raises(Refused, match="has run out"):
        take(single, "1", nurse, at + 4 * HOUR, patient=patient)
    assert queries.drawable(single.lot.product, at) == [], "what is for one patient is offered to nobody"


def test_a_vial_ends_with_every_drop_accounted_for(opened: Vial, nurse: User, at: datetime) -> None:
    take(opened, "12.5", nurse, at)
    for wrong in ("-1", "20.001", "0.0005"):
        with pytest.raises(Refused, match="between 0 and 20 mL"):
            actions.close_vial(by=nurse, vial=opened, wasted_ml=ML(wrong), at=at)
    with pytest.raises(Refused, match=r"0\.5 mL are not accounted for"):
        actions.close_vial(by=nurse, vial=opened, wasted_ml=ML(7), at=at)
    closed = actions.close_vial(by=nurse, vial=opened, wasted_ml=ML(7), reason="left in the needle", at=at)
    assert (closed.discrepancy_ml, closed.reason) == (ML("0.5"), "left in the needle")
    with pytest.raises(ChangedMeanwhile, match="closed already"):
        actions.close_vial(by=nurse, vial=opened, wasted_ml=ML(7), at=at)
    with pytest.raises(ChangedMeanwhile, match="Open another"):
        take(opened, "1", nurse, at)
    assert list(queries.open_vials()) == []


def test_more_waste_than_was_left_is_a_discrepancy_too(opened: Vial, nurse: User, at: datetime) -> None:
    take(opened, "19", nurse, at)
    with pytest.raises(Refused, match="-1 mL are not accounted for"):
        actions.close_vial(by=nurse, vial=opened, wasted_ml=ML(2), at=at)
    closed = actions.close_vial(
        by=nurse, vial=opened, wasted_ml=ML(2), reason="overfilled by the maker", at=at
    )
    assert closed.discrepancy_ml == -1


def test_the_witness_of_a_closed_vial(opened: Vial, nurse: User, prescriber: User, at: datetime) -> None:
    with acting("test"):
        Product.objects.filter(pk=opened.lot.product_id).update(witnessed=True)
    with pytest.raises(Refused, match="second person"):
        actions.close_vial(by=nurse, vial=opened, wasted_ml=ML(20), at=at)
    seen = confirm(username="prescriber", password=PASSWORD, address="", at=at)
    closed = actions.close_vial(by=nurse, vial=opened, wasted_ml=ML(20), at=at, witness=seen)
    assert closed.witness == prescriber


def test_the_database_itself_lets_nobody_draw_more_than_is_left(
    opened: Vial, nurse: User, at: datetime
) -> None:
    with (
        pytest.raises(IntegrityError, match="vial_is_never_below_zero"),
        acting("test"),
        transaction.atomic(),
    ):
        Draw.objects.create(
            vial=opened, number=1, volume_ml=21, left_ml=-1, purpose="x", key=uuid4(), at=at, by=nurse
        )


def test_who_opens_and_draws(opened: Vial, cupboard: Place, users: dict[Role, User], at: datetime) -> None:
    desk = users[Role.FRONT_DESK]
    with pytest.raises(NotAllowed):
        actions.open_container(by=desk, lot=opened.lot, place=cupboard, at=at, key=uuid4())
    with pytest.raises(NotAllowed):
        take(opened, "1", desk, at)
    with pytest.raises(NotAllowed):
        actions.close_vial(by=desk, vial=opened, wasted_ml=ML(20), at=at)


def test_the_end_of_a_lot_is_the_end_of_its_last_day(receive: Receive, today: date) -> None:
    end = clocks.end_of(receive("A1", expiry=today))
    assert timezone.localtime(end).date() == today + DAY and timezone.localtime(end).hour == 0
