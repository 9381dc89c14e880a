"""Everything that is known before the first needle, gathered for the one function that says what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from anagen.clinic.billing.models import Service
from anagen.clinic.billing.queries import price_of
from anagen.clinic.course.queries import Status, collisions, forbidding, protocol_of, status_of
from anagen.clinic.course.wording import BUSY
from anagen.clinic.intake.models import Intake
from anagen.clinic.people.models import Patient
from anagen.clinic.review.queries import current
from anagen.clinic.screening.models import Decision
from anagen.clinic.screening.queries import latest_decision, standing
from anagen.medicine import treatment as medicine
from anagen.medicine.care import care_windows
from anagen.medicine.planning import of_area
from anagen.medicine.timeline import SESSION
from anagen.medicine.treatment import Kind, Missing, Readiness

from . import consenting, devices, queries, syringes, todays_questions
from .models import Administration
from .queries import Session


def missing(session: Session, *, on: date, at: datetime) -> tuple[Missing, ...]:
    return medicine.missing(readiness(session, on=on, at=at))


def missing_of_another(session: Session, code: str, *, on: date, at: datetime) -> tuple[Missing, ...]:
    """What the ingredients of one more syringe ask for."""
    return tuple(medicine.content_faults(readiness(session, on=on, at=at, codes=[code])))


def readiness(session: Session, *, on: date, at: datetime, codes: list[str] | None = None) -> Readiness:
    """`codes`: syringes to look at in place of those that were scanned."""
    patient, treatment, device = session.patient, session.treatment, session.device
    prepared = syringes.of_codes(session.syringes if codes is None else codes)
    inside = frozenset().union(*(syringes.ingredients_of(one) or frozenset() for one in prepared))
    decision = todays_decision(session, on)
    setup = session.setup
    spots = test_spots(patient)
    return Readiness(
        at=at,
        day=day_fault(session, on),
        certificates=[one.kind for one in queries.valid_certificates(treatment.injector, on)],
        certificates_due=certificates_due(),
        priced=price_of(service_of(device), on) is not None,
        identifiers=max([len(event.data["by"]) for event in session.of(Kind.IDENTITY)], default=0),
        unasked=unasked(session, on),
        verdict=None if decision is None else standing(decision).verdict,
        consent=consenting.agreement(patient, "" if device is None else device.id, on=on),
        examined=bool(session.of(Kind.EXAMINED)),
        device="" if device is None else device.id,
        device_faults=()
        if device is None
        else devices.faults(
            device.id,
            setup["technique"],
            setup["settings"],
            role=treatment.role,
            allowed=device.id in queries.allowed_devices(),
        ),
        injects=None if device is None else device.injects,
        syringes=[syringes.seen(one, patient, at) for one in prepared],
        pressure_for=[one for one in inside if devices.needs(one, "blood_pressure")],
        pressure_known=any({"systolic", "diastolic"} <= set(event.data) for event in session.of(Kind.VITALS)),
        test_for=(inside - given_to(patient)) | (inside & spots.reacted),
        tested=spots.cleared,
        antisepsis=bool(session.of(Kind.ANTISEPSIS)),
        mixed=bool(session.of(Kind.MIXED)),
    )


def certificates_due() -> tuple[str, ...]:
    return tuple(devices.topic("practitioner.qualification")["details"]["certificates"])


def service_of(device: devices.Device | None) -> str:
    """What is charged for."""
    return Service.SESSION if device is None or device.injects else Service.SURFACE_SESSION


def todays_decision(session: Session, on: date) -> Decision | None:
    """The patient's latest decision, if it is of today and everything that was said since was weighed in it."""
    asked = session.last(Kind.QUESTIONS)
    if asked is None:
        return None
    decision = latest_decision(session.patient)
    if decision is None or decision.on != on or decision.decided_at < asked.received_at:
        return None
    since = Q(handed_in_at__gt=decision.decided_at) | Q(answers__entered_at__gt=decision.decided_at)
    if Intake.objects.filter(since, patient=session.patient, handed_in_at__isnull=False).exists():
        return None
    return decision


def unasked(session: Session, on: date) -> list[str] | None:
    """Facts of the day without an answer of today; None when nobody has asked."""
    answered = {fact for event in session.of(Kind.QUESTIONS) for fact in event.data["answers"]}
    if not answered:
        return None
    return [fact for fact in todays_questions.always_asked_of(session.patient, on) if fact not in answered]


def given_to(patient: Patient) -> frozenset[str]:
    """Ingredients that the patient has been given here before."""
    given = Administration.objects.filter(finish__treatment__patient=patient, given__gt=0)
    codes = list(given.values_list("syringe__code", flat=True))
    return frozenset().union(
        *(syringes.ingredients_of(one) or frozenset() for one in syringes.of_codes(codes))
    )


@dataclass(frozen=True, slots=True)
class Spots:
    """Ingredients whose last test spot showed nothing, or for which somebody said why there was none; and those to
    which a test spot reacted, until another one shows nothing: without a test nothing is taken back."""

    cleared: frozenset[str]
    reacted: frozenset[str]


def test_spots(patient: Patient) -> Spots:
    latest: dict[str, str] = {}
    for treatment in reversed(list(queries.treatments_of(patient))):
        for event in Session(treatment).of(Kind.ALLERGY_TEST):
            for name in event.data["for"]:
                if (latest.get(name), event.data["result"]) != ("positive", "not_done"):
                    latest[name] = event.data["result"]
    reacted = frozenset(name for name, result in latest.items() if result == "positive")
    return Spots(frozenset(latest) - reacted, reacted)


def day_fault(session: Session, on: date) -> str:
    """Why no session may be given today by the patient's timeline; empty when one may."""
    treatment = session.treatment
    if treatment.day != on:
        return "another_day"
    course, planned = queries.planned_session(session.patient, on)
    if course is None or status_of(course, on) is Status.OVER:
        return "no_course"
    if planned is None:
        return "not_planned"
    # What the patient had else to do today no longer matters: the patient is here.
    windows = [window for window in forbidding(course) if window.kind != BUSY]
    if any(found.session.pk == planned.pk for found in collisions(course, windows, on)):
        return "forbidden"
    before = [one.day for one in queries.given_before(session.patient).exclude(pk=treatment.pk)]
    if on in before:
        return "given_today"
    protocol = protocol_of(course)
    if protocol is not None:
        healing = care_windows(of_area(current().care, protocol), before)
        if any(window.subject == SESSION and window.stands(on) for window in healing):
            return "healing"
    return ""
