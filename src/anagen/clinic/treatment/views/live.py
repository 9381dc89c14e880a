"""The session page without a network: who is signed in, the page that can be kept, and the program that keeps it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs

from .. import live
from ..queries import Session
from .common import with_session


@needs(Permission.TREAT)
@require_GET
@opens_file("treatment: connection")
@with_session
def connection(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """Who is signed in on this device, and the token of this sign-in."""
    user: Any = request.user
    return JsonResponse({"user": user.pk, "token": get_token(request), "state": session.state.value})


@needs(Permission.TREAT)
@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """The page of a session without any patient in it."""
    return render(request, "treatment/session_live_shell.html", {"live_words": live.words()})


@needs(Permission.TREAT)
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The program that answers for the page of one session while the network is away."""
    response = render(request, "treatment/worker.js", content_type="text/javascript")
    response["Service-Worker-Allowed"] = "/patients/"
    response["Cache-Control"] = "no-cache"
    return response
