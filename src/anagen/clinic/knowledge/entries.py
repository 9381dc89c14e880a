"""What the knowledge browser adds to the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from anagen.clinic.people.menu import Entry, add_entry
from anagen.clinic.people.permissions import Permission
from anagen.clinic.tasks.wording import name_kind


def register() -> None:
    from .impact import LOOK_AGAIN  # which reads models: they are there once all apps are ready

    add_entry(Entry(gettext_lazy("Knowledge"), "knowledge:home", Permission.SEE_RULES, order=70, icon="book"))
    name_kind(LOOK_AGAIN, gettext_lazy("A rule has changed"))
