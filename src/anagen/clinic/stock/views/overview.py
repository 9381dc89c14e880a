"""What is there: the overview, one product, their tables to take away."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.clinic.site.scanning import LOOKS_LIKE
from anagen.exchange.gs1 import Looks, NotAProductCode, read_scan

from .. import overview as shown
from .. import queries
from ..forms import SearchForm
from ..models import Movement, Product, Vial
from ..wording import hours_words
from .common import movements_table, product_or_404

_MAY_BE_WORDS = (Looks.OTHER, Looks.PATIENT, Looks.LAYOUT)  # what people type in search as well
_LATEST = 50  # movements on the page; the CSV holds all


@needs(Permission.SEE_STOCK)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Every product with what may be used of it."""
    form = SearchForm(request.GET if request.GET.get("q", "").strip() else None)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    only = getattr(request, "htmx", False) and not request.htmx.boosted  # type: ignore[attr-defined]
    rows, instead = shown.products(today(), text), ""
    if text and not rows and not only:
        pack, instead = _scanned(text)
        if pack is not None:
            return redirect(pack)
    context = {"rows": rows, "text": text, "form": form, "instead": instead}
    return render(request, "stock/found.html" if only else "stock/home.html", context)


def _scanned(text: str) -> tuple[str | None, str]:
    """The page of the pack that was scanned; if there is none, what was scanned instead, in words."""
    try:
        code = read_scan(text, on=today(), separators=settings.SCANNERS_SEND_SEPARATORS)
    except NotAProductCode as no:
        return None, "" if no.looks_like in _MAY_BE_WORDS else str(LOOKS_LIKE[no.looks_like])
    product = queries.product_of(code.gtin)
    if product is None:
        return None, _("Nobody has said which product the number %(gtin)s means.") % {"gtin": code.gtin}
    lots = queries.lots_in_code(code, product.lots.select_related("product")) if code.lot is not None else []
    if len(lots) == 1:
        return reverse("stock:lot", args=[lots[0].pk]), ""
    return reverse("stock:product", args=[product.pk]), ""


@needs(Permission.SEE_STOCK)
@require_GET
def home_csv(request: HttpRequest) -> HttpResponse:
    header = [_("Product"), _("Maker"), _("Lot"), _("Expires on"), _("Place"), _("Containers"), _("State")]
    return csv_download(
        f"stock-{today().isoformat()}",
        header,
        (
            [
                row.lot.product,
                row.lot.product.maker,
                row.lot.number,
                row.lot.expiry,
                balance.place,
                balance.count,
                ", ".join(badge.word for badge in row.badges),
            ]
            for row in shown.lying(today())
            for balance in row.balances
        ),
    )


@needs(Permission.SEE_STOCK)
@require_GET
def product(request: HttpRequest, product: int) -> HttpResponse:
    found = product_or_404(product)
    user: Any = request.user
    lots = shown.lying(today(), found)
    return render(
        request,
        "stock/product.html",
        {
            "product": found,
            "row": shown.ProductRow(found, lots),
            "vials": shown.vials(timezone.now(), found),
            "opened_words": hours_words(found.opened_hours) if found.opened_hours else "",
            "movements": _movements(found)[:_LATEST],
            "more": Movement.objects.filter(lot__product=found).count() > _LATEST,
            "opens": user.may(Permission.PREPARE_MIXTURE),
            "first": next((lot.lot.pk for lot in lots if lot.usable), None),
        },
    )


def _movements(product: Product) -> Any:
    return (
        Movement.objects.filter(lot__product=product)
        .select_related("lot__product", "place", "by", "witness")
        .prefetch_related(Prefetch("vial", queryset=Vial.objects.all()))
    )


@needs(Permission.SEE_STOCK)
@require_GET
def movements_csv(request: HttpRequest, product: int) -> HttpResponse:
    found = product_or_404(product)
    return movements_table(f"movements-{found.pk}", _movements(found))


@needs(Permission.SEE_STOCK)
@require_GET
def all_movements_csv(_request: HttpRequest) -> HttpResponse:
    """Every movement of the clinic."""
    found = Movement.objects.select_related("lot__product", "place", "by", "witness")
    return movements_table(f"movements-{today().isoformat()}", found.order_by("at", "pk").iterator())
