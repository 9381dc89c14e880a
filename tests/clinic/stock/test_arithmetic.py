"""Whatever happens in whatever order: balances are the sums of their movements, and no drop of a vial is lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.clinic.stock.conftest import DAY, Receive

from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import User
from anagen.clinic.stock import actions, queries
from anagen.clinic.stock.models import Balance, Lot, Place, Vial

STEPS = [
    "receive",
    "move",
    "back",
    "waste",
    "return",
    "open",
    "draw",
    "close",
    "count",
    "expire",
    "hold",
    "release",
]
Step = tuple[str, int, int]


@pytest.fixture
def shelf(
    receive: Receive, cupboard: Place, fridge: Place, prescriber: User, at: datetime, multi: Any
) -> Callable[[list[Step]], None]:
    """Does the steps one after the other; what is refused must change nothing."""

    def do(name: str, number: int, which: int, lots: list[Lot]) -> None:
        lot = lots[which % len(lots)]
        who: dict[str, Any] = {"by": prescriber, "at": at}
        keyed = who | {"lot": lot, "key": uuid4()}
        vial = Vial.objects.filter(closed__isnull=True).first()
        match name:
            case "receive":
                actions.receive(
                    product=lot.product, number=lot.number, expiry=lot.expiry, count=number, place=fridge,
                    **who, key=uuid4(),
                )  # fmt: skip
            case "move":
                actions.move(source=cupboard, target=fridge, count=number, **keyed)
            case "back":
                actions.move(source=fridge, target=cupboard, count=number, **keyed)
            case "waste":
                actions.waste(place=cupboard, count=number, reason="broken", **keyed)
            case "return":
                actions.give_back(place=fridge, count=number, reason="too many", **keyed)
            case "open":
                actions.open_container(place=cupboard, **keyed)
            case "draw" if vial is not None:
                volume = Decimal(number) / 3
                actions.draw(
                    vial=vial, volume_ml=volume.quantize(Decimal("0.001")), purpose="W", key=uuid4(), **who
                )
            case "close" if vial is not None:
                actions.close_vial(vial=vial, wasted_ml=Decimal(number), reason="measured", **who)
            case "count":
                counted = {each.pk: number + each.pk % 3 for each in queries.lots_to_count(fridge, at.date())}
                seen = queries.last_movement(fridge)
                actions.take_stock(
                    place=fridge, counted=counted, seen=seen, reason="counted", key=uuid4(), **who
                )
            case "expire":
                actions.write_off_expired(place=fridge, count=number, **(keyed | {"at": at + 400 * DAY}))
            case "hold":
                actions.quarantine(lot=lot, reason="cloudy", **who)
            case "release" if (held := queries.quarantine_of(lot)) is not None:
                actions.release(quarantine=held, reason="harmless", **who)

    def run(steps: list[Step]) -> None:
        lots = [receive(number, 4, product=multi) for number in ("A", "B")]
        for step in steps:
            with suppress(Refused):
                do(*step, lots)
        assert queries.wrong_balances() == []
        assert all(balance.count >= 0 for balance in Balance.objects.all())
        for vial in Vial.objects.all():
            drawn = sum((draw.volume_ml for draw in vial.draws.all()), Decimal(0))
            assert queries.left_in(vial) == vial.content_ml - drawn >= 0
            if hasattr(vial, "closed"):
                assert drawn + vial.closed.wasted_ml + vial.closed.discrepancy_ml == vial.content_ml
        opened = Vial.objects.count()
        assert opened == sum(-row.count for lot in lots for row in lot.movements.filter(kind="opened"))

    return run


@given(
    st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(-1, 25), st.integers(0, 1)), min_size=5, max_size=25
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_lost_and_nothing_appears(shelf: Callable[[list[Step]], None], steps: list[Step]) -> None:
    with transaction.atomic():
        shelf(steps)
        transaction.set_rollback(True)
