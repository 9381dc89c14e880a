"""What a session wants to know of a prepared syringe."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from anagen.clinic.formulation.models import Syringe
from anagen.clinic.people.models import Patient
from anagen.clinic.stock.models import Lot
from anagen.clinic.stock.queries import quarantine_of
from anagen.exchange.labels import NotALabel, read_code
from anagen.medicine import treatment as medicine

from .models import Administration, Finish


def _known() -> QuerySet[Syringe]:
    return Syringe.objects.select_related(
        "preparation__worksheet__patient", "administration", "discarded"
    ).prefetch_related("preparation__checks", "preparation__drawn__draw__vial__lot__product__ingredients")


def find(scanned: str) -> Syringe | None:
    """The syringe whose label was scanned or typed."""
    try:
        code = read_code(scanned)
    except NotALabel:
        code = scanned.strip()
    return _known().filter(code__iexact=code).first() if code else None


def of_codes(codes: list[str]) -> list[Syringe]:
    """In the order of the codes."""
    found = {syringe.code: syringe for syringe in _known().filter(code__in=codes)}
    return [found[code] for code in codes if code in found]


def was_given(syringe: Syringe) -> bool:
    """Asked by formulation, which lies below and knows nothing of sessions."""
    return Administration.objects.filter(syringe=syringe).exists()


def given_in(finish: Finish) -> list[Administration]:
    """What was given, each with its syringe and everything drawn into it."""
    found = {syringe.pk: syringe for syringe in _known().filter(administration__finish=finish)}
    given = list(finish.administrations.all())
    for one in given:
        one.syringe = found[one.syringe_id]
    return given


def ready_for(patient: Patient, at: datetime) -> list[Syringe]:
    """Those of this patient to which nothing is to be said."""
    mine = _known().filter(
        preparation__worksheet__patient=patient,
        preparation__use_by__gt=at,
        administration__isnull=True,
        discarded__isnull=True,
    )
    return [one for one in mine if not medicine.syringe_faults(seen(one, patient, at), at)]


def seen(syringe: Syringe, patient: Patient, at: datetime) -> medicine.Syringe:
    """A syringe as the checks see it."""
    preparation = syringe.preparation
    checks = list(preparation.checks.all())
    return medicine.Syringe(
        code=syringe.code,
        is_theirs=preparation.worksheet.patient_id == patient.pk,
        checked=not preparation.needs_check or any(check.agrees for check in checks),
        given=hasattr(syringe, "administration"),
        discarded=hasattr(syringe, "discarded"),
        held_back=any(_held_back(lot, at) for lot in lots_of(syringe)),
        use_by=preparation.use_by,
        ingredients=ingredients_of(syringe),
    )


def _held_back(lot: Lot, at: datetime) -> bool:
    return quarantine_of(lot) is not None or lot.expired(timezone.localdate(at))


def lots_of(syringe: Syringe) -> list[Lot]:
    """Of everything that was drawn into the preparation."""
    return list({drawn.draw.vial.lot: None for drawn in syringe.preparation.drawn.all()})


def ingredients_of(syringe: Syringe) -> frozenset[str] | None:
    """Ids of the knowledge; None when nothing was drawn or a product does not list everything that is in it."""
    lots = lots_of(syringe)
    parts = [part for lot in lots for part in lot.product.ingredients.all()]
    if (
        not parts
        or not all(lot.product.complete for lot in lots)
        or not all(part.ingredient for part in parts)
    ):
        return None
    return frozenset(part.ingredient for part in parts)


def contents_of(syringe: Syringe) -> list[dict[str, Any]]:
    """For the record: product, lot and volume of every draw into the preparation that the syringe is part of."""
    return [
        {
            "product": str(drawn.draw.vial.lot.product),
            "lot": drawn.draw.vial.lot.number,
            "vial": drawn.draw.vial.mark,
            "ml": f"{drawn.draw.volume_ml:f}",
            "ingredients": [str(part) for part in drawn.draw.vial.lot.product.ingredients.all()],
        }
        for drawn in syringe.preparation.drawn.all()
    ]
