"""What review adds to the home page: knowledge that cannot be used as it is."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from anagen.clinic.people.menu import Card, add_card
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission

from . import queries


def register() -> None:
    add_card("knowledge_faults", Permission.SEE_RULE_FAULTS, _faults, order=1)


def _faults(user: User) -> Card | None:
    state = queries.state()
    if state.sound:
        return None
    return Card(
        title=_("A new version of the knowledge is held back")
        if state.waiting
        else _("The knowledge has faults"),
        url=reverse("knowledge:home"),
        action=_("See the knowledge"),
        count=len(state.faults),
        note=_("Decisions go on with the last knowledge that passed every check."),
        template="review/faults_card.html",
        context={"state": state},
        wide=True,
    )
