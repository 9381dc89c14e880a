from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "anagen.clinic.billing"
    label = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        from . import entries

        entries.register()
