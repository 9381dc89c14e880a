"""The patient's dates in other calendars: a file to take away, and an address that calendar programs read."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from anagen.clinic.audit.actions import record_read
from anagen.clinic.people.access import opens_file
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs, public
from anagen.exchange.appointments import write

from . import actions, queries
from .forms import FeedForm

CONTENT_TYPE = "text/calendar; charset=utf-8"
FEED_READER = "calendar feed"  # who reads, in the log of reads


@needs(Permission.SEE_COURSE)
@require_GET
@opens_file("course: calendar file")
def file(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """The appointments as a file. With `?care=yes` also what to do and avoid, in plain words."""
    body, _stamp = _calendar(patient, with_care=request.GET.get("care") == "yes")
    if body is None:
        raise Http404(_("There is no course planned."))
    response = HttpResponse(body, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="appointments.ics"'
    return response


def _calendar(patient: Patient, *, with_care: bool) -> tuple[bytes | None, datetime]:
    """The calendar, and when it last changed. The same plans give the same bytes."""
    entries, newest = queries.calendar_entries(patient, with_care=with_care)
    if newest is None:
        return None, datetime.now(UTC)
    return write(entries, stamp=newest.made_at, name=_("Appointments")), newest.made_at


@public("Calendar programs cannot sign in; the secret in the address is the key, and it can be withdrawn.")
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The appointments under a secret address, read again and again by calendar programs."""
    found = queries.open_feed(token)
    if found is None:
        raise Http404(
            _(
                "This calendar does not exist, or its address was withdrawn. Please ask the clinic for a new one."
            )
        )
    body, changed = _calendar(found.patient, with_care=found.with_care)
    if body is None:
        body, changed = write((), stamp=found.made_at, name=_("Appointments")), found.made_at
    changed = max(changed, found.made_at)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    seconds = int(changed.timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=seconds)
    if response is None:
        response = HttpResponse(body, content_type=CONTENT_TYPE)
        response["Content-Disposition"] = 'inline; filename="appointments.ics"'
    if response.status_code == 200:
        record_read(by=FEED_READER, patient=found.patient, what=_("calendar feed"))
    response["ETag"] = etag
    response["Last-Modified"] = http_date(seconds)
    response["Cache-Control"] = "private, no-cache"
    return response


@needs(Permission.SEE_COURSE)
@require_http_methods(["GET", "POST"])
@opens_file("calendar feeds")
def feeds(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Addresses under which calendar programs read the patient's dates: make one, withdraw one."""
    user: Any = request.user
    form = FeedForm(request.POST if request.method == "POST" else None)
    made = ""
    if request.method == "POST" and form.is_valid():
        _feed, token = actions.make_feed(by=user, patient=patient, **form.cleaned_data)
        made = request.build_absolute_uri(reverse("course:feed", args=[token]))
    return render(
        request,
        "course/feeds.html",
        {
            "patient": patient,
            "form": FeedForm() if made else form,
            "feeds": queries.feeds_of(patient),
            "made": made,
            "subscribe": made.replace("https://", "webcal://").replace("http://", "webcal://"),
            "has_course": queries.latest_plan(patient) is not None,
        },
    )


@needs(Permission.SEE_COURSE)
@opens_file("calendar feeds")
@require_POST
def withdraw(request: HttpRequest, *, patient: Patient, feed: int) -> HttpResponse:
    """From now on nobody reads anything under this address."""
    user: Any = request.user
    found = queries.feeds_of(patient).filter(pk=feed).first()
    if found is not None:
        actions.revoke_feed(by=user, feed=found)
        messages.success(request, _("The address is withdrawn. Calendars that used it get nothing more."))
    return redirect("course:feeds", number=patient.number)
