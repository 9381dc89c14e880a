"""My tasks, one task with its end, and everything that was to be done about one patient."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.names import searchable
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today

from . import actions, queries
from .forms import EndForm
from .models import End, Task
from .wording import kind_words

PAGE_LENGTH = 25


@needs(Permission.SEE_TASKS)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What is open for me, the most pressing first."""
    user: Any = request.user
    tasks, asked = _asked(request, user)
    page = Paginator(tasks, PAGE_LENGTH).get_page(request.GET.get("page"))
    return render(
        request,
        "tasks/mine.html",
        {
            "page": page,
            "kinds": [
                (kind, kind_words(kind), count) for kind, count in queries.kinds(_whose(request, user))
            ],
            "asked": asked,
            "query": urlencode(asked),
            "today": today(),
            "may_see_all": user.may(Permission.REVIEW_RULES),
        },
    )


def _asked(request: HttpRequest, user: User) -> tuple[QuerySet[Task], dict[str, str]]:
    """The tasks that the address asks for, and what of it was understood."""
    tasks = _whose(request, user)
    asked = {"all": "1"} if request.GET.get("all") == "1" and user.may(Permission.REVIEW_RULES) else {}
    kind = request.GET.get("kind", "")[:40]
    if kind and tasks.filter(kind=kind).exists():
        tasks, asked = tasks.filter(kind=kind), asked | {"kind": kind}
    text = request.GET.get("patient", "").strip()[:80]
    if text:
        for word in searchable(text).split():
            tasks = tasks.filter(patient__search_name__contains=word)
        asked = asked | {"patient": text}
    if request.GET.get("due") == "over":
        tasks, asked = tasks.filter(due__lt=today()), asked | {"due": "over"}
    return tasks, asked


def _whose(request: HttpRequest, user: User) -> QuerySet[Task]:
    every = request.GET.get("all") == "1" and user.may(Permission.REVIEW_RULES)
    return queries.open_tasks() if every else queries.open_for(user)


@needs(Permission.SEE_TASKS)
@require_GET
def mine_csv(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    tasks, _asked_for = _asked(request, user)
    return csv_download(
        "tasks",
        [_("Due"), _("What to do"), _("Kind"), _("Number"), _("Patient"), _("For"), _("From")],
        (
            [
                task.due,
                task.words,
                kind_words(task.kind),
                task.patient.number if task.patient else "",
                task.patient.name if task.patient else "",
                task.person or task.get_role_display() or _("everybody"),
                task.made_at.date(),
            ]
            for task in tasks
        ),
    )


@needs(Permission.SEE_TASKS)
@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, *, task: int) -> HttpResponse:
    """One task, and saying that it is done or dropped."""
    user: Any = request.user
    found = Task.objects.select_related("patient", "person", "made_by", "ended__by").filter(pk=task).first()
    if found is None:
        raise Http404(_("There is no such task."))
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        end = actions.drop if request.POST.get("how") == End.DROPPED else actions.finish
        try:
            end(by=user, task=found, said=form.cleaned_data["said"])
        except Refused as refused:
            form.add_error("said", str(refused))
        else:
            messages.success(request, _("The task has ended."))
            return redirect("tasks:mine")
    ended = getattr(found, "ended", None)
    return render(
        request,
        "tasks/task.html",
        {
            "task": found,
            "kind": kind_words(found.kind),
            "ended": ended,
            "form": form,
            "may_end": ended is None and queries.is_for(found, user),
            "today": today(),
        },
        status=422 if form.errors else 200,
    )


@needs(Permission.SEE_TASKS)
@require_GET
@opens_file("tasks")
def of_patient(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Everything that is or was to be done about one patient."""
    tasks = list(queries.of_patient(patient)[:200])
    open_ = [task for task in tasks if not hasattr(task, "ended")]
    return render(
        request,
        "tasks/of_patient.html",
        {
            "patient": patient,
            "open": open_,
            "ended": [task for task in tasks if hasattr(task, "ended")][::-1],
            "today": today(),
        },
    )
