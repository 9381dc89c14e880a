from __future__ import annotations

from django.urls import path

from .views import contacts, opening, own

app_name = "recall"

urlpatterns = [
    path("recalls", opening.home, name="home"),
    path("recalls/trace", opening.trace, name="trace"),
    path("recalls/open", opening.open_one, name="open"),
    path("recalls/<int:recall>", contacts.recall, name="recall"),
    path("recalls/<int:recall>/add", contacts.add, name="add"),
    path("recalls/<int:recall>/write", contacts.write, name="write"),
    path("recalls/<int:recall>/letters", contacts.letters, name="letters"),
    path("recalls/<int:recall>/patients.csv", contacts.csv, name="csv"),
    path("recalls/<int:recall>/close", contacts.close, name="close"),
    path("recalls/<int:recall>/patients/<str:number>", contacts.contact, name="contact"),
    # without an account
    path("notice/<str:token>", own.notice, name="notice"),
]
