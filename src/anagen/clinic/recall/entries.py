"""What recall adds to the navigation and the home page."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anagen.clinic.people.menu import Card, Entry, add_card, add_entry
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.people.queries import today
from anagen.clinic.tasks.wording import name_kind

from . import queries
from .actions.opening import TASK
from .wording import title_of


def register() -> None:
    add_entry(
        Entry(gettext_lazy("Recalls"), "recall:home", Permission.SEE_RECALL, order=45, icon="attention")
    )
    add_card("recall", Permission.SEE_RECALL, _open, order=4)
    add_card("recall-drill", Permission.RECALL, _drill, order=70)
    name_kind(TASK, gettext_lazy("Message to a patient"))


def _open(user: User) -> Card | None:
    """Open recalls stand on everybody's home page until they are closed."""
    found = list(queries.open_recalls())
    if not found:
        return None
    details = user.may(Permission.SEE_MIXTURE)
    waiting = sum(recall.waiting for recall in found)  # type: ignore[attr-defined]  # counted by the query
    return Card(
        title=_("Open recalls"),
        count=waiting,
        note=ngettext("patient to tell", "patients to tell", waiting),
        template="recall/card.html",
        context={"recalls": [(recall, title_of(recall, clinical=details)) for recall in found[:5]]},
        url=reverse("recall:home"),
        action=_("See the recalls"),
    )


def _drill(user: User) -> Card | None:
    if not queries.drill_due(today()):
        return None
    return Card(
        title=_("A recall drill is due"),
        note=_("The last one is more than %(days)d days ago, or there was none.")
        % {"days": settings.RECALL_DRILL_DAYS},
        url=reverse("recall:home"),
        action=_("Practise one"),
    )
