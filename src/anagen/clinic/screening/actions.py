"""Everything that writes screening: decisions and overrides. Both are added, never changed."""

from __future__ import annotations

import re
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.cases.actions import sign_patient
from anagen.clinic.cases.models import SignedCase
from anagen.clinic.intake.queries import facts_of
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.names import searchable
from anagen.clinic.people.permissions import Permission
from anagen.clinic.review.queries import current
from anagen.exchange.facts import plain_facts
from anagen.exchange.screening import plain_screening, plain_unmapped, unmapped_of
from anagen.knowledge.loader import Knowledge
from anagen.medicine.screening import may_be_overridden, screen

from . import queries
from .models import Decision, FindingOfDecision, Override, Rulebook

LEAST_COMMENT = 10  # characters; “ok” explains nothing to the next reader


@transaction.atomic
def decide(*, by: User | str, patient: Patient, on: date, knowledge: Knowledge | None = None) -> Decision:
    """Screen the patient's facts as they are known on that day, and keep the answer with all it rests on.

    Raises NotAllowed when the person's role may not screen.
    """
    if isinstance(by, User) and not by.may(Permission.SCREEN):
        raise NotAllowed(_("Your role does not allow this."))
    knowledge = knowledge or current()
    facts, unmapped = facts_of(patient, on=on)
    answer = screen(facts, ruleset=knowledge.ruleset, on=on, unmapped=unmapped)
    with acting(by):
        decision = Decision.objects.create(
            patient=patient,
            on=on,
            facts=plain_facts(facts),
            unmapped=[plain_unmapped(entry) for entry in unmapped],
            rulebook=_kept(knowledge),
            verdict=answer.verdict.word,
            not_before=answer.not_before,
            document=plain_screening(answer),
            decided_by=by if isinstance(by, User) else None,
        )
        FindingOfDecision.objects.bulk_create(queries.weighing(decision))
    return decision


def _kept(knowledge: Knowledge) -> Rulebook:
    """The rules of this knowledge, kept once under their hash."""
    rules = knowledge.ruleset
    content = {key: knowledge.plain[key] for key in ("version", "units", "facts", "rules")}
    rulebook, _new = Rulebook.objects.get_or_create(
        hash=rules.hash, defaults={"version": rules.version, "content": content}
    )
    return rulebook


@transaction.atomic
def override_finding(*, by: User, decision: Decision, rule: str, reason: str, comment: str) -> Override:
    """Set one finding of a decision aside. It stays visible, with this name, reason and comment beside it.

    Raises NotAllowed for a role that the rule does not name; Refused when the finding cannot be overridden,
    the reason is none of the rule's, the comment says too little, or somebody has done so already.
    """
    ruleset = queries.ruleset_of(decision)
    finding = next((found for found in queries.screened(decision).findings if found.rule == rule), None)
    if finding is None:
        raise Refused(_("This decision has no such finding."))
    if not may_be_overridden(finding, ruleset, decision.on):
        raise Refused(_("This finding cannot be overridden by anybody."))
    version = ruleset[rule].version(decision.on)
    assert version is not None  # it made the finding
    if not by.may(Permission.OVERRIDE_FINDING) or by.role not in version.override.by:
        raise NotAllowed(_("Your role may not override this finding."))
    if reason not in version.override.reasons:
        raise Refused(_("Choose one of the reasons that this rule accepts."))
    if len(comment.strip()) < LEAST_COMMENT:
        raise Refused(_("Say in a few words why, so that the next reader understands."))
    if queries.latest_decision(decision.patient) != decision:
        raise Refused(_("There is a newer decision for this patient. Look at that one first."))
    try:
        with transaction.atomic(), acting(by):
            return Override.objects.create(
                decision=decision, rule=rule, by=by, role=by.role, reason=reason, comment=comment.strip()
            )
    except IntegrityError:
        raise Refused(_("Somebody has overridden this finding already.")) from None


def sign_as_case(*, by: User, decision: Decision, title: str) -> SignedCase:
    """Sign the answer of a decision, as the rules gave it, without the person and without what was set aside.

    Raises as `cases.actions.sign_patient`; Refused where the title names the patient.
    """
    named = {part for part in searchable(decision.patient.name).split() if len(part) > 1}
    if named & set(re.findall(r"[\w'-]+", searchable(title))):
        raise Refused(_("Leave the name of the patient out: others may read the case."))
    return sign_patient(
        by=by,
        facts=queries.facts_of_decision(decision),
        unmapped=[unmapped_of(entry) for entry in decision.unmapped],
        on=decision.on,
        ruleset=queries.ruleset_of(decision),
        knowledge=current(),
        title=title,
    )
