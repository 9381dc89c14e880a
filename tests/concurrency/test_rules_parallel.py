"""Two leads change rules in the same moment while patients are being decided upon: one change stands, the other lead
is told, and every decision is replayed by the rules of its own moment.

Run as a script, this file is one of these people: `test_rules_parallel.py ROLE START`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from tests.concurrency.test_course_parallel import ROOT, address

__all__ = ["address"]

LEADS = 2


# --- the processes


def prepare() -> str:
    """A clinic with one patient."""
    from django.core.management import call_command
    from tests.clinic.screening.known import answer

    from anagen.clinic.people.actions import register_patient
    from anagen.clinic.people.queries import today

    call_command("migrate", verbosity=0)
    patient = register_patient(
        by="test", given_name="A", family_name="B", birth_date=date(1990, 1, 1), sex="female", on=today()
    )
    answer(patient, today())
    return "ready"


def lead(start: float) -> str:
    """Look at the rules, wait for the common moment, sign one of one's own."""
    from anagen.clinic.people.actions import ChangedMeanwhile
    from anagen.clinic.people.queries import today
    from anagen.clinic.review import actions, queries

    seen = queries.current().ruleset.hash
    rule = ("deferral.cold", "deferral.fever")[os.getpid() % 2]
    there = Path(os.environ["ANAGEN_VAR"])
    (there / f"looked.{os.getpid()}").touch()
    while (
        len(list(there.glob("looked.*"))) < LEADS
    ):  # however slow the machine: both have looked before one signs
        time.sleep(0.02)
    time.sleep(max(0.0, start - time.time()))
    try:
        actions.sign_rule(by="lead", rule=rule, reason="Read in the meeting.", on=today(), seen=seen)
    except ChangedMeanwhile:
        return "told"
    return "kept"


def clinician(start: float) -> str:
    """Decide about the same patient, before, in and after that moment."""
    from anagen.clinic.people.models import Patient
    from anagen.clinic.people.queries import today
    from anagen.clinic.screening.actions import decide

    patient = Patient.objects.get()
    decide(by="clinician", patient=patient, on=today())
    time.sleep(max(0.0, start - 0.2 - time.time()))
    for _turn in range(8):
        decide(by="clinician", patient=patient, on=today())
        time.sleep(0.1)
    return "decided"


def count(start: float) -> str:
    """What stands afterwards."""
    from anagen.clinic.review.models import RuleChange
    from anagen.clinic.review.queries import current
    from anagen.clinic.screening.queries import replayed

    replays = list(replayed())
    equal = sum(replay.equal for replay in replays)
    return f"{RuleChange.objects.count()} change, {equal} of {len(replays)} alike, {current().ruleset.version[10:]}"


def work(role: str, start: str) -> None:
    import django

    django.setup()
    roles = {"prepare": lambda _start: prepare(), "lead": lead, "clinician": clinician, "count": count}
    print(json.dumps(roles[role](float(start))))


# --- the test


@pytest.mark.database
def test_one_change_stands_and_decisions_go_on(address: str, tmp_path: Path) -> None:
    environment = {
        "ANAGEN_CACHE": str(tmp_path),
        **os.environ,
        "ANAGEN_DATABASE": address,
        "ANAGEN_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "anagen.clinic.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep),
    }

    def begin(role: str, start: float = 0.0) -> subprocess.Popen[str]:
        arguments = [sys.executable, __file__, role, str(start)]
        pipe = subprocess.PIPE
        return subprocess.Popen(arguments, env=environment, stdout=pipe, stderr=pipe, text=True, cwd=ROOT)

    def answer_of(process: subprocess.Popen[str]) -> str:
        out, error = process.communicate(timeout=120)
        assert process.returncode == 0, error
        return str(json.loads(out))

    assert answer_of(begin("prepare")) == "ready"
    moment = time.time() + 8
    people = [begin("lead", moment) for _lead in range(LEADS)] + [begin("clinician", moment)]
    assert sorted(map(answer_of, people)) == ["decided", "kept", "told"]
    assert answer_of(begin("count")) == "1 change, 9 of 9 alike, +clinic.1"


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2])
