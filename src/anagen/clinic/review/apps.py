from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    name = "anagen.clinic.review"
    label = "review"
    verbose_name = _("Review")

    def ready(self) -> None:
        from anagen.clinic.cases.queries import decided_by

        from . import entries, queries

        entries.register()
        decided_by(queries.deciding)
