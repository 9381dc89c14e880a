"""The server is killed again and again while sessions are recorded: what it has acknowledged is there, exactly once.

A real server on a port and a database of its own is ended with SIGKILL at random moments and started again. Clients
go on as the page of a session does: what was not answered is sent again under the same key, and some of it never.
Run as a script, this file is the server, or makes and counts what stands: `test_killed_server.py ROLE …`.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import uuid4, uuid5

import psycopg
import pytest
from tools.clinic import free_port

ROUNDS: Final = 8
CLIENTS: Final = 4
EACH: Final = 6  # sessions of one client
SECRET: Final = "k" * 32  # of the forms
PASSWORD: Final = "warm paper and ink"
ROOT: Final = Path(__file__).resolve().parents[2]


# --- as the server, and what stands behind it


def set_up() -> None:
    import django
    from django.conf import settings

    django.setup()
    # Whoever signs enters a password; its hash is slow on purpose, which is not what is tried here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def serve(port: str) -> None:
    from anagen.cli import demo

    demo.served("", int(port), ()).run()


def prepare() -> dict[str, Any]:
    """A nurse who is signed in, and sessions whose first needle has been set."""
    from datetime import date

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.utils import timezone
    from tests.clinic.treatment import chair

    from anagen.clinic.audit.context import acting
    from anagen.clinic.people.actions import register_patient
    from anagen.clinic.people.models import User
    from anagen.clinic.screening.actions import decide
    from anagen.clinic.treatment import actions
    from anagen.clinic.treatment.models import Event

    call_command("migrate", verbosity=0)
    on = timezone.localdate()
    with acting("test"):
        nurse, lead = (User(username=name, full_name=name, role=name) for name in ("nurse", "medical_lead"))
        for user in (nurse, lead):
            user.set_password(PASSWORD)
            user.save()
    chair.price(lead, on)
    sessions = []
    for number in range(CLIENTS * EACH):
        patient = register_patient(
            by="test", given_name="P", family_name=str(number), birth_date=date(1990, 1, 1), on=on
        )
        decide(by=nurse, patient=patient, on=on)
        code = f"S{number}"
        chair.syringe(patient, nurse, code=code)
        treatment = actions.start_treatment(by=nurse, patient=patient, on=on)
        actions.add_event(by=nurse, treatment=treatment, kind="syringe", data={"code": code})
        now = timezone.now()
        with acting(nurse):  # the checks before it are not what is tried here
            Event.objects.create(
                treatment=treatment, key=uuid4(), kind="first_needle", at=now, received_at=now, by=nurse
            )
        sessions.append([f"/patients/{patient.number}/treatment/{treatment.pk}", code])
    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(nurse.pk), nurse.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "anagen.clinic.people.sign_in.Accounts"
    store.create()
    return {"cookie": store.session_key, "sessions": sessions}


def count() -> dict[str, Any]:
    """What stands afterwards."""
    from anagen.clinic.audit.verify import verify
    from anagen.clinic.billing.models import Charge
    from anagen.clinic.treatment import chart
    from anagen.clinic.treatment.models import Administration, ChartLink, Event, Finish

    return {
        "events": [str(key) for key in Event.objects.values_list("key", flat=True)],
        "finishes": {str(one.key): one.treatment_id for one in Finish.objects.all()},
        "administered": list(Administration.objects.values_list("finish__treatment_id", flat=True)),
        "charged": list(Charge.objects.values_list("treatment_finish__treatment_id", flat=True)),
        "signed": {str(one.key): one.treatment_id for one in ChartLink.objects.all()},
        "trail": verify().ok,
        "charts": chart.verify().ok,
    }


def work(role: str, *arguments: str) -> None:
    set_up()
    if role == "serve":
        serve(*arguments)
    else:
        print(json.dumps({"prepare": prepare, "count": count}[role]()))


# --- the clients


@dataclass
class Client:
    """One tablet: what it has sent, and what it was told."""

    number: int
    port: int
    cookie: str
    sessions: list[tuple[str, str]]
    stop: threading.Event
    acknowledged: dict[str, set[str]] = field(
        default_factory=lambda: {"events": set(), "finishes": set(), "signed": set()}
    )
    given_up: set[str] = field(default_factory=set)
    unanswered: int = 0
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.number)

    def run(self) -> None:
        for path, code in self.sessions:
            if self.stop.is_set() or not self.treat(path, code):
                continue
        while not self.stop.is_set():  # the server is never killed while it is idle
            self.events(self.sessions[0][0], [("note", {"words": "x"})])

    def treat(self, path: str, code: str) -> bool:
        note = ("note", {"words": "x"})
        points = {"regions": {"vertex": "100"}, "depth_mm": "2", "volume_ml": "0.05"}
        self.events(path, [note, ("pain", {"score": "2"}), note])  # these may be given up
        fresh = [("needle_change", {})] * 3  # as many as 100 points ask for: else the end asks why
        done = (
            self.must(path, [("map", points), ("pain", {"score": "3"}), *fresh])
            and self.form(f"{path}/finish", "finishes", {f"given-{code}": "5", f"wasted-{code}": "0"})
            and self.must(path, [("observed", {"well": True}), ("left", {"reason": "sister"}), note])
        )
        return done and self.form(f"{path}/sign", "signed", {"password": PASSWORD, "sheet": "1"})

    def must(self, path: str, events: list[tuple[str, dict[str, Any]]]) -> bool:
        return self.events(path, events, give_up=0.0)

    def events(self, path: str, events: list[tuple[str, dict[str, Any]]], give_up: float = 0.3) -> bool:
        sent = [
            {"key": str(uuid4()), "kind": kind, "at": "2026-01-01T00:00:00+00:00", "data": data}
            for kind, data in events
        ]
        answer = self.asked(f"{path}/events", json.dumps({"events": sent}), "application/json", give_up)
        if answer is None:
            self.given_up |= {str(one["key"]) for one in sent}
            return False
        if answer[0] != 200:
            self.refused.append(f"{answer[0]} for {path}: {answer[1]}")
            self.stop.set()
            return False
        for one in json.loads(answer[1])["events"]:
            if one["accepted"]:
                self.acknowledged["events"].add(one["key"])
            elif not path.startswith(self.sessions[0][0]):  # the first one is signed in the end
                self.refused.append(one["reason"])
        return True

    def form(self, path: str, what: str, fields: dict[str, str]) -> bool:
        key = uuid4()
        kept = str(uuid5(key, "record")) if what == "signed" else str(key)
        body = urlencode(fields | {"key": str(key)})
        answer = self.asked(path, body, "application/x-www-form-urlencoded", 0.3)
        if answer is None:
            self.given_up.add(kept)
            return False
        if answer[0] != 302 and what == "signed":
            return (
                False  # passwords whose answers were lost count as failed tries: after some, signing pauses
            )
        if answer[0] != 302:
            page = re.sub(r"<script.*?</script>", " ", answer[1].partition("<main")[2], flags=re.DOTALL)
            said = re.sub(r"<[^>]+>", " ", page)
            self.refused.append(f"{answer[0]} for {path}: {' '.join(said.split())[:600]}")
            return False
        self.acknowledged[what].add(kept)
        return True

    def asked(self, path: str, body: str, kind: str, give_up: float) -> tuple[int, str] | None:
        """The answer of the server, asked until it answers; None when this tablet gives up or everything ends."""
        headers = {
            "Content-Type": kind,
            "Cookie": f"anagen_session={self.cookie}; anagen_csrf={SECRET}",
            "X-CSRFToken": SECRET,
        }
        while not self.stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request("POST", path, body, headers)
                answer = connection.getresponse()
                text = answer.read().decode()
            except ConnectionRefusedError:
                time.sleep(0.05)  # it is being started
            except (http.client.HTTPException, OSError):
                self.unanswered += 1
                if self.chance.random() < give_up:
                    return None
            else:
                if answer.status < 500:
                    return answer.status, text
                self.refused.append(f"{answer.status} for {path}")
                time.sleep(0.1)
            finally:
                connection.close()
        return None


# --- the test


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A database for this server alone."""
    given = os.environ.get("ANAGEN_DATABASE", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{tmp_path / 'clinic.sqlite3'}"
        return
    name = f"anagen_killed_{os.getpid()}"
    server = urlunsplit(urlsplit(given)._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.database
def test_nothing_that_was_acknowledged_is_lost_when_the_server_is_killed(
    address: str, tmp_path: Path
) -> None:
    environment = {
        "ANAGEN_CACHE": str(tmp_path),
        **os.environ,
        "ANAGEN_DATABASE": address,
        "ANAGEN_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "anagen.clinic.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep),
    }
    port, chance = free_port(), random.Random(7)

    def said_by(role: str) -> Any:
        done = subprocess.run(
            [sys.executable, __file__, role], env=environment, cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @contextlib.contextmanager
    def server() -> Iterator[None]:
        """The server with its workers, a group of its own; at the end all of it is killed at once."""
        with (tmp_path / "said.txt").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, __file__, "serve", str(port)],
                env=environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            wait_for(port, process, tmp_path)
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    made = said_by("prepare")
    stop = threading.Event()
    shares = [made["sessions"][number::CLIENTS] for number in range(CLIENTS)]
    clients = [Client(n, port, made["cookie"], share, stop) for n, share in enumerate(shares)]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    try:
        for _round in range(ROUNDS):
            with server():
                time.sleep(chance.uniform(0.2, 1.2))
        with server():
            time.sleep(1)
            stop.set()
            for thread in threads:
                thread.join(60)
    finally:
        stop.set()
    stands = said_by("count")

    refused = [words for client in clients for words in client.refused]
    assert not refused, "\n".join(refused)
    assert sum(client.unanswered for client in clients) >= ROUNDS / 2, "it was killed while it was at work"
    for what in ("events", "finishes", "signed"):
        acknowledged = set().union(*(client.acknowledged[what] for client in clients))
        assert acknowledged, f"no {what} were acknowledged at all"
        assert acknowledged <= set(stands[what]), f"{what} that were acknowledged are lost"
    assert len(set(stands["events"])) == len(stands["events"]), "every event is there once"

    finished = sorted(stands["finishes"].values())
    assert len(set(finished)) == len(finished)
    assert sorted(stands["administered"]) == finished, (
        "a record without what was given, or the other way round"
    )
    assert sorted(stands["charged"]) == finished, "a record without its charge, or the other way round"
    assert set(stands["signed"].values()) <= set(finished)
    assert stands["trail"] and stands["charts"], "both chains hold"


def wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            alive = process.poll() is None and time.monotonic() < end
            assert alive, (folder / "said.txt").read_text(errors="replace")[-3000:]
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()


if __name__ == "__main__":
    work(*sys.argv[1:])
