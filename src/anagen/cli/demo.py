"""A fictitious clinic on this machine: set up, filled, served."""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from anagen.cli.errors import BAD_NEWS, GOOD, BadInput, complain

if TYPE_CHECKING:
    from gunicorn.app.base import BaseApplication

NAME: Final = "demo"
HELP: Final = "set up, fill a fictitious clinic and serve it on this machine"
HERE: Final = "127.0.0.1"
FIRST_PORT: Final = 8000
_PORTS_TRIED: Final = 100
_MEND: Final = "Give the demo a database of its own with ANAGEN_VAR or ANAGEN_DATABASE."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=_port, metavar="N", help=f"the port; the first free one from {FIRST_PORT} on"
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(
            f"“{text}” is no port. Write a number from 1 to 65535, such as 8000."
        )
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    port = choose_port(arguments.port)
    from anagen.cli.clinic import database, ready, upgrade_refused

    ready(records=False)
    if upgrade_refused("anagen demo"):
        return BAD_NEWS
    from django.core.management import call_command
    from django.db import connections

    complain("anagen demo: setting up")
    call_command("migrate", interactive=False, verbosity=0)
    from anagen.clinic.demo.actions import fill
    from anagen.clinic.people.actions import Refused

    complain("anagen demo: filling the clinic")
    try:
        log_ins = list(fill())
    except Refused as refused:
        raise BadInput(database(), "", str(refused), _MEND) from None
    connections.close_all()  # the workers open their own
    served(f"http://{HERE}:{port}/", port, log_ins).run()
    return GOOD


def choose_port(wanted: int | None) -> int:
    """The port that was asked for, or the first free one; BadInput when it is taken or may not be used."""
    if wanted is not None:
        why = _not_usable(wanted)
        if why:
            raise BadInput(
                "anagen demo", "--port", f"Port {wanted} {why}.", "Choose another, or leave --port out."
            )
        return wanted
    for port in range(FIRST_PORT, FIRST_PORT + _PORTS_TRIED):
        if not _not_usable(port):
            return port
    last = FIRST_PORT + _PORTS_TRIED - 1
    raise BadInput(
        "anagen demo",
        "--port",
        f"Every port from {FIRST_PORT} to {last} is taken.",
        "Choose another with --port.",
    )


def _not_usable(port: int) -> str:
    """Why nothing can listen on that port; empty when it is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, port))
        except PermissionError:
            return "is for the system alone"
        except OSError:
            return "is taken"
    return ""


def served(address: str, port: int, log_ins: Iterable[Any]) -> BaseApplication:
    """The production server, with threads: a page waits for the database, not for other pages."""
    from gunicorn.app.base import BaseApplication

    class Clinic(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            settings = {
                "bind": f"{HERE}:{port}",
                "workers": 2,
                "worker_class": "gthread",
                "threads": 4,
                "preload_app": True,
                "graceful_timeout": 5,
                "timeout": 60,
                "loglevel": "warning",
                "when_ready": lambda server: _tell(address, log_ins),
            }
            for key, value in settings.items():
                self.cfg.set(key, value)

        def load(self) -> Any:
            from anagen.clinic.wsgi import application

            return application

    os.environ.pop("GUNICORN_CMD_ARGS", None)  # settings of another server on this machine
    return Clinic()


def _tell(address: str, log_ins: Iterable[Any]) -> None:
    """The address and who may sign in, once the server listens."""
    lines = ["", f"Anagen is at {address}", ""]
    rows = [(str(each.role), str(each.username), str(each.password)) for each in log_ins]
    if rows:
        heads = ("role", "user name", "password")
        widths = [max(len(row[column]) for row in (heads, *rows)) + 2 for column in range(3)]
        lines += [
            "  " + "".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (heads, *rows)
        ]
        lines.append("")
    lines.append("Every person in it is fictitious. Ctrl-C ends it.")
    with contextlib.suppress(BrokenPipeError):
        print("\n".join(lines), flush=True)
