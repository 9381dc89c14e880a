"""A session under load, and following the chain of every signed chart.

    python bench/sessions.py [--size N] [--seconds S]      N signed entries (100,000 without it)

Load: the real server of ``anagen demo`` with sessions that are begun, and with the first needle set; four connections
of the same machine ask for the page and send events (closed loop). Every event is a transaction and an entry of the
audit trail. Chain: a database of N signed entries, each about 1 kB, twenty to a chart, on SQLite; then one letter
of one entry is changed, and it must be named. The time to make them is not part of the figure.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _measure import begin, print_table
from pages import CONNECTIONS, HERE, WHO, Browser, cpu_of, served

SIZE, SECONDS, CHART, SESSIONS = 100_000, 6.0, 20, 8


def main(size: int, seconds: float) -> int:
    begin(f"{CONNECTIONS} connections, {seconds:.0f} s each; two workers of four threads, SQLite")
    with tempfile.TemporaryDirectory(prefix="anagen-bench-") as name:
        load(Path(name), seconds)
    with tempfile.TemporaryDirectory(prefix="anagen-bench-") as name:
        figures = in_process(Path(name), "--chain", str(size))
    print_table(
        ("chain", "entries", "charts", "s", "entries/s", "one letter changed"),
        [
            (
                "SQLite",
                f"{figures['links']:,}",
                f"{figures['charts']:,}",
                f"{figures['seconds']:.1f}",
                f"{figures['links'] / figures['seconds']:,.0f}",
                "named" if figures["found"] else "NOT FOUND",
            )
        ],
    )
    return 0 if figures["found"] else 1


def in_process(folder: Path, *arguments: str) -> Any:
    """What this file says as a process of its own, on the database in `folder`."""
    environment = {
        **os.environ,
        "ANAGEN_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "anagen.clinic.settings",
    }
    environment.pop("ANAGEN_DATABASE", None)
    done = subprocess.run(
        [sys.executable, __file__, *arguments], env=environment, stdout=subprocess.PIPE, check=True, text=True
    )
    return json.loads(done.stdout)


# --- load


def load(folder: Path, seconds: float) -> None:
    rows = []
    with served(folder) as (port, leader, password):
        checks, during = in_process(folder / "var", "--begin")
        browsers = [Browser(port) for _ in range(CONNECTIONS)]
        for browser in browsers:
            browser.sign_in(WHO, password)
        work: dict[str, Callable[[Browser, int], int]] = {
            "page before the first needle": lambda one, turn: one.ask(checks[turn % len(checks)])[0],
            "page of a session under way": lambda one, turn: one.ask(during[turn % len(during)])[0],
            "one event, saved": lambda one, turn: send(one, during[turn % len(during)], 1),
            "ten events, saved": lambda one, turn: send(one, during[turn % len(during)], 10),
        }
        for name, ask in work.items():
            loop(browsers, ask, min(1.0, seconds))  # both workers have seen it
            before, started = cpu_of(leader), time.perf_counter()
            times = loop(browsers, ask, seconds)
            took, spent = time.perf_counter() - started, cpu_of(leader) - before
            cuts = statistics.quantiles(times, n=100)
            rows.append(
                (
                    name,
                    len(times),
                    f"{len(times) / took:.0f}",
                    f"{cuts[49] * 1000:.1f}",
                    f"{cuts[94] * 1000:.1f}",
                    f"{spent / len(times) * 1000:.2f}",
                )
            )
    print_table(("request", "answers", "per second", "ms, half", "95 %", "server CPU ms"), rows)


def loop(browsers: list[Browser], ask: Callable[[Browser, int], int], seconds: float) -> list[float]:
    """Latencies in seconds; an answer that is not 200 ends the benchmark."""
    times: list[float] = []
    faults: list[str] = []
    end = time.perf_counter() + seconds

    def run(browser: Browser, turn: int) -> None:
        while time.perf_counter() < end and not faults:
            started = time.perf_counter()
            try:
                status = ask(browser, turn)
            except (OSError, http.client.HTTPException) as error:
                faults.append(str(error))
                return
            times.append(time.perf_counter() - started)
            turn += 1
            if status != 200:
                faults.append(f"an answer of {status}")

    threads = [threading.Thread(target=run, args=each) for each in zip(browsers, range(99), strict=False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise SystemExit(f"  {faults[0]}")
    return times


def send(browser: Browser, path: str, count: int) -> int:
    """Some pain scores, as the page of a session sends them."""
    now = datetime.now(UTC).isoformat()
    events = [
        {"key": str(uuid.uuid4()), "kind": "pain", "at": now, "data": {"score": 3}} for _ in range(count)
    ]
    secret = browser.cookies.get("anagen_csrf", "")
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
        "Content-Type": "application/json",
        "X-CSRFToken": secret,
        "Origin": f"http://{HERE}:{browser.port}",
    }
    assert browser.connection is not None
    browser.connection.request("POST", f"{path}/events", json.dumps({"events": events}), headers)
    answer = browser.connection.getresponse()
    said = answer.read()
    if answer.status == 200 and not all(one["accepted"] for one in json.loads(said)["events"]):
        return 422
    return answer.status


# --- as the clinic itself


def sessions() -> list[list[str]]:
    """Sessions that are begun, and sessions whose first needle is set: their addresses."""
    import django

    django.setup()
    from django.utils import timezone

    from anagen.clinic.audit.context import acting
    from anagen.clinic.people.models import Patient, User
    from anagen.clinic.people.queries import today
    from anagen.clinic.treatment import actions
    from anagen.clinic.treatment.models import Event

    user = User.objects.get(username=WHO)
    found: list[list[str]] = [[], []]
    for number, patient in enumerate(Patient.objects.order_by("pk")[: 2 * SESSIONS]):
        treatment = actions.start_treatment(by=user, patient=patient, on=today())
        if number % 2:
            now = timezone.now()
            with acting(user):
                Event.objects.create(
                    treatment=treatment,
                    key=uuid.uuid4(),
                    kind="first_needle",
                    at=now,
                    received_at=now,
                    by=user,
                )
        found[number % 2].append(f"/patients/{patient.number}/treatment/{treatment.pk}")
    return found


def follow(size: int) -> dict[str, Any]:
    """Make that many signed entries, without the trail, and follow them."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from anagen.clinic.audit import triggers
    from anagen.clinic.people.models import Patient, User
    from anagen.clinic.treatment import chart
    from anagen.clinic.treatment.models import Treatment

    call_command("migrate", verbosity=0)
    triggers.remove("default", guards=True)  # what is measured is the chart's own chain
    user = User.objects.create(username="bench", full_name="Bench Mark", role="nurse")
    charts = range(1, -(-size // CHART) + 1)
    Patient.objects.bulk_create(
        (
            Patient(
                pk=n, number=f"B{n}", given_name="A", family_name="B", birth_date="1990-01-01", sex="female"
            )
            for n in charts
        ),
        batch_size=5000,
    )
    Treatment.objects.bulk_create(
        (Treatment(pk=n, patient_id=n, day="2026-01-01", injector=user, role="nurse") for n in charts),
        batch_size=5000,
    )
    columns = ("number", "kind", "key", "content", "at", "name", "role", "previous", "hash",
               "patient_id", "treatment_id", "by_id")  # fmt: skip
    insert = (
        f"INSERT INTO treatment_chartlink ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        for batch in batched(links(size, user.pk, chart.sealed), 5000):
            cursor.executemany(insert, [tuple(each.values()) for each in batch])
    started = time.perf_counter()
    report = chart.verify()
    seconds = time.perf_counter() - started
    if not report.ok or report.links != size:
        raise SystemExit(f"  the chain does not hold: {report}")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE treatment_chartlink SET content = replace(content, 'x', 'y') WHERE id = %s", [size // 2]
        )
    broken = chart.verify().broken
    return {
        "links": size,
        "charts": len(charts),
        "seconds": seconds,
        "found": [(one.number) for one in broken] == [(size // 2 - 1) % CHART + 1],
    }


def links(size: int, by: int, sealed: Callable[..., str]) -> Iterator[dict[str, Any]]:
    from anagen.clinic.audit import chain

    at, before = datetime(2026, 1, 1, tzinfo=UTC), chain.BEGINNING
    for place in range(size):
        patient, number = place // CHART + 1, place % CHART + 1
        before = chain.BEGINNING if number == 1 else before
        one: dict[str, Any] = {
            "number": number,
            "kind": "record" if number == 1 else "addendum",
            "key": uuid.UUID(int=place),
            "content": json.dumps({"number": place, "words": "x" * 1000}),
            "at": at,
            "name": "Bench Mark",
            "role": "nurse",
            "previous": before,
        }
        before = sealed(patient=patient, treatment=patient, by=by, **one)
        # as SQLite keeps keys and times
        yield one | {"key": one["key"].hex, "at": "2026-01-01 00:00:00", "hash": before} | {
            "patient_id": patient, "treatment_id": patient, "by_id": by
        }  # fmt: skip


def batched(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    from itertools import islice

    while batch := list(islice(rows, size)):
        yield batch


if __name__ == "__main__":
    reader = argparse.ArgumentParser()
    reader.add_argument("--size", type=int, default=SIZE)
    reader.add_argument("--seconds", type=float, default=SECONDS)
    reader.add_argument("--begin", action="store_true", help=argparse.SUPPRESS)
    reader.add_argument("--chain", type=int, help=argparse.SUPPRESS)
    given = reader.parse_args()
    if given.begin:
        print(json.dumps(sessions()))
    elif given.chain is not None:
        print(json.dumps(follow(given.chain)))
    else:
        sys.exit(main(given.size, given.seconds))
