from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "anagen.clinic.site"
    label = "site"
    verbose_name = _("Site")

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy

        from anagen.clinic.people.menu import Entry, add_entry
        from anagen.clinic.people.permissions import Permission

        add_entry(Entry(gettext_lazy("Home"), "site:home", Permission.SEE_HOME, order=0, icon="home"))
        add_entry(Entry(gettext_lazy("Style"), "site:style", Permission.SEE_STYLE, order=95, icon="style"))
