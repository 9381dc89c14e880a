"""Reading prices and charges."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from anagen.clinic.people.models import Patient

from .models import Charge, Price


def price_of(service: str, on: date) -> Price | None:
    """What the list says on that day; None when it says nothing."""
    return Price.objects.filter(service=service, valid_from__lte=on).order_by("-valid_from").first()


def price_list() -> QuerySet[Price]:
    return Price.objects.select_related("made_by")


def charges_of(patient: Patient) -> QuerySet[Charge]:
    return Charge.objects.filter(patient=patient)
