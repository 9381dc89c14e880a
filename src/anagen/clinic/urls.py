"""Addresses of the clinic: one line per step of the path, each app names its own pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("anagen.clinic.site.urls")),
    path("", include("anagen.clinic.people.urls")),
    path("", include("anagen.clinic.audit.urls")),
    path("", include("anagen.clinic.intake.urls")),
    path("", include("anagen.clinic.screening.urls")),
    path("", include("anagen.clinic.stock.urls")),
    path("", include("anagen.clinic.formulation.urls")),
    path("", include("anagen.clinic.course.urls")),
    path("", include("anagen.clinic.billing.urls")),
    path("", include("anagen.clinic.treatment.urls")),
    path("", include("anagen.clinic.recall.urls")),
    path("", include("anagen.clinic.tasks.urls")),
    path("", include("anagen.clinic.cases.urls")),
    path("", include("anagen.clinic.review.urls")),
    path("", include("anagen.clinic.knowledge.urls")),
]

handler400 = "anagen.clinic.site.errors.bad_request"
handler403 = "anagen.clinic.site.errors.forbidden"
handler404 = "anagen.clinic.site.errors.not_found"
handler500 = "anagen.clinic.site.errors.server_error"
