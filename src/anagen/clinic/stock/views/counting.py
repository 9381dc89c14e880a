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
    if request.method == "POST" and request.POST.get("scan"):
        form.full_clean()  # what is not typed yet is no fault yet
        return _one_more(request, found, form)
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


def _one_more(request: HttpRequest, place: Place, form: CountForm) -> HttpResponse:
    """A scanned pack counts one more of its lot, if the code tells it; what else is typed stays."""
    code = form.cleaned_data.get("scan")
    fitting = queries.lots_in_code(code, form.lots) if code is not None else []
    told = code is not None and (code.lot is not None or any(choice.lot for choice in code.choices))
    if len(fitting) == 1 and told:
        again = form.again(fitting[0])
        words = _("%(product)s, lot %(lot)s: %(count)s") % {
            "product": fitting[0].product,
            "lot": fitting[0],
            "count": again[f"lot_{fitting[0].pk}"].value(),
        }
        return render(request, "stock/count.html", {"place": place, "form": again, "counted": words})
    words = str(form.errors["scan"][0]) if "scan" in form.errors else _not_one(fitting)
    context = {"place": place, "form": form.again(), "refused": words}
    return render(request, "stock/count.html", context, status=422)


def _not_one(fitting: list[Lot]) -> str:
    if fitting:
        lots = ", ".join(str(lot) for lot in fitting)
        return _("The code does not tell the lot. Type how many of %(lots)s lie here.") % {"lots": lots}
    return _(
        "This pack is not in the books of this place. Put it aside; receive it or move it here afterwards."
    )


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
