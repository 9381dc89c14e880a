"""The intake in a patient's file: staff ask at the desk, a patient with an account answers alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today

from .. import actions, queries, questions, ticket
from ..language import Words, language_for, languages
from ..models import Channel, Intake
from ..questions import REVIEW
from . import asking as ask

LANGUAGE_COOKIE = "anagen_intake_language"
_A_DAY = 24 * 3600


def chosen_language(request: HttpRequest, otherwise: str) -> str:
    """The language picked on a page of the intake, before that of the file."""
    wanted = request.GET.get("language") or request.COOKIES.get(_cookie(request), "")
    return wanted if wanted in languages() else language_for(otherwise)


def _cookie(request: HttpRequest) -> str:
    """Staff choose for themselves: what a patient picked on the shared tablet is not their language."""
    user: Any = request.user
    return LANGUAGE_COOKIE if not user.is_authenticated or user.is_patient else f"{LANGUAGE_COOKIE}_staff"


def remember_language(request: HttpRequest, response: HttpResponse, name: str, code: str) -> None:
    response.set_cookie(name, code, max_age=_A_DAY, samesite="Lax", httponly=True, secure=request.is_secure())


def in_their_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The frame of the page speaks the language of the questions; a choice by `?language=` is remembered."""

    @wraps(view)
    def spoken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        patient: Patient | None = kwargs.get("patient")
        user: Any = request.user
        otherwise = (
            patient.language if patient is not None and (not user.is_authenticated or user.is_patient) else ""
        )
        code = chosen_language(request, otherwise)
        with translation.override(code if code != "en" else "en-gb"):
            response = view(request, *args, language=code, **kwargs)
        if request.GET.get("language") in languages():
            remember_language(request, response, _cookie(request), code)
        return response

    return spoken


def asking_in_file(request: HttpRequest, patient: Patient, intake: Intake, language: str) -> ask.Asking:
    user: Any = request.user
    number = patient.number

    def thanks() -> HttpResponse:
        return _handed_in(request, patient, user)

    return ask.Asking(
        request=request,
        intake=intake,
        on=today(),
        by=user,
        words=Words.of(language),
        address=lambda page: (
            reverse("intake:review", args=[number])
            if page == REVIEW
            else reverse("intake:page", args=[number, page])
        ),
        save_address=lambda page: reverse("intake:save", args=[number, page]),
        way_out=reverse("intake:intake", args=[number]),
        thanks=thanks,
        dense=not user.is_patient,
        conceals=not user.may(Permission.SEE_ANSWERS),
        by_patient=user.is_patient,
    )


def _handed_in(request: HttpRequest, patient: Patient, user: User) -> HttpResponse:
    if user.is_patient:
        return redirect("intake:thanks", number=patient.number)
    messages.success(request, _("The answers of %(name)s are handed in.") % {"name": patient.name})
    return redirect(
        "screening:screening" if user.may(Permission.SCREEN) else "intake:intake", number=patient.number
    )


def _begun(request: HttpRequest, patient: Patient, language: str) -> ask.Asking | None:
    intake = queries.open_intake_of(patient)
    return None if intake is None else asking_in_file(request, patient, intake, language)


# pages


@needs(Permission.ANSWER_INTAKE)
@require_GET
@opens_file("intake")
@in_their_language
def intake(request: HttpRequest, *, patient: Patient, language: str) -> HttpResponse:
    """Where a round of questions begins, goes on, and can be seen."""
    user: Any = request.user
    open_one = queries.open_intake_of(patient)
    found = queries.round_of(open_one, today()) if open_one is not None else None
    pages = questions.pages_of(found) if found is not None else []
    context = {
        "patient": patient,
        "open": open_one,
        "link": queries.live_link(open_one, timezone.now()) if open_one is not None else None,
        "answered": len(found.answers) if found is not None else 0,
        "left": sum(len(questions.open_on(found, page)) for page in pages) if found is not None else 0,
        "intakes": [done for done in queries.intakes_of(patient)[:12] if not done.is_open],
        "unread": queries.unread_of(patient, on=today()).count() if user.may(Permission.SCREEN) else 0,
        "may_send": user.may(Permission.SEND_INTAKE),
        "may_examine": user.may(Permission.SCREEN),
        "may_see": user.may(Permission.SEE_ANSWERS),
        "words_language": language,
        "languages": languages(),
        "LANGUAGE_CODE": language if language != "en" else "en-gb",
        "today": today(),
    }
    return render(request, "intake/intake_patient.html" if user.is_patient else "intake/intake.html", context)


