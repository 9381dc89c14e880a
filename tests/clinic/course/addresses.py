"""Samples of the addresses of course: a planned course, a busy time, a calendar feed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.clinic.addresses import World
from tests.clinic.screening.known import answer

from anagen.clinic.course import actions, queries
from anagen.clinic.people.permissions import Role
from anagen.clinic.people.queries import today
from anagen.clinic.screening.actions import decide

ANSWERS = {"course:own_calendar": 405, "course:own_time_back": 405, "course:withdraw": 405}


def samples(world: World) -> dict[str, dict[str, Any]]:
    on, patient, nurse = today(), world.patient, world.users[Role.NURSE]
    if queries.latest_plan(patient) is None:
        answer(patient, on)
        decide(by=nurse, patient=patient, on=on)
        actions.plan_course(by=nurse, patient=patient, protocol="hair-standard", start=on, on=on)
    later = on + timedelta(days=300)
    busy = actions.add_busy_time(
        by=nurse, patient=patient, start=later, end=later + timedelta(days=3), words="holiday", on=on
    )
    feed, token = actions.make_feed(by=nurse, patient=patient)
    number = {"number": patient.number}
    plain = ("plan", "csv", "ics", "new", "move", "cancel", "sheet", "own_time", "own_calendar", "feeds")
    return {f"course:{name}": number for name in plain} | {
        "course:own_time_back": number | {"busy": busy.pk},
        "course:withdraw": number | {"feed": feed.pk},
        "course:feed": {"token": token},
    }
