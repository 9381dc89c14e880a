from __future__ import annotations

from django.urls import path

from .views import closing, consents, live, maps, papers, session

app_name = "treatment"

_PATIENT = "patients/<str:number>"
_SESSION = f"{_PATIENT}/treatment/<int:treatment>"

urlpatterns = [
    path("treatments", session.day, name="day"),
    path("treatments/no-connection", live.shell, name="shell"),
    path("treatments/worker.js", live.worker, name="worker"),
    path("treatments/countersign", closing.countersigning, name="countersigning"),
    path(f"{_PATIENT}/treatment", session.treatments, name="treatments"),
    path(f"{_PATIENT}/treatment/begin", session.start, name="start"),
    path(_SESSION, session.session, name="session"),
    path(f"{_SESSION}/events", session.events, name="events"),
    path(f"{_SESSION}/connection", live.connection, name="connection"),
    path(f"{_SESSION}/setup", session.setup, name="setup"),
    path(f"{_SESSION}/map", maps.map_page, name="map"),
    path(f"{_SESSION}/map/sheet", maps.map_sheet, name="map_sheet"),
    path(f"{_SESSION}/map.csv", maps.map_csv, name="map_csv"),
    path(f"{_SESSION}/finish", closing.finish, name="finish"),
    path(f"{_SESSION}/sign", closing.sign, name="sign"),
    path(f"{_SESSION}/record", closing.record, name="record"),
    path(f"{_SESSION}/countersign", closing.countersign, name="countersign"),
    path(f"{_SESSION}/addendum", closing.addendum, name="addendum"),
    path(f"{_SESSION}/sheet", closing.sheet, name="sheet"),
    path(f"{_PATIENT}/consent/<slug:kind>", consents.sign, name="consent"),
    path(f"{_PATIENT}/consent/<int:consent>/withdraw", consents.withdraw, name="withdraw"),
    path("consent-texts", consents.texts, name="consent_texts"),
    path("certificates", papers.certificates, name="certificates"),
    path("certificates/<int:certificate>/withdraw", papers.withdraw_certificate, name="withdraw_certificate"),
    path("devices", papers.switches, name="devices"),
]
