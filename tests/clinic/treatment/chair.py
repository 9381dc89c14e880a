"""A patient in the chair, one step after the other: papers, price, consent, syringe, checks; made through actions."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone

from anagen.clinic.audit.context import acting
from anagen.clinic.billing.actions import set_price
from anagen.clinic.billing.models import Price, Service
from anagen.clinic.formulation.models import Drawn, Preparation, SecondCheck, Syringe, Worksheet
from anagen.clinic.people.models import Patient, User
from anagen.clinic.screening.queries import latest_decision
from anagen.clinic.stock.models import Draw, Lot, Movement, Place, Product, ProductIngredient, Vial
from anagen.clinic.treatment import actions, consenting, queries, todays_questions
from anagen.clinic.treatment.actions import Used
from anagen.clinic.treatment.devices import BY_HAND
from anagen.clinic.treatment.models import (
    Certificate,
    CertificateKind,
    Consent,
    ConsentKind,
    ConsentText,
    Treatment,
)
from anagen.clinic.treatment.queries import Session
from anagen.medicine.treatment import Kind

PLAIN = "ingredient.sodium_chloride"


def papers(holder: User, lead: User, on: date) -> list[Certificate]:
    """Everything without which nobody injects, for a year."""
    return [
        actions.add_certificate(
            by=lead,
            holder=holder,
            kind=kind,
            number=f"N {holder.pk}",
            issuer="College",
            valid_from=on - timedelta(days=30),
            valid_until=on + timedelta(days=365),
        )
        for kind in CertificateKind.values
    ]


def price(lead: User, on: date, service: str = Service.SESSION, amount: str = "120.00") -> Price:
    return set_price(by=lead, service=service, amount=Decimal(amount), currency="EUR", valid_from=on, on=on)


def text(lead: User, on: date, kind: str = ConsentKind.TREATMENT, seen: int = 0) -> ConsentText:
    return actions.new_consent_text(
        by=lead,
        kind=kind,
        title="Consent",
        body="What is done, and what can happen.",
        valid_from=on,
        on=on,
        seen=seen,
    )


def signed(patient: Patient, witness: User, on: date, **other: Any) -> Consent:
    asked: dict[str, Any] = {
        "text": consenting.text_in_force(ConsentKind.TREATMENT, on),
        "signed_name": patient.name,
        "agreed": True,
        "devices": [BY_HAND],
        "key": uuid.uuid4(),
    } | other
    return actions.sign_consent(by=witness, patient=patient, on=on, **asked)


def syringe(
    patient: Patient,
    by: User,
    *,
    code: str = "S1",
    volume: str = "5",
    use_by: datetime | None = None,
    checked: bool = True,
    ingredients: tuple[str, ...] = (PLAIN,),
) -> Syringe:
    """A prepared syringe, its rows made one by one as the mixing bench would leave them."""
    now = timezone.now()

    def made(model: type[models.Model], **fields: Any) -> Any:
        return model.objects.create(**fields)  # type: ignore[attr-defined]

    with acting(by):
        product = made(
            Product,
            name=f"Saline {code}",
            maker="M",
            legal_class="medicine",
            container="vial",
            content_ml=Decimal(10),
            complete=True,
            search="saline",
        )
        for position, name in enumerate(ingredients, start=1):
            made(ProductIngredient, product=product, position=position, name=name, ingredient=name)
        lot = made(
            Lot,
            product=product,
            number=f"L-{code}",
            look=code,
            expiry=now.date() + timedelta(days=90),
            made_at=now,
        )
        place, _new = Place.objects.get_or_create(name="Room 1")
        movement = made(
            Movement, lot=lot, place=place, kind="opened", count=-1, key=uuid.uuid4(), at=now, by=by
        )
        vial = made(
            Vial,
            lot=lot,
            place=place,
            movement=movement,
            content_ml=Decimal(10),
            single_dose=True,
            opened_at=now,
            use_by=now + timedelta(hours=4),
        )
        worksheet = made(
            Worksheet,
            patient=patient,
            decision=latest_decision(patient),
            on=now.date(),
            request={},
            document={},
            verdict="clear",
            formulary_version="1",
            formulary_hash="0" * 64,
        )
        preparation = made(
            Preparation,
            worksheet=worksheet,
            by=by,
            prepared_at=now,
            use_by=use_by or now + timedelta(hours=4),
            needs_check=True,
        )
        if checked:
            made(SecondCheck, preparation=preparation, by=by, entered={}, agrees=True)
        drawn = made(
            Draw,
            vial=vial,
            number=1,
            volume_ml=Decimal(volume),
            left_ml=Decimal(10) - Decimal(volume),
            purpose=str(worksheet.key),
            patient=patient,
            key=uuid.uuid4(),
            at=now,
        )
        made(Drawn, preparation=preparation, component=0, draw=drawn)
        return Syringe.objects.create(preparation=preparation, number=1, code=code, volume_ml=Decimal(volume))


def no_to_all(patient: Patient, on: date) -> dict[str, str]:
    """Today's questions, answered by a patient to whom nothing has happened."""
    return {one.fact: one.said_before or "no" for one in todays_questions.asked(patient, on).questions}


