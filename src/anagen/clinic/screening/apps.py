from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScreeningConfig(AppConfig):
    name = "anagen.clinic.screening"
    label = "screening"
    verbose_name = _("Screening")

    def ready(self) -> None:
        from . import entries

        entries.register()
