"""What holds for every test: no network but this machine's own, steady examples, each on its database."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
from tools import browser

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup", "client", "admin_client"}

# The same examples on every run: a failure in CI can be repeated at a desk. To look for new ones:
# ./anagen test tests/property --hypothesis-profile=explore
hypothesis.settings.register_profile(
    "steady", derandomize=True, database=None, max_examples=100, deadline=None, print_blob=True
)
hypothesis.settings.register_profile(
    "explore", database=None, max_examples=3000, deadline=None, print_blob=True
)
hypothesis.settings.load_profile("steady")


# --- the network


class OutsideNetwork(RuntimeError):
    """A test tried to reach another machine."""


def stays_here(address: object) -> bool:
    """Whether a socket address is on this machine: a Unix socket, or an address of the loopback range."""
    if not isinstance(address, tuple):
        return True
    host = address[0]
    if host in ("localhost", "", None):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def guarded(method: Callable[..., Any], place: int) -> Callable[..., Any]:
    """`method` of a socket, refusing other machines; `place` is the address's position in its arguments."""

    def call(self: socket.socket, *arguments: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not stays_here(arguments[place]):
            raise OutsideNetwork(f"tests stay on this machine; this one tried to reach {arguments[place]}")
        return method(self, *arguments)

    return call


def guarded_lookup(lookup: Callable[..., Any]) -> Callable[..., Any]:
    def call(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if not stays_here((name, 0)):
            raise OutsideNetwork(f"tests stay on this machine; this one looked up {name}")
        return lookup(host, *arguments, **options)

    return call


def pytest_configure(config: pytest.Config) -> None:
    # For the whole run and not as a fixture: imports, session fixtures and threads are held to it as well.
    keep = pytest.MonkeyPatch()
    config.add_cleanup(keep.undo)
    keep.setattr(socket.socket, "connect", guarded(socket.socket.connect, 0))
    keep.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex, 0))
    keep.setattr(socket.socket, "sendto", guarded(socket.socket.sendto, -1))
    keep.setattr(socket, "getaddrinfo", guarded_lookup(socket.getaddrinfo))


# --- which test runs on which database


def needs_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    other = "sqlite" if os.environ.get("ANAGEN_DATABASE", "").startswith("postgres") else "postgres"
    kept, left_out = [], []
    for item in items:
        if needs_database(item):
            item.add_marker("database")
        (left_out if item.get_closest_marker(other) else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.option.collectonly or browser.find() is not None:
        return
    if any(item.get_closest_marker("journey") for item in session.items):
        raise pytest.UsageError(browser.MISSING)


# --- the browser


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that `./anagen test` found or installed. Give it to Playwright as `executable_path`."""
    path = browser.find()
    if path is None:
        raise pytest.UsageError(browser.MISSING)
    return path


@pytest.fixture(scope="session")
def chromium_arguments() -> list[str]:
    """Command-line arguments for a Chromium that can reach this machine only, and that starts as root."""
    return [
        "--no-sandbox",
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ]


@pytest.fixture
def environment() -> Iterator[pytest.MonkeyPatch]:
    """The environment without anything a developer has set for Anagen, put back afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("ANAGEN_")]:
            patch.delenv(name)
        yield patch
