"""What holds for every command: help, usage errors, bad input, pipes, and that a person sees no traceback."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from anagen import cli
from anagen.cli import arguments, files, surroundings
from anagen.exchange.errors import BadInput
from anagen.knowledge.reading import Fault, KnowledgeError

PROGRAM = [sys.executable, "-P", "-X", "utf8", "-m", "anagen.cli"]


def run(*command: str, data: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *command], input=data, capture_output=True, text=True)


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on standard error, which must be one line; nothing on standard output."""
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1 and said.err.endswith("\n"), said.err
    assert "Traceback" not in said.err
    return said.err.rstrip("\n")


def test_the_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    overview = capsys.readouterr().out
    for name in (*cli.COMMANDS, "test"):
        assert f"\n  {name} " in overview
    assert cli.main(["--help"]) == cli.main(["help"]) == 0
    assert capsys.readouterr().out == overview * 2


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_a_name_a_line_and_a_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = cli.command(name)
    assert name == module.NAME
    assert module.HELP and "\n" not in module.HELP
    assert cli.main([name, "--help"]) == 0
    assert f"anagen {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["scren"], "anagen: “scren” is no command. Did you mean screen?"),
        (["zzz"], "anagen: “zzz” is no command. Use one of demo, questionnaire,"),
        (["plan"], "anagen plan: --from: is missing. See ./anagen plan --help."),
        (["plan", "--from"], "anagen plan: --from: needs a value."),
        (
            ["plan", "--from", "1.12.2026"],
            "anagen plan: --from: “1.12.2026” is no day. Write it as 2026-11-21.",
        ),
        (["plan", "--from", "2026-02-30"], "anagen plan: --from: “2026-02-30” is not in the calendar."),
        (["plan", "--from", "0001-01-01"], "anagen plan: --from: “0001-01-01” is out of reach."),
        (["plan", "--from", "9999-12-31"], "anagen plan: --from: “9999-12-31” is out of reach."),
        (["plan", "--from", "2026-12-01", "--jsn"], "anagen plan: --jsn: is not known here."),
        (["plan", "--from", "2026-12-01", "--json", "--ics"], "anagen plan: --ics: does not go with --json."),
        (["plan", "--from", "2026-12-01", "--json=1"], "anagen plan: --json: takes no value."),
        (["rules"], "anagen rules: ACTION: is missing."),
        (
            ["rules", "lst"],
            "anagen rules: ACTION: “lst” is not possible. Use one of list, show, check, diff.",
        ),
        (["rules", "diff", "a"], "anagen rules diff: NEW: is missing."),
        (["demo", "--port", "x"], "anagen demo: --port: “x” is no port."),
        (["claims", "extra"], "anagen claims: extra: is not known here."),
    ],
)
def test_a_usage_error_is_one_line_that_names_the_argument_and_the_mend(
    command: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(command) == 2
    assert one_line(capsys).startswith(said)


def test_every_other_complaint_of_argparse_is_passed_on() -> None:
    assert arguments.explained("something new") == "something new"


def broken(error: BaseException) -> ModuleType:
    """A command that fails."""
    module: Any = ModuleType("broken")
    module.NAME, module.HELP = "broken", "fails"
    module.add_arguments = lambda parser: None

    def fail(_arguments: argparse.Namespace) -> int:
        raise error

    module.run = fail
    return module


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Any:
    def fail_with(error: BaseException) -> int:
        monkeypatch.setattr(cli, "command", lambda name: broken(error))
        return cli.main(["plan"])

    return fail_with


def test_an_unexpected_error_is_one_line_and_its_details_are_kept(
    failing: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANAGEN_VAR", str(tmp_path / "new" / "var"))
    assert failing(ZeroDivisionError("a\nb")) == 1
    log = tmp_path / "new" / "var" / "errors.log"
    assert (
        one_line(capsys) == f"anagen: an unexpected error, ZeroDivisionError: a b. The details are in {log}."
    )
    assert "Traceback" in log.read_text() and "ZeroDivisionError" in log.read_text()


def test_an_unexpected_error_is_one_line_even_where_nothing_can_be_written(
    failing: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ANAGEN_VAR", str(tmp_path / "file"))
    assert failing(ZeroDivisionError("x")) == 1
    assert "could not be written" in one_line(capsys)


def test_faulty_knowledge_is_named_with_file_line_and_mend(
    failing: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = [
        Fault("rules/a.yaml", 3, "Wrong.", "Mend it."),
        Fault("rules/b.yaml", 1, "Worse.", "Leave it out."),
    ]
    assert failing(KnowledgeError(faults)) == 2
    assert one_line(capsys) == "rules/a.yaml:3: Wrong. Mend it. (1 more; ./anagen rules check lists all)"
    assert failing(KnowledgeError(faults[:1])) == 2
    assert one_line(capsys) == "rules/a.yaml:3: Wrong. Mend it."


def test_bad_input_is_one_line_with_file_place_and_mend(
    failing: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(BadInput("a.json", "line 3", "It is\nwrong.", "Mend it.")) == 2
    assert one_line(capsys) == "a.json: line 3: It is wrong. Mend it."
    assert failing(BadInput("a.json", "", "It is empty.")) == 2
    assert one_line(capsys) == "a.json: It is empty."


def test_ctrl_c_is_quiet(failing: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert failing(KeyboardInterrupt()) == 130
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{' '.join(PROGRAM)} claims --json | head -1; echo status ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout in ("[\nstatus 141\n", "[\nstatus 0\n")


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("anagen")


# files


@pytest.mark.parametrize(
    ("content", "place", "what"),
    [
        (b"", "", "It is empty."),
        (b"\xff", "line 1", "This is not UTF-8."),
        (b'{"a": 1,\n "a": 2}', "“a”", "This key stands twice"),
        (b'{"a": NaN}', "NaN", "no JSON number"),
        (b'{"a": 1,\n x}', "line 2, column 2", "This is not JSON"),
        (b"[" * 100_000, "", "nested too deeply"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(
    content: bytes, place: str, what: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        files.read_json(str(file))
    assert (refused.value.file, refused.value.place) == (str(file), place)
    assert what in refused.value.what
    assert refused.value.mend


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf[1]")
    assert files.read_json(str(tmp_path / "a.json")) == [1]


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for name, what in (("none.json", "no such file"), ("", "a folder"), ("a" * 300, "cannot be read")):
        with pytest.raises(BadInput, match=what):
            files.read_bytes(str(tmp_path / name))
    with pytest.raises(BadInput, match="cannot be read"):
        files.read_bytes("a\0b")


def test_a_dash_is_standard_input() -> None:
    done = run("screen", "-", data="{")
    assert done.returncode == 2
    assert done.stderr.startswith("standard input: line 1, column ")


# start


@pytest.mark.parametrize(
    "command",
    [
        ["plan", "--from", "2026-12-01"],
        ["rules", "list"],
        ["claims"],
        ["questionnaire", "--example", "--on", "2026-12-01"],
    ],
)
def test_a_patient_is_screened_and_planned_without_django_or_yaml(command: list[str]) -> None:
    assert run(*command).returncode == 0  # keeps the knowledge for the next start
    code = (
        "import sys; from anagen.cli import main; status = main(sys.argv[1:]); sys.stdout.flush();"
        "heavy = {'django', 'gunicorn', 'psycopg', 'jsonschema', 'recurring_ical_events'} & set(sys.modules);"
        "sys.exit(f'{status}: {heavy}' if status or heavy else 0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(surroundings.CHECKOUT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
