"""What a record says: everything of a session, as one text that is signed and never changes."""

from __future__ import annotations

from typing import Any

import orjson

from anagen.clinic.screening.models import Decision
from anagen.clinic.screening.queries import standing
from anagen.medicine.treatment import Kind

from . import consenting, syringes
from .models import Consent, ConsentKind, TodaysDecision
from .queries import Session


def content(session: Session) -> str:
    """The record as JSON: the same session gives the same text."""
    return written(_record(session))


def written(document: dict[str, Any]) -> str:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def _authority(session: Session) -> tuple[Consent | None, Decision | None]:
    """The consent and the decision that allowed the first needle; the latest ones where it does not name them."""
    needle = session.last(Kind.FIRST_NEEDLE)
    asked = TodaysDecision.objects.filter(event__treatment=session.treatment).order_by("-pk")
    own = None if needle is None else asked.filter(event=needle).first()
    found = own or asked.first()
    consents = consenting.consents_of(session.patient)
    named = None if needle is None else consents.filter(pk=needle.data.get("consent")).first()
    consent = named or consenting.standing(session.patient, ConsentKind.TREATMENT)
    return consent, None if found is None else found.decision


def _record(session: Session) -> dict[str, Any]:
    treatment, patient, finish = session.treatment, session.patient, session.finish
    assert finish is not None
    consent, decision = _authority(session)
    return {
        "form": "anagen treatment 1",
        "treatment": treatment.pk,
        "day": treatment.day.isoformat(),
        "patient": {
            "number": patient.number,
            "name": patient.name,
            "birth_date": patient.birth_date.isoformat(),
        },
        "course": None if treatment.course is None else str(treatment.course.key),
        "session": treatment.session,
        "room": treatment.room,
        "injector": {"id": treatment.injector_id, "name": str(treatment.injector), "role": treatment.role},
        "decision": None
        if decision is None
        else {
            "id": decision.pk,
            "verdict": standing(decision).verdict.word,
            "rules": decision.rulebook.hash,
            "overrides": [
                {"rule": one.rule, "reason": one.reason, "by": str(one.by)}
                for one in decision.overrides.all()
            ],
        },
        "consent": None
        if consent is None
        else {
            "text": consent.text.version,
            "name": consent.signed_name,
            "signed_at": consent.signed_at.isoformat(),
            "witness": str(consent.witness),
        },
        "events": [
            {
                "key": str(event.key),
                "kind": event.kind,
                "at": event.at.isoformat(),
                "received_at": event.received_at.isoformat(),
                "clock_difference": event.clock_difference,
                "by": None if event.by is None else str(event.by),
                "data": event.data,
            }
            for event in session.events
        ],
        "finished": {
            "at": finish.at.isoformat(),
            "points": finish.points,
            "by_points": f"{finish.by_points:f}",
            "reasons": finish.reasons,
            "administrations": [
                {
                    "syringe": one.syringe.code,
                    "held": f"{one.syringe.volume_ml:f}",
                    "given": f"{one.given:f}",
                    "wasted": f"{one.wasted:f}",
                    "contents": syringes.contents_of(one.syringe),
                }
                for one in finish.administrations.all()
            ],
            "charge": None
            if finish.charge is None
            else {"amount": f"{finish.charge.amount:f}", "currency": finish.charge.currency},
        },
    }
