"""`demo` and `bench`: ports, log-ins, and what is run. Serving itself is shown by the journeys."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

import pytest

from anagen.cli import bench, demo, main
from anagen.exchange.errors import BadInput


@dataclass
class LogIn:
    role: str
    username: str
    password: str


def test_a_taken_port_is_one_line_with_the_mend(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind((demo.HERE, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["demo", "--port", str(port)]) == 2
    assert capsys.readouterr().err == (
        f"anagen demo: --port: Port {port} is taken. Choose another, or leave --port out.\n"
    )


def test_a_free_port_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind((demo.HERE, 0))
        port = free.getsockname()[1]
    assert demo.choose_port(port) == port


def test_without_a_port_the_first_free_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_not_usable", lambda port: "is taken" if port < 8003 else "")
    assert demo.choose_port(None) == 8003


def test_when_every_port_is_taken_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_not_usable", lambda port: "is taken")
    with pytest.raises(BadInput, match="Every port from 8000 to 8099 is taken"):
        demo.choose_port(None)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eight", "8000.5"])
def test_what_is_no_port(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", f"--port={port}"]) == 2
    assert f"“{port}” is no port." in capsys.readouterr().err


def test_the_address_and_the_log_ins_are_told_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    demo._tell(
        "http://127.0.0.1:8000/", [LogIn("nurse", "nora", "a long password"), LogIn("prescriber", "pia", "x")]
    )
    assert capsys.readouterr().out.splitlines() == [
        "",
        "Anagen is at http://127.0.0.1:8000/",
        "",
        "  role        user name  password",
        "  nurse       nora       a long password",
        "  prescriber  pia        x",
        "",
        "Every person in it is fictitious. Ctrl-C ends it.",
    ]


def test_the_server_has_threads_and_listens_on_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--bind 0.0.0.0:1")
    server = demo.served("http://127.0.0.1:8000/", 8000, [])
    assert server.cfg.bind == ["127.0.0.1:8000"]
    assert server.cfg.worker_class_str == "gthread"
    assert server.cfg.threads == 4


def test_benchmarks_are_run_each_by_itself_and_a_failure_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.py").write_text("print('fine')")
    (tmp_path / "poor.py").write_text("raise SystemExit(1)")
    (tmp_path / "_shared.py").write_text("raise SystemExit(1)")
    found = bench.benchmarks(tmp_path)
    assert list(found) == ["good", "poor"]
    monkeypatch.setattr(bench, "benchmarks", lambda: found)
    assert main(["bench", "good"]) == 0
    assert capfd.readouterr().out == "good\nfine\n"
    assert main(["bench"]) == 1
    assert "failed: poor" in capfd.readouterr().out
    assert main(["bench", "none"]) == 2
    assert (
        capfd.readouterr().err == "anagen bench: NAME: There is no benchmark “none”. There are: good, poor.\n"
    )
