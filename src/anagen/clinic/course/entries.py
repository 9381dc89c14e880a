"""What course adds to the navigation, the home page and the patient page."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anagen.clinic.formulation import own_protocol
from anagen.clinic.people import panels
from anagen.clinic.people.menu import Card, Entry, add_card, add_entry
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.path import Progress, Step
from anagen.clinic.people.permissions import Permission
from anagen.clinic.people.queries import patient_of, today

from . import queries
from .queries import Status
from .wording import short_day

_MOST = 6  # of a list on a card


def register() -> None:
    add_entry(
        Entry(gettext_lazy("Sessions"), "course:week", Permission.PLAN_COURSE, order=30, icon="calendar")
    )
    add_card("sessions_this_week", Permission.PLAN_COURSE, _this_week, order=20)
    add_card("courses_to_plan", Permission.PLAN_COURSE, _to_plan, order=30)
    add_card("own_sessions", Permission.SEE_OWN_RECORD, _own_sessions, order=20)
    panels.register(Step.COURSE, Permission.SEE_COURSE, _panel)
    own_protocol.ask(queries.protocol_followed_by)


def _this_week(user: User) -> Card:
    on = today()
    found = queries.sessions_between(on, on + timedelta(days=7))
    sessions = list(found[: _MOST + 1])
    count = len(sessions) if len(sessions) <= _MOST else found.count()
    return Card(
        title=_("Sessions in the next seven days"),
        count=count,
        note=ngettext("session", "sessions", count),
        template="course/card_sessions.html",
        context={"sessions": sessions[:_MOST], "on": on},
        url=reverse("course:week"),
        action=_("See the week"),
    )


def _to_plan(user: User) -> Card:
    waiting = queries.to_plan(today())
    return Card(
        title=_("Courses to plan"),
        count=len(waiting),
        note=ngettext("person may be treated", "people may be treated", len(waiting)),
        template="course/card_to_plan.html",
        context={"decisions": waiting[:_MOST]},
    )


def _own_sessions(user: User) -> Card | None:
    patient = patient_of(user)
    course = queries.latest_plan(patient) if patient is not None else None
    on = today()
    if patient is None or course is None:
        return None
    ahead = [session for session in course.sessions.all() if session.day >= on]
    if not ahead or course.cancelled:
        return None
    return Card(
        title=_("Your next session"),
        template="course/card_own.html",
        context={"session": ahead[0], "ahead": ahead[1:4], "on": on},
        url=reverse("course:plan", args=[patient.number]),
        action=_("See the whole plan"),
    )


def _panel(patient: Patient, user: User) -> panels.Panel:
    address = reverse("course:plan", args=[patient.number])
    course = queries.latest_plan(patient)
    on = today()
    status = queries.status_of(course, on) if course is not None else None
    if course is None or status is Status.CANCELLED:
        can = queries.grounds(patient, on=on).treatable
        return panels.Panel(
            progress=Progress.READY if can else Progress.LATER,
            summary=_("Cancelled") if course is not None else "",
            url=address,
            template="course/panel.html",
            context={"course": course, "can": can and user.may(Permission.PLAN_COURSE), "status": status},
        )
    sessions = list(course.sessions.all())
    ahead = [session for session in sessions if session.day >= on]
    summary = _("Over") if not ahead else _("Next %(day)s") % {"day": short_day(ahead[0].day)}
    progress = {
        Status.PLANNED: Progress.DONE,
        Status.UNDER_WAY: Progress.UNDER_WAY,
        Status.OVER: Progress.DONE,
    }
    forbidden = queries.collisions(course, queries.forbidding(course), on) if ahead else []
    return panels.Panel(
        progress=Progress.STOPPED if forbidden else progress[Status(str(status))],
        summary=_("Dates collide") if forbidden else summary,
        url=address,
        template="course/panel.html",
        context={
            "course": course,
            "status": status,
            "sessions": sessions,
            "ahead": ahead[:3],
            "done": len(sessions) - len(ahead),
            "collides": bool(forbidden),
            "on": on,
        },
    )
