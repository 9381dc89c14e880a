from __future__ import annotations

from django.urls import path

from . import calendars, own_time, taken_away, views

app_name = "course"

urlpatterns = [
    path("patients/<str:number>/course", views.plan, name="plan"),
    path("patients/<str:number>/course.csv", taken_away.plan_csv, name="csv"),
    path("patients/<str:number>/course.ics", calendars.file, name="ics"),
    path("patients/<str:number>/course/new", views.new, name="new"),
    path("patients/<str:number>/course/move", views.move, name="move"),
    path("patients/<str:number>/course/cancel", views.cancel, name="cancel"),
    path("patients/<str:number>/course/sheet", taken_away.sheet, name="sheet"),
    path("patients/<str:number>/own-time", own_time.own_time, name="own_time"),
    path("patients/<str:number>/own-time/calendar", own_time.own_calendar, name="own_calendar"),
    path("patients/<str:number>/own-time/<int:busy>/back", own_time.own_time_back, name="own_time_back"),
    path("patients/<str:number>/calendar", calendars.feeds, name="feeds"),
    path("patients/<str:number>/calendar/<int:feed>/withdraw", calendars.withdraw, name="withdraw"),
    path("sessions", taken_away.week, name="week"),
    path("sessions.csv", taken_away.week_csv, name="week_csv"),
    path("calendar/<str:token>.ics", calendars.feed, name="feed"),
]
