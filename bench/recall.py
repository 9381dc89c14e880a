"""From a lot to the list of its patients among 1,000,000 administrations, on SQLite and on PostgreSQL.

    python bench/recall.py [--size ADMINISTRATIONS]

A clinic is made by the database itself (INSERT … SELECT; no index but the keys while it fills): sessions with two
syringes of one mixture, each mixture of two products from opened vials, 5,000 lots. Timed by the clock: what the
page asks, to patients with their names (`trace.of_lots`, `patients_of`), for lots drawn at random, each once. For
some of them the same is found by walking from row to row, one query each; one difference, and the benchmark fails.
PostgreSQL is the server of ANAGEN_TEST_POSTGRES (default: this machine, role root), with its own settings; documents
of worksheets are empty here.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from _measure import begin, print_table

if TYPE_CHECKING:
    from django.db.models import Field, Model

SIZE, LOTS, ASKED, WALKED, GOAL_MS = 1_000_000, 5_000, 60, 2, 100
SERVER = "postgresql://root@127.0.0.1:5432/postgres"
DAY, MOMENT = "2026-03-02", "2026-03-02 09:00:00+00:00"


def main(size: int) -> int:
    begin(f"{size:,} administrations, {lots_for(size):,} lots")
    figures = []
    with tempfile.TemporaryDirectory(prefix="anagen-bench-") as folder:
        figures.append(_in_process(f"sqlite:///{folder}/clinic.sqlite3", folder, size))
        server = os.environ.get("ANAGEN_TEST_POSTGRES", SERVER)
        name = f"anagen_bench_{os.getpid()}"
        if _postgres(server, f'CREATE DATABASE "{name}"'):
            try:
                address = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
                figures.append(_in_process(address, folder, size))
            finally:
                _postgres(server, f'DROP DATABASE "{name}" WITH (FORCE)')
        else:
            print(f"  PostgreSQL: no server answers at {urlsplit(server).hostname}; not measured.")
    print_table(
        ("database", "made in s", "patients a lot", "median ms", "slowest ms", "walked ms", "same answer"),
        [
            (
                one["database"],
                f"{one['made']:.0f}",
                one["patients"],
                f"{one['median']:.1f}",
                f"{one['slowest']:.1f}",
                f"{one['walked']:.0f}",
                "yes" if one["same"] else "DIFFERENT",
            )
            for one in figures
        ],
    )
    print(f"  Goal: the list in less than {GOAL_MS} ms (median).")
    return int(not all(one["same"] and one["median"] < GOAL_MS for one in figures))


def lots_for(size: int) -> int:
    """In full size 5,000 lots of 200 mixtures each; fewer lots in a small one."""
    return max(4, min(LOTS, size // 50))


def _in_process(address: str, folder: str, size: int) -> dict[str, Any]:
    environment = os.environ | {
        "ANAGEN_DATABASE": address,
        "ANAGEN_VAR": folder,
        "DJANGO_SETTINGS_MODULE": "anagen.clinic.settings",
    }
    command = [sys.executable, "-X", "utf8", __file__, "--measure", "--size", str(size)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _postgres(server: str, statement: str) -> bool:
    import psycopg

    try:
        with psycopg.connect(server, autocommit=True, connect_timeout=3) as connection:
            connection.execute(statement)  # type: ignore[call-overload]
    except psycopg.OperationalError:
        return False
    return True


# --- inside the process that measures


def measure_anew(size: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command

    from anagen.clinic.audit import triggers

    call_command("migrate", verbosity=0)
    triggers.remove(guards=True)
    started = time.perf_counter()
    build(size, bare=True)
    return measure(size) | {"made": time.perf_counter() - started}


def measure(size: int, asked: int = ASKED) -> dict[str, Any]:
    """Milliseconds from a lot to its patients, and whether walking finds the same."""
    import random

    from django.db import connection
    from django.utils import timezone

    from anagen.clinic.recall import trace
    from anagen.clinic.stock.models import Lot

    lots = random.Random(size).sample(
        list(Lot.objects.values_list("pk", flat=True)), min(asked, lots_for(size))
    )
    at, spent, people, walked, same = timezone.now(), [], [], [], True
    trace.of_lots([0], at)  # a connection is there before the first question
    for lot in lots:
        started = time.perf_counter()
        found = trace.Trace(trace.of_lots([lot], at))
        patients = trace.patients_of(found.patients)
        spent.append((time.perf_counter() - started) * 1e3)
        people.append(len(patients))
    for lot in lots[:WALKED]:
        started = time.perf_counter()
        answer = walk(lot)
        walked.append((time.perf_counter() - started) * 1e3)
        same &= answer == {(step.patient, step.syringe) for step in trace.of_lots([lot], at)} and bool(answer)
    return {
        "database": {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor],
        "median": statistics.median(spent),
        "slowest": max(spent),
        "patients": round(statistics.mean(people)),
        "walked": statistics.median(walked),
        "same": same,
    }


def walk(lot: int) -> set[tuple[int, str]]:
    """(patient, syringe) from row to row, as somebody with paper files would."""
    from anagen.clinic.stock.models import Lot

    return {
        (syringe.administration.finish.treatment.patient_id, syringe.code)
        for vial in Lot.objects.get(pk=lot).vials.all()
        for draw in vial.draws.all()
        for syringe in draw.drawn.preparation.syringes.all()
    }


def build(size: int, *, bare: bool = False) -> None:
    """A clinic with so many administrations. `bare`: without indexes and foreign keys until it is full."""
    from django.db import connection, transaction

    from anagen.clinic.formulation.models import Drawn, Preparation, Syringe, Worksheet
    from anagen.clinic.people.models import Patient, User
    from anagen.clinic.screening.models import Decision, Rulebook
    from anagen.clinic.stock.models import Draw, Lot, Movement, Place, Product, Vial
    from anagen.clinic.treatment.models import Administration, Finish, Treatment

    sessions, patients, lots = size // 2, max(10, size // 20), lots_for(size)
    vials = sessions  # two mixtures draw from each
    # Spread without regularity that an index could follow; the same on both databases.
    lot_of = f"(i * 7919 + i / 13) % {lots} + 1"
    person = f"(i * 104729 + i / 7) % {patients} + 1"
    draw_vial = f"((i + 1) / 2 - 1 + (i - 1) % 2 * ({vials} / 2)) % {vials} + 1"
    tables: list[tuple[type[Model], int, dict[str, str]]] = [
        (User, 1, {"username": "'bench'", "full_name": "'Bench Mark'", "role": "'nurse'"}),
        (Place, 1, {"name": "'Cupboard'"}),
        (Product, 1, {"name": "'Saline'", "content_ml": "10"}),
        (Rulebook, 1, {"hash": "'0'"}),
        (Lot, lots, {"number": "'L' || i", "look": "'L' || i"}),
        (Patient, patients, {"number": "'P' || i", "given_name": "'N' || i", "search_name": "'n' || i"}),
        (Decision, patients, {"patient_id": "i", "verdict": "'clear'"}),
        (Movement, vials, {"lot_id": lot_of, "kind": "'opened'", "count": "-1"}),
        (Vial, vials, {"lot_id": lot_of, "movement_id": "i", "content_ml": "10"}),
        (Worksheet, sessions, {"patient_id": person, "decision_id": person}),
        (Preparation, sessions, {"worksheet_id": "i"}),
        (Draw, size, {"vial_id": draw_vial, "number": "(i - 1) % 2 + 1", "volume_ml": "1", "left_ml": "1"}),
        (Drawn, size, {"preparation_id": "(i + 1) / 2", "component": "(i - 1) % 2", "draw_id": "i"}),
        (Syringe, size, {"preparation_id": "(i + 1) / 2", "number": "(i - 1) % 2 + 1", "code": "'S' || i"}),
        (Treatment, sessions, {"patient_id": person, "role": "'nurse'", "room": "'Room ' || i % 4"}),
        (Finish, sessions, {"treatment_id": "i"}),
        (Administration, size, {"finish_id": "(i + 1) / 2", "syringe_id": "i", "given": "5"}),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        later = _without_indexes(cursor, [model for model, _n, _c in tables]) if bare else []
        with transaction.atomic():
            for model, number, said in tables:
                cursor.execute(_insert(connection.vendor, model, number, said))
        for statement in later:
            cursor.execute(statement)
        if bare:
            cursor.execute("ANALYZE")


def _insert(vendor: str, model: type[Model], number: int, said: dict[str, str]) -> str:
    """Rows 1 to `number` in one statement; what is not said is as empty as the column lets it be."""
    given = {}
    for field in model._meta.concrete_fields:
        expression = said.get(field.column) or _empty(vendor, field)
        if expression:
            given[field.column] = expression
    columns = ", ".join(f'"{name}"' for name in given)
    row_numbers = (
        f"SELECT i FROM generate_series(1::bigint, {number}) AS n(i)"
        if vendor == "postgresql"
        else f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number}) SELECT i FROM n"
    )
    table, values = model._meta.db_table, ", ".join(given.values())
    return f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM ({row_numbers}) AS rows'


def _empty(vendor: str, field: Field[Any, Any]) -> str:
    from django.db import models

    postgres = vendor == "postgresql"
    if field.primary_key:
        return "i"
    if field.null:
        return ""
    match field:
        case models.ForeignKey():
            return "1"
        case models.UUIDField():
            return "lpad(to_hex(i), 32, '0')::uuid" if postgres else "printf('%032x', i)"
        case models.BooleanField():
            return "false" if postgres else "0"
        case models.JSONField():
            return "'{}'"
        case models.DateTimeField():
            return f"'{MOMENT}'"
        case models.DateField():
            return f"'{DAY}'"
        case models.CharField() if field.choices:
            return f"'{next(iter(field.flatchoices))[0]}'"
        case models.CharField() | models.TextField():
            return "''" if not field.unique else "'x' || i"
    return "1"


def _without_indexes(cursor: Any, used: list[type[Model]]) -> list[str]:
    """Drop what only slows filling; the statements that put it back."""
    from django.db import connection

    tables = [model._meta.db_table for model in used]
    marks = ", ".join(["%s"] * len(tables))
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("PRAGMA synchronous=OFF")
        find = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})"
    else:
        # No triggers while it fills: neither the trail nor foreign keys.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        find = (
            f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ({marks}) "
            "AND indexdef NOT LIKE '%% UNIQUE %%'"
        )
    cursor.execute(find, tables)
    found = cursor.fetchall()
    for name, _statement in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [statement for _name, statement in found]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure_anew(options.size)))
    else:
        sys.exit(main(options.size))
