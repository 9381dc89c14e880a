"""What the audit pages ask of the trail. Nothing here writes.

The trail is long and has one index besides its numbers: pages go by number ("older", "newer"), and days are turned
into numbers by halving, since numbers and times grow together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from anagen.clinic.people.models import Patient, User

from . import policy
from .models import AuditEntry, ReadEntry

PAGE_LENGTH = 50
MOST_IN_A_FILE = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show: everything when nothing is said. `actor` is a name, of an account or of a part of the system."""

    reads: bool = False
    patient_id: int | None = None
    actor_id: int | None = None
    actor: str = ""
    table: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `older` and `newer` are the numbers to go on from, None at the ends."""

    entries: Sequence[Any]
    older: int | None
    newer: int | None


def found(wanted: Wanted) -> QuerySet[Any]:
    """The entries (or reads) that are wanted, newest first."""
    model = ReadEntry if wanted.reads else AuditEntry
    entries: QuerySet[Any] = model.objects.order_by("-number")
    if wanted.patient_id is not None:
        entries = entries.filter(patient_id=wanted.patient_id)
    if wanted.actor_id is not None:
        entries = entries.filter(actor_id=wanted.actor_id)
    elif wanted.actor:
        entries = entries.filter(actor_id=None, actor=wanted.actor)
    if wanted.table and not wanted.reads:
        entries = entries.filter(table=wanted.table)
    if wanted.day is not None:
        first, end = numbers_of_day(model, wanted.day)
        entries = entries.filter(number__gte=first, number__lt=end)
    return entries


def page_of(wanted: Wanted, *, before: int | None = None, after: int | None = None) -> Page:
    """One page: the newest, the one `before` a number, or the one `after` it."""
    entries = found(wanted)
    if after is not None:
        rows = list(entries.filter(number__gt=after).order_by("number")[: PAGE_LENGTH + 1])
        more_newer, more_older = len(rows) > PAGE_LENGTH, True
        rows = rows[:PAGE_LENGTH][::-1]
    else:
        chosen = entries if before is None else entries.filter(number__lt=before)
        rows = list(chosen[: PAGE_LENGTH + 1])
        more_newer, more_older = before is not None, len(rows) > PAGE_LENGTH
        rows = rows[:PAGE_LENGTH]
    if not rows:
        return Page((), None, None)
    return Page(
        rows, older=rows[-1].number if more_older else None, newer=rows[0].number if more_newer else None
    )


def numbers_of_day(model: type[AuditEntry] | type[ReadEntry], day: date) -> tuple[int, int]:
    """The first number of a day at the clinic, and the first number after it."""
    begins = timezone.make_aware(datetime.combine(day, time.min))
    ends = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    return _first_since(model, begins), _first_since(model, ends)


def _first_since(model: type[AuditEntry] | type[ReadEntry], moment: datetime) -> int:
    low, high = 1, (model.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        entry = model.objects.filter(number__gte=middle).order_by("number").only("number", "at").first()
        if entry is None or entry.at >= moment:
            high = middle
        else:
            low = entry.number + 1
    return low


def people() -> list[tuple[str, str]]:
    """Who can be chosen: every account by name. The value is the account's key."""
    return [
        (str(user.pk), user.full_name) for user in User.objects.only("pk", "full_name").order_by("full_name")
    ]


def tables() -> list[tuple[str, str]]:
    """What can be chosen: every audited table, in words."""
    names = [
        (model._meta.db_table, policy.table_label(model._meta.db_table)) for model in policy.audited_models()
    ]
    return sorted(names, key=lambda name: name[1].casefold())


def patient_numbers(keys: set[int]) -> dict[int, str]:
    """Patient key → patient number, for those who still have a file."""
    return dict(Patient.objects.filter(pk__in=keys).values_list("pk", "number"))


def account_names() -> dict[str, str]:
    """Account key, as text → name. A clinic has few accounts next to what they do."""
    return {str(key): name for key, name in User.objects.values_list("pk", "full_name")}
