"""Consent: the words, who was given them, who signed, who took it back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.names import searchable
from anagen.clinic.people.permissions import Permission

from .. import consenting, queries
from ..models import Consent, ConsentHandout, ConsentKind, ConsentText, ConsentWithdrawal
from .common import may, person

_DRAWING: Final = re.compile(r"[ML0-9. -]{0,20000}")


@transaction.atomic
def new_consent_text(
    *, by: User | str, kind: str, title: str, body: str, valid_from: date, on: date, seen: int = 0
) -> ConsentText:
    """A new version of a consent text. Patients sign it anew. `seen`: the version the person saw as the latest.

    Raises NotAllowed; ChangedMeanwhile; Refused when it says nothing or begins in the past.
    """
    may(by, Permission.KEEP_CONSENT_TEXTS)
    if kind not in ConsentKind.values or not title.strip() or not body.strip():
        raise Refused(_("A consent text has a title and says something."))
    if valid_from < on:
        raise Refused(_("This day has passed. Choose today or a later day."))
    latest = ConsentText.objects.filter(kind=kind).order_by("-version").first()
    changed = ChangedMeanwhile(
        _("Somebody else wrote a new version while you were typing. Compare, then save again.")
    )
    if (0 if latest is None else latest.version) != seen:
        raise changed
    try:
        with transaction.atomic(), acting(by):
            return ConsentText.objects.create(
                kind=kind,
                version=seen + 1,
                title=" ".join(title.split())[:120],
                body=body.replace("\r\n", "\n").strip(),
                valid_from=valid_from,
                made_by=person(by),
            )
    except IntegrityError:
        raise changed from None


@transaction.atomic
def hand_out_consent(
    *, by: User | str, patient: Patient, text: ConsentText, at: datetime | None = None
) -> ConsentHandout:
    """The patient is given a text to read. From the first time on, the time to think runs."""
    may(by, Permission.TREAT)
    Patient.objects.select_for_update().get(pk=patient.pk)
    standing = consenting.handout_of(patient, text)
    if standing is not None:
        return standing
    with acting(by):
        return ConsentHandout.objects.create(
            patient=patient, text=text, at=at or timezone.now(), by=person(by)
        )


@transaction.atomic
def sign_consent(
    *,
    by: User,
    patient: Patient,
    text: ConsentText,
    key: UUID,
    signed_name: str,
    agreed: bool,
    on: date,
    devices: Sequence[str] = (),
    mixture: str = "",
    drawing: str = "",
) -> Consent:
    """The patient signs a text; `by` is the member of staff who sees it. The same key again is the same consent.

    Raises NotAllowed; Refused when the text is not the one in force, the name is not the patient's, nothing was
    agreed, or the time to think that the place asks for has not passed.
    """
    may(by, Permission.TREAT)
    Patient.objects.select_for_update().get(pk=patient.pk)
    standing = Consent.objects.filter(key=key, patient=patient).first()
    if standing is not None:
        return standing
    if patient.user_id == by.pk:
        raise NotAllowed(_("Somebody else has to see the signature."))
    if consenting.text_in_force(text.kind, on) != text:
        raise Refused(_("There is a newer text. Read that one."))
    if not agreed:
        raise Refused(_("The patient ticks that the text was read and understood."))
    if searchable(signed_name).split() != searchable(patient.name).split():
        raise Refused(_("The patient signs with the name in the file: %(name)s.") % {"name": patient.name})
    if not _DRAWING.fullmatch(drawing):
        raise Refused(_("The drawn signature cannot be read. Draw it again, or leave it empty."))
    wanted = [device for device in devices if device in queries.allowed_devices()]
    if text.kind == ConsentKind.TREATMENT and not wanted:
        raise Refused(_("Choose the devices that the patient was told of."))
    handout = hand_out_consent(by=by, patient=patient, text=text)
    first = consenting.may_sign_on(timezone.localtime(handout.at))
    if on < first:
        raise Refused(
            _("Time to think is asked for here: this text can be signed from %(day)s on.")
            % {"day": first.strftime("%d/%m/%Y")}
        )
    with acting(by):
        return Consent.objects.create(
            patient=patient,
            key=key,
            text=text,
            handout=handout,
            devices=wanted,
            mixture=" ".join(mixture.split())[:200],
            signed_name=" ".join(signed_name.split())[:200],
            drawing=drawing.strip(),
            signed_at=timezone.now(),
            witness=by,
        )


@transaction.atomic
def withdraw_consent(*, by: User, consent: Consent, words: str = "") -> ConsentWithdrawal:
    """The patient takes a consent back: at the clinic, or from the own account. Twice is once."""
    if not (by.may(Permission.TREAT) or consent.patient.user_id == by.pk):
        raise NotAllowed(_("Your role does not allow this."))
    Patient.objects.select_for_update().get(pk=consent.patient_id)
    standing = ConsentWithdrawal.objects.filter(consent=consent).first()
    if standing is not None:
        return standing
    with acting(by):
        return ConsentWithdrawal.objects.create(consent=consent, words=" ".join(words.split())[:300], by=by)
