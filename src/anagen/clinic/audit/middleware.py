"""Names the signed-in person for everything a request writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from .context import acting

Next = Callable[[HttpRequest], HttpResponse]


def name_the_person(get_response: Next) -> Next:
    """Stands after authentication. A stranger's request names nobody: a view that writes for one (the
    sign-in, a patient's one-time link) says itself who acts, and is refused by the database if it forgets."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if not user.is_authenticated:
            return get_response(request)
        with acting(user):
            return get_response(request)

    return middleware
