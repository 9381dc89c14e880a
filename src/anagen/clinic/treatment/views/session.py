"""The chair: the sessions of a patient, the checks, what happens, and the one address that takes events."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.medicine.treatment import State

from .. import actions, consenting, devices, live, presentation, queries, typed
from ..models import ConsentKind, Treatment
from ..queries import Session
from ..wording import GAPS, STATES
from .common import with_session


@needs(Permission.TREAT)
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """Who comes today, who is in the chair, what waits for a signature."""
    user: Any = request.user
    return render(
        request,
        "treatment/day.html",
        {
            "planned": queries.planned_on(today()),
            "may_prepare": user.may(Permission.PREPARE_MIXTURE),
            "under_way": queries.rows(queries.under_way()),
            "to_sign": queries.rows(queries.to_sign()),
            "to_countersign": queries.to_countersign() if user.may(Permission.SUPERVISE) else None,
            "states": STATES,
            "today": today(),
            **_rooms(user, today()),
        },
    )


def _rooms(user: Any, on: date) -> dict[str, Any]:
    """The room in which this person worked last today, and those that are in use."""
    named = Treatment.objects.exclude(room="").filter(day__lte=on, day__gte=on - timedelta(days=60))
    last = named.filter(day=on, injector=user.pk).order_by("-pk").values_list("room", flat=True).first()
    return {
        "room": last or "",
        "rooms": sorted(set(named.order_by().values_list("room", flat=True).distinct())),
    }


@needs(Permission.SEE_TREATMENT)
@require_GET
@opens_file("treatments")
def treatments(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Every session of a patient, and how the consent stands. Patients read it in their own words."""
    user: Any = request.user
    on = today()
    _course, planned = queries.planned_session(patient, on)
    return render(
        request,
        "treatment/treatments.html",
        {
            "patient": patient,
            "rows": queries.rows(queries.treatments_of(patient)),
            "open": queries.open_treatment(patient),
            "planned": planned,
            "may_treat": user.may(Permission.TREAT),
            "consent": consenting.standing(patient, ConsentKind.TREATMENT),
            "images": consenting.standing(patient, ConsentKind.IMAGES),
            "key": uuid.uuid4(),
            "states": STATES,
            "today": on,
            **(_rooms(user, on) if user.may(Permission.TREAT) else {}),
        },
    )


