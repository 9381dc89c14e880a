"""What the knowledge browser adds to the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from anagen.clinic.people.menu import Entry, add_entry
from anagen.clinic.people.permissions import Permission


def register() -> None:
    add_entry(Entry(gettext_lazy("Knowledge"), "knowledge:home", Permission.SEE_RULES, order=70, icon="book"))
