from __future__ import annotations

from django.urls import path

from . import views

app_name = "cases"

urlpatterns = [
    path("knowledge/signed-cases", views.signed, name="signed"),
    path("knowledge/signed-cases.jsonl", views.signed_file, name="file"),
    path("knowledge/signed-cases/new", views.sign, name="sign"),
    path("knowledge/signed-cases/<int:case>", views.case, name="case"),
    path("knowledge/signed-cases/<int:case>/withdraw", views.withdraw, name="withdraw"),
]
