"""The one-time link to a patient's own phone: made, shown once, withdrawn."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs

from .. import actions, queries


@needs(Permission.SEND_INTAKE)
@require_http_methods(["GET", "POST"])
@opens_file("intake: link")
def make_link(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Say what a link is and whether one is out; make one and show it this once."""
    user: Any = request.user
    made = None
    if request.method == "POST":
        link, token = actions.make_link(by=user, patient=patient)
        address = request.build_absolute_uri(reverse("intake:link", args=[token]))
        made = {"link": link, "address": address, "picture": picture(address)}
    opened = queries.open_intake_of(patient)
    live = queries.live_link(opened, timezone.now()) if opened is not None else None
    return render(
        request,
        "intake/make_link.html",
        {
            "patient": patient,
            "made": made,
            "live": live,
            "hours": int(actions.LINK_LASTS.total_seconds() // 3600),
        },
    )


@needs(Permission.SEND_INTAKE)
@opens_file("intake: link")
@require_POST
def withdraw_link(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    user: Any = request.user
    if actions.withdraw_links(by=user, patient=patient):
        messages.success(
            request, _("The link is withdrawn. It leads nowhere any more; answers given are kept.")
        )
    else:
        messages.info(request, _("There is no link that could be withdrawn."))
    return redirect("intake:make_link", number=patient.number)


def picture(address: str) -> SafeString:
    """The address as a QR code, drawn inside the page: dark on light in every theme, or phones cannot read it."""
    drawing = segno.make(address, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr__drawing", lineclass=None
    )
    return mark_safe(drawing)  # made by the library from squares alone; the address is not in it as text
