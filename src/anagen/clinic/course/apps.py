from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CourseConfig(AppConfig):
    name = "anagen.clinic.course"
    label = "course"
    verbose_name = _("Course")

    def ready(self) -> None:
        from . import entries

        entries.register()
