"""Pages about the patient's own life: when there is no time for a session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.exchange.errors import BadInput
from anagen.medicine.course import Protocol

from . import actions, queries
from .forms import BusyForm, CalendarForm
from .queries import DEFAULT_PROTOCOL


@needs(Permission.PLAN_COURSE)
@require_http_methods(["GET", "POST"])
@opens_file("own time")
def own_time(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """When the patient has no time: the list, and adding to it."""
    user: Any = request.user
    form = BusyForm(request.POST or None, on=today())
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            actions.add_busy_time(
                by=user,
                patient=patient,
                start=cleaned["start"],
                end=cleaned["last"] + timedelta(days=1),
                words=cleaned["words"],
                on=today(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            _tell_busy(request, patient, 1)
            return redirect("course:own_time", number=patient.number)
    return _own_time_page(request, patient, form=form)


def _own_time_page(
    request: HttpRequest,
    patient: Patient,
    *,
    form: BusyForm | None = None,
    calendar: CalendarForm | None = None,
) -> HttpResponse:
    wrong = any(given is not None and given.errors for given in (form, calendar))
    return render(
        request,
        "course/own_time.html",
        {
            "patient": patient,
            "form": form or BusyForm(on=today()),
            "calendar": calendar or CalendarForm(),
            "busy": queries.busy_times(patient).filter(end__gt=today()),
        },
        status=422 if wrong else 200,
    )


def _tell_busy(request: HttpRequest, patient: Patient, count: int) -> None:
    words = ngettext("%(n)d stretch of days is noted.", "%(n)d stretches of days are noted.", count)
    messages.success(request, words % {"n": count})
    course = queries.latest_plan(patient)
    if course is not None and queries.collisions(course, queries.forbidding(course), today()):
        messages.warning(
            request, _("A planned session lies on one of these days. The plan page shows which.")
        )


@needs(Permission.PLAN_COURSE)
@require_POST
@opens_file("own time")
def own_calendar(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Take busy days from the patient's own calendar file."""
    user: Any = request.user
    form = CalendarForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["calendar"]
        try:
            found = actions.import_busy_times(
                by=user,
                patient=patient,
                data=upload.read(),
                name=upload.name,
                on=today(),
                protocol=_protocol_for(patient),
                keep_words=form.cleaned_data["keep_words"],
            )
        except BadInput as bad:
            form.add_error("calendar", str(bad))
        except Refused as refused:
            form.add_error("calendar", str(refused))
        else:
            _tell_busy(request, patient, len(found))
            return redirect("course:own_time", number=patient.number)
    return _own_time_page(request, patient, calendar=form)


def _protocol_for(patient: Patient) -> Protocol:
    """The protocol whose session has to fit into a day: that of the plan, else the usual one."""
    known = queries.protocols()
    course = queries.latest_plan(patient)
    names = [course.protocol if course is not None else "", DEFAULT_PROTOCOL, *known]
    return next(known[name] for name in names if name in known)


@needs(Permission.PLAN_COURSE)
@require_POST
@opens_file("own time")
def own_time_back(request: HttpRequest, *, patient: Patient, busy: int) -> HttpResponse:
    """The patient has time after all."""
    user: Any = request.user
    found = queries.busy_times(patient).filter(pk=busy).first()
    if found is None:
        raise Http404(_("These days are not on the list any more."))
    actions.take_back_busy_time(by=user, busy=found)
    messages.success(request, _("These days are free again."))
    return redirect("course:own_time", number=patient.number)
