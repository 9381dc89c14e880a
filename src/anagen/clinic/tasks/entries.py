"""What tasks adds to the navigation, the home page and the patient page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anagen.clinic.people import panels
from anagen.clinic.people.menu import Card, Entry, add_card, add_entry
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.people.queries import today

from . import queries

_MOST = 6  # of a list on a card


def register() -> None:
    add_entry(Entry(gettext_lazy("Tasks"), "tasks:mine", Permission.SEE_TASKS, order=15, icon="check"))
    add_card("tasks", Permission.SEE_TASKS, _mine, order=5)
    panels.add_notice("tasks", Permission.SEE_TASKS, _open)


def _mine(user: User) -> Card | None:
    tasks = queries.open_for(user)
    count = tasks.count()
    if not count:
        return None
    return Card(
        title=_("Your tasks"),
        count=count,
        note=ngettext("is open", "are open", count),
        template="tasks/card_mine.html",
        context={"tasks": tasks[:_MOST], "today": today()},
        url=reverse("tasks:mine"),
        action=_("See them all"),
    )


def _open(patient: Patient, user: User) -> panels.Notice | None:
    tasks = list(queries.open_tasks().filter(patient=patient)[: _MOST + 1])
    if not tasks:
        return None
    return panels.Notice("tasks/notice.html", {"tasks": tasks[:_MOST], "more": len(tasks) > _MOST})
