"""Opening a recall: lots held back, the list made, a task for each patient, all in one transaction."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.stock import actions as stock
from anagen.clinic.stock.models import Lot, Product
from anagen.clinic.stock.wording import tidy
from anagen.clinic.tasks.actions import Wanted, add_tasks

from .. import queries, trace
from ..models import About, Contact, Joined, Recall, RecallLot, Severity, Source
from .common import held, may, person, said

TASK: Final = "recall_contact"
ORIGIN: Final = "recall"
# Days until everybody should have been told, as the words of Severity promise.
_DAYS: Final = {Severity.SERIOUS: 0, Severity.MODERATE: 3, Severity.MINOR: 14}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is called back: lots, or all lots of a product, or everybody of a nurse or a room between two days."""

    about: About
    lots: Sequence[Lot] = ()
    product: Product | None = None
    nurse: User | None = None
    room: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    recall: Recall
    joined: bool  # the same was called back before: the open recall goes on


@transaction.atomic
def open_recall(
    *,
    by: User | str,
    subject: Subject,
    reason: str,
    source: str,
    severity: str,
    key: UUID,
    is_drill: bool = False,
    begun_at: datetime | None = None,
) -> Opened:
    """Open a recall or a drill. What is open already is joined; lots that are new to it are added.

    A recall holds its lots back and makes a task for each patient; a drill does neither. `begun_at`: when somebody
    sat down to it. Raises NotAllowed; Refused without a reason, or when it is not said what is called back.
    """
    may(by, Permission.RECALL)
    before = Recall.objects.filter(key=key).first()
    if before is not None:
        return Opened(before, joined=False)
    reason = said(reason, _("Say in a few words why."))
    if source not in Source.values or severity not in Severity.values:
        raise Refused(_("Say who says so and how urgent it is."))
    lots = _lots(subject)
    _check(subject, lots)
    # Two who call back the same lot come one after the other: the second joins.
    list(Lot.objects.select_for_update().filter(pk__in=[lot.pk for lot in lots]).order_by("pk"))
    with acting(by):
        standing = _standing(subject, lots, is_drill)
        if standing is not None:
            recall = held(standing)
            Joined.objects.create(
                recall=recall, reason=reason, source=source, severity=severity, by=person(by)
            )
        else:
            now = timezone.now()
            begun = min(begun_at or now, now)
            started = time.perf_counter()
            found = _people(subject, lots)
            recall = Recall.objects.create(
                key=key,
                about=subject.about,
                product=subject.product,
                nurse=subject.nurse,
                room=tidy(subject.room, 60),
                first=subject.first,
                last=subject.last,
                reason=reason,
                source=source,
                severity=severity,
                is_drill=is_drill,
                begun_at=begun,
                opened_at=now,
                list_ms=round((time.perf_counter() - started) * 1000),
                opened_by=person(by),
            )
            _list(by, recall, found)
        _hold(by, recall, lots)
        if standing is not None:
            add_missing(by=by, recall=recall)
    return Opened(recall, joined=standing is not None)


def _lots(subject: Subject) -> list[Lot]:
    if subject.about is About.PRODUCT and subject.product is not None:
        return list(subject.product.lots.all())
    return list(subject.lots) if subject.about is About.LOTS else []


def _check(subject: Subject, lots: Sequence[Lot]) -> None:
    match subject.about:
        case About.LOTS if not lots:
            raise Refused(_("Choose the lot."))
        case About.PRODUCT if subject.product is None:
            raise Refused(_("Choose the product."))
        case About.NURSE if subject.nurse is None:
            raise Refused(_("Choose the person."))
        case About.ROOM if not tidy(subject.room, 60):
            raise Refused(_("Say which room."))
    if subject.first and subject.last and subject.last < subject.first:
        raise Refused(_("The last day lies before the first."))


def _standing(subject: Subject, lots: Sequence[Lot], is_drill: bool) -> Recall | None:
    """The open recall of the same sort that this one joins."""
    open_ = Recall.objects.filter(closed__isnull=True, is_drill=is_drill, about=subject.about)
    match subject.about:
        case About.LOTS:
            same = open_.filter(lots__lot__in=lots)
        case About.PRODUCT:
            same = open_.filter(product=subject.product)
        case _:
            same = open_.filter(
                nurse=subject.nurse, room=tidy(subject.room, 60), first=subject.first, last=subject.last
            )
    return same.order_by("pk").first()


def _people(subject: Subject, lots: Sequence[Lot]) -> list[int]:
    if subject.about is About.NURSE and subject.nurse is not None:
        steps = trace.of_nurse(subject.nurse, first=subject.first, last=subject.last)
        return trace.Trace(steps, everybody=True).patients
    if subject.about is About.ROOM:
        steps = trace.of_room(tidy(subject.room, 60), first=subject.first, last=subject.last)
        return trace.Trace(steps, everybody=True).patients
    return trace.Trace(trace.of_lots([lot.pk for lot in lots], timezone.now())).patients


def _hold(by: User | str, recall: Recall, lots: Sequence[Lot]) -> None:
    known = set(recall.lots.values_list("lot_id", flat=True))
    reason = _("Recall: %(why)s") % {"why": recall.reason}
    for lot in lots:
        if lot.pk not in known:
            quarantine = None
            if not recall.is_drill:
                quarantine = stock.quarantine(by=by, lot=lot, reason=reason, at=timezone.now())
            RecallLot.objects.create(recall=recall, lot=lot, quarantine=quarantine)


@transaction.atomic
def add_missing(*, by: User | str, recall: Recall) -> int:
    """Put those on the list who were reached and are not there yet; how many. Raises NotAllowed; ChangedMeanwhile."""
    may(by, Permission.SEE_RECALL)
    recall = held(recall)
    missing = queries.not_listed(recall, queries.trace_of(recall, timezone.now()))
    with acting(by):
        _list(by, recall, [patient.pk for patient in missing])
    return len(missing)


def _list(by: User | str, recall: Recall, patients: Iterable[int]) -> None:
    keys = list(patients)
    Contact.objects.bulk_create(
        [Contact(recall=recall, patient_id=key, added_by=person(by)) for key in keys], batch_size=500
    )
    if recall.is_drill:
        return
    due = timezone.localdate(recall.opened_at) + timedelta(days=_DAYS[recall.urgency])
    add_tasks(
        by=by,
        origin=ORIGIN,
        reference=str(recall.pk),
        wanted=[
            Wanted(
                kind=TASK,
                # Read by everybody in the clinic: nothing of what it is about.
                words=_("Give this patient an important message"),
                due=due,
                patient=patient,
                address=reverse("recall:contact", args=[recall.pk, patient.number]),
            )
            for patient in Patient.objects.filter(pk__in=keys)
        ],
    )
