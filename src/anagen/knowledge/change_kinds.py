"""The kinds of change that a clinic makes in the rules, and their plain form (see `anagen.knowledge.changes`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, ClassVar, Final, TypeAlias

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What every change says: which rule, from which day, by whom, when, and why.

    ``of``: what the shipped rule said then (``changes.bound``); empty for a rule of the clinic's own.
    """

    kind: ClassVar[str]
    rule: str
    start: date
    by: str
    on: date
    reason: str
    of: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON can say it; :func:`change` reads it back."""
        said = asdict(self)
        return {"kind": self.kind} | {
            key: value.isoformat() if isinstance(value, date) else value for key, value in said.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed(_Change):
    """The rule was read and is accepted as it stands."""

    kind = "signed"
    again_before: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted(_Change):
    """Some numbers are set within their ranges. ``words`` replace those that name the numbers (``adjusting.WORDS``)."""

    kind = "adjusted"
    values: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceOnly(_Change):
    """What the rule finds is a caution at most from now on; it stays visible, and the answer is still asked for."""

    kind = "advice_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Added(_Change):
    """A rule of the clinic's own, with its worked examples, in the form of a knowledge file."""

    kind = "added"
    content: Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(_Change):
    """A rule of the clinic's own ends; a shipped one goes back to how it was shipped."""

    kind = "withdrawn"


Change: TypeAlias = Signed | Adjusted | AdviceOnly | Added | Withdrawn
_KINDS: Final = {each.kind: each for each in (Signed, Adjusted, AdviceOnly, Added, Withdrawn)}
_DAYS: Final = ("start", "on", "again_before")


def change(plain: Plain) -> Change:
    """A change from its plain form. KeyError, TypeError or ValueError where it is none."""
    said = dict(plain)
    kind = _KINDS[said.pop("kind")]
    for key in _DAYS:
        if said.get(key) is not None:
            said[key] = date.fromisoformat(said[key])
    made: Change = kind(**said)
    return made


__all__ = ["Added", "Adjusted", "AdviceOnly", "Change", "Signed", "Withdrawn", "change"]
