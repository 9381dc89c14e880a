"""The verdict page of one patient, the list of decisions that wait, and the replay of all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anagen.clinic.cases.forms import TitleForm
from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today

from . import actions, presentation, queries
from .forms import OverrideForm
from .models import Decision


@needs(Permission.SEE_DECISION)
@require_GET
@opens_file("screening")
def screening(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """The latest decision, or the way to the first one."""
    return _page(request, patient, queries.latest_decision(patient))


@needs(Permission.SEE_DECISION)
@require_GET
@opens_file("screening")
def decision(request: HttpRequest, *, patient: Patient, decision: int) -> HttpResponse:
    """One decision as it was made."""
    return _page(request, patient, _found(patient, decision))


def _page(request: HttpRequest, patient: Patient, decision: Decision | None) -> HttpResponse:
    user: Any = request.user
    earlier = list(queries.in_a_list(queries.decisions_of(patient))[:20])
    return render(
        request,
        "screening/decision.html",
        {
            "patient": patient,
            "decision": decision,
            "card": presentation.card(decision, user) if decision is not None else None,
            "earlier": earlier,
            "is_latest": decision is None or (bool(earlier) and earlier[0].pk == decision.pk),
            "may_decide": user.may(Permission.SCREEN),
            "may_plan": user.may(Permission.PLAN_COURSE),
            "may_sign": user.may(Permission.REVIEW_RULES),
            "today": today(),
        },
    )


@needs(Permission.SCREEN)
@require_POST
@opens_file("screening")
def decide(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Ask the rules about today."""
    user: Any = request.user
    made = actions.decide(by=user, patient=patient, on=today())
    return redirect("screening:decision", number=patient.number, decision=made.pk)


@needs(Permission.OVERRIDE_FINDING)
@require_http_methods(["GET", "POST"])
@opens_file("screening: override")
def override(request: HttpRequest, *, patient: Patient, decision: int, rule: str) -> HttpResponse:
    """Set one finding aside, with reason and comment."""
    user: Any = request.user
    found = _found(patient, decision)
    card = presentation.card(found, user)
    reason = next((reason for reason in card.reasons if reason.finding.rule == rule), None)
    if reason is None:
        raise Http404(_("This decision has no such finding."))
    if not reason.may_override:
        raise PermissionDenied(_("You cannot override this finding."))
    version = queries.ruleset_of(found)[rule].version(found.on)
    assert version is not None  # the card has a finding of it
    form = OverrideForm(request.POST or None, reasons=version.override.reasons)
    if request.method == "POST" and form.is_valid():
        try:
            actions.override_finding(by=user, decision=found, rule=rule, **form.cleaned_data)
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from None
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The finding is set aside. It stays visible with your name."))
            return redirect("screening:decision", number=patient.number, decision=found.pk)
    return render(
        request,
        "screening/override.html",
        {"patient": patient, "decision": found, "reason": reason, "form": form},
        status=422 if form.errors else 200,
    )


@needs(Permission.REVIEW_RULES)
@require_http_methods(["GET", "POST"])
@opens_file("screening: sign as a case")
def sign(request: HttpRequest, *, patient: Patient, decision: int) -> HttpResponse:
    """Sign how this patient was answered, stripped of who it is."""
    user: Any = request.user
    found = _found(patient, decision)
    form = TitleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case = actions.sign_as_case(by=user, decision=found, title=form.cleaned_data["title"])
        except Refused as refused:
            form.add_error("title", str(refused))
        else:
            messages.success(request, _("The case is signed with your name."))
            return redirect("cases:case", case=case.number)
    return render(
        request,
        "screening/sign.html",
        {"patient": patient, "decision": found, "form": form},
        status=422 if form.errors else 200,
    )


def _found(patient: Patient, decision: int) -> Decision:
    found = queries.decisions_of(patient).filter(pk=decision).first()
    if found is None:
        raise Http404(_("This patient has no such decision."))
    return found


@needs(Permission.SCREEN)
@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """Patients for whom somebody has to do something first."""
    page = Paginator(queries.waiting_decisions(), 25).get_page(request.GET.get("page"))
    return render(request, "screening/decisions.html", {"page": page})


@needs(Permission.SCREEN)
@require_GET
def decisions_csv(request: HttpRequest) -> HttpResponse:
    return csv_download(
        "decisions",
        [_("Number"), _("Patient"), _("Day"), _("Verdict"), _("Not before"), _("Decided by")],
        (
            [
                made.patient.number,
                made.patient.name,
                made.on.isoformat(),
                made.get_verdict_display(),
                made.not_before.isoformat() if made.not_before else "",
                str(made.decided_by or ""),
            ]
            for made in queries.waiting_decisions()
        ),
    )


@needs(Permission.REPLAY_DECISIONS)
@require_http_methods(["GET", "POST"])
def replay(request: HttpRequest) -> HttpResponse:
    """Make every stored decision again and report any that would differ."""
    results = list(queries.replayed()) if request.method == "POST" else None
    if results is not None:
        differing = [result for result in results if not result.equal]
        words = ngettext("%(count)d decision made again.", "%(count)d decisions made again.", len(results))
        return render(
            request,
            "screening/replay.html",
            {"count": len(results), "differing": differing, "words": words % {"count": len(results)}},
        )
    return render(request, "screening/replay.html", {"total": Decision.objects.count()})
