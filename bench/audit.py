"""What recording costs: the same saves with and without the audit triggers, side by side in one run.

    python bench/audit.py          prints a table
    run() -> list[dict]            the same figures, one dictionary per database and kind of save

Each database is made twice, with the triggers and without; the two are saved to in turn, save by save, so
that whatever else the machine does falls on both alike. SQLite is a file, with the clinic's own settings
(WAL); PostgreSQL is the server of ANAGEN_TEST_POSTGRES (default: this machine, role root), with its own settings,
fsync included; without a server its lines are missing and a line says so.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROUNDS = 400
GOAL = 1.3
ALONE, TRIGGERS = "bare", "default"


def run(rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """Measure on every database at hand. Times are microseconds per save; `ratio` is that of the medians."""
    figures: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="anagen-bench-") as folder:
        figures += _measure_in_process(f"sqlite:///{folder}/clinic.sqlite3", folder, rounds)
        server = os.environ.get("ANAGEN_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/postgres")
        made = _make_postgres(server)
        if made is None:
            print(
                f"PostgreSQL: no server answers at {urlsplit(server).hostname}; not measured.",
                file=sys.stderr,
            )
        else:
            try:
                figures += _measure_in_process(made[0], folder, rounds)
            finally:
                _drop_postgres(server, made[1])
    return figures


def print_table(figures: list[dict[str, Any]]) -> None:
    print(
        f"{'database':<11} {'save':<34} {'without':>9} {'with':>9} {'ratio':>6}   (median µs; min in brackets)"
    )
    for one in figures:
        if "ratio" not in one:
            print(f"{one['database']:<11} {one['save']:<34} {one['per_second']:>9,.0f} entries a second")
            continue
        verdict = "" if one["ratio"] <= GOAL else f"  over {GOAL}"
        print(
            f"{one['database']:<11} {one['save']:<34} {one['without']['median']:>9.0f} {one['with']['median']:>9.0f}"
            f" {one['ratio']:>6.2f}   ({one['without']['min']:.0f} / {one['with']['min']:.0f}){verdict}"
        )


def _measure_in_process(address: str, folder: str, rounds: int) -> list[dict[str, Any]]:
    environment = {
        **os.environ,
        "ANAGEN_DATABASE": address,
        "ANAGEN_VAR": folder,
        "DJANGO_SETTINGS_MODULE": "anagen.clinic.settings",
    }
    done = subprocess.run(
        [sys.executable, __file__, "--measure", str(rounds)],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    figures: list[dict[str, Any]] = json.loads(done.stdout)
    return figures


def _make_postgres(server: str) -> tuple[str, list[str]] | None:
    import psycopg

    name = f"anagen_bench_{os.getpid()}"
    names = [name, f"{name}_{ALONE}"]
    try:
        with psycopg.connect(server, autocommit=True, connect_timeout=3) as connection:
            for each in names:
                connection.execute(f'CREATE DATABASE "{each}"')  # type: ignore[call-overload]
    except psycopg.OperationalError:
        return None
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}")), names


def _drop_postgres(server: str, names: list[str]) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        for each in names:
            connection.execute(f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)')  # type: ignore[call-overload]


# --- inside the process that measures


def measure(rounds: int) -> list[dict[str, Any]]:
    import copy

    import django
    from django.conf import settings

    bare = copy.deepcopy(settings.DATABASES["default"])
    bare["NAME"] = f"{bare['NAME']}_{ALONE}"
    settings.DATABASES[ALONE] = bare
    django.setup()

    from django.core.management import call_command
    from django.db import connections, transaction

    from anagen.clinic.audit import postgres, triggers, verify
    from anagen.clinic.audit.context import acting
    from anagen.clinic.people.models import Patient, User

    for alias in (TRIGGERS, ALONE):
        call_command("migrate", database=alias, verbosity=0)
    triggers.remove(ALONE, guards=True)
    connections[ALONE].execute_wrappers = [
        wrapper for wrapper in connections[ALONE].execute_wrappers if wrapper is not postgres._announce
    ]
    vendor = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connections[TRIGGERS].vendor]

    patients: dict[str, Any] = {}
    with acting("bench"):
        user = User(username="bench", full_name="Bench Mark", role="nurse")
        for alias in (ALONE, TRIGGERS):
            user.pk = None
            user.save(using=alias, force_insert=True)
    for alias in (ALONE, TRIGGERS):
        patients[alias] = _patient(Patient, 0)
        with acting(user):
            patients[alias].save(using=alias)
    counter = iter(range(1, 10_000_000))

    def change(alias: str) -> None:
        patients[alias].phone = f"+44 20 {next(counter):07}"
        patients[alias].save(using=alias)

    def change_one(alias: str) -> None:
        patients[alias].phone = f"+44 20 {next(counter):07}"
        patients[alias].save(using=alias, update_fields=["phone"])

    def add(alias: str) -> None:
        _patient(Patient, next(counter)).save(using=alias, force_insert=True)

    def in_action(save: Callable[[str], None]) -> Callable[[str], None]:
        def act(alias: str) -> None:
            with transaction.atomic(using=alias):
                save(alias)

        return act

    figures = []
    kinds: list[tuple[str, Callable[[str], None], bool]] = [
        ("change a patient, committed", change, False),
        ("change one column, committed", change_one, False),
        ("add a patient, committed", add, False),
        ("change in an action (atomic)", in_action(change), False),
        ("change, within one transaction", change, True),
        ("add, within one transaction", add, True),
    ]
    for name, save, together in kinds:
        spent: dict[str, list[float]] = {ALONE: [], TRIGGERS: []}
        gc.collect()
        with (
            transaction.atomic(using=ALONE) if together else nullcontext(),
            transaction.atomic(using=TRIGGERS) if together else nullcontext(),
        ):
            for turn in range(rounds + 20):
                order = (ALONE, TRIGGERS) if turn % 2 else (TRIGGERS, ALONE)
                for alias in order:
                    with acting(user) if alias == TRIGGERS else nullcontext():
                        started = time.perf_counter()
                        save(alias)
                        ended = time.perf_counter()
                    if turn >= 20:
                        spent[alias].append((ended - started) * 1e6)
        figures.append(
            {
                "database": vendor,
                "save": name,
                "without": _summary(spent[ALONE]),
                "with": _summary(spent[TRIGGERS]),
                "ratio": statistics.median(spent[TRIGGERS]) / statistics.median(spent[ALONE]),
                "goal": GOAL,
            }
        )
    _lengthen(Patient, acting, user)
    report = verify.verify()
    if not report.ok:
        raise SystemExit(f"The chain does not hold after the measurement: {report}")
    figures.append(
        {
            "database": vendor,
            "save": f"verify {report.entries:,} entries",
            "per_second": report.entries / report.seconds,
            "entries": report.entries,
        }
    )
    return figures


def _patient(model: Any, number: int) -> Any:
    return model(
        number=f"B{number}",
        given_name="Ada",
        family_name="Lovelace-Byron",
        birth_date="1985-12-10",
        sex="female",
        email="ada@example.org",
        phone="+44 20 0000000",
        search_name="lovelace byron ada",
    )


def _lengthen(model: Any, acting: Any, user: Any, entries: int = 50_000) -> None:
    """Enough entries for a steady figure of verification: one statement that changes every patient,
    repeated."""
    from django.db.models import F

    with acting(user):
        for _ in range(max(1, entries // model.objects.count())):
            model.objects.update(version=F("version") + 1)


def _summary(times: list[float]) -> dict[str, float]:
    return {"min": min(times), "median": statistics.median(times)}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(int(sys.argv[2]))))
    else:
        print_table(run())
        print(f"Goal: a save with its entry costs at most {GOAL} times one without.")
