from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecallConfig(AppConfig):
    name = "anagen.clinic.recall"
    label = "recall"
    verbose_name = _("Recall")

    def ready(self) -> None:
        from . import entries

        entries.register()
