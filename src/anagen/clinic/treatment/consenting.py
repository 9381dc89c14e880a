"""How a patient's consent stands: the text in force, the signature under it, and the time to think."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet

from anagen.clinic.people.models import Patient
from anagen.medicine.dates import Duration, add
from anagen.medicine.treatment import Agreement

from .devices import topic
from .models import Consent, ConsentHandout, ConsentKind, ConsentText

EVERYWHERE = "everywhere"


def texts() -> QuerySet[ConsentText]:
    return ConsentText.objects.select_related("made_by")


def text_in_force(kind: str, on: date) -> ConsentText | None:
    """The latest version that holds on that day."""
    return ConsentText.objects.filter(kind=kind, valid_from__lte=on).order_by("-version").first()


def consents_of(patient: Patient) -> QuerySet[Consent]:
    """Newest first."""
    return (
        Consent.objects.filter(patient=patient)
        .select_related("text", "witness", "withdrawal", "handout", "patient")
        .order_by("-signed_at", "-id")
    )


def standing(patient: Patient, kind: str) -> Consent | None:
    """The latest consent of a kind, unless it was withdrawn."""
    latest = consents_of(patient).filter(text__kind=kind).first()
    return None if latest is None or hasattr(latest, "withdrawal") else latest


def agreement(patient: Patient, device: str, *, on: date) -> Agreement:
    """How the consent to the treatment stands for this device."""
    latest = consents_of(patient).filter(text__kind=ConsentKind.TREATMENT).first()
    if latest is None:
        return Agreement.NONE
    if hasattr(latest, "withdrawal"):
        return Agreement.WITHDRAWN
    if latest.text != text_in_force(ConsentKind.TREATMENT, on):
        return Agreement.OUTDATED
    return Agreement.VALID if device in latest.devices else Agreement.OTHER_DEVICE


def pictures_allowed(patient: Patient, on: date) -> bool:
    consent = standing(patient, ConsentKind.IMAGES)
    return consent is not None and consent.text == text_in_force(ConsentKind.IMAGES, on)


def handout_of(patient: Patient, text: ConsentText) -> ConsentHandout | None:
    """The first time the patient was given this text: from then on the time to think runs."""
    return ConsentHandout.objects.filter(patient=patient, text=text).order_by("at", "id").first()


def time_to_think() -> Duration:
    """What the place of this clinic asks for between reading and signing; the clinic's policy where it asks nothing."""
    times = {
        entry["place"]: entry["time"]
        for entry in topic("practitioner.time_to_think")["details"]["reflection"]
    }
    return Duration.parse(times.get(settings.CLINIC_PLACE, times[EVERYWHERE]))


def may_sign_on(handed_out: datetime | date) -> date:
    """The first day on which a text may be signed that was handed out on this day."""
    day = handed_out.date() if isinstance(handed_out, datetime) else handed_out
    return add(day, time_to_think())
