"""Two call back the same lot at the same moment: one recall stands, the other has joined it.

Each is a process of its own on one database. Run as a script, this file is such a process: `test_recall_parallel.py
ROLE START`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.concurrency.test_stock_parallel import address  # noqa: F401  the database of these processes

ROOT = Path(__file__).resolve().parents[2]


# --- the processes


def prepare() -> str:
    """One lot of one product, and nobody treated yet."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django.utils import timezone
    from tests.clinic.formulation.conftest import receive, sheet_of

    from anagen.clinic.stock import actions as stock

    place, product = stock.add_place(by="t", name="A"), stock.add_product(by="t", sheet=sheet_of("saline"))
    receive(product, place, timezone.now(), number="BAD")
    return "ready"


def call_back(start: float) -> bool:
    """Whether an open recall was joined."""
    from anagen.clinic.recall.actions import Subject, open_recall
    from anagen.clinic.recall.models import About
    from anagen.clinic.stock.models import Lot

    subject = Subject(About.LOTS, lots=list(Lot.objects.all()))
    time.sleep(max(0.0, start - time.time()))
    said = {"reason": "The maker has written.", "source": "maker", "severity": "serious", "key": uuid4()}
    return open_recall(by="t", subject=subject, **said).joined  # type: ignore[arg-type]


def count() -> dict[str, Any]:
    """What stands afterwards."""
    from anagen.clinic.recall.models import Joined, Recall, RecallLot
    from anagen.clinic.stock.models import Quarantine

    return {model.__name__: model.objects.count() for model in (Recall, RecallLot, Joined, Quarantine)}


def work(role: str, start: str) -> None:
    import django

    django.setup()
    done = {"prepare": prepare, "count": count}
    print(json.dumps(done[role]() if role in done else call_back(float(start))))


# --- the test


@pytest.mark.database
def test_two_call_back_one_lot(address: str, tmp_path: Path) -> None:  # noqa: F811
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

    def answer_of(process: subprocess.Popen[str]) -> Any:
        out, error = process.communicate(timeout=120)
        assert process.returncode == 0, error
        return json.loads(out)

    assert answer_of(begin("prepare")) == "ready"
    moment = time.time() + 5
    joined = [answer_of(process) for process in [begin("call_back", moment) for _ in range(2)]]
    assert sorted(joined) == [False, True]
    assert answer_of(begin("count")) == {"Recall": 1, "RecallLot": 1, "Joined": 1, "Quarantine": 1}


if __name__ == "__main__":
    work(*sys.argv[1:])
