"""The plan page, trying and keeping dates, the patient's own time, the printed sheet, the week of the clinic."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today

from . import actions, presentation, proposals, queries
from .forms import CancelForm, PlanForm, TryForm, number_of
from .models import Course
from .presentation import Trial
from .proposals import Blocked
from .wording import (
    Refusal,
    long_day,
    screening_refusals,
)


@needs(Permission.SEE_COURSE)
@require_GET
@opens_file("course")
def plan(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """The plan that stands, drawn and as tables."""
    return _plan_page(request, patient, queries.latest_plan(patient))


def _plan_page(
    request: HttpRequest,
    patient: Patient,
    course: Course | None,
    *,
    trial: Trial | None = None,
    form: TryForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user: Any = request.user
    on = today()
    may_plan = user.may(Permission.PLAN_COURSE)
    address = reverse("course:move", args=[patient.number])

    def link(number: int) -> str:
        return f"{address}?{urlencode({'session': number})}#try"

    shown = (
        presentation.shown(course, user, on=on, trial=trial, link=link if may_plan else None)
        if course is not None
        else None
    )
    live = shown is not None and shown.live
    found = queries.grounds(patient, on=on)
    if trial is not None and form is None:
        form = TryForm(initial={"session": trial.number, "day": trial.day})
    return render(
        request,
        "course/plan.html",
        {
            "patient": patient,
            "shown": shown,
            "course": course,
            "may_plan": may_plan,
            "may_begin": may_plan and not live and found.treatable,
            "why_not": () if live or found.treatable else _why_not(found, user),
            "trial": trial,
            "form": form,
            "busy": queries.busy_times(patient).filter(end__gt=on),
            "history": queries.plans_of(patient)[1:9] if shown is not None else (),
            "said": _said(trial),
            "today": on,
        },
        status=status,
    )


def _why_not(found: queries.Grounds, user: User) -> tuple[Refusal, ...]:
    if found.refusal is not None:
        return (found.refusal,)
    if found.screening is None:
        return ()
    words = queries.vocabulary()
    return tuple(screening_refusals(found.screening, words, clinical=presentation.clinical(user)))


def _said(trial: Trial | None) -> str:
    """What a screen reader hears when a trial has been answered."""
    if trial is None or trial.is_question:
        return ""
    if trial.refusals:
        return _("Not possible on %(day)s. %(reason)s") % {
            "day": long_day(trial.day),
            "reason": trial.refusals[0].reason,
        }
    words = _("Session %(number)d would be on %(day)s.") % {
        "number": trial.number,
        "day": long_day(trial.day),
    }
    others = ngettext("%(n)d other session moves.", "%(n)d other sessions move.", trial.others)
    return f"{words} {others % {'n': trial.others}}" if trial.others else words


@needs(Permission.PLAN_COURSE)
@require_http_methods(["GET", "POST"])
@opens_file("course: another date")
def move(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Try another date for one session (GET), and keep it (POST)."""
    user: Any = request.user
    on = today()
    course = queries.latest_plan(patient)
    if course is None:
        return redirect("course:plan", number=patient.number)
    given = request.POST if request.method == "POST" else request.GET
    form = TryForm(given if "day" in given else None, initial={"session": given.get("session", "")})
    number = number_of(given.get("session"))
    day = form.asked() if form.is_bound else None
    try:
        if request.method == "POST" and day is not None:
            actions.move_session(
                by=user,
                patient=patient,
                number=number,
                day=day,
                on=on,
                seen=number_of(given.get("seen")),
            )
            words = _("Session %(number)d is on %(day)s now.") % {"number": number, "day": long_day(day)}
            messages.success(request, words)
            return redirect("course:plan", number=patient.number)
    except ChangedMeanwhile as changed:
        messages.warning(request, str(changed))
        return _plan_page(request, patient, queries.latest_plan(patient), status=409)
    except Refused:
        pass  # the trial below says why, with everything typed
    try:
        trial = presentation.tried(course, user, number=number, day=day, on=on)
    except Refused as refused:
        messages.warning(request, str(refused))
        return _plan_page(request, patient, course, status=422 if request.method == "POST" else 200)
    shown = form if form.is_bound and form.errors else None
    wrong = request.method == "POST"
    return _plan_page(request, patient, course, trial=trial, form=shown, status=422 if wrong else 200)


