"""Who acts? The one place that knows on whose behalf this thread of work writes.

    with acting(user):                # a person
        patient.save()
    with acting("demo"):              # no person: recorded as "system: demo"
        ...

Outside such a block the database refuses to write to an audited table (law 5: for a named person). Blocks
may be nested; the innermost counts. The middleware `audit.middleware.name_the_person` opens one for every
request of somebody who has signed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

_LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is written into the trail: a user (`id` and readable name) or, without `id`, "system: …"."""

    id: int | None
    name: str

    @property
    def token(self) -> str:
        """Both in one text, as the database session carries it: `12|Jane Doe`, `|system: demo`."""
        return f"{'' if self.id is None else self.id}|{self.name}"


_actor: ContextVar[Actor | None] = ContextVar("anagen.actor", default=None)


def current_actor() -> Actor | None:
    """The acting person of this thread or task, or None outside every `acting` block."""
    return _actor.get()


def actor_of(who: Any) -> Actor:
    """Make the `Actor` for a user object or for the name of a part of the system.

    Raises ValueError for an anonymous or unsaved user and for an empty name: nobody can be held to those.
    """
    if isinstance(who, Actor):
        return who
    if isinstance(who, str):
        name = " ".join(who.replace("\x00", "").split())
        if not name:
            raise ValueError("acting() needs a name: say which part of the system writes.")
        if ":" not in name:
            name = f"system: {name}"
        return Actor(None, name[:_LONGEST_NAME])
    if not getattr(who, "is_authenticated", False) or getattr(who, "pk", None) is None:
        raise ValueError(f"acting() needs a signed-in user or a name, not {who!r}.")
    name = " ".join(str(who).replace("\x00", "").split()) or str(who.get_username())
    return Actor(int(who.pk), name[:_LONGEST_NAME])


@contextmanager
def acting(who: Any) -> Iterator[Actor]:
    """Everything written inside the block is recorded as done by `who` (a `people.User` or a name)."""
    actor = actor_of(who)
    token = _actor.set(actor)
    try:
        yield actor
    finally:
        _actor.reset(token)
