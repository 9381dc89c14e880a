"""Consent: reading and signing, taking back, and the texts themselves."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today

from .. import actions, consenting, devices, queries, typed
from ..forms import ConsentForm, ConsentTextForm
from ..models import Consent, ConsentKind


@needs(Permission.TREAT)
@require_http_methods(["GET", "POST"])
@opens_file("treatment: consent")
def sign(request: HttpRequest, *, patient: Patient, kind: str) -> HttpResponse:
    """The text in force; handing it out, and signing it. Pictures have a text and a signature of their own."""
    user: Any = request.user
    on = today()
    if kind not in ConsentKind.values:
        raise Http404(_("There is no such consent."))
    text = consenting.text_in_force(kind, on)
    allowed = queries.allowed_devices()
    offered = (
        [one for one in devices.devices().values() if one.id in allowed]
        if kind == ConsentKind.TREATMENT
        else []
    )
    form = ConsentForm(
        request.POST if "signed_name" in request.POST else None,
        offered=offered,
        initial={"devices": [devices.BY_HAND]},
    )
    try:
        if request.method == "POST" and text is not None and "hand_out" in request.POST:
            actions.hand_out_consent(by=user, patient=patient, text=text)
            messages.success(request, _("Noted: the text was handed out."))
            return redirect("treatment:consent", number=patient.number, kind=kind)
        if form.is_bound and form.is_valid() and text is not None:
            actions.sign_consent(
                by=user,
                patient=patient,
                text=text,
                key=typed.key_of(request.POST),
                on=on,
                **form.cleaned_data,
            )
            messages.success(request, _("The consent is signed."))
            return redirect("treatment:treatments", number=patient.number)
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from None
    except Refused as refused:
        form.add_error(None, str(refused))
    handout = consenting.handout_of(patient, text) if text is not None else None
    return render(
        request,
        "treatment/consent.html",
        {
            "patient": patient,
            "kind": kind,
            "kind_words": ConsentKind(kind).label,
            "text": text,
            "form": form,
            "handout": handout,
            "first_day": consenting.may_sign_on(timezone.localtime(handout.at)) if handout else None,
            "standing": consenting.standing(patient, kind),
            "history": consenting.consents_of(patient).filter(text__kind=kind),
            "today": on,
            "key": request.POST.get("key") or uuid.uuid4(),
        },
        status=422 if form.errors else 200,
    )


@needs(Permission.SEE_TREATMENT)
@require_http_methods(["GET", "POST"])
@opens_file("treatment: take a consent back")
def withdraw(request: HttpRequest, *, patient: Patient, consent: int) -> HttpResponse:
    """Take a consent back: in the clinic, or from the patient's own account."""
    user: Any = request.user
    standing = Consent.objects.filter(pk=consent, patient=patient).select_related("text", "patient").first()
    if standing is None:
        raise Http404(_("This patient has no such consent."))
    if request.method == "POST":
        try:
            actions.withdraw_consent(by=user, consent=standing, words=request.POST.get("words", ""))
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from None
        messages.success(request, _("The consent is taken back."))
        return redirect("treatment:treatments", number=patient.number)
    return render(request, "treatment/withdraw.html", {"patient": patient, "consent": standing})


@needs(Permission.KEEP_CONSENT_TEXTS)
@require_http_methods(["GET", "POST"])
def texts(request: HttpRequest) -> HttpResponse:
    """Every version of the consent texts, and the form for a new one."""
    user: Any = request.user
    on = today()
    listed = list(consenting.texts())
    latest = {
        kind: max([one.version for one in listed if one.kind == kind], default=0)
        for kind in ConsentKind.values
    }
    form = ConsentTextForm(
        request.POST or None,
        initial={"valid_from": on, "kind": request.GET.get("kind", ConsentKind.TREATMENT)},
    )
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get(f"seen-{form.cleaned_data['kind']}", "")
        try:
            actions.new_consent_text(
                by=user, on=on, seen=int(seen) if seen.isdigit() else 0, **form.cleaned_data
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The new text is kept. Patients sign it from its day on."))
            return redirect("treatment:consent_texts")
    in_force = {kind: consenting.text_in_force(kind, on) for kind in ConsentKind.values}
    return render(
        request,
        "treatment/consent_texts.html",
        {
            "texts": listed,
            "form": form,
            "latest": latest.items(),
            "in_force": {one.pk for one in in_force.values() if one is not None},
            "time": consenting.time_to_think(),
        },
        status=422 if form.errors else 200,
    )
