"""Home, the style gallery, the theme, and what machines ask (health, robots)."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anagen.clinic.people.menu import cards_for
from anagen.clinic.people.permissions import Permission, needs, public
from anagen.clinic.people.queries import today
from anagen.exchange.pictures import MOST_BYTES, UnreadablePicture, read_image

from . import gallery
from .context import THEME_COOKIE, THEMES
from .scanning import UNUSABLE

_A_YEAR = 365 * 24 * 3600


@needs(Permission.SEE_HOME)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    return render(
        request,
        "site/home.html",
        {"cards": cards_for(user), "greeting": _greeting(), "today": today()},
    )


def _greeting() -> str:
    hour = timezone.localtime().hour
    if hour < 12:
        return _("Good morning")
    return _("Good afternoon") if hour < 18 else _("Good evening")


@needs(Permission.SEE_STYLE)
@require_GET
def style(request: HttpRequest) -> HttpResponse:
    return render(request, "site/style.html", gallery.everything(on=today()))


@needs(Permission.SCAN)
@require_POST
def scan_image(request: HttpRequest) -> JsonResponse:
    """The codes in a photograph, which is the body of the request: read in memory, and gone with the answer."""
    try:
        # one byte more than is allowed, so that too large is noticed and no more than that is ever read
        return JsonResponse({"codes": read_image(request.read(MOST_BYTES + 1))})
    except UnreadablePicture as no:
        return JsonResponse({"error": str(UNUSABLE[no.kind])}, status=400)


@public("A choice of colours is kept in a cookie of the browser and needs no account.")
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponseBase:
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=_A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


@public("Monitors ask without an account; the answer says only whether the clinic can work.")
@require_GET
def health(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "error", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


@public("Search engines ask before they read; the answer is no.")
@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
