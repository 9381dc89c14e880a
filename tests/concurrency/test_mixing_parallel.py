"""Many hands at the bench: the last vial goes into one mixture, the others are told and leave nothing half-written.

Each hand is a process of its own on one database. Run as a script, this file is such a hand:
`test_mixing_parallel.py ROLE NUMBER START`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.concurrency.test_stock_parallel import address  # noqa: F401  the database of these processes

HANDS = 3
ROOT = Path(__file__).resolve().parents[2]


# --- the processes


def prepare() -> str:
    """A nurse, a patient for each hand and one for all, and one last ampoule of two products."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django.utils import timezone
    from tests.clinic.formulation.conftest import decided, receive, sheet_of

    from anagen.clinic.formulation import actions
    from anagen.clinic.formulation.judging import Wanted, Wish
    from anagen.clinic.intake.examples import answer_as_example
    from anagen.clinic.people import actions as people
    from anagen.clinic.people.permissions import Role
    from anagen.clinic.people.queries import today
    from anagen.clinic.screening import actions as screening
    from anagen.clinic.stock import actions as stock

    at, on = timezone.now(), today()
    nurse, prescriber = (
        people.create_user(by="t", username=role, full_name=role, role=role, password=str(uuid4()))
        for role in (Role.NURSE, Role.PRESCRIBER)
    )
    place = stock.add_place(by="t", name="A")
    products = [stock.add_product(by="t", sheet=sheet_of(name)) for name in ("panthenol", "saline")]
    for number in range(HANDS + 1):
        patient = people.register_patient(
            by="t",
            given_name="Ann",
            family_name=f"Test{number}",
            birth_date=on - timedelta(days=12_000),
            sex="female",
            on=on,
        )
        answer_as_example(patient, on)
        screening.decide(by="t", patient=patient, on=on)
        # The hands want the two lots in different orders: none may wait for another for ever.
        wanted = [Wanted(products[0], Decimal("0.5")), Wanted(products[1], Decimal("4.5"))]
        wish = Wish(wanted if number % 2 else wanted[::-1])
        sheet = actions.make_worksheet(by=nurse, patient=patient, wish=wish, on=on, key=UUID(int=number + 1))
        decided(sheet, prescriber)
    for product in products:
        receive(product, place, at, number="LAST", count=1)
        receive(product, place, at, number="ONE", count=5)
    return "ready"


def hand(number: int, start: float) -> list[str]:
    """Two races: one worksheet by all at once, and the last ampoules for a patient of one's own."""
    from django.utils import timezone

    from anagen.clinic.formulation import actions
    from anagen.clinic.formulation.actions import Source, Take
    from anagen.clinic.formulation.actions.preparing import products_of
    from anagen.clinic.formulation.models import Worksheet
    from anagen.clinic.people.actions import Refused
    from anagen.clinic.people.models import User
    from anagen.clinic.stock.models import Lot, Place

    nurse, place = User.objects.get(username="nurse"), Place.objects.get()

    def mix(sheet: Worksheet, lot: str) -> str:
        takes = [
            Take([Source(Lot.objects.get(product=product, number=lot), place)])
            for product in products_of(sheet)
        ]
        try:
            actions.prepare(by=nurse, worksheet=sheet, takes=takes, at=timezone.now(), key=uuid4())
        except Refused as refused:
            return f"told {refused}"
        return "done"

    said = []
    for race, sheet, lot in ((0, Worksheet.objects.get(key=UUID(int=1)), "ONE"),
                             (1, Worksheet.objects.get(key=UUID(int=number + 2)), "LAST")):  # fmt: skip
        time.sleep(max(0.0, start + 3 * race - time.time()))
        said.append(f"{lot} {mix(sheet, lot)}")
    return said


def count() -> dict[str, Any]:
    """What stands afterwards."""
    from anagen.clinic.formulation.models import Drawn, Preparation, Syringe
    from anagen.clinic.stock import queries
    from anagen.clinic.stock.models import Balance, Draw, Vial, VialClosed

    return {
        "preparations": Preparation.objects.count(),
        "rows": [model.objects.count() for model in (Drawn, Draw, Vial, VialClosed)],
        "syringes": Syringe.objects.count(),
        "left": sorted(f"{row.lot} {row.count}" for row in Balance.objects.select_related("lot")),
        "wrong": [str(line) for line in queries.wrong_balances()],
    }


def work(role: str, number: str, start: str) -> None:
    import django

    django.setup()
    done = {"prepare": prepare, "count": count}
    print(json.dumps(done[role]() if role in done else hand(int(number), float(start))))


# --- the test


@pytest.mark.database
def test_many_hands_at_the_bench(address: str, tmp_path: Path) -> None:  # noqa: F811
    environment = {
        "ANAGEN_CACHE": str(tmp_path),
        **os.environ,
        "ANAGEN_DATABASE": address,
        "ANAGEN_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "anagen.clinic.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep),
    }

    def begin(role: str, number: int = 0, start: float = 0.0) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, __file__, role, str(number), str(start)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def answer_of(process: subprocess.Popen[str]) -> Any:
        out, error = process.communicate(timeout=120)
        assert process.returncode == 0, error
        return json.loads(out)

    assert answer_of(begin("prepare")) == "ready"
    moment = time.time() + 6
    said = [
        words
        for process in [begin("hand", number, moment) for number in range(HANDS)]
        for words in answer_of(process)
    ]
    stands = answer_of(begin("count"))

    counted = Counter(" ".join(words.split()[:2]) for words in said)
    assert counted == {"ONE done": 1, "ONE told": HANDS - 1, "LAST done": 1, "LAST told": HANDS - 1}, said
    assert all("prepared already" in words for words in said if words.startswith("ONE told"))
    assert stands["preparations"] == stands["syringes"] == 2
    assert stands["rows"] == [4, 4, 4, 4], "every draw belongs to a mixture; every ampoule is accounted for"
    assert stands["left"] == ["LAST 0", "LAST 0", "ONE 4", "ONE 4"]
    assert stands["wrong"] == []


if __name__ == "__main__":
    work(*sys.argv[1:])
