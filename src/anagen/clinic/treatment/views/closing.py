"""The end of a session: what was given, the care sheet, the record, its signatures, and words added later."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.clinic.people.sign_in import address_of
from anagen.medicine.treatment import Kind, State

from .. import actions, live, presentation, queries, syringes, typed
from ..actions import Asks, Used
from ..models import LinkKind
from ..queries import Session
from ..wording import STATES
from .common import with_session
from .maps import shown
from .session import session_page


@needs(Permission.TREAT)
@require_http_methods(["GET", "POST"])
@opens_file("treatment: end")
@with_session
def finish(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """How much of each syringe was given and thrown away; where numbers do not agree, why."""
    user: Any = request.user
    here = redirect("treatment:session", number=patient.number, treatment=session.treatment.pk)
    if session.finish is not None and request.method == "GET":
        return here
    prepared = syringes.of_codes(session.syringes)
    wrong: list[str] = []
    questions: dict[str, str] = {}
    if request.method == "POST":
        reasons = {
            name.removeprefix("why-"): str(said)
            for name, said in request.POST.items()
            if name.startswith("why-")
        }
        try:
            used = [_used(one.code, request.POST) for one in prepared]
            actions.finish_treatment(
                by=user,
                treatment=session.treatment,
                key=typed.key_of(request.POST),
                used=used,
                reasons=reasons,
            )
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from None
        except ChangedMeanwhile as changed:
            messages.warning(request, str(changed))
            return here
        except Asks as asks:
            questions = asks.questions
        except Refused as refused:
            wrong = [str(refused)]
        else:
            return here
    share = session.by_points / len(prepared) if prepared else Decimal(0)
    rows = [
        {
            "syringe": one,
            "given": request.POST.get(f"given-{one.code}", f"{min(one.volume_ml, share).normalize():f}"),
            "wasted": request.POST.get(
                f"wasted-{one.code}", f"{(one.volume_ml - min(one.volume_ml, share)).normalize():f}"
            ),
        }
        for one in prepared
    ]
    return render(
        request,
        "treatment/finish.html",
        {
            "patient": patient,
            "session": session,
            "treatment": session.treatment,
            "rows": rows,
            "questions": [
                {"name": f"why-{name}", "words": words, "said": request.POST.get(f"why-{name}", "")}
                for name, words in questions.items()
            ],
            "wrong": wrong,
            "key": request.POST.get("key") or uuid.uuid4(),
            "live_here": live.here(request, session),
            "live_words": live.words(),
        },
        status=422 if wrong or questions else 200,
    )


def _used(code: str, post: Any) -> Used:
    """What the form says of one syringe. Raises Refused."""
    amounts = []
    for name in ("given", "wasted"):
        try:
            amount = Decimal(post.get(f"{name}-{code}", "").strip().replace(",", ".") or "0")
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or amount.adjusted() > 6 or amount != round(amount, 3):
            raise Refused(_("Syringe %(code)s: write an amount in mL, such as 4.5.") % {"code": code})
        amounts.append(amount)
    return Used(code, *amounts)


@needs(Permission.TREAT)
@require_POST
@opens_file("treatment: sign")
@with_session
def sign(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """Sign and lock the record. With `sheet` the care sheet is noted as given first."""
    user: Any = request.user
    address = address_of(request)
    password = request.POST.get("password", "")
    try:
        if request.POST.get("sheet") and session.last(Kind.SHEET) is None and session.state is State.GIVEN:
            actions.add_event(
                by=user, treatment=session.treatment, kind=Kind.SHEET, key=typed.key_of(request.POST, "sheet")
            )
        actions.sign_record(
            by=user,
            treatment=session.treatment,
            password=password,
            key=typed.key_of(request.POST, "record"),
            address=address,
        )
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from None
    except Refused as refused:
        return session_page(request, Session(session.treatment), wrong=[str(refused)], status=422)
    messages.success(request, _("The record is signed and locked."))
    return redirect("treatment:record", number=patient.number, treatment=session.treatment.pk)


@needs(Permission.SEE_TREATMENT)
@require_GET
@opens_file("treatment: record")
@with_session
def record(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """The record as it was signed; for the patient, in plain words."""
    return _record_page(request, session)


def _record_page(
    request: HttpRequest, session: Session, *, wrong: list[str] | None = None, status: int = 200
) -> HttpResponse:
    user: Any = request.user
    if user.is_patient and session.finish is None:
        raise Http404(_("This session has no record yet."))
    finish = session.finish
    return render(
        request,
        "treatment/record_own.html" if user.is_patient else "treatment/record.html",
        {
            "patient": session.patient,
            "session": session,
            "treatment": session.treatment,
            "state": session.state.value,
            "state_words": STATES[session.state],
            "events": presentation.happened(session),
            "device": session.device,
            "settings": presentation.settings_of(session.setup),
            "given": [
                {"one": one, "contents": syringes.contents_of(one.syringe)}
                for one in syringes.given_in(finish)
            ]
            if finish is not None
            else [],
            "reasons": list(finish.reasons.values()) if finish is not None else [],
            "signed": session.record,
            "countersigned": session.countersigned,
            "addenda": [
                {"link": link, "words": json.loads(link.content)["words"]}
                for link in session.links
                if link.kind == LinkKind.ADDENDUM
            ],
            "may_add": user.may(Permission.TREAT) and session.record is not None,
            "may_countersign": user.may(Permission.SUPERVISE)
            and session.record is not None
            and session.needs_countersignature
            and session.countersigned is None
            and session.treatment.injector_id != user.pk,
            "sheet": session.last(Kind.SHEET),
            "map": presentation.map_words(session),
            "drawn": shown(session),
            "typed": request.POST,
            "wrong": wrong or [],
            "key": request.POST.get("key") or uuid.uuid4(),
        },
        status=status,
    )


@needs(Permission.SUPERVISE)
@require_POST
@opens_file("treatment: countersign")
@with_session
def countersign(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """The supervisor's signature."""
    user: Any = request.user
    try:
        actions.countersign(
            by=user,
            treatment=session.treatment,
            password=request.POST.get("password", ""),
            words=request.POST.get("words", ""),
            key=typed.key_of(request.POST, "countersignature"),
            address=address_of(request),
        )
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from None
    except Refused as refused:
        return _record_page(request, Session(session.treatment), wrong=[str(refused)], status=422)
    messages.success(request, _("Countersigned."))
    return redirect("treatment:countersigning")


