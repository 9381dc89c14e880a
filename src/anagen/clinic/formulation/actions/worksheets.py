"""Worksheets, decisions about their findings, and dividing one into several."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.review.queries import current
from anagen.clinic.screening.queries import latest_decision
from anagen.exchange.errors import BadInput
from anagen.medicine.formulation import may_be_overridden
from anagen.medicine.mixture import Component, MixtureRequest

from .. import judging, queries
from ..dividing import split
from ..judging import Judged, Known, Wish, answered
from ..models import MixtureDecision, Worksheet
from .common import held, in_words, kept, may, person

LEAST_COMMENT: Final = 10  # characters; “ok” explains nothing to the next reader


@transaction.atomic
def make_worksheet(
    *,
    by: User | str,
    patient: Patient,
    wish: Wish,
    on: date,
    key: UUID,
    session: int | None = None,
    revises: Worksheet | None = None,
) -> Worksheet:
    """Judge a wish for a day and keep the answer with all it rests on; `revises`: the worksheet it takes the place of.

    Raises NotAllowed; Refused for a wish that can be no mixture, or a patient nobody has screened; ChangedMeanwhile
    when the worksheet has been revised or prepared by somebody else.
    """
    may(by, Permission.PREPARE_MIXTURE)
    patient = held(patient)
    before = Worksheet.objects.filter(key=key).first()
    if before is not None:
        if before.patient_id != patient.pk:
            raise ChangedMeanwhile(_("Open the form again."))
        return before
    decision = latest_decision(patient)
    if decision is None:
        raise Refused(_("Screen this patient first: the mixture is judged by what is known of them."))
    if revises is not None:
        _check_revisable(revises, patient)
    try:
        found = judging.judged(wish, patient=patient, known=Known.at(decision), on=on)
    except BadInput as bad:
        raise Refused(in_words(bad)) from None
    return _keep(by, patient, found, on=on, key=key, session=session, revises=revises)


def _check_revisable(worksheet: Worksheet, patient: Patient) -> None:
    current_one = queries.worksheet(worksheet.pk, patient)
    if current_one is None:
        raise Refused(_("This worksheet belongs to another patient."))
    if queries.preparation_of(current_one) is not None:
        raise ChangedMeanwhile(_("This worksheet has been prepared already. Make a new one."))
    if hasattr(current_one, "revised_by"):
        raise ChangedMeanwhile(_("Somebody else has revised this worksheet already. Look at that one first."))


def _keep(
    by: User | str,
    patient: Patient,
    found: Judged,
    *,
    on: date,
    key: UUID,
    session: int | None,
    revises: Worksheet | None,
) -> Worksheet:
    decision = latest_decision(patient)
    assert decision is not None
    with acting(by):
        formulary = kept(current())
        return Worksheet.objects.create(
            key=key,
            patient=patient,
            decision=decision,
            revises=revises,
            session=session,
            on=on,
            request=found.plain,
            document=found.document,
            verdict=found.answer.verdict.word,
            formulary_version=formulary.version,
            formulary_hash=formulary.hash,
            made_by=person(by),
        )


@transaction.atomic
def split_worksheet(*, by: User | str, worksheet: Worksheet, on: date) -> list[Worksheet]:
    """The fewest syringes that hold, a worksheet for each; the first takes the place of the divided one.

    Raises NotAllowed; Refused where no division holds, with the reason; ChangedMeanwhile.
    """
    may(by, Permission.PREPARE_MIXTURE)
    patient = held(worksheet.patient)
    keys = [uuid5(worksheet.key, f"part {number}") for number in range(20)]
    before = list(Worksheet.objects.filter(key__in=keys).order_by("pk"))
    if before:
        return before
    _check_revisable(worksheet, patient)
    decision = latest_decision(patient)
    assert decision is not None  # the worksheet has one
    known = Known.at(decision)
    found = judging.again(worksheet, current().formulary)
    parts = split(found, known)
    if len(parts.syringes) < 2:
        raise Refused(" ".join(parts.words) or _("It holds together as it is."))
    made = []
    for number, components in enumerate(parts.syringes):
        request = _part(found.request, components)
        made.append(
            _keep(
                by,
                patient,
                answered(request, found.formulary, on=on, known=known),
                on=on,
                key=keys[number],
                session=worksheet.session,
                revises=worksheet if number == 0 else None,
            )
        )
    return made


def _part(request: MixtureRequest, components: tuple[Component, ...]) -> MixtureRequest:
    """One syringe of a divided request; its points where they come out whole. What was measured was another mixture."""
    volume = sum((one.volume for one in components), Decimal(0))
    per = request.volume_per_point
    points = (
        int(volume / per) if per is not None and request.points is not None and volume % per == 0 else None
    )
    return replace(
        request,
        components=components,
        points=points,
        volume_per_point=per if points is not None else None,
        measured_ph=None,
        measured_osmolality=None,
    )


@transaction.atomic
def decide_finding(
    *, by: User, worksheet: Worksheet, rule: str, about: tuple[str, ...], reason: str, comment: str
) -> MixtureDecision:
    """Decide one finding of a worksheet by name. It stays visible, with name, reason and comment beside it.

    Raises NotAllowed for a role that the rule does not name; Refused when nobody may decide it, the reason is none of
    the rule's or the comment says too little; ChangedMeanwhile when it was decided or prepared already.
    """
    held(worksheet.patient)
    if queries.preparation_of(Worksheet.objects.get(pk=worksheet.pk)) is not None:
        raise ChangedMeanwhile(_("This worksheet has been prepared already."))
    answer = judging.again(worksheet).answer
    finding = next((one for one in answer.reasons if judging.name_of(one) == (rule, about)), None)
    if finding is None:
        raise Refused(_("This worksheet has no such finding."))
    if not may_be_overridden(finding):
        raise Refused(_("This finding cannot be set aside by anybody."))
    if not by.may(Permission.DECIDE_MIXTURE) or by.role not in finding.override.by:
        raise NotAllowed(_("Your role may not decide this finding."))
    if reason not in finding.override.reasons:
        raise Refused(_("Choose one of the reasons that this rule accepts."))
    if len(comment.strip()) < LEAST_COMMENT:
        raise Refused(_("Say in a few words why, so that the next reader understands."))
    try:
        with transaction.atomic(), acting(by):
            return MixtureDecision.objects.create(
                worksheet=worksheet,
                rule=rule,
                about=list(about),
                by=by,
                role=by.role,
                reason=reason,
                comment=comment.strip(),
            )
    except IntegrityError:
        raise ChangedMeanwhile(_("Somebody has decided this finding already.")) from None
