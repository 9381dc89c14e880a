"""Opened vials: the board with their clocks, opening one, ending one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anagen.clinic.people.actions import Refused
from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.permissions import Permission, needs

from .. import actions, overview, queries
from ..forms import CloseForm
from ..models import Balance, Vial
from ..models.products import plain
from .common import vial_or_404, witness_in


@needs(Permission.SEE_STOCK)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    context = {"rows": overview.vials(timezone.now()), "closes": user.may(Permission.PREPARE_MIXTURE)}
    return render(request, "stock/vials.html", context)


@needs(Permission.SEE_STOCK)
@require_GET
def board_csv(_request: HttpRequest) -> HttpResponse:
    """Every vial that was ever opened, with what became of it."""
    header = [
        _("Vial"), _("Product"), _("Lot"), _("Place"), _("Opened"), _("Use by"), _("Content in mL"),
        _("Draws"), _("Left in mL"), _("Closed"), _("Thrown away in mL"), _("Not accounted for in mL"), _("Reason"),
    ]  # fmt: skip
    found = Vial.objects.select_related("lot__product", "place", "closed").prefetch_related("draws")
    return csv_download("vials", header, (_line(vial) for vial in found.order_by("pk")))


def _line(vial: Vial) -> list[object]:
    draws = list(vial.draws.all())
    ended = getattr(vial, "closed", None)
    return [
        vial, vial.lot.product, vial.lot, vial.place, _moment(vial.opened_at), _moment(vial.use_by), vial.content_ml,
        len(draws), draws[-1].left_ml if draws else vial.content_ml,
        *((_moment(ended.at), ended.wasted_ml, ended.discrepancy_ml, ended.reason) if ended else ("", "", "", "")),
    ]  # fmt: skip


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


@needs(Permission.PREPARE_MIXTURE)
@require_http_methods(["GET", "POST"])
def open_one(request: HttpRequest, balance: int) -> HttpResponse:
    """Open a container that lies in a place; the page says what to write on it."""
    user: Any = request.user
    found = get_object_or_404(Balance.objects.select_related("lot__product", "place"), pk=balance)
    error = ""
    if request.method == "POST":
        try:
            key = UUID(request.POST.get("key", ""))
            vial = actions.open_container(
                by=user, lot=found.lot, place=found.place, at=timezone.now(), key=key
            )
        except ValueError:
            error = _("Please send the form again.")
        except Refused as refused:
            error = str(refused)
        else:
            until = date_format(timezone.localtime(vial.use_by), "D j M Y, H:i")
            words = _("Write on it: %(mark)s, use by %(until)s.") % {"mark": vial.mark, "until": until}
            messages.success(request, words)
            return redirect("stock:vials")
    first = queries.to_take(found.lot.product, timezone.localdate())
    context = {
        "balance": found,
        "key": uuid4(),
        "error": error,
        "sooner": first[0] if first and first[0].lot.expiry != found.lot.expiry else None,
    }
    return render(request, "stock/open.html", context, status=422 if error else 200)


@needs(Permission.PREPARE_MIXTURE)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, vial: int) -> HttpResponse:
    user: Any = request.user
    found = vial_or_404(vial)
    left = queries.left_in(found)
    form = CloseForm(request.POST or None, initial={"wasted": plain(left)})
    if request.method == "POST" and form.is_valid():
        at, cleaned = timezone.now(), form.cleaned_data
        try:
            actions.close_vial(
                by=user,
                vial=found,
                wasted_ml=cleaned["wasted"],
                reason=cleaned["reason"],
                witness=witness_in(request, cleaned, at),
                at=at,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Vial %(vial)s is closed.") % {"vial": found})
            return redirect("stock:vials")
    context = {
        "vial": found,
        "form": form,
        "left": left,
        "draws": found.draws.select_related("patient", "by"),
        "closed": hasattr(found, "closed"),
    }
    return render(request, "stock/close.html", context, status=422 if form.errors else 200)
