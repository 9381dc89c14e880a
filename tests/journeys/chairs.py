"""Patients who come for their second session today, everything prepared: made for the journeys of the chair.

As a script it makes them, in the clinic of ANAGEN_VAR: `chairs.py first DAY` a week before, `chairs.py again DAY`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tools.clinic import DAY, PASSWORD, hold_the_day

WEEK: Final = timedelta(days=7)
WHO: Final = ("Tara Tapp", "Olive Offline", "Kira Keys")
ROOT: Final = Path(__file__).resolve().parents[2]


def syringe_of(name: str) -> str:
    """The code on the label of today's syringe."""
    return f"TODAY{WHO.index(name) + 1}"


def make(folder: Path) -> None:
    """Everybody of `WHO`, in the clinic in `folder`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANAGEN_")}
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep)
    environment |= {"ANAGEN_VAR": str(folder), "PYTHONPATH": paths}
    environment |= {name: os.environ[name] for name in ("ANAGEN_CACHE",) if name in os.environ}
    for what, day in (("first", DAY - WEEK), ("again", DAY)):
        done = subprocess.run(
            [sys.executable, "-X", "utf8", __file__, what, day.isoformat()],
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-4000:]


# --- as the clinic itself


def first(on: date) -> None:
    """A week before: the intake, the plan, the papers, the consent, and the first session, signed."""
    from tests.clinic.screening.known import answer
    from tests.clinic.treatment import chair

    from anagen.clinic.billing.queries import price_of
    from anagen.clinic.course.actions import plan_course
    from anagen.clinic.people.actions import register_patient
    from anagen.clinic.people.models import User
    from anagen.clinic.screening.actions import decide
    from anagen.clinic.treatment import actions, consenting, queries
    from anagen.clinic.treatment.models import ConsentKind, ConsentText

    nurse, lead = (User.objects.get(username=name) for name in ("nurse", "lead"))
    if not queries.valid_certificates(nurse, on):
        chair.papers(nurse, lead, on)
    if price_of("session", on) is None:
        chair.price(lead, on)
    if consenting.text_in_force(ConsentKind.TREATMENT, on) is None:
        chair.text(lead, on, seen=ConsentText.objects.filter(kind=ConsentKind.TREATMENT).count())
    for name in WHO:
        given, family = name.split()
        patient = register_patient(
            by=lead, given_name=given, family_name=family, birth_date=date(1990, 5, 4), sex="female", on=on
        )
        answer(patient, on)
        decide(by=nurse, patient=patient, on=on)
        plan_course(by=nurse, patient=patient, protocol="hair-standard", start=on, on=on)
        chair.signed(patient, nurse, on)
        code = f"FIRST{patient.pk}"
        chair.syringe(patient, nurse, code=code)
        treatment = actions.start_treatment(by=nurse, patient=patient, on=on)
        chair.ready(treatment, nurse, on, code=code)
        chair.injected(treatment, nurse)
        chair.finished(treatment, nurse, code=code)
        chair.cared_for(treatment, nurse)
        actions.sign_record(by=nurse, treatment=treatment, password=PASSWORD)


def again(on: date) -> None:
    """Today's syringe of each of them."""
    from tests.clinic.treatment import chair

    from anagen.clinic.people.models import Patient, User

    nurse = User.objects.get(username="nurse")
    for name in WHO:
        given, family = name.split()
        patient = Patient.objects.get(given_name=given, family_name=family)
        chair.syringe(patient, nurse, code=syringe_of(name))


def main(what: str, day: str) -> None:
    on = date.fromisoformat(day)
    # an hour before the clinic opens: what was prepared this morning is still in date when it is given
    hold_the_day(datetime.combine(on, datetime.min.time(), UTC).replace(hour=8))
    from anagen.cli import clinic

    clinic.ready(records=False)
    steps: dict[str, Any] = {"first": first, "again": again}
    steps[what](on)


if __name__ == "__main__":
    main(*sys.argv[1:])
