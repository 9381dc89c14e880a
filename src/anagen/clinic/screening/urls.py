from __future__ import annotations

from django.urls import path

from . import views

app_name = "screening"

urlpatterns = [
    path("patients/<str:number>/screening", views.screening, name="screening"),
    path("patients/<str:number>/screening/decide", views.decide, name="decide"),
    path("patients/<str:number>/screening/<int:decision>", views.decision, name="decision"),
    path(
        "patients/<str:number>/screening/<int:decision>/override/<str:rule>",
        views.override,
        name="override",
    ),
    path("patients/<str:number>/screening/<int:decision>/sign", views.sign, name="sign"),
    path("decisions", views.decisions, name="decisions"),
    path("decisions.csv", views.decisions_csv, name="decisions_csv"),
    path("decisions/replay", views.replay, name="replay"),
]
