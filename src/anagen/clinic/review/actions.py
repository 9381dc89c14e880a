"""Everything that changes the knowledge of a clinic. A change is added, never edited, and only if all of it passes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.knowledge import changes
from anagen.knowledge.changes import Added, Adjusted, AdviceOnly, Change, Signed, Withdrawn
from anagen.knowledge.loader import Knowledge, KnowledgeError
from anagen.knowledge.reading import Fault

from . import queries
from .models import RuleChange, SoundKnowledge

LEAST_REASON: Final = 10  # characters; “ok” explains nothing to the next reader
LONGEST_AHEAD: Final = timedelta(days=366)


class Faulty(Refused):
    """The knowledge would have a fault with this change; all of them are listed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{fault.what} {fault.mend}".strip() for fault in faults))


def sign_rule(
    *,
    by: User | str,
    rule: str,
    reason: str,
    on: date,
    seen: str,
    start: date | None = None,
    again_before: date | None = None,
) -> RuleChange:
    """The medical lead has read a rule and accepts it as it stands. Raises as `make`."""
    said = _said(by, rule, reason, on, start)
    return make(by=by, change=Signed(**said, again_before=again_before), seen=seen)


def set_parameter(
    *,
    by: User | str,
    rule: str,
    values: Mapping[str, str],
    reason: str,
    on: date,
    seen: str,
    words: Mapping[str, str] | None = None,
    start: date | None = None,
) -> RuleChange:
    """Set numbers of a rule within their ranges, with the words that name them. Raises as `make`."""
    said = _said(by, rule, reason, on, start)
    return make(by=by, change=Adjusted(**said, values=dict(values), words=dict(words or {})), seen=seen)


def add_rule(
    *, by: User | str, content: Mapping[str, Any], reason: str, on: date, seen: str, start: date | None = None
) -> RuleChange:
    """Add a rule of the clinic's own with its worked examples. Raises as `make`."""
    said = _said(by, str(content.get("id", "")), reason, on, start)
    return make(by=by, change=Added(**said, content=dict(content)), seen=seen)


def advice_only(
    *, by: User | str, rule: str, reason: str, on: date, seen: str, start: date | None = None
) -> RuleChange:
    """What a rule finds is advice from now on: a caution that stays visible. Raises as `make`."""
    return make(by=by, change=AdviceOnly(**_said(by, rule, reason, on, start)), seen=seen)


def withdraw(
    *, by: User | str, rule: str, reason: str, on: date, seen: str, start: date | None = None
) -> RuleChange:
    """End a rule of the clinic's own, or take a shipped one back to how it was shipped. Raises as `make`."""
    return make(by=by, change=Withdrawn(**_said(by, rule, reason, on, start)), seen=seen)


def _said(by: User | str, rule: str, reason: str, on: date, start: date | None) -> dict[str, Any]:
    name = by.full_name if isinstance(by, User) else by
    return {"rule": rule, "start": start or on, "by": name, "on": on, "reason": " ".join(reason.split())}


@transaction.atomic
def make(*, by: User | str, change: Change, seen: str) -> RuleChange:
    """Keep a change. `seen`: the hash of the rules that the person had before them.

    Raises NotAllowed; Refused for a reason that says too little or a day that has passed; ChangedMeanwhile when
    the rules are no longer those; Faulty with every fault. Then nothing is written.
    """
    if isinstance(by, User) and not by.may(Permission.REVIEW_RULES):
        raise NotAllowed(_("Your role does not allow this."))
    if len(change.reason) < LEAST_REASON:
        raise Refused(_("Say in a few words why, so that the next reader understands."))
    if not change.on <= change.start <= change.on + LONGEST_AHEAD:
        raise Refused(_("It can begin today, or on a day within a year from now."))
    # Read before the rules are looked at: a change that comes in between takes the number that is wanted here.
    last = RuleChange.objects.order_by("-number").first()
    queries.forget()
    if queries.current().ruleset.hash != seen:
        raise ChangedMeanwhile(
            _("The rules have been changed since you looked. Nothing was kept; look at them again.")
        )
    change = changes.bound(change, queries.current().plain)
    proposal = queries.proposed(change)
    if proposal.faults:
        raise Faulty(proposal.faults)
    content = change.plain()
    text = json.dumps([last.digest if last else "", content], sort_keys=True, ensure_ascii=False)
    try:
        with transaction.atomic(), acting(by):
            row = RuleChange.objects.create(
                number=last.number + 1 if last else 1,
                kind=change.kind,
                rule=change.rule,
                content=content,
                from_day=change.start,
                reason=change.reason,
                by=by if isinstance(by, User) else None,
                role=by.role if isinstance(by, User) else "",
                upon=seen,
                digest=hashlib.sha256(text.encode()).hexdigest(),
            )
    except IntegrityError:
        raise ChangedMeanwhile(
            _("Somebody else has changed a rule in this moment. Nothing was kept; look again.")
        ) from None
    queries.forget()
    return row


@transaction.atomic
def keep_sound(*, knowledge: Knowledge) -> None:
    """Keep knowledge that has passed its checks, once, to go on with when the files should have a fault."""
    key = changes.digest(knowledge.plain)
    last, before = [*SoundKnowledge.objects.order_by("-id").values_list("key", flat=True)[:2], "", ""][:2]
    if last in (key, _once_more(key, before)):
        return
    with acting("knowledge"):
        # A version that was left and is taken up again (an upgrade that was undone) is the newest once more.
        known = SoundKnowledge.objects.filter(key=key).exists()
        SoundKnowledge.objects.get_or_create(
            key=_once_more(key, last) if known else key,
            defaults={"version": knowledge.plain["version"], "packed": queries.packed(_whole(knowledge))},
        )


def _once_more(key: str, after: str) -> str:
    """The key of knowledge that was kept before and is taken up again after another."""
    return hashlib.sha256(f"{key} {after}".encode()).hexdigest()


def _whole(knowledge: Knowledge) -> dict[str, Any]:
    """With the topics, which stock and treatment read; without them where they have a fault of their own."""
    try:
        return dict(knowledge.account)
    except KnowledgeError:
        return dict(knowledge.plain)
