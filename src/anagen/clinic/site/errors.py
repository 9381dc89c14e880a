"""Pages for when something is wrong. Each says what happened and what to do; none shows a traceback."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from anagen.clinic.people.permissions import public


@public("An error page is shown to whoever meets the error.")
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "site/errors/400.html", status=400)


@public("An error page is shown to whoever meets the error.")
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    words = str(exception) if isinstance(exception, PermissionDenied) else ""
    return render(request, "site/errors/403.html", {"words": words}, status=403)


@public("An error page is shown to whoever meets the error.")
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    # A Http404 of ours says what was looked for; Django's own carry a list of addresses.
    ours = isinstance(exception, Http404) and exception.args and isinstance(exception.args[0], str)
    return render(request, "site/errors/404.html", {"words": exception.args[0] if ours else ""}, status=404)


@public("An error page is shown to whoever meets the error.")
def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: whatever broke must not break this page as well.
    return HttpResponse(render_to_string("site/errors/500.html"), status=500)


@public("An error page is shown to whoever meets the error.")
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    words = _("The form could not be checked: it was open for too long, or the browser blocks cookies.")
    return render(request, "site/errors/csrf.html", {"words": words}, status=403)
