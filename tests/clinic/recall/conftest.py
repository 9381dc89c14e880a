"""Five people on whom lot A100 was used in every way that it can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.clinic.recall.reach import Bench

from anagen.clinic.people.actions import register_patient
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.recall import actions
from anagen.clinic.recall.actions import Subject
from anagen.clinic.recall.models import About, Recall
from anagen.clinic.stock.models import Lot, Vial


@pytest.fixture
def prescriber(users: dict[Role, User]) -> User:
    return users[Role.PRESCRIBER]


@pytest.fixture
def desk(users: dict[Role, User]) -> User:
    return users[Role.FRONT_DESK]


@pytest.fixture
def bench(users: dict[Role, User]) -> Bench:
    return Bench(users[Role.NURSE], timezone.now())


@dataclass
class Reached:
    """`given` and `lost` have to be told; `ready` and `discarded` not."""

    lot: Lot
    vial: Vial
    given: Patient
    lost: Patient
    drawn: Patient
    ready: Patient
    discarded: Patient
    code: str  # of the syringe that is ready


@pytest.fixture
def reached(bench: Bench, desk: User, patient: Patient, today: date) -> Reached:
    def somebody(name: str) -> Patient:
        return register_patient(
            by=desk,
            given_name=name,
            family_name="Moss",
            birth_date=date(1990, 1, 2),
            email=f"{name}@example.org".lower(),
            on=today,
        )

    lot = bench.lot()
    vial = bench.vial(lot)
    lost, drawn, ready, discarded = (somebody(name) for name in ("Lea", "Dan", "Rae", "Dot"))
    bench.gives(bench.syringe(patient, vial, vial))
    bench.syringe(lost, vial, use_by=bench.at)
    bench.draw(vial, drawn)
    prepared = bench.syringe(ready, vial)
    bench.discards(bench.syringe(discarded, vial))
    return Reached(lot, vial, patient, lost, drawn, ready, discarded, prepared.code)


@pytest.fixture
def recall(reached: Reached, open_it: Callable[..., Recall]) -> Recall:
    """Lot A100 is called back, in earnest."""
    return open_it(reached.lot)


@pytest.fixture
def open_it(prescriber: User) -> Callable[..., Recall]:
    def opened(*lots: Lot, drill: bool = False, **subject: object) -> Recall:
        asked = Subject(About.LOTS, lots) if lots else Subject(**subject)  # type: ignore[arg-type]
        return actions.open_recall(
            by=prescriber,
            subject=asked,
            reason="Flakes in two vials",
            source="maker",
            severity="moderate",
            key=uuid4(),
            is_drill=drill,
        ).recall

    return opened