@needs(Permission.ANSWER_INTAKE)
@opens_file("intake")
@require_POST
@in_their_language
def begin(request: HttpRequest, *, patient: Patient, language: str) -> HttpResponse:
    """Begin a round of questions, or go on with the one that is open."""
    user: Any = request.user
    channel = Channel.PHONE if user.is_patient else Channel.DESK
    opened = actions.open_intake(by=user, patient=patient, channel=channel)
    return ask.resume(asking_in_file(request, patient, opened, language))


@needs(Permission.ANSWER_INTAKE)
@require_http_methods(["GET", "POST"])
@opens_file("intake")
@in_their_language
def page(request: HttpRequest, *, patient: Patient, page: str, language: str) -> HttpResponse:
    begun = _begun(request, patient, language)
    return _nothing_open(request, patient) if begun is None else ask.page(begun, page)


@needs(Permission.ANSWER_INTAKE)
@opens_file("intake")
@require_POST
@in_their_language
def save(request: HttpRequest, *, patient: Patient, page: str, language: str) -> HttpResponse:
    begun = _begun(request, patient, language)
    if begun is None:
        words = _("These answers were handed in already. Begin a new round of questions to correct them.")
        return render(request, "intake/saved.html", {"words": words, "tone": "bad"}, status=409)
    return ask.keep(begun, page)


@needs(Permission.ANSWER_INTAKE)
@require_http_methods(["GET", "POST"])
@opens_file("intake")
@in_their_language
def review(request: HttpRequest, *, patient: Patient, language: str) -> HttpResponse:
    begun = _begun(request, patient, language)
    user: Any = request.user
    if begun is None:  # handed in twice: once is enough
        return (
            _handed_in(request, patient, user)
            if request.method == "POST"
            else _nothing_open(request, patient)
        )
    return ask.review(begun)


def _nothing_open(request: HttpRequest, patient: Patient) -> HttpResponse:
    status = 409 if request.method == "POST" else 200
    return render(
        request,
        "intake/nothing_open.html",
        {
            "patient": patient,
            "typed": [
                (queries.vocabulary()[fact].question, value)
                for fact, value in request.POST.items()
                if fact in queries.vocabulary() and value
            ],
        },
        status=status,
    )


@needs(Permission.ANSWER_INTAKE)
@require_GET
@opens_file("intake")
@in_their_language
def thanks(request: HttpRequest, *, patient: Patient, language: str) -> HttpResponse:
    """What happens next, for a patient in their own account."""
    return render(
        request,
        "intake/thanks.html",
        {
            "layout": "site/base.html",
            "patient": patient,
            "way": "file",
            "LANGUAGE_CODE": language if language != "en" else "en-gb",
        },
    )


@needs(Permission.SEND_INTAKE)
@opens_file("intake: tablet")
@require_POST
def hand_over(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Lock this device to one patient's questions: the person who hands it over is signed out."""
    user: Any = request.user
    opened = actions.open_intake(by=user, patient=patient, channel=Channel.TABLET)
    logout(request)
    response = redirect("intake:own")
    ticket.give(request, response, ticket.Ticket(opened.pk, ticket.TABLET))
    remember_language(request, response, LANGUAGE_COOKIE, language_for(patient.language))
    return response
