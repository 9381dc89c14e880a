"""What a patient reads by a one-time link, without an account: the message, and “I have read it”."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from anagen.clinic.intake.actions import digest
from anagen.clinic.intake.forms import BirthDateForm
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.permissions import public
from anagen.clinic.people.sign_in import address_of

from .. import actions, letters, queries
from ..models import Link


@public(
    "A patient reads one message without an account; the secret of the link and the date of birth open it."
)
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, token: str) -> HttpResponse:
    """First the date of birth, then the message with its one button. A link that leads nowhere says why."""
    link = queries.link_by_digest(digest(token))
    problem = actions.link_problem(link)
    if problem or link is None:
        # Counted as the intake counts its own: whoever tries secrets is held back.
        if link is None and request.method == "POST":
            try:
                actions.open_link(token=token, birth_date=None, address=address_of(request))
            except Refused as refused:
                problem = str(refused)
        return render(request, "recall/own_gone.html", {"words": problem}, status=404)
    with override(link.contact.patient.language):
        return _asked(request, token, link)


def _asked(request: HttpRequest, token: str, link: Link) -> HttpResponse:
    form = BirthDateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        born, address = form.cleaned_data["birth_date"], address_of(request)
        try:
            if request.POST.get("read"):
                known = actions.acknowledge_by_link(token=token, birth_date=born, address=address)
                return render(request, "recall/own_thanks.html", {"known": known})
            found = actions.open_link(token=token, birth_date=born, address=address)
        except Refused as refused:
            form.add_error("birth_date", str(refused))
        else:
            context = {
                "form": form,
                "paragraphs": letters.without_link(letters.body(found.contact)).split("\n\n"),
                "known": getattr(found.contact, "acknowledged", None),
            }
            return render(request, "recall/own_message.html", context)
    return render(request, "recall/own_door.html", {"form": form}, status=422 if form.errors else 200)
