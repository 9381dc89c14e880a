"""What screening adds to the navigation, the home page and the patient page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anagen.clinic.people import panels
from anagen.clinic.people.menu import Card, Entry, add_card, add_entry
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.path import Progress, Step
from anagen.clinic.people.permissions import Permission
from anagen.medicine.rules import Verdict

from . import presentation, queries


def register() -> None:
    add_entry(
        Entry(gettext_lazy("Decisions"), "screening:decisions", Permission.SCREEN, order=20, icon="shield")
    )
    add_card("decisions", Permission.SCREEN, _waiting, order=10)
    panels.register(Step.SCREENING, Permission.SEE_DECISION, _panel)


def _waiting(user: User) -> Card:
    waiting = queries.waiting_decisions()
    return Card(
        title=_("Decisions that wait"),
        count=waiting.count(),
        note=_("answers, a date or a prescriber"),
        url=reverse("screening:decisions"),
        action=_("See them all"),
        template="screening/card_waiting.html",
        context={"decisions": waiting[:5]},
    )


def _panel(patient: Patient, user: User) -> panels.Panel:
    address = reverse("screening:screening", args=[patient.number])
    decision = queries.latest_decision(patient)
    if decision is None:
        return panels.Panel(
            progress=Progress.LATER, summary=_("Not yet"), url=address, template="screening/panel.html"
        )
    card = presentation.card(decision, user)
    verdict = card.screening.verdict
    progress = Progress.DONE if verdict.treatable else Progress.STOPPED
    if verdict is Verdict.INCOMPLETE:
        progress = Progress.UNDER_WAY
    summary = decision.get_verdict_display() if not card.decision.overrides.all() else _("With an override")
    if card.not_before is not None and verdict is Verdict.DEFER:
        summary = _("From %(day)s") % {"day": date_format(card.not_before, "j M")}
    return panels.Panel(
        progress=progress,
        summary=summary,
        url=address,
        template="screening/panel.html",
        context={"card": card, "decision": decision},
    )
