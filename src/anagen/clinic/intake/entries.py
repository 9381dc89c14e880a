"""What the intake adds to the home page and the patient page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anagen.clinic.people import panels
from anagen.clinic.people.menu import Card, add_card
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.path import Progress, Step
from anagen.clinic.people.permissions import Permission
from anagen.clinic.people.queries import patient_of, today

from . import queries
from .wording import age_words

SHOWN = 5


def register() -> None:
    add_card("own_questions", Permission.SEE_OWN_RECORD, _own_questions, order=1)
    add_card("open_intakes", Permission.SEND_INTAKE, _open_intakes, order=20)
    # Whoever may ask sees how far it is; what was answered stands on pages of its own.
    panels.register(Step.QUESTION, Permission.ANSWER_INTAKE, _panel)


def _own_questions(user: User) -> Card | None:
    """Only while there is something to do."""
    patient = patient_of(user)
    if patient is None:
        return None
    begun = queries.open_intake_of(patient)
    if begun is None and queries.last_handed_in(patient) is not None:
        return None
    return Card(
        title=_("Please answer your questions"),
        note=_("You have begun. Everything so far is saved.")
        if begun is not None
        else _("About ten minutes. Every answer is saved at once; you can stop and go on later."),
        url=reverse("intake:intake", args=[patient.number]),
        action=_("Go on") if begun is not None else _("Begin"),
        wide=True,
    )


def _open_intakes(user: User) -> Card | None:
    waiting = queries.open_intakes()
    count = waiting.count()
    if not count:
        return None
    return Card(
        title=_("Questions under way"),
        count=count,
        note=ngettext("patient has not handed in", "patients have not handed in", count),
        template="intake/card_open.html",
        context={"intakes": waiting[:SHOWN]},
    )


def _panel(patient: Patient, user: User) -> panels.Panel:
    begun = queries.open_intake_of(patient)
    done = queries.last_handed_in(patient)
    if begun is not None:
        progress, summary = Progress.UNDER_WAY, _("Not handed in yet")
    elif done is not None and done.on is not None:
        progress, summary = Progress.DONE, _("Answered %(when)s") % {"when": age_words(done.on, today())}
    else:
        progress, summary = Progress.READY, _("Not asked yet")
    may_see = user.may(Permission.SEE_ANSWERS)
    return panels.Panel(
        progress=progress,
        summary=summary,
        url=reverse("intake:intake", args=[patient.number]),
        template="intake/panel.html",
        context={
            "begun": begun,
            "done": done,
            "unread": queries.unread_of(patient, on=today()).count() if user.may(Permission.SCREEN) else 0,
            "may_see": may_see,
            "may_examine": user.may(Permission.SCREEN),
        },
    )
