"""The care sheet as it is given: in the patient's language, for this day, with whom to call and when to come next."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation

from anagen.clinic.course.queries import protocol_of, protocols
from anagen.clinic.course.wording import lane_of, lane_words, stretch
from anagen.clinic.people.models import Patient
from anagen.clinic.review.queries import current
from anagen.medicine.care import care_windows
from anagen.medicine.planning import of_area
from anagen.medicine.timeline import SESSION

from . import queries
from .queries import Session


def language_of(patient: Patient) -> str:
    return patient.language if patient.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def made(session: Session, on: date) -> dict[str, Any]:
    """Everything that stands on the sheet, as it is kept with the record."""
    language = language_of(session.patient)
    course = session.treatment.course
    protocol = protocol_of(course) if course is not None else None
    protocol = protocol or next(iter(protocols().values()))
    with translation.override(language):
        windows = [
            window
            for window in care_windows(of_area(current().care, protocol), [session.treatment.day])
            if window.subject != SESSION and (window.end is None or window.end > session.treatment.day)
        ]
        ahead = queries.next_session(session.patient, on)
        return {
            "language": language,
            "version": current().ruleset.version,
            "lines": [
                {
                    "about": str(lane_words(lane_of(window))),
                    "kind": window.kind,
                    "when": stretch(max(window.start, session.treatment.day), window.end),
                    "words": window.reason,
                    "id": window.rule,
                }
                for window in windows
            ],
            "clinic": settings.CLINIC_NAME,
            "telephone": settings.CLINIC_TELEPHONE,
            "next": None if ahead is None else ahead.day.isoformat(),
        }
