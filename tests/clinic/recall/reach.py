"""Lots on their way into patients: rows as the shelf, the mixing bench and the session leave them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import models
from django.utils import timezone

from anagen.clinic.audit.context import acting
from anagen.clinic.formulation.models import Drawn, Preparation, Syringe, SyringeDiscarded, Worksheet
from anagen.clinic.people.models import Patient, User
from anagen.clinic.screening.models import Decision, Rulebook
from anagen.clinic.stock.models import Balance, Draw, Lot, Movement, Place, Product, Vial
from anagen.clinic.stock.wording import look_of
from anagen.clinic.treatment.models import Administration, Event, Finish, Treatment

_number = count(1)


def made(model: type[models.Model], **fields: Any) -> Any:
    with acting("test"):
        return model.objects.create(**fields)  # type: ignore[attr-defined]


@dataclass
class Bench:
    """Where everything is mixed by one nurse, at one moment."""

    nurse: User
    at: datetime

    def lot(self, number: str = "A100", unopened: int = 3, name: str = "Saline") -> Lot:
        product = Product.objects.filter(name=name).first() or made(
            Product,
            name=name,
            maker="M",
            legal_class="medicine",
            container="vial",
            content_ml=Decimal(10),
            complete=True,
            search=name.lower(),
        )
        lot = made(
            Lot,
            product=product,
            number=number,
            look=look_of(number),
            expiry=(self.at + timedelta(days=90)).date(),
            made_at=self.at,
        )
        if unopened:
            made(
                Movement,
                lot=lot,
                place=self.place,
                kind="receipt",
                count=unopened + 1,
                key=uuid.uuid4(),
                at=self.at,
            )
            made(Balance, lot=lot, place=self.place, count=unopened)
        return lot  # type: ignore[no-any-return]

    @property
    def place(self) -> Place:
        return Place.objects.filter(name="Cupboard").first() or made(Place, name="Cupboard")

    def vial(self, lot: Lot) -> Vial:
        movement = made(
            Movement, lot=lot, place=self.place, kind="opened", count=-1, key=uuid.uuid4(), at=self.at
        )
        return made(  # type: ignore[no-any-return]
            Vial,
            lot=lot,
            place=self.place,
            movement=movement,
            content_ml=Decimal(10),
            single_dose=False,
            opened_at=self.at,
            use_by=self.at + timedelta(days=2),
        )

    def draw(self, vial: Vial, patient: Patient, purpose: str = "a worksheet") -> Draw:
        number = vial.draws.count() + 1
        return made(  # type: ignore[no-any-return]
            Draw,
            vial=vial,
            number=number,
            volume_ml=Decimal(1),
            left_ml=Decimal(10 - number),
            purpose=purpose,
            patient=patient,
            key=uuid.uuid4(),
            at=self.at,
        )

    def syringe(self, patient: Patient, *vials: Vial, use_by: datetime | None = None) -> Syringe:
        rulebook = Rulebook.objects.first() or made(Rulebook, hash="0" * 64, version="1", content={})
        decision = made(
            Decision,
            patient=patient,
            on=self.at.date(),
            facts=[],
            rulebook=rulebook,
            verdict="clear",
            document={},
        )
        worksheet = made(
            Worksheet,
            patient=patient,
            decision=decision,
            on=self.at.date(),
            request={},
            document={},
            verdict="clear",
            formulary_version="1",
            formulary_hash="0" * 64,
        )
        preparation = made(
            Preparation,
            worksheet=worksheet,
            by=self.nurse,
            prepared_at=self.at,
            use_by=use_by or self.at + timedelta(hours=4),
            needs_check=False,
        )
        for component, vial in enumerate(vials):
            drawn = self.draw(vial, patient, str(worksheet.key))
            made(Drawn, preparation=preparation, component=component, draw=drawn)
        code = f"SY{next(_number):04d}"
        return made(Syringe, preparation=preparation, number=1, code=code, volume_ml=Decimal(5))  # type: ignore[no-any-return]

    def session(self, patient: Patient, room: str = "Room 1") -> Treatment:
        return made(  # type: ignore[no-any-return]
            Treatment,
            patient=patient,
            day=timezone.localdate(self.at),
            room=room,
            injector=self.nurse,
            role="nurse",
        )

    def happened(self, treatment: Treatment, kind: str, **data: Any) -> None:
        made(
            Event,
            treatment=treatment,
            key=uuid.uuid4(),
            kind=kind,
            at=self.at,
            received_at=self.at,
            data=data,
        )

    def gives(self, syringe: Syringe, ml: str = "4", room: str = "Room 1") -> Treatment:
        treatment = self.session(syringe.preparation.worksheet.patient, room)
        made(
            Event,
            treatment=treatment,
            key=uuid.uuid4(),
            kind="map",
            at=self.at,
            received_at=self.at,
            data={"regions": {"vertex": 100}},
        )
        finish = made(Finish, treatment=treatment, key=uuid.uuid4(), at=self.at)
        made(
            Administration,
            finish=finish,
            syringe=syringe,
            given=Decimal(ml),
            wasted=syringe.volume_ml - Decimal(ml),
        )
        return treatment

    def discards(self, syringe: Syringe) -> None:
        made(SyringeDiscarded, syringe=syringe, reason="Dropped")
