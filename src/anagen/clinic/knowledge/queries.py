"""Whom a rule has touched: the latest decisions that have a finding of it. An index leads to them, no file is read."""

from __future__ import annotations

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from anagen.clinic.screening.models import Decision
from anagen.medicine.rules import State

TOUCHED = (State.MATCHED, State.UNKNOWN)


def touched(rule: str) -> QuerySet[Decision]:
    """Patients' latest decisions with a finding of the rule that is matched or unknown, newest first.

    Each has its `state`; what the page does not show is not read.
    """
    return (
        Decision.objects.filter(_latest(), findings__rule=rule, findings__state__in=TOUCHED)
        .select_related("patient", "decided_by")
        .prefetch_related("overrides")
        .defer("document", "facts", "unmapped")
        .annotate(state=F("findings__state"))
        .order_by("state", "-decided_at", "-pk")
    )


def counts(rule: str) -> dict[str, int]:
    """How many patients' latest decisions the rule has touched, by state, and of how many."""
    by_state = dict(
        Decision.objects.filter(_latest(), findings__rule=rule, findings__state__in=TOUCHED)
        .order_by()
        .values_list("findings__state")
        .annotate(number=Count("pk"))
    )
    return {
        "matched": by_state.get(State.MATCHED, 0),
        "unknown": by_state.get(State.UNKNOWN, 0),
        "decided": Decision.objects.values("patient").distinct().count(),
    }


def _latest() -> Combinable:
    """No later decision of the same patient."""
    later = Decision.objects.filter(patient=OuterRef("patient")).filter(
        Q(decided_at__gt=OuterRef("decided_at")) | Q(decided_at=OuterRef("decided_at"), pk__gt=OuterRef("pk"))
    )
    return ~Exists(later)


__all__ = ["counts", "touched"]
