"""The signed cases: all of them, one of them, signing one of the public form, withdrawing a signature."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anagen.clinic.people.actions import Refused
from anagen.clinic.people.permissions import Permission, needs
from anagen.exchange.cases import BASELINES, Bases, baselines

from . import actions, queries
from .forms import CaseForm, WithdrawForm
from .models import SignedCase

PAGE_LENGTH = 25


@needs(Permission.SEE_RULES)
@require_GET
def signed(request: HttpRequest) -> HttpResponse:
    """Every signed case, and whether the rules in use answer it as signed."""
    otherwise = {each.case.pk: each for each in _otherwise()}
    page = Paginator(queries.every_case(), PAGE_LENGTH).get_page(request.GET.get("page"))
    return render(
        request,
        "cases/signed.html",
        {
            "page": page,
            "listed": [(case, otherwise.get(case.pk)) for case in page],
            "standing": queries.standing_cases().count(),
            "otherwise": len(otherwise),
            "waiting": queries.waiting(),
            "may_sign": _may_sign(request),
        },
    )


@needs(Permission.SEE_RULES)
@require_GET
def signed_file(request: HttpRequest) -> HttpResponse:
    """The cases whose signature stands, in the public form, to be asked of any other system."""
    lines = (
        json.dumps(case.content | {"id": case.name}, ensure_ascii=False) for case in queries.standing_cases()
    )
    response = HttpResponse("".join(f"{line}\n" for line in lines), content_type="application/jsonl")
    response["Content-Disposition"] = 'attachment; filename="signed-cases.jsonl"'
    return response


@needs(Permission.SEE_RULES)
@require_GET
def case(request: HttpRequest, *, case: int) -> HttpResponse:
    """One case: what is said of the patient, what was signed, by whom."""
    found = _found(case)
    otherwise = {each.case.pk: each for each in _otherwise()}
    return render(
        request,
        "cases/case.html",
        {
            "case": found,
            "waiting": queries.waiting(),
            "withdrawn": getattr(found, "withdrawn", None),
            "differences": getattr(otherwise.get(found.pk), "differences", ()),
            "said": queries.said(found, queries.in_use().ruleset),
            "findings": queries.findings(found, queries.in_use().ruleset),
            "plain": json.dumps(found.content | {"id": found.name}, ensure_ascii=False, indent=1),
            "may_sign": _may_sign(request),
        },
    )


@needs(Permission.REVIEW_RULES)
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest) -> HttpResponse:
    """Sign a case of the public form."""
    user: Any = request.user
    form = CaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["content"]
        try:
            made = actions.sign_case(
                by=user,
                content=content,
                bases=_bases(),
                came_from=str(content.get("id", "")) or "typed",
                knowledge=queries.in_use(),
            )
        except Refused as refused:
            form.add_error("content", str(refused))
        else:
            messages.success(request, _("The case is signed with your name."))
            return redirect("cases:case", case=made.number)
    return render(request, "cases/sign.html", {"form": form}, status=422 if form.errors else 200)


@needs(Permission.REVIEW_RULES)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, *, case: int) -> HttpResponse:
    """Withdraw a signature, with the reason."""
    user: Any = request.user
    found = _found(case)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(by=user, case=found, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error("reason", str(refused))
        else:
            messages.success(request, _("The signature is withdrawn. The case stays to be read."))
            return redirect("cases:case", case=found.number)
    return render(
        request, "cases/withdraw.html", {"form": form, "case": found}, status=422 if form.errors else 200
    )


def _found(number: int) -> SignedCase:
    found = queries.every_case().filter(number=number).first()
    if found is None:
        raise Http404(_("There is no signed case %(number)d.") % {"number": number})
    return found


def _otherwise() -> list[queries.Differing]:
    """By the rules in use, or by those that wait because of it."""
    return queries.differing(queries.waiting() or queries.in_use())


def _may_sign(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.may(Permission.REVIEW_RULES))


def _bases() -> Bases:
    """The healthy patients of the public case file, where the checkout has it."""
    file = settings.CHECKOUT / "docs" / "cases" / BASELINES
    return baselines(file.read_text(encoding="utf-8"), file=BASELINES) if file.is_file() else {}
