"""Whom a rule has touched: the latest decisions that have a finding of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Func, Q, QuerySet, TextField

from anagen.clinic.screening.models import Decision
from anagen.clinic.screening.queries import latest_of_each
from anagen.medicine.rules import State

TOUCHED = (State.MATCHED, State.UNKNOWN)


class StateOfFinding(Func):
    """The state of one rule's finding in a stored document, looked up by the database; null where there is none."""

    output_field = TextField()
    arity = 1

    def __init__(self, document: str, rule: str) -> None:
        super().__init__(document)
        self.rule = rule

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        document, parameters = compiler.compile(self.source_expressions[0])
        if connection.vendor == "postgresql":
            state, rule, items = (
                "item ->> 'state'",
                "item ->> 'rule'",
                "jsonb_array_elements({} -> 'findings')",
            )
        else:
            state, rule = "json_extract(item.value, '$.state')", "json_extract(item.value, '$.rule')"
            items = "json_each({}, '$.findings')"
        sql = f"(SELECT {state} FROM {items.format(document)} AS item WHERE {rule} = %s LIMIT 1)"
        return sql, (*parameters, self.rule)


def touched(rule: str) -> QuerySet[Decision]:
    """Patients' latest decisions with a finding of the rule that is matched or unknown, newest first.

    Each has its `state`; what the page does not show is not read.
    """
    return (
        latest_of_each()
        .defer("document", "facts", "unmapped")
        .annotate(state=StateOfFinding("document", rule))
        .filter(state__in=TOUCHED)
        .order_by("state", "-decided_at", "-pk")
    )


def counts(rule: str) -> dict[str, int]:
    """How many patients' latest decisions the rule has touched, by state, and of how many."""
    return (
        latest_of_each()
        .prefetch_related(None)
        .annotate(state=StateOfFinding("document", rule))
        .order_by()
        .aggregate(
            matched=Count("pk", filter=Q(state=State.MATCHED)),
            unknown=Count("pk", filter=Q(state=State.UNKNOWN)),
            decided=Count("pk"),
        )
    )


__all__ = ["counts", "touched"]
