"""Knowledge files as plain data, each value with the line it stands on.

YAML 1.2: ``yes`` and ``no`` are words. A file that cannot be read is a fault with its line, never a traceback.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

# ruamel is imported when a file is read: knowledge that has been checked is kept in a form without YAML
if TYPE_CHECKING:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

ROOT: Final = Path(__file__).parent

Step = str | int
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a knowledge file: where, what, and how to mend it."""

    file: str
    line: int
    what: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} {self.mend}".rstrip()


class KnowledgeError(Exception):
    """Knowledge with any fault is refused as a whole, with every fault listed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Refused(ValueError):
    """A value that cannot stand where it stands; ``path`` leads to it from the enclosing item."""

    def __init__(self, path: Sequence[Step], what: str, mend: str = "") -> None:
        self.path = tuple(path)
        self.what = what
        self.mend = mend
        super().__init__(what)

    def under(self, *steps: Step) -> Refused:
        return Refused((*steps, *self.path), self.what, self.mend)


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its plain data, and the tree that knows the lines."""

    name: str
    plain: Any
    tree: Any

    def line(self, path: Sequence[Step]) -> int:
        """The line (from 1) of the deepest part of the path that stands in the file."""
        node, line = self.tree, 1
        for step in path:
            try:
                marks = node.lc
                if isinstance(node, dict) and step in node:
                    line = marks.key(step)[0] + 1
                elif isinstance(node, list) and isinstance(step, int):
                    line = marks.item(step)[0] + 1
                else:
                    return line
                node = node[step]
            except (KeyError, IndexError, TypeError, AttributeError):
                return line
        return line

    def fault(self, path: Sequence[Step], what: str, mend: str = "") -> Fault:
        return Fault(self.name, self.line(path), what, mend)


class _Reader(threading.local):
    """One for each thread: a reader in the middle of a text must not be given another."""

    @cached_property
    def yaml(self) -> YAML:
        from ruamel.yaml import YAML

        yaml = YAML(typ="rt")
        yaml.allow_duplicate_keys = False
        return yaml


_reader: Final = _Reader()


def read(file: Path, name: str) -> Document:
    """Read one YAML file; KnowledgeError with the line when it cannot be read."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise KnowledgeError([Fault(name, 1, "The file is not UTF-8.", "Save it as UTF-8.")]) from None
    except OSError as error:
        what = f"The file cannot be read: {error.strerror}."
        raise KnowledgeError([Fault(name, 1, what, "Let it be a file that Anagen may read.")]) from None
    return parsed(text, name)


def parsed(text: str, name: str) -> Document:
    """Read YAML; KnowledgeError with the line when it cannot be read."""
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        tree = _reader.yaml.load(text)
        return Document(name, _plain(tree), tree)
    except DuplicateKeyError as error:
        raise KnowledgeError(
            [_marked(name, error, "The same key stands twice.", "Keep one of the two.")]
        ) from None
    except MarkedYAMLError as error:
        what = f"This is not YAML: {error.problem or 'it cannot be read'}."
        raise KnowledgeError([_marked(name, error, what, "Mend the syntax here.")]) from None
    except RecursionError:
        what = "Something here contains itself, or is nested too deeply."
        raise KnowledgeError([Fault(name, 1, what, "Write it out.")]) from None
    except (YAMLError, ValueError) as error:
        raise KnowledgeError([_unmarked(name, text, error)]) from None


def _unmarked(name: str, text: str, error: Exception) -> Fault:
    """A complaint without a line: a day that the calendar does not have, or a character that is not text."""
    for number, line in enumerate(text.splitlines(), start=1):
        for day in _DAY.findall(line):
            with suppress(ValueError):
                date.fromisoformat(day)
                continue
            return Fault(name, number, f"There is no day {day}.", "Write a day of the calendar.")
    position = getattr(error, "position", None)
    line_number = 1 if position is None else text.count("\n", 0, position) + 1
    return Fault(name, line_number, "This is not YAML: it cannot be read.", "Mend the syntax here.")


def _marked(name: str, error: MarkedYAMLError, what: str, mend: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    return Fault(name, mark.line + 1 if mark else 1, what, mend)


def _plain(node: Any) -> Any:
    """What JSON can say: dates become ISO text, numbers and words stay."""
    match node:
        case dict():
            return {str(key): _plain(value) for key, value in node.items()}
        case list():
            return [_plain(value) for value in node]
        case bool() | None:
            return node
        case date():
            return node.isoformat()[:10]
        case float():
            return float(node)
        case int():
            return int(node)
        case _:
            return str(node)


def files(root: Path, part: str) -> Iterator[tuple[Path, str]]:
    """Files of a part (``rules`` is a folder, ``units.yaml`` a file), with the names to show, in order."""
    place = root / part
    found = sorted(place.glob("*.yaml")) if place.is_dir() else [place] if place.is_file() else []
    for file in found:
        yield file, file.relative_to(root).as_posix()
