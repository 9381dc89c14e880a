"""The price list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anagen.clinic.people.actions import Refused
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today

from . import actions, queries
from .forms import PriceForm


@needs(Permission.KEEP_PRICES)
@require_http_methods(["GET", "POST"])
def prices(request: HttpRequest) -> HttpResponse:
    """What a session costs, from which day on; and the form for a new price."""
    user: Any = request.user
    on = today()
    form = PriceForm(request.POST or None, initial={"valid_from": on})
    if request.method == "POST" and form.is_valid():
        try:
            price = actions.set_price(by=user, on=on, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("From %(day)s on: %(money)s.") % {"day": price.valid_from, "money": price.words}
            )
            return redirect("billing:prices")
    listed = list(queries.price_list())
    standing = {price.service: price.pk for price in reversed(listed) if price.valid_from <= on}
    return render(
        request,
        "billing/prices.html",
        {"form": form, "prices": listed, "standing": set(standing.values()), "today": on},
        status=422 if form.errors else 200,
    )
