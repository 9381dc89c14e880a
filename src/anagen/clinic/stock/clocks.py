"""How long an opened container may be used. The limits are knowledge (topic “storage”); nothing is kept here."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from anagen.clinic.review.queries import current
from anagen.medicine.dates import Duration

from .models import Lot

SINGLE_DOSE, MULTI_DOSE = "storage.single_dose_vial", "storage.multi_dose_vial"


def longest_open(topic: str) -> Duration:
    """The longest time after opening that the knowledge allows for single-dose or multi-dose containers."""
    return Duration.parse(current().topics[topic]["details"]["use_within"]["most"])


def use_by(lot: Lot, opened_at: datetime) -> datetime:
    """When an opened container of `lot` is no longer used: whichever comes first of label, limit and expiry.

    A multi-dose container whose label says no time after opening is used like a single-dose one.
    """
    product = lot.product
    own = product.opened_hours
    known_multi = not product.is_single_dose and own is not None
    limit = longest_open(MULTI_DOSE if known_multi else SINGLE_DOSE)
    ends = [opened_at + timedelta(minutes=limit.minutes)]
    if own is not None:
        ends.append(opened_at + timedelta(hours=own))
    if lot.expiry is not None:
        ends.append(end_of(lot))
    return min(ends)


def end_of(lot: Lot) -> datetime:
    """The first moment at which the lot has expired, in the clinic's time."""
    assert lot.expiry is not None
    return timezone.make_aware(datetime.combine(lot.expiry + timedelta(days=1), time.min))


def shared(lot: Lot) -> bool:
    """Whether an opened container may serve more than one patient: multi-dose, with a known time after opening."""
    return not lot.product.is_single_dose and lot.product.opened_hours is not None
