"""Stock-take of one place: counted without seeing what is expected, corrected with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anagen.clinic.people.actions import ChangedMeanwhile, Refused
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today

from .. import actions, queries
from ..forms import CountForm
from ..models import Lot, Place


@needs(Permission.KEEP_STOCK)
@require_http_methods(["GET", "POST"])
def count(request: HttpRequest, place: int) -> HttpResponse:
    found = Place.objects.filter(pk=place).first()
    if found is None:
        raise Http404(_("There is no such place."))
    lots = queries.lots_to_count(found, today())
    seen = queries.last_movement(found)
    form = CountForm(request.POST or None, lots=lots, initial={"seen": seen})
    differing: list[tuple[Lot, int, int]] = []
    if request.method == "POST" and form.is_valid():
        counted = form.counted()
        differing = [
            (lot, counted[lot.pk], there)
            for lot in lots
            if counted[lot.pk] != (there := queries.count_of(lot, found))
        ]
        if not differing or form.cleaned_data["reason"]:
            if _keep(request, form, found):
                return redirect("stock:places")
            if form.cleaned_data["seen"] != seen:
                form = CountForm(lots=lots, initial={"seen": seen})  # to be counted again, from the start
                differing = []
    context = {"place": found, "form": form, "differing": differing}
    return render(request, "stock/count.html", context, status=422 if form.errors else 200)


def _keep(request: HttpRequest, form: CountForm, place: Place) -> bool:
    user: Any = request.user
    try:
        take = actions.take_stock(
            by=user,
            place=place,
            counted=form.counted(),
            seen=form.cleaned_data["seen"],
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
            key=form.sent_key,
        )
    except ChangedMeanwhile as changed:
        messages.error(request, str(changed))
        return False
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    words = (
        _("%(place)s is counted and corrected.") if take.reason else _("%(place)s is counted; all was right.")
    )
    messages.success(request, words % {"place": place})
    return True
