"""Accounts of the staff, for administrators."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import actions, queries
from ..downloads import csv_download
from ..forms import AccountForm, ChangeAccountForm
from ..models import User
from ..passwords import first_password
from ..permissions import Permission, Role, needs


@needs(Permission.MANAGE_STAFF)
@require_GET
def staff(request: HttpRequest) -> HttpResponse:
    return render(request, "people/staff.html", {"accounts": queries.staff_accounts()})


@needs(Permission.MANAGE_STAFF)
@require_GET
def staff_csv(request: HttpRequest) -> HttpResponse:
    return csv_download(
        "accounts",
        [_("Full name"), _("User name"), _("Role"), _("May sign in")],
        (
            [
                account.full_name,
                account.username,
                account.get_role_display(),
                _("yes") if account.is_active else _("no"),
            ]
            for account in queries.staff_accounts()
        ),
    )


@needs(Permission.MANAGE_STAFF)
@require_http_methods(["GET", "POST"])
def new_account(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = first_password()
        try:
            account = actions.create_user(
                by=user, password=password, must_change_password=True, **form.cleaned_data
            )
        except actions.Refused as refused:
            form.add_error("username", str(refused))
        else:
            return render(request, "people/first_password.html", {"account": account, "password": password})
    status = 422 if form.errors else 200
    return render(request, "people/new_account.html", {"form": form}, status=status)


@needs(Permission.MANAGE_STAFF)
@require_http_methods(["GET", "POST"])
def change_account(request: HttpRequest, username: str) -> HttpResponse:
    user: Any = request.user
    account = _account(username)
    fixed = account == user or account.role == Role.PATIENT
    form = ChangeAccountForm(
        request.POST or None,
        role_is_fixed=fixed,
        initial={"full_name": account.full_name, "role": account.role, "is_active": account.is_active},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_user(by=user, user=account, **{"role": account.role} | form.cleaned_data)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The account of %(name)s is saved.") % {"name": account.full_name})
            return redirect("people:staff")
    status = 422 if form.errors else 200
    return render(
        request,
        "people/change_account.html",
        {"form": form, "account": account, "fixed": fixed},
        status=status,
    )


@needs(Permission.MANAGE_STAFF)
@require_POST
def reset_password(request: HttpRequest, username: str) -> HttpResponse:
    user: Any = request.user
    account = _account(username)
    if account == user:
        return redirect("people:change_password")
    password = first_password()
    actions.set_password(by=user, user=account, password=password, must_change=True)
    return render(request, "people/first_password.html", {"account": account, "password": password})


def _account(username: str) -> User:
    account = queries.account(username)
    if account is None:
        raise Http404(_("There is no account with this user name."))
    return account
