"""Whom something has reached."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.clinic.recall.conftest import Reached
from tests.clinic.recall.reach import Bench

from anagen.clinic.people.models import Patient
from anagen.clinic.recall import trace
from anagen.clinic.recall.trace import State

pytestmark = pytest.mark.django_db


def test_a_lot_leads_to_everything_that_came_of_it(reached: Reached, bench: Bench) -> None:
    found = trace.trace_lots([reached.lot], bench.at)
    states = {step.patient: step.state for step in found.steps}
    assert states == {
        reached.given.pk: State.GIVEN,
        reached.lost.pk: State.LOST,
        reached.drawn.pk: State.DRAWN,
        reached.ready.pk: State.READY,
        reached.discarded.pk: State.DISCARDED,
    }
    # Who got it, and those of whom nobody can say that they did not
    assert set(found.patients) == {reached.given.pk, reached.lost.pk, reached.drawn.pk}
    assert (found.unopened, found.vials, found.preparations) == (3, 1, 4)
    assert [vial.pk for vial in found.open_vials] == [reached.vial.pk]
    assert {step.syringe for step in found.ready} == {reached.code}


def test_another_lot_reaches_nobody(reached: Reached, bench: Bench) -> None:
    other = bench.lot("B200")
    assert trace.trace_lots([other], bench.at).steps == []
    assert len(trace.of_product(other.product, bench.at)) == len(trace.of_lots([reached.lot.pk], bench.at))


def test_nothing_given_is_not_reached(bench: Bench, patient: Patient) -> None:
    vial = bench.vial(bench.lot())
    bench.gives(bench.syringe(patient, vial), ml="0")
    found = trace.trace_lots([vial.lot], bench.at)
    assert [step.state for step in found.steps] == [State.NOTHING_GIVEN]
    assert found.patients == []


@pytest.mark.parametrize("discarded", [False, True])
def test_whoever_is_in_the_chair_is_reached(bench: Bench, patient: Patient, discarded: bool) -> None:
    vial = bench.vial(bench.lot())
    syringe = bench.syringe(patient, vial)
    session = bench.session(patient)
    bench.happened(session, "syringe", code=syringe.code)
    if not discarded:
        found = trace.trace_lots([vial.lot], bench.at)
        assert [step.state for step in found.steps] == [State.READY]  # the needle was not in the skin
    bench.happened(session, "first_needle")
    if discarded:
        bench.discards(syringe)
    found = trace.trace_lots([vial.lot], bench.at)
    (step,) = found.reached
    assert (step.state, step.treatment, step.room) == (State.IN_THE_CHAIR, session.pk, "Room 1")
    assert found.patients == [patient.pk]


def test_sites_are_those_of_the_map_and_of_its_points(bench: Bench, patient: Patient) -> None:
    session = bench.session(patient)
    bench.happened(
        session, "map", points=[{"region": "vertex"}, {"region": "temple"}, {"region": "vertex"}, {}]
    )
    assert trace.sites_of([session.pk]) == {session.pk: ("vertex", "temple")}


def test_a_nurse_and_a_room(reached: Reached, bench: Bench, stranger: Patient, today: date) -> None:
    bench.session(stranger, room="Room 2")
    assert {step.patient for step in trace.of_nurse(bench.nurse)} == {reached.given.pk, stranger.pk}
    (step,) = trace.of_room("Room 2", first=today, last=today)
    assert (step.patient, step.state) == (stranger.pk, State.SEEN)
    assert trace.of_room("Room 2", first=today + timedelta(days=1)) == []
    assert trace.of_nurse(bench.nurse, last=today - timedelta(days=1)) == []


def test_a_number_that_only_looks_alike_is_offered_and_never_taken(bench: Bench) -> None:
    lot = bench.lot("PA-O1")
    assert trace.lots_called("pa o1") == [lot]
    assert trace.lots_called("PA01") == []
    assert trace.look_alikes("PA01") == [lot]
    assert trace.lots_called("") == trace.look_alikes("--") == []


@pytest.mark.parametrize("question", ["lots", "nurse", "room"])
def test_a_few_queries_however_many(
    question: str, reached: Reached, bench: Bench, django_assert_max_num_queries: object
) -> None:
    asked = {
        "lots": lambda: trace.of_lots([reached.lot.pk], bench.at),
        "nurse": lambda: trace.of_nurse(bench.nurse),
        "room": lambda: trace.of_room("Room 1"),
    }[question]
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        asked()
