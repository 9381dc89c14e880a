"""Reading decisions: the latest one, what it says with its overrides, and whether it still says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from anagen.clinic.people.models import Patient
from anagen.clinic.review.queries import current
from anagen.exchange import facts as exchange
from anagen.exchange.screening import plain_screening, unmapped_of
from anagen.knowledge import build
from anagen.medicine.facts import Facts
from anagen.medicine.rules import Ruleset, State, Verdict
from anagen.medicine.screening import Screening, overridden, screen

from .models import Decision, FindingOfDecision, Rulebook, VerdictWord

WAITING = (VerdictWord.INCOMPLETE, VerdictWord.DEFER, VerdictWord.REFER)


def decisions_of(patient: Patient) -> QuerySet[Decision]:
    """Newest first, with everything that a page of them shows."""
    return (
        Decision.objects.filter(patient=patient)
        .select_related("decided_by", "rulebook", "patient")
        .defer("rulebook__content")  # all the rules, and hardly ever read
        .prefetch_related("overrides__by")
    )


def latest_decision(patient: Patient) -> Decision | None:
    return decisions_of(patient).first()


def latest_of_each() -> QuerySet[Decision]:
    """The latest decision of every patient."""
    newest = Decision.objects.filter(patient=OuterRef("patient")).order_by("-decided_at", "-id")
    return (
        Decision.objects.filter(pk=Subquery(newest.values("pk")[:1]))
        .select_related("patient", "decided_by")
        .prefetch_related("overrides")
    )


def weighing(decision: Decision) -> list[FindingOfDecision]:
    """The findings of a decision that are kept apart: matched or unknown. Two of one rule are one, the graver."""
    kept: dict[str, FindingOfDecision] = {}
    for finding in decision.document["findings"]:
        if finding["state"] == State.NOT_MATCHED:
            continue
        made = FindingOfDecision(
            decision=decision, rule=finding["rule"], state=finding["state"], verdict=finding["verdict"]
        )
        other = kept.get(made.rule)
        if other is None or Verdict.of(made.verdict) > Verdict.of(other.verdict):
            kept[made.rule] = made
    return list(kept.values())


def waiting_decisions() -> QuerySet[Decision]:
    """Patients for whom somebody has to do something before they can be treated."""
    return in_a_list(latest_of_each().filter(verdict__in=WAITING).order_by("decided_at"))


def in_a_list(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Without the whole answer and all facts of each: a list shows neither."""
    return decisions.defer("document", "facts", "unmapped")


def ruleset_of(decision: Decision) -> Ruleset:
    """The rules as they stood when the decision was made."""
    ruleset = current().ruleset
    return ruleset if ruleset.hash == decision.rulebook.hash else _kept_ruleset(decision.rulebook_id)


@lru_cache(maxsize=8)
def _kept_ruleset(rulebook: int) -> Ruleset:
    return build.ruleset(Rulebook.objects.get(pk=rulebook).content)


def facts_of_decision(decision: Decision) -> Facts:
    return exchange.facts_of(decision.facts)


def screened(decision: Decision) -> Screening:
    """The decision made again from what was stored: same facts, same rules, same day."""
    return screen(
        facts_of_decision(decision),
        ruleset=ruleset_of(decision),
        on=decision.on,
        unmapped=[unmapped_of(entry) for entry in decision.unmapped],
    )


def standing(decision: Decision) -> Screening:
    """What the decision says with its overrides."""
    rules = {override.rule for override in decision.overrides.all()}
    answer = screened(decision)
    return overridden(answer, rules, ruleset=ruleset_of(decision)) if rules else answer


@dataclass(frozen=True, slots=True)
class Replay:
    """One stored decision, made again."""

    decision: Decision
    differences: tuple[str, ...]

    @property
    def equal(self) -> bool:
        return not self.differences


def replayed(decisions: QuerySet[Decision] | None = None) -> Iterator[Replay]:
    """Every stored decision made again from its own facts, day and rules, and how it would differ."""
    found = Decision.objects.all() if decisions is None else decisions
    for decision in found.select_related("patient", "rulebook").order_by("pk").iterator(chunk_size=200):
        yield Replay(decision, tuple(_differences(decision)))


def _differences(decision: Decision) -> Iterator[str]:
    ruleset = ruleset_of(decision)
    if ruleset.hash != decision.rulebook.hash:
        yield f"the kept rules have the hash {ruleset.hash[:12]}, not {decision.rulebook.hash[:12]}"
        return
    try:
        again = _as_stored(plain_screening(screened(decision)))
    except (ValueError, KeyError, TypeError) as error:
        yield f"it cannot be made again: {error}"
        return
    before = decision.document
    if again["verdict"] != decision.verdict:
        yield f"verdict {decision.verdict}, now {again['verdict']}"
    for key in sorted(set(before) | set(again)):
        if before.get(key) != again.get(key):
            yield from _difference(key, before.get(key), again.get(key))


def _difference(key: str, before: Any, now: Any) -> Iterator[str]:
    if key != "findings":
        yield f"{key}: {before!r}, now {now!r}"
        return
    old = {finding["rule"]: finding for finding in before or ()}
    new = {finding["rule"]: finding for finding in now or ()}
    for rule in sorted(set(old) | set(new)):
        if old.get(rule) != new.get(rule):
            states = [found.get(rule, {}).get("state", "absent") for found in (old, new)]
            yield (
                f"{rule}: {states[0]}, now {states[1]}" if states[0] != states[1] else f"{rule}: other words"
            )


def _as_stored(value: dict[str, Any]) -> dict[str, Any]:
    """As it comes back from the database: lists for tuples, text for keys."""
    stored: dict[str, Any] = json.loads(json.dumps(value))
    return stored
