"""Beginning a session, and everything that happens in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.intake.actions import Found, Given, record_examination
from anagen.clinic.intake.queries import stored, vocabulary
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.screening.actions import decide
from anagen.medicine.facts import Speaker
from anagen.medicine.quantities import Quantity
from anagen.medicine.treatment import Kind, State, clock_is_off, fits

from .. import consenting, devices, events, queries, readiness, sheet, todays_questions
from ..events import VITALS, Situated
from ..models import ConsentKind, Event, TodaysDecision, Treatment
from ..queries import Session
from ..wording import KINDS, STATES
from .common import NotReady, held, may, person

MOST_AT_ONCE: Final = 500  # events of one sending


@dataclass(frozen=True, slots=True)
class Sent:
    """One event as a screen sends it: its own key, its own clock."""

    key: UUID
    kind: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event: kept (now or before), or refused with the reason."""

    key: UUID
    event: Event | None
    reason: str = ""

    @property
    def accepted(self) -> bool:
        return self.event is not None


@transaction.atomic
def start_treatment(
    *,
    by: User,
    patient: Patient,
    on: date,
    key: UUID | None = None,
    room: str = "",
    injector: User | None = None,
) -> Treatment:
    """Open the session of today, or go on with the one that is open: whoever comes next, and wherever.

    Device and settings are those of last time, or the usual ones. Raises NotAllowed; Refused while a session of another
    day, in which something was injected, is not finished.
    """
    may(by, Permission.TREAT)
    injector = injector or by
    may(injector, Permission.TREAT)
    Patient.objects.select_for_update().get(pk=patient.pk)
    standing = queries.open_treatment(patient)
    if standing is not None and standing.day == on:
        return standing
    if standing is not None and Session(standing).state is not State.PREPARING:
        raise Refused(
            _("The session of %(day)s was never finished. Finish it first.")
            % {"day": formats.date_format(standing.day)}
        )
    course, planned = queries.planned_session(patient, on)
    before = queries.latest_given(patient)
    with acting(by):
        made = Treatment.objects.create(
            patient=patient,
            key=key or uuid.uuid4(),
            day=on,
            course=course,
            session=None if planned is None else planned.number,
            room=" ".join(room.split())[:60] or ("" if before is None else before.room),
            injector=injector,
            role=injector.role,
            opened_by=by,
        )
        if standing is not None:  # its checks left open on another day
            _keep(by, standing, Kind.CALLED_OFF, {"reason": _("Not begun on its day.")})
        _keep(by, made, Kind.SETUP, _setup_of(before, injector))
    return made


def _setup_of(before: Treatment | None, injector: User) -> dict[str, Any]:
    """Device and settings of last time, if they are still possible; else the usual ones."""
    setup = {} if before is None else Session(before).setup
    allowed = queries.allowed_devices()
    if setup and not devices.faults(
        setup["device"],
        setup["technique"],
        setup["settings"],
        role=injector.role,
        allowed=setup["device"] in allowed,
    ):
        return setup | {"lot": ""}
    usual = devices.usual(devices.BY_HAND, devices.POINT_BY_POINT)
    return {
        "device": devices.BY_HAND,
        "technique": devices.POINT_BY_POINT,
        "settings": usual,
        "reason": "",
        "lot": "",
    }


@transaction.atomic
def add_event(
    *,
    by: User | str,
    treatment: Treatment,
    kind: str,
    data: Mapping[str, Any] | None = None,
    key: UUID | None = None,
    at: datetime | None = None,
    sent_at: datetime | None = None,
) -> Event:
    """Keep one thing that happened. The same key again is the same event.

    `at`: by the clock of the screen; `sent_at`: what that clock said when it was sent, so that a wrong clock shows.
    Raises NotAllowed; NotReady before the first needle; Refused when it does not fit this session, or says nothing.
    """
    may(by, Permission.TREAT)
    now = timezone.now()
    key, at = key or uuid.uuid4(), at or now
    current = held(treatment)
    standing = Event.objects.filter(key=key).first()
    if standing is not None:
        if (standing.treatment_id, standing.kind) != (current.pk, kind):
            raise Refused(_("Something else was kept under this key."))
        return standing
    if kind not in set(Kind):
        raise Refused(_("“%(kind)s” is nothing that happens in a session.") % {"kind": kind})
    what = Kind(kind)
    session = Session(current)
    if not fits(what, session.state):
        raise Refused(
            _("“%(what)s” does not fit: this session is %(state)s.")
            % {"what": KINDS[what], "state": str(STATES[session.state]).lower()}
        )
    here = Situated(session, timezone.localdate(now), now)
    clean = events.cleaned(what, data or {}, here)
    if what is Kind.FIRST_NEEDLE:
        if isinstance(by, User) and by.pk != current.injector_id:
            raise Refused(
                _("%(name)s opened this session. Call it off and begin your own, or let them inject.")
                % {"name": current.injector}
            )
        missing = readiness.missing(session, on=here.on, at=now)
        if missing:
            raise NotReady(missing)
    if what is Kind.SYRINGE and session.state is not State.PREPARING:
        missing = readiness.missing_of_another(session, clean["code"], on=here.on, at=now)
        if missing:
            raise NotReady(missing)
    return _EFFECTS.get(what, _just_keep)(by, here, what, clean, (key, at, sent_at or min(at, now)))


