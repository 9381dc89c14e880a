from __future__ import annotations

from django.urls import path

from . import views

app_name = "tasks"

urlpatterns = [
    path("tasks", views.mine, name="mine"),
    path("tasks.csv", views.mine_csv, name="csv"),
    path("tasks/<int:task>", views.task, name="task"),
    path("patients/<str:number>/tasks", views.of_patient, name="of_patient"),
]
