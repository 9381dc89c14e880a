"""Samples of the addresses of treatment: a signed record, a consent, a certificate."""

from __future__ import annotations

from typing import Any

from tests.clinic.addresses import World
from tests.clinic.screening.known import answer
from tests.clinic.treatment import chair

from anagen.clinic.course.actions import plan_course
from anagen.clinic.people.permissions import Role
from anagen.clinic.people.queries import today
from anagen.clinic.screening.actions import decide
from anagen.clinic.treatment import actions

ANSWERS = {
    f"treatment:{name}": 405
    for name in ("start", "events", "sign", "countersign", "addendum", "withdraw_certificate")
}


class Made(dict[str, Any]):
    """Samples that are made when they are asked for: only two pages need a whole session behind them."""

    def get(self, name: str, default: Any = None) -> Any:
        return self[name]() if name in self else default


def samples(world: World) -> dict[str, dict[str, Any]]:
    on, patient = today(), world.patient
    nurse, lead = world.users[Role.NURSE], world.users[Role.MEDICAL_LEAD]
    number = {"number": patient.number}

    def begun() -> dict[str, Any]:
        return number | {"treatment": actions.start_treatment(by=nurse, patient=patient, on=on).pk}

    def recorded() -> dict[str, Any]:
        answer(patient, on)
        decide(by=nurse, patient=patient, on=on)
        plan_course(by=nurse, patient=patient, protocol="hair-standard", start=on, on=on)
        chair.papers(nurse, lead, on)
        chair.price(lead, on)
        consented()
        chair.syringe(patient, nurse)
        treatment = actions.start_treatment(by=nurse, patient=patient, on=on)
        chair.ready(treatment, nurse, on)
        chair.injected(treatment, nurse)
        chair.finished(treatment, nurse)
        chair.cared_for(treatment, nurse)
        return number | {"treatment": treatment.pk}

    def consented() -> dict[str, Any]:
        chair.text(lead, on)
        return number | {"consent": chair.signed(patient, nurse, on).pk}

    begins = ("session", "map", "events", "connection", "setup", "finish", "sign", "countersign", "addendum")
    return Made(
        {f"treatment:{name}": begun for name in begins}
        | {f"treatment:{name}": recorded for name in ("record", "sheet", "map_sheet", "map_csv")}
        | {
            "treatment:treatments": lambda: number,
            "treatment:start": lambda: number,
            "treatment:consent": lambda: number | {"kind": "treatment"},
            "treatment:withdraw": consented,
            "treatment:withdraw_certificate": lambda: {"certificate": chair.papers(nurse, lead, on)[0].pk},
        }
    )