def add_events(
    *, by: User | str, treatment: Treatment, sent: Iterable[Sent], sent_at: datetime | None = None
) -> tuple[Outcome, ...]:
    """Keep what a screen has gathered, one by one and in order: what is refused stops nothing else."""
    outcomes = []
    for one in sent:
        try:
            event = add_event(
                by=by,
                treatment=treatment,
                kind=one.kind,
                data=one.data,
                key=one.key,
                at=one.at,
                sent_at=sent_at,
            )
        except Refused as refused:
            outcomes.append(Outcome(one.key, None, str(refused)))
        else:
            outcomes.append(Outcome(one.key, event))
    return tuple(outcomes)


Times = tuple[UUID, datetime, datetime]


def _keep(
    by: User | str, treatment: Treatment, kind: Kind, data: dict[str, Any], times: Times | None = None
) -> Event:
    now = timezone.now()
    key, at, sent_at = times or (uuid.uuid4(), now, now)
    with acting(by):
        return Event.objects.create(
            treatment=treatment,
            key=key,
            kind=kind,
            at=at,
            received_at=now,
            clock_difference=round((sent_at - now).total_seconds()),
            # An event of the future tells of a wrong clock as well.
            clock_off=clock_is_off(sent_at, now) or (at > now and clock_is_off(at, now)),
            data=data,
            by=person(by),
        )


def _just_keep(by: User | str, here: Situated, kind: Kind, data: dict[str, Any], times: Times) -> Event:
    return _keep(by, here.session.treatment, kind, data, times)


def _questions(by: User | str, here: Situated, kind: Kind, data: dict[str, Any], times: Times) -> Event:
    """Today's answers become facts, and the rules are asked again."""
    patient = here.session.patient
    answers, found = todays_questions.read(data.get("answers"), patient, here.on)
    event = _keep(by, here.session.treatment, kind, {"answers": answers}, times)
    _ask_the_rules(by, event, found, here)
    return event


def _vitals(by: User | str, here: Situated, kind: Kind, data: dict[str, Any], times: Times) -> Event:
    """What was measured becomes facts; when today's questions have been asked, the rules are asked again."""
    event = _keep(by, here.session.treatment, kind, data, times)
    words = vocabulary()
    found = [
        Found(
            Given(fact, stored(Quantity.parse(f"{data[name]} {words[fact].unit}"))),
            said_on=here.on,
            speaker=Speaker.CLINICIAN,
        )
        for name, fact in VITALS.items()
        if name in data
    ]
    if here.session.finish is None:
        _ask_the_rules(by, event, found, here)
    elif found:
        record_examination(by=by, patient=here.session.patient, found=found, on=here.on)
    return event


def _ask_the_rules(by: User | str, event: Event, found: list[Found], here: Situated) -> None:
    record_examination(by=by, patient=here.session.patient, found=found, on=here.on)
    decision = decide(by=by, patient=here.session.patient, on=here.on)
    with acting(by):
        TodaysDecision.objects.create(event=event, decision=decision)


def _first_needle(by: User | str, here: Situated, kind: Kind, data: dict[str, Any], times: Times) -> Event:
    """With the decision and the consent that allowed it."""
    decision = readiness.todays_decision(here.session, here.on)
    consent = consenting.standing(here.session.patient, ConsentKind.TREATMENT)
    assert decision is not None and consent is not None  # or something would have been missing
    event = _keep(by, here.session.treatment, kind, data | {"consent": consent.pk}, times)
    with acting(by):
        TodaysDecision.objects.create(event=event, decision=decision)
    return event


def _reaction(by: User | str, here: Situated, kind: Kind, data: dict[str, Any], times: Times) -> Event:
    """An allergic reaction becomes a fact, and the rules are asked again: no answer of before clears it."""
    event = _keep(by, here.session.treatment, kind, data, times)
    if data["term"] in devices.ALLERGIC:
        patient = here.session.patient
        found = Found(Given(devices.REACTED, "yes"), said_on=here.on, speaker=Speaker.CLINICIAN)
        record_examination(by=by, patient=patient, found=[found], on=here.on)
        decide(by=by, patient=patient, on=here.on)
    return event


def _sheet(by: User | str, here: Situated, kind: Kind, data: dict[str, Any], times: Times) -> Event:
    return _keep(by, here.session.treatment, kind, sheet.made(here.session, here.on), times)


_EFFECTS: Final = {
    Kind.QUESTIONS: _questions,
    Kind.VITALS: _vitals,
    Kind.FIRST_NEEDLE: _first_needle,
    Kind.REACTION: _reaction,
    Kind.SHEET: _sheet,
}
