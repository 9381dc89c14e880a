"""What billing adds to the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.menu import Entry, add_entry
from anagen.clinic.people.permissions import Permission


def register() -> None:
    add_entry(Entry(_("Prices"), "billing:prices", Permission.KEEP_PRICES, order=80, icon="list"))
