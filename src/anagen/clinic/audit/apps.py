from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "anagen.clinic.audit"
    label = "audit"
    verbose_name = _("Audit trail")

    def ready(self) -> None:
        from anagen.clinic.people.menu import Entry, add_entry
        from anagen.clinic.people.permissions import Permission

        from . import installation

        installation.connect(self)
        add_entry(Entry(_("Audit trail"), "audit:trail", Permission.SEE_AUDIT, order=85, icon="list"))
