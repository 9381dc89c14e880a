"""The knowledge by which this clinic decides today: what was shipped, with its own changes, checked.

Where that has a fault, it is the last that had none, and everybody who looks after the knowledge is told.
"""

from __future__ import annotations

import base64
import json
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import QuerySet

from anagen.clinic.cases import queries as cases
from anagen.clinic.cases.models import SignedCase
from anagen.clinic.cases.queries import Differing
from anagen.clinic.people.queries import today
from anagen.knowledge import changes
from anagen.knowledge.changes import Change, Withdrawn
from anagen.knowledge.loader import ROOT, Knowledge, KnowledgeError, shipped
from anagen.knowledge.reading import Fault

from .models import RuleChange, SoundKnowledge

_LOOK_AGAIN: Final = 300.0  # seconds until files with a fault are read once more
_MOST_HELD: Final = 4


@dataclass(frozen=True, slots=True)
class State:
    """The knowledge that decides, and what is wrong with the one that should."""

    knowledge: Knowledge
    faults: tuple[Fault, ...] = ()
    waiting: Knowledge | None = None  # free of faults, but held back by signed cases

    @property
    def sound(self) -> bool:
        return not self.faults

    @property
    def version(self) -> str:
        return self.knowledge.ruleset.version


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a change would make of the knowledge. With a fault, `after` is of no use."""

    before: Knowledge
    after: Knowledge
    faults: tuple[Fault, ...]


_Key = tuple[int, int, str, int, int, date]
_held: dict[_Key, State] = {}
_broken: list[tuple[float, tuple[Fault, ...]]] = []
_of_request: ContextVar[list[State] | None] = ContextVar("_of_request", default=None)


def current() -> Knowledge:
    """The knowledge by which the clinic decides now.

    KnowledgeError where it is faulty and none that was sound has ever been kept.
    """
    return state().knowledge


def state() -> State:
    """The knowledge that decides, with the faults of the one that should. Two small queries, once in a request."""
    asked = _of_request.get()
    if asked:
        return asked[0]
    found = _state()
    if asked is not None:
        asked.append(found)
    return found


@contextmanager
def one_request() -> Iterator[None]:
    """Within this the knowledge is asked for once, and changes only where this thread changes it."""
    token = _of_request.set([])
    try:
        yield
    finally:
        _of_request.reset(token)


def forget() -> None:
    """The next question is answered anew: a change has been made."""
    asked = _of_request.get()
    if asked is not None:
        asked.clear()


def _state() -> State:
    last = RuleChange.objects.order_by("-number").values_list("number", "digest").first() or (0, "")
    base, faults = _shipped()
    key = (id(base), *last, *cases.mark(), today())
    found = _held.get(key)
    if found is None:
        found = _checked(base, faults)
        # Other threads fill and empty this too: look at a copy, and give back what was made here.
        for old in list(_held)[: max(0, len(_held) - _MOST_HELD + 1)]:
            _held.pop(old, None)
        _held[key] = found
    return found


def _shipped() -> tuple[Knowledge | None, tuple[Fault, ...]]:
    """The shipped knowledge, or its faults. Reading faulty files takes seconds, so they are not read every time."""
    if _broken and time.monotonic() - _broken[0][0] < _LOOK_AGAIN:
        return None, _broken[0][1]
    try:
        known = shipped()
    except KnowledgeError as error:
        _broken[:] = [(time.monotonic(), error.faults)]
        _held.clear()
        return None, error.faults
    _broken.clear()
    return known, ()


def _checked(base: Knowledge | None, faults: tuple[Fault, ...]) -> State:
    waiting = None
    if base is not None:
        try:
            known = changes.knowledge(base, all_changes(), today())
        except KnowledgeError as error:
            faults = error.faults
        else:
            faults = tuple(_turned(each) for each in cases.differing(known))
            if not faults:
                _keep(known)
                return State(known)
            waiting = known
    kept = SoundKnowledge.objects.order_by("-id").first()
    if kept is None:
        raise KnowledgeError(faults)
    return State(Knowledge(unpacked(kept.packed), ROOT), faults, waiting)


def _turned(case: Differing) -> Fault:
    """A signed case that new knowledge answers otherwise, as a fault: nobody has stood for the new answer."""
    return Fault(
        "signed cases",
        case.case.number,
        f"This version would answer {case}.",
        "Look at the case; if the new answer is right, withdraw its signature with the reason.",
    )


def deciding() -> cases.Deciding:
    """For the pages of signed cases: what decides, and what they hold back."""
    found = state()
    return cases.Deciding(found.knowledge, found.waiting)


def held_back() -> list[Differing]:
    """Why this version of Anagen must not take over: signed cases that its knowledge, with the clinic's own changes,
    would answer otherwise. Nothing where the database holds no signed case yet, or no clinic at all.

    KnowledgeError when the knowledge of this version has a fault.
    """
    tables = set(connection.introspection.table_names())
    if (
        not {SignedCase._meta.db_table, RuleChange._meta.db_table} <= tables
        or not SignedCase.objects.exists()
    ):
        return []
    return cases.differing(changes.knowledge(shipped(), all_changes(), today()))


def _keep(known: Knowledge) -> None:
    """Once what led here is written, so that nothing is kept that was taken back; a failure there harms nobody."""
    from . import actions  # which asks here

    transaction.on_commit(lambda: actions.keep_sound(knowledge=known), robust=True)


def packed(plain: Any) -> str:
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode())).decode("ascii")


def unpacked(text: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(text)))
    return made


# changes


def all_changes() -> list[Change]:
    """Every change of this clinic, in its order."""
    return [changes.change(content) for content in RuleChange.objects.values_list("content", flat=True)]


def changes_of(rule: str) -> QuerySet[RuleChange]:
    """The changes of one rule, newest first."""
    return RuleChange.objects.filter(rule=rule).select_related("by").order_by("-number")


def proposed(change: Change) -> Proposal:
    """What the knowledge would be with one change more, and every fault of that. Nothing is written.

    What is taken back may leave other faults as they are, or several changes that no longer fit could never be mended:
    the clinic then goes on with what was sound, until the last of them is gone.
    """
    before = current()
    base, faults = _shipped()
    if base is None:
        return Proposal(before, before, faults)
    made = all_changes()
    change = changes.bound(change, before.plain)
    plain, found = changes.apply(base.plain, [*made, change])
    mends = isinstance(change, Withdrawn) and not state().sound
    known = changes.apply(base.plain, made)[1] if mends else []
    if found:
        return Proposal(before, before, () if set(found) <= set(known) else tuple(found))
    after = Knowledge(plain, base.root)
    signed = (
        [] if known else cases.differing(after, on=change.on)
    )  # they hold it back as they do any new version
    mend = "Leave the rule as it is, or first withdraw the signature of the case with the reason."
    faults = tuple(
        Fault("signed cases", each.case.number, f"This would answer {each}.", mend) for each in signed
    )
    return Proposal(before, after, faults)


__all__ = [
    "Proposal",
    "State",
    "all_changes",
    "changes_of",
    "current",
    "deciding",
    "forget",
    "held_back",
    "one_request",
    "proposed",
    "state",
]
