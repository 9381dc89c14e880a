"""Many hands at one shelf: the last vial goes to one of them, a quarantine stops the rest, and every count is right.

Each hand is a process of its own on one database: a file, or one made on the server that the tests use. Run as a
script, this file fills the shelf, lets the hands go to it together race by race, and prints what stands afterwards.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import psycopg
import pytest

HANDS = 4
ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 6  # containers that each hand would like, of 3 × HANDS + 1 in the mixed race


# --- the processes


def prepare() -> None:
    """One product: a last container, a lot to hold back, a vial of 5 mL, and a lot that all hands want."""
    from django.core.management import call_command
    from django.utils import timezone

    from anagen.clinic.stock import actions

    call_command("migrate", verbosity=0)
    at = timezone.now()
    sheet = actions.Sheet(
        name="Demo",
        maker="Demo Works",
        legal_class="medicine",
        container="vial",
        content_ml=Decimal(5),
        dosing="multi",
        opened_hours=240,
    )
    product = actions.add_product(by="test", sheet=sheet)
    place, _other = (actions.add_place(by="test", name=name) for name in ("A", "B"))
    for number, count in (("LAST", 1), ("HELD", 50), ("OPEN", 1), ("MIXED", 3 * HANDS + 1)):
        expiry = timezone.localdate(at) + timedelta(days=90)
        actions.receive(
            by="test",
            product=product,
            number=number,
            expiry=expiry,
            count=count,
            place=place,
            at=at,
            key=uuid4(),
        )
    lot = _lot("OPEN")
    actions.open_container(by="test", lot=lot, place=place, at=at, key=uuid4())


def _lot(number: str) -> Any:
    from anagen.clinic.stock.models import Lot

    return Lot.objects.get(number=number)


def tried(do: Any) -> str:
    from anagen.clinic.people.actions import Refused

    try:
        do()
    except Refused as refused:
        return "quarantine" if "quarantine" in str(refused) else "refused"
    return "done"


def hand(number: int, begin: Callable[[], Any]) -> list[str]:
    """All races of one hand; each begins when every hand is there."""
    from django.utils import timezone

    from anagen.clinic.stock import actions, queries
    from anagen.clinic.stock.models import Place, Vial

    place, other = Place.objects.order_by("name")
    vial = Vial.objects.get(lot__number="OPEN")
    lots = {name: _lot(name) for name in ("LAST", "HELD", "MIXED")}

    def opened(name: str, key: UUID | None = None) -> str:
        return tried(
            lambda: actions.open_container(
                by="hand", lot=lots[name], place=place, at=timezone.now(), key=key or uuid4()
            )
        )

    said = []
    begin()  # the last container
    said.append(f"last {opened('LAST')}")
    begin()  # one form, sent by all in the same moment
    said.append(f"form {opened('MIXED', UUID(int=7))}")
    begin()  # 2 mL each from a vial of 5 mL
    drawn = tried(
        lambda: actions.draw(
            by="hand", vial=vial, volume_ml=Decimal(2), purpose="W", at=timezone.now(), key=uuid4()
        )
    )
    said.append(f"vial {drawn}")
    begin()  # one holds the lot back while the others open it
    if number == 0:
        time.sleep(0.05)
        actions.quarantine(by="hand", lot=lots["HELD"], reason="cloudy", at=timezone.now())
        said.append("held back")
    else:
        said += [f"held {opened('HELD')}" for _round in range(ROUNDS)]
        while queries.quarantine_of(lots["HELD"]) is None:
            time.sleep(0.05)
        said.append(f"late {opened('HELD')}")
    begin()  # opening, moving and throwing away the same containers
    for turn in range(ROUNDS):
        what: dict[str, Any] = {"by": "hand", "lot": lots["MIXED"], "at": timezone.now(), "key": uuid4()}
        match (number + turn) % 3:
            case 0:
                said.append(f"mixed {tried(partial(actions.open_container, place=place, **what))}")
            case 1:
                said.append(
                    f"mixed {tried(partial(actions.move, source=place, target=other, count=1, **what))}"
                )
            case _:
                said.append(
                    f"mixed {tried(partial(actions.waste, place=place, count=1, reason='broken', **what))}"
                )
    return said


def count() -> dict[str, Any]:
    """What stands afterwards."""
    from anagen.clinic.stock import queries
    from anagen.clinic.stock.models import Balance, Draw, Movement, Quarantine, Vial

    held = Quarantine.objects.get()
    return {
        "wrong": [str(line) for line in queries.wrong_balances()],
        "left": {
            f"{row.lot} {row.place}": row.count for row in Balance.objects.select_related("lot", "place")
        },
        "held_opened": Vial.objects.filter(lot=held.lot).count(),
        "draws": [str(draw.left_ml) for draw in Draw.objects.order_by("number")],
        "forms": Movement.objects.filter(key=UUID(int=7)).count(),
    }


def work() -> None:
    """The hands are forked, so that each begins with what one process has imported and read."""
    import django

    django.setup()
    from django.db import connections

    prepare()
    connections.close_all()  # each hand opens its own
    fork = multiprocessing.get_context("fork")
    barrier, said = fork.Barrier(HANDS), fork.SimpleQueue()
    hands = [fork.Process(target=_hand, args=(number, barrier, said)) for number in range(HANDS)]
    for process in hands:
        process.start()
    told = [said.get() for _process in hands]
    for process in hands:
        process.join()
    print(json.dumps({"said": told, "stands": count()}))


def _hand(number: int, barrier: Any, said: Any) -> None:
    try:
        said.put(hand(number, lambda: barrier.wait(timeout=60)))
    except BaseException:
        barrier.abort()
        said.put(traceback.format_exc())


# --- the test


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A database for these processes alone."""
    given = os.environ.get("ANAGEN_DATABASE", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{tmp_path / 'clinic.sqlite3'}"
        return
    name = f"anagen_hands_{os.getpid()}"
    server = urlunsplit(urlsplit(given)._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.database
def test_many_hands_at_one_shelf(address: str, tmp_path: Path) -> None:
    environment = {
        "ANAGEN_CACHE": str(tmp_path),
        **os.environ,
        "ANAGEN_DATABASE": address,
        "ANAGEN_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "anagen.clinic.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep),
    }

    done = subprocess.run(
        [sys.executable, __file__], env=environment, capture_output=True, text=True, cwd=ROOT, timeout=180
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    failed = [told for told in answer["said"] if isinstance(told, str)]
    assert not failed, "\n".join(failed)
    said, stands = Counter(word for told in answer["said"] for word in told), answer["stands"]

    assert (said["last done"], said["last refused"]) == (1, HANDS - 1), (
        "one gets the last, the others are told"
    )
    assert (said["form done"], stands["forms"]) == (HANDS, 1), "a form sent by all at once counts once"
    assert (said["vial done"], said["vial refused"]) == (2, HANDS - 2), "2 + 2 of 5 mL"
    assert stands["draws"] == ["3.000", "1.000"]
    assert said["late quarantine"] == HANDS - 1, "after a quarantine nobody opens any more"
    assert said["held done"] + said["held quarantine"] == (HANDS - 1) * ROUNDS
    assert stands["held_opened"] == said["held done"] == 50 - stands["left"]["HELD A"]
    assert said["mixed done"] == 3 * HANDS, "as many as lay there, not one more"
    assert said["mixed refused"] == HANDS * ROUNDS - 3 * HANDS
    assert stands["left"]["MIXED A"] == 0 and min(stands["left"].values()) >= 0
    assert stands["wrong"] == [], "every balance is the sum of its movements"


if __name__ == "__main__":
    work()