@needs(Permission.TREAT)
@require_POST
@opens_file("treatment: begin")
def start(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Begin today's session, or go on with the one that is open."""
    user: Any = request.user
    room = request.POST["room"] if "room" in request.POST else _rooms(user, today())["room"]
    try:
        made = actions.start_treatment(
            by=user, patient=patient, on=today(), key=typed.key_of(request.POST), room=room
        )
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from None
    except Refused as refused:  # the page leads to the session that is not finished
        messages.error(request, str(refused))
        return redirect("treatment:treatments", number=patient.number)
    return redirect("treatment:session", number=patient.number, treatment=made.pk)


@needs(Permission.TREAT)
@require_GET
@opens_file("treatment")
@with_session
def session(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """The session as it stands: checks, needle, observation or record. Whoever comes back goes on here."""
    return session_page(request, session)


def session_page(
    request: HttpRequest, session: Session, *, wrong: list[str] | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    patient, state = session.patient, session.state
    context: dict[str, Any] = {
        "patient": patient,
        "session": session,
        "treatment": session.treatment,
        "state": state.value,
        "state_words": STATES[state],
        "key": request.POST.get("key") if wrong else uuid.uuid4(),
        "wrong": wrong or (),
        "typed": request.POST,
        "now": now,
        "events": presentation.happened(session),
        "telephone_place": "",
    }
    if state is State.PREPARING:
        context |= presentation.checks(session, on=today(), at=now, typed=request.POST)
    elif state in (State.UNDER_WAY, State.PAUSED, State.STOPPED):
        context |= presentation.during(session)
    else:
        context |= {
            "gaps": [GAPS[gap] for gap in session.gaps] if session.finish is not None else (),
            "ends": session.observed_until,
            "over": session.observed_until is not None and now >= session.observed_until,
            "sheet": session.last(presentation.Kind.SHEET),
            "next": queries.next_session(patient, session.treatment.day),
            "reactions": list(devices.reactions().values()),
            "mine": session.treatment.injector_id == getattr(request.user, "pk", None),
        }
    if state in live.STATES:
        context |= {"live_here": live.here(request, session), "live_words": live.words()}
    return render(request, "treatment/session.html", context, status=status)


@needs(Permission.TREAT)
@require_POST
@opens_file("treatment")
@with_session
def events(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """Take what happened: a list of events as JSON, answered one by one; or the form of a page."""
    user: Any = request.user
    if request.content_type == "application/json":
        return _events_from_a_program(request, session)
    wrong = []
    for kind in typed.kinds_of(request.POST):
        try:
            actions.add_event(
                by=user,
                treatment=session.treatment,
                kind=kind,
                data=typed.data_of(kind, request.POST, patient),
                key=typed.key_of(request.POST, kind),
            )
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from None
        except Refused as refused:
            wrong.append(str(refused))
    if wrong:
        return session_page(request, Session(session.treatment), wrong=wrong, status=422)
    then = "treatment:finish" if request.POST.get("then") == "finish" else "treatment:session"
    return redirect(then, number=patient.number, treatment=session.treatment.pk)


def _events_from_a_program(request: HttpRequest, session: Session) -> JsonResponse:
    user: Any = request.user
    try:
        sent, sent_at = typed.sent_events(request.body)
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=400)
    outcomes = actions.add_events(by=user, treatment=session.treatment, sent=sent, sent_at=sent_at)
    after = Session(session.treatment)
    return JsonResponse(
        {
            "state": after.state.value,
            "events": [
                {
                    "key": str(one.key),
                    "accepted": one.accepted,
                    "reason": one.reason,
                    "received_at": None if one.event is None else one.event.received_at.isoformat(),
                    "clock_off": one.event is not None and one.event.clock_off,
                }
                for one in outcomes
            ],
        }
    )


@needs(Permission.TREAT)
@require_http_methods(["GET", "POST"])
@opens_file("treatment: device and settings")
@with_session
def setup(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """Choose device and technique, and set its numbers."""
    user: Any = request.user
    given = request.POST if request.method == "POST" else request.GET
    wrong = ""
    if request.method == "POST":
        try:
            actions.add_event(
                by=user,
                treatment=session.treatment,
                kind=presentation.Kind.SETUP,
                data=typed.data_of("setup", request.POST, patient),
                key=typed.key_of(request.POST, "setup"),
            )
        except Refused as refused:
            wrong = str(refused)
        else:
            messages.success(request, _("Device and settings are kept."))
            return redirect("treatment:session", number=patient.number, treatment=session.treatment.pk)
    standing = session.setup
    device = given.get("device", standing.get("device", ""))
    device = device if device in devices.devices() else devices.BY_HAND
    by_hand = devices.devices()[device].kind == "syringe"
    technique = given.get("technique", standing.get("technique", "")) or devices.POINT_BY_POINT
    technique = technique if technique in devices.techniques() else devices.POINT_BY_POINT
    same = (standing.get("device"), standing.get("technique")) == (device, technique if by_hand else "")
    values = standing["settings"] if same else devices.usual(device, technique)
    shown = {"device": device, "technique": technique, "settings": values | typed.settings_of(given)}
    return render(
        request,
        "treatment/setup.html",
        {
            "patient": patient,
            "session": session,
            "treatment": session.treatment,
            "devices": devices.devices().values(),
            "allowed": queries.allowed_devices(),
            "techniques": devices.techniques().values(),
            "device": devices.devices()[device],
            "technique": devices.techniques()[technique] if by_hand else None,
            "settings": presentation.settings_of(shown),
            "wrong": [wrong] if wrong else [],
            "typed": given,
            "key": given.get("key") or uuid.uuid4(),
        },
        status=422 if wrong else 200,
    )
