"""Taking stock in: scan, look, enter; one pack after the other without a mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anagen.clinic.people.actions import Refused
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.site.scanning import why_asked
from anagen.exchange.gs1 import Choice, ProductCode

from .. import actions, overview, queries
from ..forms import ReceiveForm, ScanForm
from ..models import Movement
from ..wording import containers, day_words

_LATEST = 8
_MOST_READINGS = 6  # to choose from; of more, nobody finds the right one


@needs(Permission.KEEP_STOCK)
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest) -> HttpResponse:
    """`step=scan` reads a code and asks for what it does not say; `step=keep` takes in."""
    if not overview.places():
        messages.info(request, _("First name a place where stock lies."))
        return redirect("stock:places")
    if request.method == "POST" and request.POST.get("step") == "keep":
        return _keep(request)
    given = request.POST if request.method == "POST" else request.GET if "scan" in request.GET else None
    scan = ScanForm(given)
    if given is not None and scan.is_valid():
        cleaned = scan.cleaned_data
        return _ask(
            request, cleaned["product"], cleaned["scan"], scan["scan"].value() or "", cleaned["reading"]
        )
    return _page(request, scan=scan)


def _readings(code: ProductCode | None) -> list[Choice]:
    """What may stand on the pack, for choosing; nothing where that would be a guess among many."""
    if code is None:
        return []
    told = {(choice.lot, choice.expiry): choice for choice in reversed(code.choices)}
    readings = [choice for choice in reversed(told.values()) if choice.lot is not None]
    return readings if len(readings) <= _MOST_READINGS else []


def _ask(
    request: HttpRequest, product: Any, code: ProductCode | None, said: str, chosen: int | None
) -> HttpResponse:
    """The form of the receipt, filled with what the code says."""
    readings = _readings(code)
    if code is not None and chosen is not None and chosen < len(readings):
        code = replace(code, lot=readings[chosen].lot, expiry=readings[chosen].expiry, choices=())
        readings = []
    known = queries.product_of(code.gtin) if code is not None else None
    form = ReceiveForm(
        initial={
            "gtin": code.gtin if code is not None and known is None else "",
            "product": known or product,
            "number": (code.lot or "") if code is not None else "",
            "expiry": code.expiry if code is not None else None,
            "place": request.POST.get("place") or _usual_place(known or product),
        }
    )
    if known is not None:
        form.fields["product"].widget = form.fields["product"].hidden_widget()
    return _page(request, form=form, code=code, said=said, known=known, readings=readings)


def _keep(request: HttpRequest) -> HttpResponse:
    form = ReceiveForm(request.POST)
    alike = False
    if form.is_valid():
        try:
            movement = _take_in(request, form)
        except actions.LooksLike as like:
            alike = True
            form.add_error("number", str(like))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            lot = movement.lot
            words = _("%(count)s of %(product)s, lot %(lot)s (expires: %(expiry)s), put in %(place)s.") % {
                "count": containers(movement.count),
                "product": lot.product,
                "lot": lot,
                "expiry": day_words(lot.expiry),
                "place": movement.place,
            }
            messages.success(request, words)
            return redirect(f"{reverse('stock:receive')}?{urlencode({'place': movement.place_id})}")
    return _page(request, form=form, alike=alike)


@transaction.atomic
def _take_in(request: HttpRequest, form: ReceiveForm) -> Movement:
    user: Any = request.user
    cleaned = form.cleaned_data
    if cleaned["gtin"]:
        actions.add_gtin(by=user, product=cleaned["product"], gtin=cleaned["gtin"])
    return actions.receive(
        by=user,
        product=cleaned["product"],
        number=cleaned["number"],
        expiry=None if cleaned["no_expiry"] else cleaned["expiry"],
        count=cleaned["count"],
        place=cleaned["place"],
        at=timezone.now(),
        key=form.sent_key,
        another=cleaned["another"],
    )


def _usual_place(product: Any) -> Any:
    """Where this product was put last; the first place when it is new."""
    last = Movement.objects.filter(kind="receipt", lot__product=product, place__in_use=True).first()
    return last.place_id if last is not None else overview.places()[0].pk


def _last_place(request: HttpRequest) -> str:
    place = request.GET.get("place", "")
    return place if place.isdecimal() and len(place) < 10 else ""


def _page(
    request: HttpRequest,
    *,
    scan: ScanForm | None = None,
    form: ReceiveForm | None = None,
    code: ProductCode | None = None,
    said: str = "",
    known: Any = None,
    readings: Sequence[Choice] = (),
    alike: bool = False,
) -> HttpResponse:
    wrong = any(given is not None and given.errors for given in (scan, form))
    if form is not None:
        form.order_fields(
            ["key", "gtin", "product", "number", "expiry", "no_expiry", "count", "place", "another"]
        )
        _focus(form)
    latest = Movement.objects.filter(kind="receipt").select_related("lot__product", "place", "by")
    context = {
        "scan": scan,
        "form": form,
        "code": code,
        "said": said,
        "known": known,
        "asked": why_asked(code) if code is not None else "",
        "readings": readings,
        "alike": alike or (form is not None and bool(form.data.get("another"))),
        "latest": latest[:_LATEST],
        "place": _last_place(request),
    }
    return render(request, "stock/receive.html", context, status=422 if wrong else 200)


def _focus(form: ReceiveForm) -> None:
    """Where the person types next: the first thing the code has not said."""
    for name in ("product", "number", "expiry", "count"):
        if not form[name].value() or form[name].errors:
            form.fields[name].widget.attrs["autofocus"] = True
            return
