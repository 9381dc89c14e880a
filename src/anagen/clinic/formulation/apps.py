from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FormulationConfig(AppConfig):
    name = "anagen.clinic.formulation"
    label = "formulation"
    verbose_name = _("Formulation")

    def ready(self) -> None:
        from . import entries

        entries.register()
