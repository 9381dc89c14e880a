"""Two desks plan the same patient in the same moment: one course stands, the other desk is told.

Each desk is a process of its own on one database: a file, or one made on the server that the tests use. Run as
a script, this file is such a desk: `test_course_parallel.py ROLE START`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

DESKS = 3
ROOT = Path(__file__).resolve().parents[2]


# --- the processes


def prepare() -> str:
    """A clinic with one patient who may be treated."""
    from django.core.management import call_command
    from tests.clinic.screening.known import answer

    from anagen.clinic.people.actions import register_patient
    from anagen.clinic.people.queries import today
    from anagen.clinic.screening.actions import decide

    call_command("migrate", verbosity=0)
    patient = register_patient(
        by="test", given_name="A", family_name="B", birth_date=date(1990, 1, 1), sex="female", on=today()
    )
    answer(patient, today())
    return str(decide(by="test", patient=patient, on=today()).verdict)


def desk(start: float) -> str:
    """Look at the patient, wait for the common moment, plan."""
    from anagen.clinic.course import actions, queries
    from anagen.clinic.people.actions import ChangedMeanwhile
    from anagen.clinic.people.models import Patient
    from anagen.clinic.people.queries import today

    patient = Patient.objects.get()
    assert queries.latest_plan(patient) is None
    queries.protocols()
    time.sleep(max(0.0, start - time.time()))
    try:
        actions.plan_course(by="desk", patient=patient, protocol="hair-standard", start=today(), on=today())
    except ChangedMeanwhile:
        return "told"
    return "planned"


def count() -> str:
    """What stands afterwards."""
    from anagen.clinic.course.models import Course, PlannedSession

    return f"{Course.objects.count()} course, {PlannedSession.objects.count()} sessions"


def work(role: str, start: str) -> None:
    import django

    django.setup()
    print(json.dumps({"prepare": prepare, "count": count}[role]() if role != "desk" else desk(float(start))))


# --- the test


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A database for these processes alone."""
    given = os.environ.get("ANAGEN_DATABASE", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{tmp_path / 'clinic.sqlite3'}"
        return
    name = f"anagen_desks_{os.getpid()}"
    server = urlunsplit(urlsplit(given)._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.database
def test_one_course_stands_and_the_others_are_told(address: str, tmp_path: Path) -> None:
    environment = {
        "ANAGEN_CACHE": str(tmp_path),
        **os.environ,
        "ANAGEN_DATABASE": address,
        "ANAGEN_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "anagen.clinic.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep),
    }

    def begin(role: str, start: float = 0.0) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, __file__, role, str(start)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def answer_of(process: subprocess.Popen[str]) -> str:
        out, error = process.communicate(timeout=120)
        assert process.returncode == 0, error
        return str(json.loads(out))

    assert answer_of(begin("prepare")) == "clear"
    moment = time.time() + 6
    answers = [answer_of(process) for process in [begin("desk", moment) for _desk in range(DESKS)]]
    assert sorted(answers) == ["planned"] + ["told"] * (DESKS - 1)
    assert answer_of(begin("count")) == "1 course, 8 sessions"


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2])
