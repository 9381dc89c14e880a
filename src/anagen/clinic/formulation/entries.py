"""What formulation adds to the navigation, the home page and the patient page."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anagen.clinic.people import panels
from anagen.clinic.people.menu import Card, Entry, add_card, add_entry
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.path import Progress, Step
from anagen.clinic.people.permissions import Permission
from anagen.clinic.screening.queries import latest_decision

from . import queries, shown
from .queries import Standing

_MOST = 5  # of a list on a card or panel
_PROGRESS = {
    Standing.BARRED: Progress.STOPPED,
    Standing.CHECK_FAILED: Progress.STOPPED,
    Standing.PAST: Progress.STOPPED,
    Standing.GIVEN: Progress.DONE,
    Standing.TO_GIVE: Progress.DONE,
    Standing.DISCARDED: Progress.READY,
}


def register() -> None:
    add_entry(
        Entry(gettext_lazy("Mixtures"), "formulation:day", Permission.SEE_MIXTURE, order=30, icon="list")
    )
    add_card("mixtures_to_check", Permission.PREPARE_MIXTURE, _to_check, order=8)
    add_card("mixtures_soon_past", Permission.PREPARE_MIXTURE, _soon_past, order=9)
    panels.register(Step.FORMULATION, Permission.SEE_MIXTURE, _panel)


def _to_check(user: User) -> Card | None:
    found = list(queries.to_check(timezone.now()).exclude(by=user))
    if not found:
        return None
    return Card(
        title=_("To check now"),
        count=len(found),
        note=ngettext("mixture waits for a second person", "mixtures wait for a second person", len(found)),
        template="formulation/card.html",
        context={"preparations": found[:_MOST], "view": "formulation:check"},
        url=reverse("formulation:day"),
        action=_("See today’s mixtures"),
    )


def _soon_past(user: User) -> Card | None:
    found = list(queries.soon_past(timezone.now()))
    if not found:
        return None
    return Card(
        title=_("Use-by is near"),
        count=len(found),
        note=ngettext("mixture within the hour", "mixtures within the hour", len(found)),
        template="formulation/card.html",
        context={"preparations": found[:_MOST], "view": "formulation:worksheet"},
        url=reverse("formulation:day"),
        action=_("See today’s mixtures"),
    )


def _panel(patient: Patient, user: User) -> panels.Panel:
    now = timezone.now()
    rows = [shown.row(one, now) for one in queries.worksheets_of(patient)[:_MOST]]
    rows = [row for row in rows if row.standing is not Standing.REVISED]
    screened = latest_decision(patient) is not None
    progress = Progress.READY if screened else Progress.LATER
    if rows:
        progress = _PROGRESS.get(rows[0].standing, Progress.UNDER_WAY)
    return panels.Panel(
        progress=progress,
        summary=rows[0].word if rows else "",
        url=reverse("formulation:mixtures", args=[patient.number]),
        template="formulation/panel.html",
        context={"rows": rows, "can": screened and user.may(Permission.PREPARE_MIXTURE)},
    )
