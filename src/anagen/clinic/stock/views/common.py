"""What several pages of the stock need."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from anagen.clinic.people.sign_in import address_of

from ..models import Lot, Product, Vial
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
