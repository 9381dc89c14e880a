from __future__ import annotations

from django.urls import path

from . import views

app_name = "site"

urlpatterns = [
    path("", views.home, name="home"),
    path("style", views.style, name="style"),
    path("scan/picture", views.scan_image, name="scan_image"),
    path("theme", views.choose_theme, name="theme"),
    path("health", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
]
