"""One lot: where it lies, what happens to it, holding it back, saying when it expires."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today

from .. import actions, queries
from ..forms import ExpiryForm, LeaveForm, ReasonForm
from ..models import Lot
from ..overview import LotRow, lot_rows
from ..wording import containers
from .common import lot_or_404, movements_table, witness_in


@needs(Permission.SEE_STOCK)
@require_GET
def lot(request: HttpRequest, lot: int) -> HttpResponse:
    found = lot_or_404(lot)
    user: Any = request.user
    row = _row(found)
    return render(
        request,
        "stock/lot.html",
        {
            "lot": found,
            "row": row,
            "movements": found.movements.select_related("place", "by", "witness"),
            "quarantines": found.quarantines.select_related("by", "lifted__by"),
            "changes": found.expiry_changes.exclude(reason="").select_related("by"),
            "releases": user.may(Permission.RELEASE_STOCK),
        },
    )


@needs(Permission.SEE_STOCK)
@require_GET
def movements_csv(request: HttpRequest, lot: int) -> HttpResponse:
    found = lot_or_404(lot)
    movements = found.movements.select_related("lot__product", "place", "by", "witness")
    return movements_table(f"movements-lot-{found.pk}", movements)


def _row(lot: Lot) -> LotRow:
    balances = lot.balances.filter(count__gt=0).select_related("lot__product", "place")
    rows = lot_rows(balances, today())
    return rows[0] if rows else LotRow(lot, today(), quarantine=queries.quarantine_of(lot))


@needs(Permission.KEEP_STOCK)
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, lot: int) -> HttpResponse:
    """Move, throw away, send back or write off."""
    found = lot_or_404(lot)
    asked = request.GET.get("what", "")
    form = LeaveForm(
        request.POST or None, lot=found, expired=found.expired(today()), initial={"what": asked, "count": 1}
    )
    if request.method == "POST" and form.is_valid():
        try:
            _leave(request, form, found, timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            words = {
                "move": _("%(count)s moved."),
                "waste": _("%(count)s thrown away."),
                "return": _("%(count)s sent back."),
                "expired": _("%(count)s written off."),
            }[form.cleaned_data["what"]]
            messages.success(request, words % {"count": containers(form.cleaned_data["count"])})
            return redirect("stock:lot", lot=found.pk)
    context = {"form": form, "lot": found, "row": _row(found)}
    return render(request, "stock/leave.html", context, status=422 if form.errors else 200)


def _leave(request: HttpRequest, form: LeaveForm, lot: Lot, at: datetime) -> None:
    user: Any = request.user
    cleaned = form.cleaned_data
    common: dict[str, Any] = {
        "by": user,
        "lot": lot,
        "count": cleaned["count"],
        "at": at,
        "key": form.sent_key,
    }
    match cleaned["what"]:
        case "move":
            if cleaned["target"] is None:
                raise Refused(_("Choose the place to which it is moved."))
            actions.move(source=cleaned["place"], target=cleaned["target"], **common)
        case "waste":
            seen = witness_in(request, cleaned, at)
            actions.waste(place=cleaned["place"], reason=cleaned["reason"], witness=seen, **common)
        case "return":
            actions.give_back(place=cleaned["place"], reason=cleaned["reason"], **common)
        case _:
            seen = witness_in(request, cleaned, at)
            actions.write_off_expired(place=cleaned["place"], witness=seen, **common)


@needs(Permission.KEEP_STOCK)
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, lot: int) -> HttpResponse:
    """Hold a lot back at once."""
    user: Any = request.user
    found = lot_or_404(lot)

    def act(form: forms.Form) -> str:
        actions.quarantine(by=user, lot=found, reason=form.cleaned_data["reason"], at=timezone.now())
        return _("Lot %(lot)s is held back. Nobody can open or draw from it.") % {"lot": found}

    return _asked(request, found, ReasonForm(request.POST or None), act, "hold")


@needs(Permission.RELEASE_STOCK)
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, lot: int) -> HttpResponse:
    """Let a lot be used again."""
    user: Any = request.user
    found = lot_or_404(lot)

    def act(form: forms.Form) -> str:
        standing = queries.quarantine_of(found)
        if standing is None:
            raise Refused(_("This lot is not in quarantine any more."))
        actions.release(by=user, quarantine=standing, reason=form.cleaned_data["reason"], at=timezone.now())
        return _("Lot %(lot)s may be used again.") % {"lot": found}

    return _asked(request, found, ReasonForm(request.POST or None), act, "release")


@needs(Permission.KEEP_STOCK)
@require_http_methods(["GET", "POST"])
def expiry(request: HttpRequest, lot: int) -> HttpResponse:
    """Say when a lot expires, or correct it."""
    user: Any = request.user
    found = lot_or_404(lot)

    def act(form: forms.Form) -> str:
        try:
            actions.correct_expiry(by=user, lot=found, at=timezone.now(), **form.cleaned_data)
        except NotAllowed as refused:
            raise Refused(_("A known expiry is corrected by a prescriber or the medical lead.")) from refused
        return _("The expiry of lot %(lot)s is noted.") % {"lot": found}

    return _asked(
        request, found, ExpiryForm(request.POST or None, initial={"expiry": found.expiry}), act, "expiry"
    )


def _asked(
    request: HttpRequest, lot: Lot, form: forms.Form, act: Callable[[forms.Form], str], what: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            words = act(form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, words)
            return redirect("stock:lot", lot=lot.pk)
    context = {"form": form, "lot": lot, "row": _row(lot), "what": what}
    return render(request, "stock/ask_lot.html", context, status=422 if form.errors else 200)
