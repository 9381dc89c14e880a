"""Patients in plain data whose answer the medical lead has signed: no change of the rules may turn it unseen.

An app of its own below `review`: what is signed stands by itself, whatever the clinic changes in its rules.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anagen.knowledge.loader import Knowledge

    from .queries import Differing


def differing(knowledge: Knowledge, *, on: date | None = None) -> list[Differing]:
    """The signed cases that this knowledge would answer otherwise than signed; while there is one it is refused.

    `str(each)` is a line for a person; `on`: see `queries.differing`.
    """
    from .queries import differing as asked  # models can be imported once all apps are ready

    return asked(knowledge, on=on)


def in_use() -> Knowledge:
    """What the clinic decides by now: the shipped knowledge with its own changes."""
    from anagen.clinic.review.queries import current

    return current()


def mark() -> tuple[int, int]:
    """Another one each time a case is signed or withdrawn: for whoever remembers what `differing` said."""
    from .models import CaseWithdrawn, SignedCase

    return SignedCase.objects.count(), CaseWithdrawn.objects.count()


def held_back() -> list[Differing]:
    """Why this version of Anagen must not take over: signed cases that its knowledge, with the clinic's own changes,
    would answer otherwise. Nothing where the database holds no signed case yet, or no clinic at all.

    KnowledgeError when the knowledge of this version has a fault.
    """
    from django.db import connection

    from anagen.clinic.review.queries import all_changes
    from anagen.knowledge import changes
    from anagen.knowledge.loader import shipped

    from .models import SignedCase

    tables = connection.introspection.table_names()
    if SignedCase._meta.db_table not in tables or not SignedCase.objects.exists():
        return []
    return differing(changes.knowledge(shipped(), all_changes()))
