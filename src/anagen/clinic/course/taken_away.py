"""What leaves the page: the patient's printed sheet, tables as CSV, and the week of the clinic."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today

from . import drawing, presentation, queries
from .layout import only
from .models import Course
from .wording import for_reader, kind_words, lane_of, lane_words


@needs(Permission.SEE_COURSE)
@require_GET
@opens_file("course: printed sheet")
def sheet(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """The patient's own sheet, in the patient's language."""
    course = _standing(patient)
    on = today()
    language = patient.language if patient.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        sessions = list(course.sessions.all())
        every = queries.windows_around(course, None)
        windows = list(for_reader(every, None, clinical=False))
        own = [window for window in only(windows, advice=False) if window.kind != "review"]
        picture = drawing.draw(sessions, own, today=on, width=720, names_width=130, name="sheet")
        response = render(
            request,
            "course/sheet.html",
            {
                "patient": patient,
                "course": course,
                "protocol": queries.protocol_of(course),
                "sessions": sessions,
                "picture": picture,
                "sheet": presentation.sheet(windows),
                "clinic": settings.CLINIC_NAME,
                "telephone": settings.CLINIC_TELEPHONE,
                "LANGUAGE_CODE": language,
                "today": on,
            },
        )
    response["Content-Language"] = language
    return response


def _standing(patient: Patient) -> Course:
    course = queries.latest_plan(patient)
    if course is None or course.cancelled:
        raise Http404(_("There is no course planned."))
    return course


@needs(Permission.SEE_COURSE)
@require_GET
@opens_file("course")
def plan_csv(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Sessions and windows, one a line; days as in the table, the last day included."""
    user: Any = request.user
    shown = presentation.shown(_standing(patient), user, on=today())
    rows: list[list[Any]] = [
        [_("Session"), session.number, session.day, session.day, _("session"), "", ""]
        for session in shown.sessions
    ]
    for window in shown.windows:
        last = window.end - timedelta(days=1) if window.end is not None else ""
        lane = lane_words(lane_of(window))
        rows.append([lane, "", window.start, last, kind_words(window), window.reason, window.rule])
    header = [_("What"), _("Number"), _("First day"), _("Last day"), _("Kind"), _("Reason"), _("Rule")]
    return csv_download(f"course-{patient.number}", header, rows)


@needs(Permission.PLAN_COURSE)
@require_GET
def week(request: HttpRequest) -> HttpResponse:
    """All sessions of one week."""
    user: Any = request.user
    monday = _monday(request)
    sessions = list(queries.sessions_between(monday, monday + timedelta(days=7)))
    days = [monday + timedelta(days=ahead) for ahead in range(7)]
    return render(
        request,
        "course/week.html",
        {
            "monday": monday,
            "sunday": days[-1],
            "days": [(day, [session for session in sessions if session.day == day]) for day in days],
            "count": len(sessions),
            "may_prepare": user.may(Permission.PREPARE_MIXTURE),
            "before": monday - timedelta(days=7),
            "after": monday + timedelta(days=7),
            "today": today(),
        },
    )


def _monday(request: HttpRequest) -> date:
    """The Monday of the week of `?day=`; of this week when there is none or it cannot be read."""
    on = today()
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = on
    if abs((day - on).days) > 4000:
        day = on
    return day - timedelta(days=day.weekday())


@needs(Permission.PLAN_COURSE)
@require_GET
def week_csv(request: HttpRequest) -> HttpResponse:
    monday = _monday(request)
    return csv_download(
        f"sessions-{monday.isoformat()}",
        [_("Day"), _("Number"), _("Patient"), _("Session"), _("of"), _("Telephone")],
        (
            [
                session.day,
                session.course.patient.number,
                session.course.patient.name,
                session.number,
                session.course.wanted,
                session.course.patient.phone,
            ]
            for session in queries.sessions_between(monday, monday + timedelta(days=7))
        ),
    )
