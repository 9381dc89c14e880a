"""Pages under load: the real server of ``anagen demo`` with its demo clinic, on this machine.

    python bench/pages.py [SECONDS]

A demo with a folder of its own is started on a free port, a prescriber signs in on four connections, and for some
seconds a page each is asked for as fast as it comes (closed loop, keep-alive). Every answer must be the page that was
meant, status 200. The client runs on the same machine and takes part of it: the CPU time of the server for one page,
its database included, is the figure that says most. At the end the server is stopped by its process number.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from _measure import begin, print_table

ROOT = Path(__file__).resolve().parents[1]
HERE = "127.0.0.1"
CONNECTIONS, SECONDS, PATIENCE, PATIENTS = 4, 8.0, 120.0, 8
WHO = "prescriber"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PATIENT = re.compile(r'href="/patients/([^"/?]+)"')
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Browser:
    """One connection that stays open and keeps its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        for last_try in (False, True):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(HERE, self.port, timeout=60)
            try:
                return self._exchange(self.connection, path, form)
            except (http.client.RemoteDisconnected, ConnectionError):
                # a server may close a connection that has been idle; a second time it is a fault
                self.connection.close()
                self.connection = None
                if last_try:
                    raise
        raise AssertionError

    def _exchange(
        self, connection: http.client.HTTPConnection, path: str, form: dict[str, str] | None
    ) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://{HERE}:{self.port}",
            }
            body = urlencode(form)
        connection.request("GET" if form is None else "POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text

    def sign_in(self, username: str, password: str) -> None:
        _, page = self.ask("/sign-in")
        token = _TOKEN.search(page)
        if token is None:
            raise SystemExit("  the page to sign in has no form")
        form = {"csrfmiddlewaretoken": token[1], "username": username, "password": password}
        status, page = self.ask("/sign-in", form)
        if status != 302:
            raise SystemExit(f"  signing in was refused ({status})")


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[int, int, str]]:
    """A demo of its own: its port, the number of its process, and the password it printed."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "ANAGEN_VAR": str(folder / "var")}
    environment.pop("ANAGEN_DATABASE", None)
    environment.pop("ANAGEN_CACHE", None)
    log = folder / "demo.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [ROOT / "anagen", "demo", "--port", str(port)],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            process_group=0,
        )  # fmt: skip
        try:
            end = time.monotonic() + PATIENCE
            while f":{port}/" not in log.read_text(encoding="utf-8", errors="replace"):
                if process.poll() is not None or time.monotonic() > end:
                    raise SystemExit(f"  the demo did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
                time.sleep(0.1)
            said = log.read_text(encoding="utf-8")
            row = next(line for line in said.splitlines() if re.search(rf"\s{WHO}\s", line))
            yield port, process.pid, re.split(r"\s{2,}", row.strip())[-1]
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def cpu_of(leader: int) -> float:
    """Seconds of CPU that the server and its workers have taken so far."""
    spent = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[2]) == leader:  # the process group
                spent += int(fields[11]) + int(fields[12])
    return spent / _TICKS


def pages(browser: Browser) -> dict[str, list[str]]:
    """The pages to ask for, of patients for whom there is a decision and a course."""
    _, listed = browser.ask("/patients")
    numbers = list(dict.fromkeys(_PATIENT.findall(listed)))
    whole = []
    for number in numbers:
        if number == "register":
            continue
        _, screening = browser.ask(f"/patients/{number}/screening")
        found = re.search(rf'href="(/patients/{re.escape(number)}/screening/\d+)"', screening)
        status, plan = browser.ask(f"/patients/{number}/course")
        if found is not None and status == 200 and "<svg" in plan:
            whole.append((number, found[1]))
    if not whole:
        raise SystemExit(f"  none of {len(numbers)} patients has both a decision and a course")
    whole = whole[:PATIENTS]
    return {
        "health (no page)": ["/health"],
        "home": ["/"],
        "search": ["/patients?q=an", "/patients?q=mar", "/patients?q=o"],
        "patient": [f"/patients/{number}" for number, _ in whole],
        "screening": [f"/patients/{number}/screening" for number, _ in whole],
        "decision": [decision for _, decision in whole],
        "plan": [f"/patients/{number}/course" for number, _ in whole],
    }


def under_load(browsers: Sequence[Browser], paths: Sequence[str], seconds: float) -> list[float]:
    """Latencies in seconds; an answer that is not 200 ends the benchmark."""
    times: list[float] = []
    faults: list[str] = []
    end = time.perf_counter() + seconds

    def ask(browser: Browser, turn: int) -> None:
        while time.perf_counter() < end and not faults:
            path = paths[turn % len(paths)]
            turn += 1
            started = time.perf_counter()
            try:
                status, _ = browser.ask(path)
            except (OSError, http.client.HTTPException) as error:
                faults.append(f"{path}: {error}")
                return
            times.append(time.perf_counter() - started)
            if status != 200:
                faults.append(f"{path} answered {status}")

    threads = [
        threading.Thread(target=ask, args=(browser, number)) for number, browser in enumerate(browsers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise SystemExit(f"  {faults[0]}")
    return times


def main(seconds: float = SECONDS) -> int:
    begin(f"{CONNECTIONS} connections, {seconds:.0f} s a page; two workers of four threads, SQLite")
    rows = []
    with tempfile.TemporaryDirectory(prefix="anagen-bench-") as folder, served(Path(folder)) as server:
        port, leader, password = server
        browsers = [Browser(port) for _ in range(CONNECTIONS)]
        for browser in browsers:
            browser.sign_in(WHO, password)
        for name, paths in pages(browsers[0]).items():
            under_load(browsers, paths, min(1.0, seconds))  # both workers have seen it
            before, started = cpu_of(leader), time.perf_counter()
            times = under_load(browsers, paths, seconds)
            took, spent = time.perf_counter() - started, cpu_of(leader) - before
            percentiles = statistics.quantiles(times, n=100)
            rows.append(
                (
                    name,
                    len(times),
                    f"{len(times) / took:.0f}",
                    *(f"{percentiles[each - 1] * 1000:.1f}" for each in (50, 95, 99)),
                    f"{spent / len(times) * 1000:.2f}",
                )
            )
    print_table(("page", "answers", "per second", "ms, half", "95 %", "99 %", "server CPU ms"), rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:2])))
