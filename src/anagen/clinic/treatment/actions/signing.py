"""Signing: the record, the supervisor's signature, and what is added later. Each is sealed into the chart's chain."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.audit import chain
from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission

from .. import chart, record
from ..models import ChartLink, LinkKind, Treatment
from ..queries import Session
from ..wording import GAPS
from .common import confirm, held, may


def sign_record(
    *, by: User, treatment: Treatment, password: str, key: UUID | None = None, address: str = ""
) -> ChartLink:
    """Sign and lock the record. Whoever injected signs, with the password entered again; signing twice is once.

    Raises NotAllowed for anybody else, WrongPassword, TooManyTries, and Refused while the chart lacks something.
    """
    may(by, Permission.TREAT)
    if treatment.injector_id != by.pk:
        raise NotAllowed(_("Whoever injected signs the record."))
    confirm(by, password, address)
    with transaction.atomic():
        session = Session(held(treatment))
        if session.record is not None:
            return session.record
        if session.gaps:
            raise Refused(" ".join(str(GAPS[gap]) for gap in session.gaps))
        return _append(by, session, LinkKind.RECORD, record.content(session), key)


def countersign(
    *,
    by: User,
    treatment: Treatment,
    password: str,
    words: str = "",
    key: UUID | None = None,
    address: str = "",
) -> ChartLink:
    """The supervisor has read the record and signs it as well. Nobody countersigns their own.

    Raises NotAllowed, WrongPassword, TooManyTries; Refused when it is not signed, or needs no second signature.
    """
    may(by, Permission.SUPERVISE)
    if treatment.injector_id == by.pk:
        raise NotAllowed(_("Nobody countersigns their own record."))
    confirm(by, password, address)
    with transaction.atomic():
        session = Session(held(treatment))
        if session.countersigned is not None:
            return session.countersigned
        if session.record is None or not session.needs_countersignature:
            raise Refused(_("This record does not wait for a second signature."))
        said = {"form": "anagen countersignature 1", "words": _tidy(words), "record": session.record.hash}
        return _append(by, session, LinkKind.COUNTERSIGNATURE, record.written(said), key)


def add_addendum(
    *, by: User, treatment: Treatment, words: str, password: str, key: UUID | None = None, address: str = ""
) -> ChartLink:
    """Add words to a signed record. The same key again is the same addendum.

    Raises NotAllowed, WrongPassword, TooManyTries; Refused when nothing is said or the record is not signed.
    """
    may(by, Permission.TREAT)
    said = _tidy(words)
    if not said:
        raise Refused(_("There is nothing to add yet."))
    confirm(by, password, address)
    with transaction.atomic():
        session = Session(held(treatment))
        standing = ChartLink.objects.filter(key=key).first() if key is not None else None
        if standing is not None and standing.treatment_id == treatment.pk:
            return standing
        if session.record is None:
            raise Refused(_("The record is not signed yet. Add it to the session itself."))
        content: dict[str, Any] = {"form": "anagen addendum 1", "words": said, "record": session.record.hash}
        return _append(by, session, LinkKind.ADDENDUM, record.written(content), key)


def _append(by: User, session: Session, kind: str, content: str, key: UUID | None) -> ChartLink:
    """The next link of the patient's chart. The patient's row is held: links come one after the other."""
    before = ChartLink.objects.filter(patient=session.patient).order_by("-number").first()
    number = 1 if before is None else before.number + 1
    previous = chain.BEGINNING if before is None else before.hash
    key, at = key or uuid.uuid4(), timezone.now()
    seal = chart.sealed(
        patient=session.patient.pk,
        number=number,
        treatment=session.treatment.pk,
        kind=str(kind),
        key=key,
        content=content,
        at=at,
        by=by.pk,
        name=by.full_name,
        role=by.role,
        previous=previous,
    )
    try:
        with transaction.atomic(), acting(by):
            return ChartLink.objects.create(
                patient=session.patient,
                number=number,
                treatment=session.treatment,
                kind=kind,
                key=key,
                content=content,
                at=at,
                by=by,
                name=by.full_name,
                role=by.role,
                previous=previous,
                hash=seal,
            )
    except IntegrityError:
        raise Refused(_("This was signed meanwhile. Look again.")) from None


def _tidy(words: str) -> str:
    return "\n".join(" ".join(line.split()) for line in words.replace("\x00", "").splitlines()).strip()[:4000]