def ready(treatment: Treatment, by: User, on: date, code: str = "S1", **left_out: bool) -> None:
    """Every check before the first needle, but for those set to False."""
    said: dict[Kind, dict[str, Any]] = {
        Kind.IDENTITY: {"by": ["name", "birth_date"]},
        Kind.QUESTIONS: {"answers": no_to_all(treatment.patient, on)},
        Kind.EXAMINED: {"scalp": True, "kit": True},
        Kind.SYRINGE: {"code": code},
        Kind.ALLERGY_TEST: {"for": [PLAIN], "result": "negative"},
        Kind.ANTISEPSIS: {"agent": "chlorhexidine"},
        Kind.MIXED: {},
    }
    for kind, data in said.items():
        if left_out.get(kind.value, True):
            actions.add_event(by=by, treatment=treatment, kind=kind, data=data)


def injected(
    treatment: Treatment, by: User, *, points: int = 100, volume: str = "0.05", changes: int = 2
) -> None:
    """The first needle, the points, needles and pain."""
    actions.add_event(by=by, treatment=treatment, kind=Kind.FIRST_NEEDLE)
    for _change in range(changes):
        actions.add_event(by=by, treatment=treatment, kind=Kind.NEEDLE_CHANGE)
    actions.add_event(
        by=by,
        treatment=treatment,
        kind=Kind.MAP,
        data={"regions": {"vertex": points}, "depth_mm": "2", "volume_ml": volume},
    )
    actions.add_event(by=by, treatment=treatment, kind=Kind.PAIN, data={"score": 3})


def finished(
    treatment: Treatment, by: User, *, code: str = "S1", given: str = "5", wasted: str = "0", **other: Any
) -> Any:
    asked: dict[str, Any] = {
        "key": uuid.uuid4(),
        "used": [Used(code, Decimal(given), Decimal(wasted))],
    } | other
    return actions.finish_treatment(by=by, treatment=treatment, **asked)


def cared_for(treatment: Treatment, by: User) -> None:
    """Seen at the end of the observation, and the sheet given."""
    ends = Session(treatment).observed_until
    assert ends is not None
    actions.add_event(
        by=by, treatment=treatment, kind=Kind.LEFT, data={"reason": "told to wait at home with her sister"}
    )
    actions.add_event(by=by, treatment=treatment, kind=Kind.OBSERVED, data={"well": True})
    actions.add_event(by=by, treatment=treatment, kind=Kind.SHEET)


def session(treatment: Treatment) -> Session:
    """Read anew."""
    found = queries.treatment(treatment.pk, treatment.patient)
    assert found is not None
    return Session(found)
