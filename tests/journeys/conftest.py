"""A clinic, browsers, and people in front of them.

The clinic is the demo: made once per run, copied for each worker, served by the production server on a day that does
not change (Tuesday, 2 March 2027). Each journey has its own patients, so that none meets what another has done.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from tests.journeys import chairs
from tests.journeys.visitor import Visitor
from tools import clinic as clinics

PICTURES = Path(__file__).resolve().parents[2] / "var" / "journeys"
QUIETLY = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--force-color-profile=srgb",
    "--no-first-run",
    "--mute-audio",
)


class Arrive(Protocol):
    """`arrive("nurse")` signs in; `arrive()` is somebody from outside."""

    def __call__(self, username: str = "", /, **options: Any) -> Visitor: ...


@pytest.fixture(scope="session")
def clinic_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Where this worker's clinic is kept."""
    base = tmp_path_factory.getbasetemp()
    common = base if worker_id == "master" else base.parent
    made, own = common / "clinic-made", tmp_path_factory.mktemp("clinic") / "var"
    with (common / "clinic.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one worker fills it, the other waits
        if not (common / "clinic-is-made").exists():
            shutil.rmtree(made, ignore_errors=True)
            clinics.fill(made)
            (common / "clinic-is-made").touch()
    shutil.copytree(made, own)
    return own


@pytest.fixture(scope="session")
def clinic(clinic_folder: Path) -> Iterator[str]:
    """The address of this worker's clinic."""
    with clinics.served(clinic_folder) as address:
        yield address


@pytest.fixture(scope="session")
def made_chairs(clinic_folder: Path) -> None:
    """The patients of `chairs` are in this worker's clinic."""
    chairs.make(clinic_folder)


@pytest.fixture(scope="session")
def looked_at() -> set[str]:
    """The pages that were inspected already."""
    return set()


@pytest.fixture(scope="session")
def signed_in() -> dict[str, Any]:
    """User name → the cookies of somebody who has signed in as the first of this run."""
    return {}


@pytest.fixture(scope="session")
def chromium_address(
    chromium_path: str, chromium_arguments: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """One Chromium for all journeys of this worker; the address at which it takes orders."""
    profile = tmp_path_factory.mktemp("chromium")
    command = [chromium_path, *chromium_arguments, *QUIETLY, f"--user-data-dir={profile}", "about:blank"]
    with (profile / "said.txt").open("wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        end = time.monotonic() + 60
        while len(port := _port_written_in(profile)) == 0:
            assert process.poll() is None and time.monotonic() < end, (profile / "said.txt").read_text()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _port_written_in(profile: Path) -> str:
    try:
        return (profile / "DevToolsActivePort").read_text().partition("\n")[0]
    except FileNotFoundError:
        return ""


@pytest.fixture
def chromium(chromium_address: str) -> Iterator[Browser]:
    # Playwright for each journey alone: while it runs, Django takes the thread for an asynchronous one, and other
    # tests of the same worker want the database.
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(chromium_address)
        yield browser
        browser.close()


@pytest.fixture
def arrive(
    clinic: str,
    chromium: Browser,
    looked_at: set[str],
    signed_in: dict[str, Any],
    request: pytest.FixtureRequest,
) -> Iterator[Arrive]:
    """Lets people come in. At the end: nobody has seen an error in the console or a request to another host."""
    expect.set_options(timeout=20_000)
    visitors: list[Visitor] = []

    def come(username: str = "", /, *, name: str = "", anew: bool = False, **options: Any) -> Visitor:
        """`anew`: signs in for this visit alone (whoever signs out needs that)."""
        settings = {"locale": "en-GB", "reduced_motion": "reduce", "timezone_id": "UTC"} | options
        if username and not anew and username in signed_in:
            settings["storage_state"] = signed_in[username]
        context = chromium.new_context(**settings)
        context.set_default_timeout(20_000)
        visitor = Visitor(name or username or "outside", context, clinic, looked_at)
        visitor.scripted = options.get("java_script_enabled", True)
        visitors.append(visitor)
        if username and "storage_state" not in settings:
            sign_in(visitor, username)
            if not anew:
                signed_in[username] = context.storage_state()
        return visitor

    yield come
    failed = getattr(request.node, "failed_call", False)
    name = request.node.name.replace("/", "-")
    if failed:
        for visitor in visitors:
            print(f"{visitor.name} was at {visitor.page.url}: {visitor.picture(PICTURES, name)}")
    faults = [f"{visitor.name}: {fault}" for visitor in visitors for fault in visitor.faults]
    for visitor in visitors:
        visitor.context.close()
    if not failed:
        assert not faults, "\n".join(faults)


def sign_in(visitor: Visitor, username: str) -> None:
    visitor.goes_to("/sign-in", "Sign in")
    visitor.types("User name", username)
    visitor.types("Password", clinics.PASSWORD)
    visitor.presses("Sign in")
    visitor.reads("Good")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.failed_call = report.failed  # type: ignore[attr-defined]
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("journey")
