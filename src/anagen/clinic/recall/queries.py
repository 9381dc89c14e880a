"""What the pages ask about recalls. Nothing here writes; that a recall is open or a patient told follows from facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from anagen.clinic.course.models import PlannedSession
from anagen.clinic.course.queries import sessions_between
from anagen.clinic.people.models import Patient
from anagen.clinic.stock.models import Lot, Quarantine

from . import trace as tracing
from .models import About, Attempt, Contact, Link, Message, Recall
from .trace import Step, Trace

FAR = timedelta(days=400)  # ahead: a course is planned for less


# recalls


def recalls() -> QuerySet[Recall]:
    return Recall.objects.select_related("product", "nurse", "opened_by", "closed__by").prefetch_related(
        Prefetch("lots__lot", queryset=Lot.objects.select_related("product"))
    )


def counted() -> QuerySet[Recall]:
    """Recalls with the number of their patients, and of those who are not told yet."""
    waiting = Q(contacts__acknowledged__isnull=True, contacts__not_reached__isnull=True)
    return recalls().annotate(
        patients=Count("contacts", distinct=True),
        waiting=Count("contacts", filter=Q(contacts__isnull=False) & waiting, distinct=True),
    )


def open_recalls(*, drills: bool = False) -> QuerySet[Recall]:
    return counted().filter(closed__isnull=True, is_drill=drills)


def lots_of(recall: Recall) -> list[Lot]:
    return [row.lot for row in recall.lots.all()]


def trace_of(recall: Recall, at: datetime) -> Trace:
    """Whom it has reached, followed anew: what was recorded since it was opened is in it."""
    match recall.about:
        case About.NURSE:
            assert recall.nurse is not None
            steps = tracing.of_nurse(recall.nurse, first=recall.first, last=recall.last)
        case About.ROOM:
            steps = tracing.of_room(recall.room, first=recall.first, last=recall.last)
        case _:
            return tracing.trace_lots(lots_of(recall), at)
    return Trace(steps, everybody=True)


# who has to be told


def contacts(recall: Recall) -> QuerySet[Contact]:
    """By name, with all that was tried."""
    return (
        recall.contacts.select_related("patient", "acknowledged__by", "not_reached__by")
        .prefetch_related(
            Prefetch("attempts", queryset=Attempt.objects.select_related("by")),
            Prefetch("messages", queryset=Message.objects.select_related("result", "link", "by")),
        )
        .order_by("patient__search_name", "pk")
    )


def is_settled(contact: Contact) -> bool:
    """Told, or a named person has said why not."""
    return hasattr(contact, "acknowledged") or hasattr(contact, "not_reached")


def not_listed(recall: Recall, found: Trace) -> list[Patient]:
    """Patients who were reached and are not on the list: something was recorded since it was made."""
    listed = set(recall.contacts.values_list("patient_id", flat=True))
    return tracing.patients_of(set(found.patients) - listed)


def steps_of(found: Trace, patient: Patient) -> list[Step]:
    return [step for step in found.reached if step.patient == patient.pk]


def last_message(contact: Contact) -> Message | None:
    return contact.messages.select_related("result", "link").order_by("-number").first()


def last_link(contact: Contact) -> Link | None:
    return contact.links.order_by("-pk").first()


def link_by_digest(digest: str) -> Link | None:
    return (
        Link.objects.select_related("contact__patient", "contact__recall", "contact__acknowledged")
        .filter(token_hash=digest)
        .first()
    )


def sessions_ahead(patients: Iterable[int], on: date) -> list[PlannedSession]:
    """Sessions from today on of people who were reached, in order of time."""
    return list(sessions_between(on, on + FAR).filter(course__patient__in=list(patients)))


# stock


def unaccounted(recall: Recall) -> dict[str, int]:
    """Of the lots that still lie in quarantine: unopened containers and open vials; only what is above zero.

    A lot whose quarantine was lifted by somebody with the right to is accounted for by that.
    """
    held = Quarantine.objects.filter(lot=OuterRef("pk"), lifted__isnull=True)
    lots = Lot.objects.filter(recalls__recall=recall).filter(Exists(held))
    unopened = sum(lots.filter(balances__count__gt=0).values_list("balances__count", flat=True))
    vials = lots.filter(vials__isnull=False, vials__closed__isnull=True).values("vials").count()
    return {name: count for name, count in (("unopened", unopened), ("vials", vials)) if count}


# times


@dataclass(frozen=True, slots=True)
class Times:
    """How long each step took, in seconds; None where it has not happened."""

    to_open: float  # from sitting down to it until it was opened
    to_list: float  # until the list of patients was made, in the same transaction
    first_contact: float | None  # from opening …
    last_contact: float | None
    closed: float | None

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def times(recall: Recall, end: datetime | None = None) -> Times:
    """`end`: when it is being closed; otherwise what stands."""
    tried = list(Attempt.objects.filter(contact__recall=recall).values_list("at", flat=True))
    tried += Message.objects.filter(contact__recall=recall).values_list("at", flat=True)
    tried += recall.contacts.filter(acknowledged__isnull=False).values_list("acknowledged__at", flat=True)
    closed = end or (recall.closed.at if hasattr(recall, "closed") else None)

    def since(at: datetime | None) -> float | None:
        return None if at is None else round((at - recall.opened_at).total_seconds(), 1)

    return Times(
        to_open=round((recall.opened_at - recall.begun_at).total_seconds(), 1),
        to_list=recall.list_ms / 1000,
        first_contact=since(min(tried, default=None)),
        last_contact=since(max(tried, default=None)),
        closed=since(closed),
    )


# drills


def last_drill() -> Recall | None:
    """The latest drill that was brought to its end."""
    return recalls().filter(is_drill=True, closed__isnull=False).order_by("-closed__at").first()


def drill_due(on: date) -> bool:
    """Whether the last drill is older than the clinic allows (settings), or there was none."""
    last = last_drill()
    if last is None:
        return True
    return timezone.localdate(last.closed.at) + timedelta(days=settings.RECALL_DRILL_DAYS) < on
