"""Words of the pages about mixtures."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import Patient

from .queries import Standing

STANDINGS: Final[dict[Standing, tuple[Promise, str]]] = {
    Standing.REVISED: (_("Revised"), "quiet"),
    Standing.BARRED: (_("Refused"), "bad"),
    Standing.OPEN: (_("Answers are missing"), "warm"),
    Standing.TO_DECIDE: (_("Waits for a decision"), "warm"),
    Standing.READY: (_("May be prepared"), "good"),
    Standing.TO_CHECK: (_("Waits for the second check"), "warm"),
    Standing.CHECK_FAILED: (_("Second check failed three times"), "bad"),
    Standing.TO_GIVE: (_("Ready to give"), "good"),
    Standing.GIVEN: (_("Given"), "quiet"),
    Standing.PAST: (_("Past its use-by"), "bad"),
    Standing.DISCARDED: (_("Thrown away"), "quiet"),
}
CHECK_REASONS: Final[dict[str, Promise]] = {
    "first_session": _("the first mixture of this patient"),
    "new_here": _("a product that is new here"),
    "new_for_patient": _("a product that is new for this patient"),
    "near_ceiling": _("a dose near its ceiling"),
    "decided": _("a finding that was decided by name"),
}
STRENGTHS: Final[dict[str, Promise]] = {
    "licensed": _("licensed for it"),
    "trial": _("shown in trials"),
    "weak": _("weak evidence"),
    "claimed": _("claimed, not shown"),
    "implausible": _("implausible"),
}
PER: Final[dict[str, Promise]] = {
    "session": _("a session"),
    "kg": _("a day, by weight"),
    "day": _("a day"),
    "month": _("thirty days"),
    "course": _("a course"),
    "site": _("a point"),
}


def initials(patient: Patient) -> str:
    """What stands on a label in place of the name."""
    return " ".join(f"{part[:1].upper()}." for part in (patient.given_name, patient.family_name) if part)


def rounded(value: Decimal) -> str:
    """With two decimals at most, for reading."""
    short = f"{value:.2f}".rstrip("0").rstrip(".")
    return short or "0"
