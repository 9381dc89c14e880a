"""Certificates of those who inject, and the devices that the clinic uses."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anagen.clinic.people.actions import Refused
from anagen.clinic.people.permissions import ALLOWED, Permission, needs
from anagen.clinic.people.queries import staff_accounts, today

from .. import actions, devices, queries, readiness
from ..forms import CertificateForm
from ..models import Certificate, CertificateKind


@needs(Permission.KEEP_CERTIFICATES)
@require_http_methods(["GET", "POST"])
def certificates(request: HttpRequest) -> HttpResponse:
    """Who may inject until when, whose papers run out, and the form for a new paper."""
    user: Any = request.user
    on = today()
    holders = staff_accounts().filter(role__in=ALLOWED[Permission.TREAT], is_active=True)
    form = CertificateForm(request.POST or None, holders=holders, initial={"valid_from": on})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_certificate(by=user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The certificate is kept."))
            return redirect("treatment:certificates")
    due = readiness.certificates_due()
    people = []
    for holder in holders:
        valid = queries.valid_certificates(holder, on)
        lacking = [
            str(CertificateKind(kind).label) for kind in due if kind not in {one.kind for one in valid}
        ]
        last_days = [max(one.valid_until for one in valid if one.kind == kind) for kind in due if not lacking]
        ends = min(last_days, default=None)
        people.append(
            {"holder": holder, "lacking": lacking, "ends": ends, "papers": queries.certificates_of(holder)}
        )
    return render(
        request,
        "treatment/certificates.html",
        {"form": form, "people": people, "today": on},
        status=422 if form.errors else 200,
    )


@needs(Permission.KEEP_CERTIFICATES)
@require_POST
def withdraw_certificate(request: HttpRequest, *, certificate: int) -> HttpResponse:
    """A certificate holds no more."""
    user: Any = request.user
    known = Certificate.objects.filter(pk=certificate).first()
    if known is None:
        raise Http404(_("There is no such certificate."))
    try:
        actions.withdraw_certificate(by=user, certificate=known, words=request.POST.get("words", ""))
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The certificate is withdrawn."))
    return redirect("treatment:certificates")


@needs(Permission.KEEP_CONSENT_TEXTS)
@require_http_methods(["GET", "POST"])
def switches(request: HttpRequest) -> HttpResponse:
    """Devices of the clinic: which may be used, with what each asks for."""
    user: Any = request.user
    if request.method == "POST":
        try:
            switched = actions.switch_device(
                by=user, device=request.POST.get("device", ""), on=request.POST.get("on") == "1"
            )
        except Refused as refused:
            messages.warning(request, str(refused))
        else:
            title = devices.devices()[switched.device].title
            words = _("%(device)s may be used.") if switched.on else _("%(device)s is switched off.")
            messages.success(request, words % {"device": title})
        return redirect("treatment:devices")
    allowed = queries.allowed_devices()
    return render(
        request,
        "treatment/devices.html",
        {"rows": [(one, one.id in allowed) for one in devices.devices().values()]},
    )
