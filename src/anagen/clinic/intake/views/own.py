"""The intake without an account: on a tablet of the clinic, or by a one-time link on the patient's own phone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anagen.clinic.audit.actions import record_read
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.permissions import public
from anagen.clinic.people.queries import today
from anagen.clinic.people.sign_in import address_of

from .. import actions, queries, ticket
from ..forms import BirthDateForm
from ..language import Words, languages
from ..models import IntakeLink
from ..questions import REVIEW
from . import asking as ask
from .file import LANGUAGE_COOKIE, in_their_language, remember_language

_BY_TICKET = "A patient answers without an account; a signed cookie opens this one intake and nothing else."


def _asking(request: HttpRequest, language: str) -> ask.Asking | HttpResponse:
    """The intake of this browser's ticket, or the page that says why there is none."""
    if request.user.is_authenticated:
        response: HttpResponse = redirect("site:home")
        ticket.take_back(response)
        return response
    held = ticket.of(request)
    intake, problem = ticket.opened(held)
    if intake is None or held is None:
        response = _page(request, "intake/no_ticket.html", {"words": problem}, language, status=403)
        if held is not None:
            ticket.take_back(response)
        return response
    by = actions.patient_itself(intake.patient)
    record_read(by=by, patient=intake.patient, what=f"own intake ({held.way})")

    def thanks() -> HttpResponse:
        done = redirect("intake:own_thanks", way=held.way)
        ticket.take_back(done)
        return done

    return ask.Asking(
        request=request,
        intake=intake,
        on=today(),
        by=by,
        words=Words.of(language),
        address=lambda page: (
            reverse("intake:own_review") if page == REVIEW else reverse("intake:own_page", args=[page])
        ),
        save_address=lambda page: reverse("intake:own_save", args=[page]),
        way_out=reverse("intake:own_stopped") if held.way == ticket.PHONE else "",
        thanks=thanks,
        layout="intake/locked.html",
    )


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], language: str, status: int = 200
) -> HttpResponse:
    frame = {
        "layout": "intake/locked.html",
        "words_language": language,
        "languages": languages(),
        "LANGUAGE_CODE": language if language != "en" else "en-gb",
    }
    return render(request, template, frame | context, status=status)


@public(_BY_TICKET)
@require_GET
@in_their_language
def own(request: HttpRequest, *, language: str) -> HttpResponse:
    """The first page on a tablet: whose questions these are, and in which language."""
    asking = _asking(request, language)
    if isinstance(asking, HttpResponse):
        return asking
    return _page(request, "intake/own.html", {"asking": asking, "patient": asking.patient}, language)


@public(_BY_TICKET)
@require_GET
@in_their_language
def resume(request: HttpRequest, *, language: str) -> HttpResponse:
    asking = _asking(request, language)
    return asking if isinstance(asking, HttpResponse) else ask.resume(asking)


@public(_BY_TICKET)
@require_http_methods(["GET", "POST"])
@in_their_language
def page(request: HttpRequest, *, page: str, language: str) -> HttpResponse:
    asking = _asking(request, language)
    return asking if isinstance(asking, HttpResponse) else ask.page(asking, page)


@public(_BY_TICKET)
@require_POST
@in_their_language
def save(request: HttpRequest, *, page: str, language: str) -> HttpResponse:
    asking = _asking(request, language)
    if isinstance(asking, HttpResponse):
        _intake, problem = ticket.opened(ticket.of(request))
        return render(request, "intake/saved.html", {"words": problem, "tone": "bad"}, status=409)
    return ask.keep(asking, page)


@public(_BY_TICKET)
@require_http_methods(["GET", "POST"])
@in_their_language
def review(request: HttpRequest, *, language: str) -> HttpResponse:
    held = ticket.of(request)
    asking = _asking(request, language)
    if isinstance(asking, HttpResponse):
        # Handing in twice is handing in once: the second tap sees the same thanks.
        twice = request.method == "POST" and held is not None and not request.user.is_authenticated
        return redirect("intake:own_thanks", way=held.way) if twice and held is not None else asking
    return ask.review(asking)


@public("Says thank you and what happens next, without a word about the patient.")
@require_GET
@in_their_language
def thanks(request: HttpRequest, *, way: str, language: str) -> HttpResponse:
    return _page(request, "intake/thanks.html", {"way": way}, language)


@public("Says how to go on later, without a word about the patient.")
@require_GET
@in_their_language
def stopped(request: HttpRequest, *, language: str) -> HttpResponse:
    return _page(request, "intake/stopped.html", {}, language)


@public("The holder of a one-time link has no account; the link and the date of birth are the key.")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, *, token: str) -> HttpResponse:
    """The landing page of a link. Looking at it uses nothing up: previews of messengers look as well."""
    found = queries.link_by_digest(actions.digest(token))
    response = _landing(request, token=token, found=found, patient=found.intake.patient if found else None)
    response.headers["Referrer-Policy"] = "same-origin"  # no other site learns the address
    return response


@in_their_language
def _landing(
    request: HttpRequest, *, token: str, found: IntakeLink | None, patient: Any, language: str
) -> HttpResponse:
    user: Any = request.user
    held = ticket.of(request)
    address = address_of(request)
    try:
        actions.hold_back_guessers(address=address, link=found)
    except Refused as refused:
        return _page(request, "intake/no_ticket.html", {"words": str(refused)}, language, status=429)
    problem = actions.link_problem(found)
    if found is None:
        actions.note_guess(address=address, link=None)
    if problem or found is None:
        return _page(
            request,
            "intake/no_ticket.html",
            {"words": problem},
            language,
            status=404 if found is None else 410,
        )
    if user.is_authenticated:
        if patient.user_id == user.pk:
            return redirect("intake:intake", number=patient.number)
        words = _(
            "You are signed in here. This link is for the patient’s own phone; it has not been used up."
        )
        return _page(request, "intake/no_ticket.html", {"words": words}, language, status=403)
    if held is not None and held.link == found.pk:
        return redirect("intake:own_resume")
    if found.opened_at is not None:
        return _page(
            request, "intake/no_ticket.html", {"words": actions.opened_elsewhere()}, language, status=403
        )
    return _door(request, token, found, language)


def _door(request: HttpRequest, token: str, found: IntakeLink, language: str) -> HttpResponse:
    form = BirthDateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = actions.open_link(
                token=token, birth_date=form.cleaned_data["birth_date"], address=address_of(request)
            )
        except Refused as refused:
            form.add_error("birth_date", str(refused))
        else:
            response = redirect("intake:own_resume")
            ticket.give(request, response, ticket.Ticket(opened.intake_id, ticket.PHONE, opened.pk))
            remember_language(request, response, LANGUAGE_COOKIE, language)
            return response
    context = {"form": form, "patient": found.intake.patient, "link": found}
    return _page(request, "intake/door.html", context, language, status=422 if form.errors else 200)
