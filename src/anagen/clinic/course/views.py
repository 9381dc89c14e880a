"""The plan page, trying and keeping dates, the patient's own time, the printed sheet, the week of the clinic."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.exchange.errors import BadInput
from anagen.medicine.course import Protocol

from . import actions, drawing, presentation, proposals, queries
from .forms import BusyForm, CalendarForm, CancelForm, PlanForm, TryForm
from .layout import only
from .models import Course
from .presentation import Trial
from .proposals import Blocked
from .wording import Refusal, for_reader, kind_words, lane_of, lane_words, long_day

DEFAULT_PROTOCOL = "hair-standard"


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
    return tuple(proposals.screening_refusals(found.screening, words, clinical=presentation.clinical(user)))


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
    number = _number(given.get("session"))
    day = form.asked() if form.is_bound else None
    try:
        if request.method == "POST" and day is not None:
            actions.move_session(
                by=user,
                patient=patient,
                number=number,
                day=day,
                on=on,
                seen=_number(given.get("seen")),
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


def _number(text: Any) -> int:
    words = str(text or "")
    return int(words) if words.isascii() and words.isdigit() and len(words) < 6 else 0


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
        initial={"protocol": course.protocol if course else DEFAULT_PROTOCOL, "start": start},
    )
    refusals: tuple[Refusal, ...] = ()
    proposal = None
    status = 200
    if form.is_bound and form.is_valid():
        try:
            if request.method == "POST":
                actions.plan_course(
                    by=user, patient=patient, on=on, seen=_number(given.get("seen")), **form.cleaned_data
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
        seen = _number(request.POST.get("seen"))
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


# own time


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


# taking it away


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
        picture = drawing.draw(sessions, own, today=on, width=640, names_width=118, name="sheet")
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


# the clinic


@needs(Permission.PLAN_COURSE)
@require_GET
def week(request: HttpRequest) -> HttpResponse:
    """All sessions of one week."""
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
