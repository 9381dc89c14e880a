"""What several pages of the stock need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.sign_in import address_of

from ..models import Lot, Movement, Product, Vial
from ..witness import Witness, confirm


def product_or_404(pk: int) -> Product:
    found = Product.objects.filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such product."))
    return found


def lot_or_404(pk: int) -> Lot:
    found = Lot.objects.select_related("product").filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such lot."))
    return found


def vial_or_404(pk: int) -> Vial:
    found = Vial.objects.select_related("lot__product", "place", "by").filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such vial."))
    return found


def movements_table(name: str, movements: Iterable[Movement]) -> HttpResponse:
    """Movements as CSV, with lot, product and people selected by the caller."""
    header = [
        _("When"), _("Product"), _("Lot"), _("Place"), _("What"), _("Containers"), _("Reason"), _("By"), _("Witness"),
    ]  # fmt: skip
    lines = (
        [
            timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M"),
            row.lot.product,
            row.lot.number,
            row.place,
            row.get_kind_display(),
            row.count,
            row.reason,
            row.by or "",
            row.witness or "",
        ]
        for row in movements
    )
    return csv_download(name, header, lines)


def witness_in(request: HttpRequest, cleaned: dict[str, Any], at: Any) -> Witness | None:
    """Whoever has typed their name and password as a witness. Raises Refused."""
    if not cleaned.get("witness"):
        return None
    return confirm(
        username=cleaned["witness"],
        password=cleaned.get("witness_password", ""),
        address=address_of(request),
        at=at,
    )
