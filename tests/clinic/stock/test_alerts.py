"""Tasks of the stock: made once, gone when no longer true, and not made again because somebody has ended them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import pytest
from django.db import connection
from tests.clinic.stock.conftest import DAY, Receive

from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import User
from anagen.clinic.stock import actions
from anagen.clinic.stock.actions import common
from anagen.clinic.stock.models import Place, Vial
from anagen.clinic.tasks.actions import finish
from anagen.clinic.tasks.queries import open_tasks


def kinds() -> list[str]:
    return sorted(task.kind for task in open_tasks())


def test_a_task_is_made_once_and_dropped_when_it_is_no_longer_so(
    receive: Receive, cupboard: Place, nurse: User, at: datetime, today: date
) -> None:
    lot = receive("A1", 2, expiry=today + DAY)
    assert [task.kind for task in actions.keep_alerts(by="test", at=at)[0]] == ["stock.low", "stock.soon"]
    assert actions.keep_alerts(by="test", at=at) == ([], 0)
    later = at + 2 * DAY
    assert actions.keep_alerts(by="test", at=later)[1] == 1
    assert kinds() == ["stock.expired", "stock.low"]
    actions.write_off_expired(by=nurse, lot=lot, place=cupboard, at=later, key=uuid4())
    assert kinds() == ["stock.low"]
    receive("A2", 9)
    assert kinds() == []


def test_what_somebody_has_ended_comes_back_with_the_next_spell_alone(
    receive: Receive, cupboard: Place, nurse: User, at: datetime
) -> None:
    lot = receive("A1", 2)
    finish(by=nurse, task=actions.keep_alerts(by="test", at=at)[0][0], said="ordered")
    assert actions.keep_alerts(by="test", at=at) == ([], 0)
    receive("A1", 9)
    actions.waste(by=nurse, lot=lot, place=cupboard, count=9, reason="dropped", at=at, key=uuid4())
    assert len(actions.keep_alerts(by="test", at=at)[0]) == 1


def test_a_vial_past_its_time_is_a_task_until_it_is_closed(opened: Vial, nurse: User, at: datetime) -> None:
    later = at + 20 * DAY
    actions.keep_alerts(by="test", at=later)
    assert "stock.past" in kinds()
    actions.close_vial(by=nurse, vial=opened, wasted_ml=opened.content_ml, at=later)
    assert "stock.past" not in kinds()


def test_the_knowledge_is_read_before_the_transaction_begins(
    receive: Receive, cupboard: Place, nurse: User, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading takes seconds the first time; within a transaction it holds back everybody who writes."""
    lot, depths = receive("A1"), []
    monkeypatch.setattr(common, "current", lambda: depths.append(len(connection.savepoint_ids)))
    before = len(connection.savepoint_ids)
    actions.open_container(by=nurse, lot=lot, place=cupboard, at=at, key=uuid4())
    assert depths == [before]


def test_places_are_renamed_and_retired_when_empty(
    receive: Receive, cupboard: Place, nurse: User, fridge: Place
) -> None:
    receive("A1")
    assert actions.rename_place(by=nurse, place=cupboard, name=" Shelf ").name == "Shelf"
    with pytest.raises(Refused, match="called “fridge” already"):
        actions.rename_place(by=nurse, place=cupboard, name="fridge")
    with pytest.raises(Refused, match="still lies"):
        actions.retire_place(by=nurse, place=cupboard)
    assert not actions.retire_place(by=nurse, place=fridge).in_use
