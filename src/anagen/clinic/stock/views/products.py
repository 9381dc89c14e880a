"""Describing products, and naming places."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anagen.clinic.people.actions import Refused
from anagen.clinic.people.permissions import Permission, needs

from .. import actions, overview
from ..forms import PlaceForm
from ..models import Place
from ..product_form import ProductForm
from .common import product_or_404


@needs(Permission.KEEP_STOCK)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A product that is not known yet; after a scan its number stands there already."""
    user: Any = request.user
    scanned = request.GET.get("scan", "")[:400]
    form = ProductForm(request.POST or None, initial={"gtins": request.GET.get("gtin", "")[:14]})
    if request.method == "POST" and form.is_valid():
        try:
            product = actions.add_product(by=user, sheet=form.sheet(), gtins=form.cleaned_data["gtins"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("%(product)s can be received now.") % {"product": product})
            if scanned:
                return redirect(f"{reverse('stock:receive')}?{urlencode({'scan': scanned})}")
            return redirect("stock:product", product=product.pk)
    return render(
        request,
        "stock/form_product.html",
        {"form": form, "product": None},
        status=422 if form.errors else 200,
    )


@needs(Permission.KEEP_STOCK)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, product: int) -> HttpResponse:
    found = product_or_404(product)
    form = ProductForm(request.POST or None, initial=ProductForm.first(found))
    version = request.POST.get("version", "")
    if request.method == "POST" and form.is_valid():
        try:
            _keep(request, form, found, int(version) if version.isdecimal() and len(version) < 10 else 0)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The product is changed. Worksheets keep what they rested on."))
            return redirect("stock:product", product=found.pk)
    return render(
        request,
        "stock/form_product.html",
        {"form": form, "product": found},
        status=422 if form.errors else 200,
    )


@transaction.atomic
def _keep(request: HttpRequest, form: ProductForm, product: Any, version: int) -> None:
    user: Any = request.user
    sheet = form.sheet(knowledge=product.knowledge)
    changed = actions.change_product(by=user, product=product, version=version, sheet=sheet)
    for gtin in form.cleaned_data["gtins"]:
        actions.add_gtin(by=user, product=changed, gtin=gtin)


@needs(Permission.KEEP_STOCK)
@require_http_methods(["GET", "POST"])
def places(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            place = actions.add_place(by=user, **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("“%(place)s” is there.") % {"place": place})
            return redirect("stock:places")
    context = {"form": form, "places": overview.places()}
    return render(request, "stock/places.html", context, status=422 if form.errors else 200)


@needs(Permission.KEEP_STOCK)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, place: int) -> HttpResponse:
    """Rename a place, or put nothing there any more (`retire`)."""
    user: Any = request.user
    found = Place.objects.filter(pk=place, in_use=True).first()
    if found is None:
        raise Http404(_("There is no such place."))
    retire = request.POST.get("retire") == "1"
    form = PlaceForm(
        request.POST if request.method == "POST" and not retire else None,
        initial={"name": found.name, "note": found.note},
    )
    refused_words = ""
    try:
        if request.method == "POST" and retire:
            actions.retire_place(by=user, place=found)
            messages.success(request, _("“%(place)s” is no longer in use.") % {"place": found})
            return redirect("stock:places")
        if request.method == "POST" and form.is_valid():
            named = actions.rename_place(by=user, place=found, **form.cleaned_data)
            messages.success(request, _("“%(place)s” is there.") % {"place": named})
            return redirect("stock:places")
    except Refused as refused:
        refused_words = str(refused)
        if form.is_bound:
            form.add_error("name", refused_words)
    wrong = bool(form.errors or refused_words)
    context = {"form": form, "place": found, "refused": refused_words if retire else ""}
    return render(request, "stock/place.html", context, status=422 if wrong else 200)
