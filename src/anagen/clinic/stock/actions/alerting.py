"""What somebody has to look after, as tasks. Made by `keep_alerts`; dropped as soon as it is no longer so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.tasks.actions import Wanted, add_tasks, drop_list
from anagen.clinic.tasks.models import Task
from anagen.clinic.tasks.queries import open_tasks

from .. import overview
from ..models import Movement, MovementKind, Product
from .common import may

ORIGIN: Final = "stock"


@dataclass(frozen=True, slots=True)
class _Alert:
    """`stamp` tells one spell from the next: a task that somebody has ended comes back only with a new one."""

    product: int
    kind: str
    subject: int
    stamp: str
    words: str
    due: date
    address: str

    @property
    def about(self) -> str:
        return f"{self.product}/{self.kind}/{self.subject}/"

    @property
    def reference(self) -> str:
        return self.about + self.stamp


@transaction.atomic
def keep_alerts(*, by: User | str, at: datetime) -> tuple[list[Task], int]:
    """Make a task of everything that has to be looked after, and drop those that are no longer so.

    Run again, it adds nothing. Returns what was added, and how many were dropped. Raises NotAllowed.
    """
    may(by, Permission.KEEP_STOCK)
    alerts = list(_alerts(at))
    dropped = _drop_others(by, open_tasks().filter(origin=ORIGIN), alerts)
    there = {_about(task) for task in open_tasks().filter(origin=ORIGIN)}
    added: list[Task] = []
    for alert in alerts:
        if alert.about not in there:
            task = Wanted(f"stock.{alert.kind}", alert.words, alert.due, address=alert.address)
            added += add_tasks(by=by, origin=ORIGIN, reference=alert.reference, wanted=[task])
    return added, dropped


def settle(by: User | str, product: Product, at: datetime) -> None:
    """Drop the tasks of a product that are no longer so. Called where stock changes; one query when there are none."""
    tasks = list(open_tasks().filter(origin=ORIGIN, reference__startswith=f"{product.pk}/"))
    if tasks:
        _drop_others(by, tasks, list(_alerts(at, product)))


def _about(task: Task) -> str:
    return task.reference.rpartition("/")[0] + "/"


def _drop_others(by: User | str, tasks: Iterable[Task], alerts: list[_Alert]) -> int:
    standing = {alert.about for alert in alerts}
    dropped = 0
    for task in tasks:
        if _about(task) not in standing:
            said = _("Looked after: the stock says that it is no longer so.")
            dropped += len(drop_list(by=by, origin=ORIGIN, reference=task.reference, said=said))
    return dropped


def _alerts(at: datetime, product: Product | None = None) -> Iterator[_Alert]:
    on = timezone.localdate(at)
    found = overview.alerts(at, on, product)
    for row in found.low:
        receipt = Movement.objects.filter(lot__product=row.product, kind=MovementKind.RECEIPT).order_by("-pk")
        last = receipt.values_list("pk", flat=True).first() or 0
        page = reverse("stock:product", args=[row.product.pk])
        words = _("Order more of %(product)s") % {"product": row.product}
        yield _Alert(row.product.pk, "low", row.product.pk, str(last), words, on, page)
    for kind, lots, words in (
        ("soon", found.soon, _("Use up or replace what expires soon: %(product)s, lot %(lot)s")),
        ("expired", found.expired, _("Write off what may not be used: %(product)s, lot %(lot)s")),
    ):
        for lot in lots:
            yield _Alert(
                lot.lot.product_id,
                kind,
                lot.lot.pk,
                str(lot.lot.expiry or ""),
                words % {"product": lot.lot.product, "lot": lot.lot},
                lot.lot.expiry if kind == "soon" and lot.lot.expiry else on,
                reverse("stock:lot", args=[lot.lot.pk]),
            )
    for vial in found.past:
        words = _("Close vial %(vial)s of %(product)s: its time has run out")
        yield _Alert(
            vial.vial.lot.product_id,
            "past",
            vial.vial.pk,
            "",
            words % {"vial": vial.vial, "product": vial.vial.lot.product},
            on,
            reverse("stock:close", args=[vial.vial.pk]),
        )