@needs(Permission.TREAT)
@require_POST
@opens_file("treatment: addendum")
@with_session
def addendum(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """Words added to a signed record."""
    user: Any = request.user
    try:
        actions.add_addendum(
            by=user,
            treatment=session.treatment,
            words=request.POST.get("words", ""),
            password=request.POST.get("password", ""),
            key=typed.key_of(request.POST, "addendum"),
            address=address_of(request),
        )
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from None
    except Refused as refused:
        return _record_page(request, Session(session.treatment), wrong=[str(refused)], status=422)
    messages.success(request, _("Added to the record."))
    return redirect("treatment:record", number=patient.number, treatment=session.treatment.pk)


@needs(Permission.SUPERVISE)
@require_GET
def countersigning(request: HttpRequest) -> HttpResponse:
    """Records that wait for the supervisor's signature."""
    return render(
        request,
        "treatment/countersigning.html",
        {"rows": queries.rows(queries.to_countersign()), "today": today()},
    )


@needs(Permission.SEE_TREATMENT)
@require_GET
@opens_file("treatment: care sheet")
@with_session
def sheet(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """The care sheet exactly as it was given."""
    given = session.last(Kind.SHEET)
    if given is None:
        raise Http404(_("No care sheet was given in this session."))
    language = given.data["language"]
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        response = render(
            request,
            "treatment/sheet.html",
            {
                "patient": patient,
                "treatment": session.treatment,
                "sheet": given.data,
                "given": given,
                "next": presentation.day_of(given.data["next"]),
                "LANGUAGE_CODE": language,
            },
        )
    response["Content-Language"] = language
    return response
