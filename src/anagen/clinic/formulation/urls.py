from __future__ import annotations

from django.urls import path

from .views import preparing, worksheets

app_name = "formulation"
_ONE = "patients/<str:number>/mixtures/<int:worksheet>"

urlpatterns = [
    path("mixtures", worksheets.day, name="day"),
    path("mixtures.csv", worksheets.day_csv, name="day_csv"),
    path("patients/<str:number>/mixtures", worksheets.mixtures, name="mixtures"),
    path("patients/<str:number>/mixtures/new", worksheets.new, name="new"),
    path("patients/<str:number>/mixtures/judge", worksheets.judge, name="judge"),
    path(_ONE, worksheets.worksheet, name="worksheet"),
    path(f"{_ONE}/divide", worksheets.divide, name="divide"),
    path(f"{_ONE}/findings/<int:finding>", worksheets.decide, name="decide"),
    path(f"{_ONE}/prepare", preparing.prepare, name="prepare"),
    path(f"{_ONE}/labels", preparing.labels, name="labels"),
    path(f"{_ONE}/check", preparing.check, name="check"),
    path(f"{_ONE}/discard", preparing.discard, name="discard"),
]
