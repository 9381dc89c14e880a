"""The chain holds while several processes write at once, roll back, and die.

Each process here is a real one, on a database of its own (a file, or one made on the server that the tests use). Run
as a script, this file is such a process: `test_audit_parallel.py ROLE NAME COUNT`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

WRITERS, TRANSACTIONS, PATIENTS = 4, 40, 3

Start = Callable[..., "subprocess.Popen[str]"]


# --- the processes


def work(role: str, name: str, count: int) -> dict[str, Any]:
    """What one process does; it tells how many entries it has left behind."""
    import django

    django.setup()
    return {"prepare": prepare, "write": write, "hang": hang, "verify": verify_meanwhile}[role](name, count)


def prepare(name: str, count: int) -> dict[str, Any]:
    from django.core.management import call_command

    from anagen.clinic.audit.context import acting
    from anagen.clinic.people.models import Patient

    call_command("migrate", verbosity=0)
    with acting(name):
        Patient.objects.bulk_create(
            Patient(
                number=f"P{n}", given_name="A", family_name="B", birth_date="1990-01-01", search_name="b a"
            )
            for n in range(count)
        )
    return {"entries": count}


def write(name: str, count: int) -> dict[str, Any]:
    """Transactions of every kind on the same few patients, in an order of its own."""
    from django.db import transaction
    from django.db.models import F

    from anagen.clinic.audit.actions import record_read
    from anagen.clinic.audit.context import acting
    from anagen.clinic.people.models import Patient

    class Undo(Exception):
        pass

    chance = random.Random(name)
    keys = list(Patient.objects.order_by("pk").values_list("pk", flat=True))
    entries = 0

    def change(key: int) -> int:
        return Patient.objects.filter(pk=key).update(version=F("version") + 1)

    for turn in range(count):
        first, second = chance.sample(keys, 2)
        with acting(name):
            match turn % 6:
                case 0:
                    entries += change(first)
                case 1:
                    with transaction.atomic():
                        entries += change(first) + change(second)
                case 2:
                    with transaction.atomic():
                        patient = Patient.objects.select_for_update().get(pk=first)
                        change(second)
                        patient.phone = f"{name} {turn}"
                        patient.save(update_fields=["phone"])
                        entries += 2
                case 3:
                    try:
                        with transaction.atomic():
                            change(first)
                            change(second)
                            raise Undo
                    except Undo:
                        pass
                case 4:
                    with transaction.atomic():
                        entries += change(first)
                        try:
                            with transaction.atomic():
                                change(second)
                                raise Undo
                        except Undo:
                            pass
                        record_read(by=name, patient=first, what=f"turn {turn}")
                        entries += change(second)
                case 5:
                    with transaction.atomic():
                        record_read(by=name, patient=second, what=f"turn {turn}")
                        entries += change(first)
    return {"entries": entries}


def hang(name: str, count: int) -> dict[str, Any]:
    """Writes, does not commit, and waits to be killed."""
    from django.db import transaction
    from django.db.models import F

    from anagen.clinic.audit.context import acting
    from anagen.clinic.people.models import Patient

    with acting(name), transaction.atomic():
        Patient.objects.update(version=F("version") + 1)
        print("written", flush=True)
        time.sleep(count)
    raise SystemExit("nobody killed this process")


def verify_meanwhile(name: str, count: int) -> dict[str, Any]:
    """Verifies again and again while others write, until the chain has `count` entries at least."""
    from anagen.clinic.audit.verify import verify

    rounds, head, limit = 0, None, time.monotonic() + 90
    while True:
        report = verify(expect_head=head)
        rounds += 1
        if not report.ok or report.entries >= count or time.monotonic() > limit:
            return {
                "rounds": rounds,
                "entries": report.entries,
                "lines": list(report.lines()),
                "ok": report.ok,
            }
        head = str(report.heads["audit_entry"]) if report.entries else None
        time.sleep(0.02)


# --- the tests


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a process on a fresh database; what still runs at the end is killed."""
    address = os.environ.get("ANAGEN_DATABASE", "")
    server = name = ""
    if address.startswith("postgres"):
        name = f"anagen_parallel_{os.getpid()}_{time.monotonic_ns()}"
        server = urlunsplit(urlsplit(address)._replace(path="/postgres"))
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        address = urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
    else:
        address = f"sqlite:///{tmp_path / 'clinic.sqlite3'}"
    environment = {
        **os.environ,
        "ANAGEN_DATABASE": address,
        "ANAGEN_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "anagen.clinic.settings",
    }
    running: list[subprocess.Popen[str]] = []

    def run(role: str, who: str, count: int) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, __file__, role, who, str(count)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()
    if name:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    said, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    told: dict[str, Any] = json.loads(said.splitlines()[-1])
    return told


@pytest.mark.database
def test_the_chain_holds_under_parallel_writers(start: Start) -> None:
    """No deadlock, no gap, no entry of rolled-back work, every committed write in the name of its process; and
    somebody who verifies meanwhile sees no false alarm."""
    made = answer(start("prepare", "prepare", PATIENTS))["entries"]
    watcher = start("verify", "watcher", made + WRITERS)
    writers = {f"writer: {n}": start("write", f"writer: {n}", TRANSACTIONS) for n in range(WRITERS)}
    left = {name: answer(process)["entries"] for name, process in writers.items()}
    seen = answer(watcher)
    assert seen["ok"], seen["lines"]

    report = answer(start("verify", "afterwards", made + sum(left.values())))
    assert report["ok"], report["lines"]
    assert report["entries"] == made + sum(left.values())
    assert report["rounds"] == 1
    counted = answer(start("count", "count", 0))
    assert counted["entries"] == {"system: prepare": made} | left
    assert counted["reads"] == {
        name: sum(turn % 6 in (4, 5) for turn in range(TRANSACTIONS)) for name in left
    }


@pytest.mark.database
def test_a_killed_process_leaves_no_entry_and_stops_nobody(start: Start) -> None:
    answer(start("prepare", "prepare", PATIENTS))
    dying = start("hang", "dying", 60)
    assert dying.stdout is not None
    assert dying.stdout.readline() == "written\n"
    waiting = start("write", "writer: 0", 6)
    dying.kill()
    left = answer(waiting)["entries"]
    report = answer(start("verify", "afterwards", PATIENTS + left))
    assert report["ok"], report["lines"]
    assert set(answer(start("count", "count", 0))["entries"]) == {"system: prepare", "writer: 0"}


def count_entries() -> dict[str, Any]:
    import django

    django.setup()
    from anagen.clinic.audit.models import AuditEntry, ReadEntry

    return {
        "entries": Counter(AuditEntry.objects.values_list("actor", flat=True)),
        "reads": Counter(ReadEntry.objects.values_list("actor", flat=True)),
    }


if __name__ == "__main__":
    if sys.argv[1] == "count":
        print(json.dumps(count_entries()))
    else:
        print(json.dumps(work(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
