"""What every request passes: idle sign-out, the person's language, and no view without a permission."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import ngettext

Next = Callable[[HttpRequest], HttpResponse]

LAST_SEEN = "last_seen"
NOTE_EVERY = 60  # seconds; a session is a row, and not every page view should write one


def sign_out_when_idle(get_response: Next) -> Next:
    """A tablet left on the counter signs itself out."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.is_authenticated:
            now = int(time.time())
            seen = int(request.session.get(LAST_SEEN, now))
            if now - seen > settings.IDLE_TIMEOUT.total_seconds():
                logout(request)
                minutes = int(settings.IDLE_TIMEOUT.total_seconds() // 60)
                messages.info(
                    request,
                    ngettext(
                        "You were signed out after %(minutes)d minute without activity.",
                        "You were signed out after %(minutes)d minutes without activity.",
                        minutes,
                    )
                    % {"minutes": minutes},
                )
            elif now - seen >= NOTE_EVERY or LAST_SEEN not in request.session:
                request.session[LAST_SEEN] = now
        return get_response(request)

    return middleware


def speak_their_language(get_response: Next) -> Next:
    """The language of the account, when there is one, before that of the browser."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.is_authenticated and user.language in dict(settings.LANGUAGES):
            with translation.override(user.language):
                request.LANGUAGE_CODE = user.language  # type: ignore[attr-defined]
                return get_response(request)
        return get_response(request)

    return middleware


class EveryViewNamesItsPermission:
    """A view that names neither a permission nor a reason to be public is a mistake, and is not served."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if not hasattr(view, "permission") and not hasattr(view, "public"):
            raise ImproperlyConfigured(
                f"{view.__module__}.{view.__qualname__} names no permission: "
                "decorate it with @needs(Permission.…) or @public('why')."
            )