@needs(Permission.PLAN_COURSE)
@require_http_methods(["GET", "POST"])
@opens_file("course: plan")
def new(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Plan a whole course: look at the dates first (GET), then keep them (POST)."""
    user: Any = request.user
    on = today()
    course = queries.latest_plan(patient)
    given = request.POST if request.method == "POST" else request.GET
    known = queries.protocols()
    start = _first_start(course, on)
    form = PlanForm(
        given if "start" in given else None,
        protocols=known,
        on=on,
        initial={"protocol": course.protocol if course else queries.DEFAULT_PROTOCOL, "start": start},
    )
    refusals: tuple[Refusal, ...] = ()
    proposal = None
    status = 200
    if form.is_bound and form.is_valid():
        try:
            if request.method == "POST":
                actions.plan_course(
                    by=user, patient=patient, on=on, seen=number_of(given.get("seen")), **form.cleaned_data
                )
                messages.success(request, _("The course is planned."))
                return redirect("course:plan", number=patient.number)
            proposal = proposals.propose(by=user, patient=patient, on=on, course=course, **form.cleaned_data)
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from None
        except ChangedMeanwhile as changed:
            messages.warning(request, str(changed))
            return _plan_page(request, patient, queries.latest_plan(patient), status=409)
        except Blocked as blocked:
            refusals, status = blocked.reasons, 422 if request.method == "POST" else 200
        except Refused as refused:
            form.add_error(None, str(refused))
    if form.errors and request.method == "POST":
        status = 422
    picture, rows = presentation.proposed(proposal, user, on=on) if proposal else (None, ())
    found = queries.grounds(patient, on=on)
    said = ""
    if proposal is not None and picture is not None:
        said = picture.summary
    elif refusals:
        said = refusals[0].reason
    return render(
        request,
        "course/new.html",
        {
            "patient": patient,
            "course": course,
            "form": form,
            "proposal": proposal,
            "picture": picture,
            "rows": rows,
            "refusals": refusals,
            "why_not": () if form.is_bound or found.treatable else _why_not(found, user),
            "seen": course.number if course else 0,
            "said": said,
        },
        status=status,
    )


def _first_start(course: Course | None, on: date) -> date:
    ahead = course is not None and queries.status_of(course, on) is queries.Status.PLANNED
    return max(course.start, on) if ahead and course is not None else on


@needs(Permission.PLAN_COURSE)
@require_http_methods(["GET", "POST"])
@opens_file("course: cancel")
def cancel(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Call the sessions off that are still to come."""
    user: Any = request.user
    on = today()
    course = queries.latest_plan(patient)
    if course is None or not proposals.is_live(course, on):
        if request.method == "POST":
            messages.warning(request, _("There is no course ahead that could be cancelled."))
        return redirect("course:plan", number=patient.number)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        seen = number_of(request.POST.get("seen"))
        try:
            actions.cancel_course(by=user, patient=patient, on=on, seen=seen, **form.cleaned_data)
        except ChangedMeanwhile as changed:
            messages.warning(request, str(changed))
            return _plan_page(request, patient, queries.latest_plan(patient), status=409)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("The course is cancelled. Calendars show its sessions as called off.")
            )
            return redirect("course:plan", number=patient.number)
    ahead = [session for session in course.sessions.all() if session.day >= on]
    return render(
        request,
        "course/cancel.html",
        {"patient": patient, "course": course, "form": form, "ahead": ahead},
        status=422 if form.errors else 200,
    )
