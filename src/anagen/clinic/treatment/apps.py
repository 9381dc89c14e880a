from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TreatmentConfig(AppConfig):
    name = "anagen.clinic.treatment"
    label = "treatment"
    verbose_name = _("Treatment")

    def ready(self) -> None:
        from anagen.clinic.formulation import given

        from . import entries, syringes

        given.ask(syringes.was_given)
        entries.register()
