"""What treatment adds to the navigation, the home page and the patient page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anagen.clinic.formulation import given
from anagen.clinic.people import panels
from anagen.clinic.people.menu import Card, Entry, add_card, add_entry
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.path import Progress, Step
from anagen.clinic.people.permissions import Permission
from anagen.clinic.people.queries import today
from anagen.medicine.treatment import State

from . import queries
from .queries import Session
from .wording import STATES

_MOST = 6  # of a list on a card


def register() -> None:
    add_entry(Entry(gettext_lazy("Today"), "treatment:day", Permission.TREAT, order=25, icon="clock"))
    add_entry(
        Entry(
            gettext_lazy("Certificates"),
            "treatment:certificates",
            Permission.KEEP_CERTIFICATES,
            order=82,
            icon="shield",
        )
    )
    add_entry(
        Entry(
            gettext_lazy("Consent texts"),
            "treatment:consent_texts",
            Permission.KEEP_CONSENT_TEXTS,
            order=84,
            icon="record",
        )
    )
    add_entry(
        Entry(
            gettext_lazy("Devices"),
            "treatment:devices",
            Permission.KEEP_CONSENT_TEXTS,
            order=86,
            icon="device",
        )
    )
    add_card("treatments_under_way", Permission.TREAT, _under_way, order=5)
    add_card("records_to_sign", Permission.TREAT, _to_sign, order=12)
    add_card("records_to_countersign", Permission.SUPERVISE, _to_countersign, order=14)
    panels.register(Step.TREATMENT, Permission.SEE_TREATMENT, _panel)
    given.ask(lambda syringe: hasattr(syringe, "administration"))


def _under_way(user: User) -> Card | None:
    found = list(queries.under_way()[: _MOST + 1])
    if not found:
        return None
    return Card(
        title=_("In the chair"),
        count=len(found),
        note=ngettext("session is open", "sessions are open", len(found)),
        template="treatment/card_list.html",
        context={"treatments": found[:_MOST], "view": "treatment:session"},
        url=reverse("treatment:day"),
        action=_("See today"),
    )


def _to_sign(user: User) -> Card | None:
    found = queries.to_sign(user)
    count = found.count()
    if not count:
        return None
    return Card(
        title=_("Records for you to sign"),
        count=count,
        note=ngettext("record is not signed", "records are not signed", count),
        template="treatment/card_list.html",
        context={"treatments": found[:_MOST], "view": "treatment:session"},
    )


def _to_countersign(user: User) -> Card | None:
    found = queries.to_countersign().exclude(injector=user)
    count = found.count()
    if not count:
        return None
    return Card(
        title=_("Records for your second signature"),
        count=count,
        note=ngettext("record waits", "records wait", count),
        template="treatment/card_list.html",
        context={"treatments": found[:_MOST], "view": "treatment:record"},
        url=reverse("treatment:countersigning"),
        action=_("See all"),
    )


_PROGRESS = {
    State.PREPARING: Progress.UNDER_WAY,
    State.UNDER_WAY: Progress.UNDER_WAY,
    State.PAUSED: Progress.UNDER_WAY,
    State.STOPPED: Progress.STOPPED,
    State.GIVEN: Progress.STOPPED,  # somebody has to sign
    State.SIGNED: Progress.DONE,
    State.CALLED_OFF: Progress.READY,
}


def _panel(patient: Patient, user: User) -> panels.Panel:
    latest = queries.treatments_of(patient).first()
    session = None if latest is None else Session(latest)
    _course, planned = queries.planned_session(patient, today())
    done = queries.given_before(patient).count()
    if session is None:
        progress, summary = (Progress.READY if planned is not None else Progress.LATER), ""
    else:
        progress, summary = _PROGRESS[session.state], str(STATES[session.state])
        given_today = session.treatment.day == today() and session.state is not State.CALLED_OFF
        if planned is not None and not given_today and progress is Progress.DONE:
            progress, summary = Progress.READY, _("Today")
    return panels.Panel(
        progress=progress,
        summary=summary,
        url=reverse("treatment:treatments", args=[patient.number]),
        template="treatment/panel.html",
        context={
            "session": session,
            "done": done,
            "planned": planned,
            "state": "" if session is None else STATES[session.state],
            "may_treat": user.may(Permission.TREAT),
        },
    )
