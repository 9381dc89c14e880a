"""Closing a recall: everybody told or a reason given, the stock accounted for, a conclusion written."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission

from .. import queries
from ..models import Closed, Recall
from .common import held, may, person

LEAST_CONCLUSION = 10  # letters


@transaction.atomic
def close_recall(*, by: User | str, recall: Recall, conclusion: str) -> Closed:
    """End a recall or a drill, with how long each step took.

    Raises NotAllowed; Refused with everything that is left to do; ChangedMeanwhile when it is closed.
    """
    may(by, Permission.RECALL)
    recall = held(recall)
    left = left_to_do(recall)
    conclusion = conclusion.strip()[:4000]
    if len(conclusion) < LEAST_CONCLUSION:
        left.append(_("Write what was found and what follows from it."))
    if left:
        raise Refused(" ".join(left))
    now = timezone.now()
    known = recall.contacts.filter(acknowledged__isnull=False).count()
    figures = {"patients": recall.contacts.count(), "told": known} | queries.times(recall, now).as_json()
    with acting(by):
        return Closed.objects.create(
            recall=recall, conclusion=conclusion, figures=figures, at=now, by=person(by)
        )


def left_to_do(recall: Recall) -> list[str]:
    """What stands between a recall and its end, in words; nothing for a drill."""
    if recall.is_drill:
        return []
    left = []
    found = queries.trace_of(recall, timezone.now())
    missing = len(queries.not_listed(recall, found))
    if missing:
        left.append(
            ngettext(
                "%(n)d patient was reached meanwhile and is not on the list.",
                "%(n)d patients were reached meanwhile and are not on the list.",
                missing,
            )
            % {"n": missing}
        )
    waiting = recall.contacts.filter(acknowledged__isnull=True, not_reached__isnull=True).count()
    if waiting:
        left.append(
            ngettext(
                "%(n)d patient is not told yet, and nobody has said why.",
                "%(n)d patients are not told yet, and nobody has said why.",
                waiting,
            )
            % {"n": waiting}
        )
    ready = 0 if found.everybody else len({step.syringe for step in found.ready})
    if ready:
        left.append(
            ngettext(
                "%(n)d prepared syringe is not discarded.",
                "%(n)d prepared syringes are not discarded.",
                ready,
            )
            % {"n": ready}
        )
    stock = queries.unaccounted(recall)
    if unopened := stock.get("unopened"):
        left.append(
            ngettext(
                "%(n)d unopened container is neither sent back nor destroyed.",
                "%(n)d unopened containers are neither sent back nor destroyed.",
                unopened,
            )
            % {"n": unopened}
        )
    if vials := stock.get("vials"):
        left.append(
            ngettext("%(n)d opened vial is not closed.", "%(n)d opened vials are not closed.", vials)
            % {"n": vials}
        )
    return left
