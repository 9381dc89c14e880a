"""The command line, one module per command.

A command is a module with ``NAME``, ``HELP`` (one line), ``add_arguments(parser)`` and ``run(arguments) -> int``.
Only the module of the command that is asked for is imported, so that each starts as fast as it can.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Final

from anagen.cli.arguments import Parser
from anagen.cli.errors import BAD_INPUT, BAD_NEWS, CLOSED, GOOD, STOPPED, BadInput, complain
from anagen.cli.surroundings import keep_what_is_slow, var

COMMANDS: Final = (
    "demo",
    "questionnaire",
    "screen",
    "plan",
    "mix",
    "map",
    "rules",
    "claims",
    "cases",
    "audit",
    "replay",
    "recall",
    "bench",
    "manage",
)
_LAUNCHER: Final = {"test": "set up and run every test; arguments go to pytest"}

_OVERVIEW: Final = """\
Anagen: hair mesotherapy, from the first question to the measured result.

usage: ./anagen COMMAND [arguments]      ./anagen COMMAND --help says more

{commands}

Exit status: 0 done, 1 done and the answer is bad news, 2 bad input (one line says which file, where, and the mend).
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; whatever happens, a person sees no traceback. Returns the exit status."""
    keep_what_is_slow()
    try:
        status = _command(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Python flushes once more at its end; what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED
    except KeyboardInterrupt:
        return STOPPED
    except BadInput as bad:
        complain(bad)
        return BAD_INPUT
    except Exception as error:
        return _unexpected(error)


def _command(argv: list[str]) -> int:
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(overview(), end="")
        return GOOD
    name, rest = argv[0], argv[1:]
    if name == "--version":
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"anagen {version('anagen')}")
        except PackageNotFoundError:  # a checkout is on the path, not installed
            print("anagen, from a checkout")
        return GOOD
    if name not in COMMANDS:
        from difflib import get_close_matches

        near = get_close_matches(name, (*COMMANDS, *_LAUNCHER), n=1)
        hint = (
            f"Did you mean {near[0]}?" if near else "Use one of " + ", ".join((*COMMANDS, *_LAUNCHER)) + "."
        )
        complain(f"anagen: “{name}” is no command. {hint}")
        return BAD_INPUT
    module = command(name)
    try:
        return int(module.run(parser(module).parse_args(rest)))
    except SystemExit as end:  # --help, and usage errors that are already explained
        return end.code if isinstance(end.code, int) else GOOD if end.code is None else BAD_INPUT


def command(name: str) -> ModuleType:
    """The module of a command."""
    return importlib.import_module(f"anagen.cli.{name}")


def parser(module: ModuleType) -> Parser:
    """The parser of one command's arguments."""
    made = Parser(prog=f"anagen {module.NAME}", description=module.HELP)
    module.add_arguments(made)
    return made


def overview() -> str:
    """All commands, each with its line."""
    lines = {name: command(name).HELP for name in COMMANDS} | _LAUNCHER
    width = max(len(name) for name in lines) + 2  # `map` is a command's module here
    return _OVERVIEW.format(commands="\n".join(f"  {name:<{width}}{line}" for name, line in lines.items()))


def _unexpected(error: Exception) -> int:
    """A fault of ours or of the knowledge: one line, and where the details are."""
    from anagen.knowledge.reading import KnowledgeError

    if isinstance(error, KnowledgeError):
        more = len(error.faults) - 1
        rest = f" ({more} more; ./anagen rules check lists all)" if more else ""
        complain(f"{error.faults[0]}{rest}")
        return BAD_INPUT
    complain(f"anagen: an unexpected error, {type(error).__name__}: {error}. {_noted(error)}")
    return BAD_NEWS


def _noted(error: Exception) -> str:
    import traceback
    from datetime import UTC, datetime

    log = var() / "errors.log"
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, anagen {' '.join(sys.argv[1:2])}\n")
            file.writelines(traceback.format_exception(error))
    except OSError:
        return f"The details could not be written to {log}."
    return f"The details are in {log}."
