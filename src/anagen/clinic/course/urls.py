from __future__ import annotations

from django.urls import path

from . import calendars, views

app_name = "course"

urlpatterns = [
    path("patients/<str:number>/course", views.plan, name="plan"),
    path("patients/<str:number>/course.csv", views.plan_csv, name="csv"),
    path("patients/<str:number>/course.ics", calendars.file, name="ics"),
    path("patients/<str:number>/course/new", views.new, name="new"),
    path("patients/<str:number>/course/move", views.move, name="move"),
    path("patients/<str:number>/course/cancel", views.cancel, name="cancel"),
    path("patients/<str:number>/course/sheet", views.sheet, name="sheet"),
    path("patients/<str:number>/own-time", views.own_time, name="own_time"),
    path("patients/<str:number>/own-time/calendar", views.own_calendar, name="own_calendar"),
    path("patients/<str:number>/own-time/<int:busy>/back", views.own_time_back, name="own_time_back"),
    path("patients/<str:number>/calendar", calendars.feeds, name="feeds"),
    path("patients/<str:number>/calendar/<int:feed>/withdraw", calendars.withdraw, name="withdraw"),
    path("sessions", views.week, name="week"),
    path("sessions.csv", views.week_csv, name="week_csv"),
    path("calendar/<str:token>.ics", calendars.feed, name="feed"),
]
