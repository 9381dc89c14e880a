"""At the bench: preparing, labels, the second check, throwing away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.clinic.stock.views.common import witness_in
from anagen.clinic.stock.wording import millilitres
from anagen.exchange.labels import SyringeLabel

from .. import actions, queries, shown
from ..actions.preparing import judged_now, left_to_do, products_of
from ..forms import CheckForm, DiscardForm, PrepareForm
from ..models import Preparation
from ..queries import MOST_FAILED, Standing
from ..wording import initials
from .common import preparation_or_404, worksheet_or_404


@needs(Permission.PREPARE_MIXTURE)
@require_http_methods(["GET", "POST"])
@opens_file("formulation: prepare")
def prepare(request: HttpRequest, *, patient: Patient, worksheet: int) -> HttpResponse:
    """Scan or choose each component; opened, drawn, filled and labelled in one."""
    user: Any = request.user
    found, now = worksheet_or_404(worksheet, patient), timezone.now()
    back = redirect("formulation:worksheet", number=patient.number, worksheet=found.pk)
    try:
        products = products_of(found)
    except Refused as refused:
        messages.error(request, str(refused))
        return back
    if request.method == "GET" and (
        queries.preparation_of(found) is not None or left_to_do(found, judged_now(found, at=now))
    ):
        messages.error(request, _("This worksheet is not to be prepared now. The page says why."))
        return back
    form = PrepareForm(request.POST or None, worksheet=found, products=products, at=now)
    if request.method == "POST" and form.is_valid():
        try:
            actions.prepare(
                by=user,
                worksheet=found,
                takes=form.cleaned_data["takes"],
                at=now,
                key=form.sent_key,
                syringes=form.cleaned_data["syringes"],
                witness=witness_in(request, form.cleaned_data, now),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Prepared. Label the syringes now."))
            return redirect("formulation:labels", number=patient.number, worksheet=found.pk)
    return render(
        request,
        "formulation/prepare.html",
        {"patient": patient, "worksheet": found, "form": form, "names": shown.title_of(found)},
        status=422 if form.errors else 200,
    )


@needs(Permission.SEE_MIXTURE)
@require_GET
@opens_file("formulation: labels")
def labels(request: HttpRequest, *, patient: Patient, worksheet: int) -> HttpResponse:
    """The labels of a preparation, one a page."""
    made = preparation_or_404(worksheet, patient)
    checked = next((check.by for check in made.checks.all() if check.agrees), None)
    return render(
        request,
        "formulation/labels.html",
        {
            "patient": patient,
            "preparation": made,
            "waits": made.needs_check and checked is None,
            "labels": [
                SyringeLabel(
                    code=one.code,
                    initials=initials(patient),
                    patient_number=patient.number,
                    mixture=shown.title_of(made.worksheet),
                    volume=millilitres(one.volume_ml),
                    use_by=timezone.localtime(made.use_by),
                    prepared_by=str(made.by),
                    checked_by=str(checked or ""),
                )
                for one in made.syringes.all()
                if not hasattr(one, "discarded")
            ],
        },
    )


@needs(Permission.PREPARE_MIXTURE)
@require_http_methods(["GET", "POST"])
@opens_file("formulation: second check")
def check(request: HttpRequest, *, patient: Patient, worksheet: int) -> HttpResponse:
    """Enter it again without seeing it."""
    user: Any = request.user
    made = preparation_or_404(worksheet, patient)
    form = CheckForm(request.POST or None, today=today())
    back = redirect("formulation:worksheet", number=patient.number, worksheet=worksheet)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.second_check(
                by=user, preparation=made, entered=form.cleaned_data["entered"], at=timezone.now()
            )
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from None
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            if done.agrees:
                messages.success(request, _("Both entries agree. The syringes may be given."))
            else:
                messages.error(
                    request, _("The entries differ. Read the vials again; what was drawn stays hidden.")
                )
            return back
    context = {
        "patient": patient,
        "preparation": made,
        "form": form,
        "is_own": made.by_id == user.pk,
        "due": queries.standing_of(made, timezone.now()) is Standing.TO_CHECK,
        "left": MOST_FAILED - sum(not one.agrees for one in made.checks.all()),
    }
    return render(request, "formulation/check.html", context, status=422 if form.errors else 200)


@needs(Permission.PREPARE_MIXTURE)
@require_http_methods(["GET", "POST"])
@opens_file("formulation: throw away")
def discard(request: HttpRequest, *, patient: Patient, worksheet: int) -> HttpResponse:
    """Throw away syringes of a preparation: those that are ticked."""
    user: Any = request.user
    made = preparation_or_404(worksheet, patient)
    form = DiscardForm(request.POST or None)
    left = [one for one in made.syringes.all() if not hasattr(one, "discarded")]
    if request.method == "POST" and form.is_valid():
        cleaned, now = form.cleaned_data, timezone.now()
        ticked = [one for one in left if one.code in request.POST.getlist("syringe")]
        try:
            if not ticked:
                raise Refused(_("Choose at least one syringe."))
            actions.discard(
                by=user,
                preparation=made,
                reason=cleaned["reason"],
                syringes=ticked,
                witness=witness_in(request, cleaned, now),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Thrown away and written down."))
            return redirect("formulation:worksheet", number=patient.number, worksheet=worksheet)
    context = {
        "patient": patient,
        "preparation": made,
        "form": form,
        "left": left,
        "witnessed": _witnessed(made),
    }
    return render(request, "formulation/discard.html", context, status=422 if form.errors else 200)


def _witnessed(made: Preparation) -> bool:
    return any(part.draw.vial.lot.product.witnessed for part in made.drawn.all())
