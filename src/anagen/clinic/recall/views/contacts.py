"""One recall: the list of patients, each patient, letters, the table to take away, and its end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anagen.clinic.intake.views.links import picture
from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today

from .. import actions, presentation, queries
from .. import letters as written
from ..forms import AcknowledgeForm, AttemptForm, CloseForm, NotReachedForm
from ..models import Contact, Recall
from ..presentation import Row
from .common import framed, recall_or_404, sees_details, whole_address


@needs(Permission.SEE_RECALL)
@require_GET
def recall(request: HttpRequest, recall: int) -> HttpResponse:
    """Who has to be told and how far it is; for clinicians also what is to be done with the stock."""
    found = recall_or_404(recall)
    traced = queries.trace_of(found, timezone.now())
    details = sees_details(request)
    people = list(queries.contacts(found))
    got = _got(presentation.rows(traced.reached)) if details else {}
    context = framed(
        request,
        found,
        lines=presentation.lines(people, got),
        missing=queries.not_listed(found, traced),
        sessions=queries.sessions_ahead([one.patient_id for one in people], today()),
        times=presentation.steps_of_time(queries.times(found)),
        with_email=sum(_may_be_written_to(one) for one in people),
        leaves=written.leaves_the_house(),
        traced=traced,
        ready=[] if traced.everybody else presentation.rows(traced.ready),
        left=actions.left_to_do(found),
    )
    return render(request, "recall/recall.html", context)


def _got(rows: list[Row]) -> dict[int, list[Row]]:
    got: dict[int, list[Row]] = {}
    for row in rows:
        got.setdefault(row.patient.pk, []).append(row)
    return got


def _may_be_written_to(contact: Contact) -> bool:
    return bool(contact.patient.email) and not queries.is_settled(contact) and not contact.messages.all()


@needs(Permission.SEE_RECALL)
@require_POST
def add(request: HttpRequest, recall: int) -> HttpResponse:
    """Put on the list who was reached since it was made."""
    user: Any = request.user
    found = recall_or_404(recall)
    try:
        number = actions.add_missing(by=user, recall=found)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        words = ngettext("%(n)d patient is added.", "%(n)d patients are added.", number)
        messages.success(request, words % {"n": number})
    return redirect("recall:recall", recall=found.pk)


@needs(Permission.SEE_RECALL)
@require_POST
def write(request: HttpRequest, recall: int) -> HttpResponse:
    """Write to everybody whose email is known and who was not written to yet."""
    user: Any = request.user
    found = recall_or_404(recall)
    sent, problems = 0, []
    for one in [one for one in queries.contacts(found) if _may_be_written_to(one)]:
        try:
            message = actions.write_email(by=user, contact=one, address_of=whole_address(request))
        except Refused as refused:
            problems.append(str(refused))
            continue
        if message.result.sent:
            sent += 1
        else:
            problems.append(f"{one.patient}: {message.result.words}")
    if sent:
        messages.success(request, _sent_words(sent))
    for words in problems[:5]:
        messages.error(request, words)
    if not sent and not problems:
        messages.info(request, _("There is nobody left to write to."))
    return redirect("recall:recall", recall=found.pk)


def _sent_words(number: int) -> str:
    if written.leaves_the_house():
        words = ngettext("%(n)d message is sent.", "%(n)d messages are sent.", number)
    else:
        words = ngettext(
            "%(n)d message is written to the outbox; no mail server is set up, so nobody gets it.",
            "%(n)d messages are written to the outbox; no mail server is set up, so nobody gets them.",
            number,
        )
    return words % {"n": number}


@needs(Permission.SEE_RECALL)
@require_http_methods(["GET", "POST"])
@opens_file("recall")
def contact(request: HttpRequest, recall: int, *, patient: Patient) -> HttpResponse:
    """One patient: how to reach them, what was tried, what to say; `do` says which form was sent."""
    found = recall_or_404(recall)
    one = queries.contacts(found).filter(patient=patient).first()
    if one is None:
        raise Http404(_("This patient is not on the list of this recall."))
    one.recall = found
    with override(patient.language):
        words = written.without_link(written.body(one))
    doing = request.POST.get("do", "")
    sent: Any = request.POST
    attempt = AttemptForm(sent if doing == "attempt" else None)
    know = AcknowledgeForm(sent if doing == "acknowledge" else None, initial={"told": words})
    never = NotReachedForm(sent if doing == "not_reached" else None)
    made = None
    if request.method == "POST":
        form = {"attempt": attempt, "acknowledge": know, "not_reached": never}.get(doing)
        if form is None or form.is_valid():
            try:
                made = _do(request, one, doing, form)
            except Refused as refused:
                messages.error(request, str(refused))
                return redirect("recall:contact", recall=found.pk, number=patient.number)
            if made is None:
                return redirect("recall:contact", recall=found.pk, number=patient.number)
    details = sees_details(request)
    steps = queries.steps_of(queries.trace_of(found, timezone.now()), patient) if details else []
    context = framed(
        request,
        found,
        contact=one,
        patient=patient,
        state=presentation.state_of(one),
        settled=queries.is_settled(one),
        words=words,
        rows=presentation.rows(steps),
        attempt=attempt,
        know=know,
        never=never,
        made=made,
        leaves=written.leaves_the_house(),
    )
    wrong = any(form.errors for form in (attempt, know, never))
    return render(request, "recall/contact.html", context, status=422 if wrong else 200)


def _do(request: HttpRequest, one: Contact, doing: str, form: forms.Form | None) -> dict[str, Any] | None:
    """What was asked for; a link that was made is shown this once. Raises Refused."""
    user: Any = request.user
    cleaned = form.cleaned_data if form is not None else {}
    match doing:
        case "attempt":
            actions.note_attempt(
                by=user,
                contact=one,
                how=cleaned["how"],
                reached=cleaned["reached"] == "yes",
                key=cleaned["key"],
                note=cleaned["note"],
            )
            messages.success(request, _("The attempt is noted."))
        case "acknowledge":
            actions.acknowledge(by=user, contact=one, told=cleaned["told"])
            messages.success(request, _("Noted: %(name)s knows.") % {"name": one.patient})
        case "not_reached":
            actions.say_not_reached(by=user, contact=one, reason=cleaned["why"])
            messages.success(request, _("Noted why, with your name."))
        case "email":
            message = actions.write_email(by=user, contact=one, address_of=whole_address(request))
            if not message.result.sent:
                raise Refused(_("The message was not handed over: %(why)s") % {"why": message.result.words})
            messages.success(request, _sent_words(1))
        case "link":
            link, token = actions.make_link(by=user, contact=one)
            address = whole_address(request)(token)
            return {"link": link, "address": address, "picture": picture(address)}
        case _:
            raise Refused(_("Choose what to do."))
    return None


@needs(Permission.SEE_RECALL)
@require_GET
def letters(request: HttpRequest, recall: int) -> HttpResponse:
    """Letters to print, one a page: for everybody who does not know yet, or for one (`?patient=`)."""
    found = recall_or_404(recall)
    only = request.GET.get("patient", "")
    people = []
    for one in queries.contacts(found):
        if (one.patient.number == only) if only else not queries.is_settled(one):
            one.recall = found
            with override(one.patient.language):
                text = written.without_link(written.body(one))
            people.append((one.patient, text.split("\n\n")))
    return render(request, "recall/letters.html", framed(request, found, letters=people, today=today()))


@needs(Permission.SEE_RECALL)
@require_GET
def csv(request: HttpRequest, recall: int) -> HttpResponse:
    """The list; what somebody got only for those who may know."""
    found = recall_or_404(recall)
    details = sees_details(request)
    rows = presentation.rows(queries.trace_of(found, timezone.now()).reached) if details else []
    lines = presentation.lines(list(queries.contacts(found)), _got(rows))
    header = [_("Number"), _("Name"), _("Telephone"), _("Email"), _("State"), _("Attempts"), _("Known since")]
    if details:
        header += [_("Day"), _("Lot"), _("Given"), _("Site"), _("Syringe")]
    name = f"{'drill' if found.is_drill else 'recall'}-{found.pk}"
    return csv_download(name, header, (_cells(line, row) for line in lines for row in line.got or (None,)))


def _cells(line: presentation.Line, row: Row | None) -> list[Any]:
    patient = line.contact.patient
    known = getattr(line.contact, "acknowledged", None)
    cells = [
        patient.number,
        patient.name,
        patient.phone,
        patient.email,
        line.word,
        line.attempts,
        timezone.localtime(known.at).strftime("%Y-%m-%d %H:%M") if known else "",
    ]
    if row is not None:
        cells += [row.step.day, row.lots, row.given, row.site, row.step.syringe]
    return cells


@needs(Permission.RECALL)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, recall: int) -> HttpResponse:
    """End it, once nothing is left to do."""
    user: Any = request.user
    found: Recall = recall_or_404(recall)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_recall(by=user, recall=found, conclusion=form.cleaned_data["conclusion"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("It is closed. What was found and how long it took is kept."))
            return redirect("recall:recall", recall=found.pk)
    context = framed(request, found, form=form, left=actions.left_to_do(found))
    return render(request, "recall/close.html", context, status=422 if form.errors else 200)
