"""Signing in and out, and one's own password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from .. import actions
from ..forms import PasswordForm, SignInForm
from ..permissions import Permission, needs, public
from ..sign_in import address_of


@public("This is the door.")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    onwards = _onwards(request)
    if request.user.is_authenticated:
        return redirect(onwards)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        refused = _try(request, form)
        if refused is None:
            return redirect(onwards)
        form.add_error(None, refused)
    status = 422 if form.is_bound else 200
    return render(request, "people/sign_in.html", {"form": form, "next": onwards}, status=status)


def _try(request: HttpRequest, form: SignInForm) -> str | None:
    """Sign in; otherwise the sentence that says why not."""
    name, password = form.cleaned_data["username"], form.cleaned_data["password"]
    try:
        attempt = actions.note_sign_in_attempt(username=name, address=address_of(request), at=timezone.now())
    except actions.TooManyTries as refused:
        return str(refused)
    user: Any = authenticate(request, username=name, password=password)
    if user is None:
        return _("User name and password do not belong together. Check both; capitals count in the password.")
    actions.note_sign_in_succeeded(attempt=attempt, user=user, password=password)
    login(request, user)
    return None


def _onwards(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "/"


@public("Signing out must work for everybody, also twice.")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("people:sign_in")


@needs(Permission.KEEP_OWN_ACCOUNT)
@sensitive_post_parameters("old", "new")
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        changed = actions.set_password(by=user, user=user, password=form.cleaned_data["new"])
        update_session_auth_hash(request, changed)  # stays signed in here, and nowhere else
        messages.success(request, _("Your password is changed. Other devices are signed out."))
        return redirect("site:home")
    status = 422 if form.is_bound else 200
    return render(request, "people/change_password.html", {"form": form}, status=status)
