"""Worksheets: wishing, judging while one types, the page that is printed, dividing, deciding; lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.clinic.review.queries import current
from anagen.clinic.screening.queries import latest_decision
from anagen.exchange.errors import BadInput

from .. import actions, judging, own_protocol, queries, shown
from ..actions.common import in_words
from ..actions.preparing import judged_now, left_to_do
from ..dividing import split
from ..forms import ROWS, DecideForm, WishForm, scanned_lot
from ..judging import Known
from ..models import Worksheet
from ..queries import Standing
from ..wording import CHECK_REASONS, STANDINGS
from .common import worksheet_or_404

AREA: Final = "scalp"
MOST_DIGITS: Final = 9  # of a number in an address


@needs(Permission.PREPARE_MIXTURE)
@require_http_methods(["GET", "POST"])
@opens_file("formulation")
def new(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """A new worksheet; `?revises=` takes the place of another."""
    user: Any = request.user
    revises = _revised(request, patient)
    form = WishForm(_with_scan(request), today=today(), initial=_initial(request, revises))
    said = ""
    if request.method == "POST" and "keep" in request.POST and form.is_valid():
        try:
            made = actions.make_worksheet(
                by=user,
                patient=patient,
                wish=form.wish,
                on=form.cleaned_data["on"],
                key=form.sent_key,
                session=form.cleaned_data["session"],
                revises=revises,
            )
        except Refused as refused:
            said = str(refused)
        else:
            return redirect("formulation:worksheet", number=patient.number, worksheet=made.pk)
    decision = latest_decision(patient)
    known = Known.at(decision) if decision is not None else None
    context = {
        "patient": patient,
        "form": form,
        "decision": decision,
        "revises": revises,
        "choices": shown.choices(today()),
        "proposal": shown.proposed(patient, known, today()) if known is not None else None,
        "protocols": _protocols(form, patient),
        "error": said,
        **_judged(form, patient, user),
    }
    wrong = bool(said) or (request.method == "POST" and bool(form.errors))
    return render(request, "formulation/new.html", context, status=422 if wrong else 200)


@needs(Permission.PREPARE_MIXTURE)
@require_POST
@opens_file("formulation: judge")
def judge(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """The verdict on what has been typed so far; nothing is kept."""
    user: Any = request.user
    form = WishForm(request.POST, today=today())
    return render(request, "formulation/verdict.html", {"patient": patient, **_judged(form, patient, user)})


def _judged(form: WishForm, patient: Patient, user: Any) -> dict[str, Any]:
    decision = latest_decision(patient)
    if decision is None or not form.is_bound or not form.is_valid() or not form.wish.components:
        return {}
    try:
        found = judging.judged(
            form.wish, patient=patient, known=Known.at(decision), on=form.cleaned_data["on"]
        )
    except BadInput as bad:
        return {"bad": in_words(bad)}
    return {"card": shown.card(found, user)}


def _is_number(said: str) -> bool:
    return said.isdecimal() and len(said) <= MOST_DIGITS


def _revised(request: HttpRequest, patient: Patient) -> Worksheet | None:
    said = request.GET.get("revises", "")
    if not _is_number(said):
        return None
    found = worksheet_or_404(int(said), patient)
    if request.method == "GET" and queries.preparation_of(found) is not None:
        raise Http404(
            _("This worksheet has been prepared already. Make a new one.")
        )  # and may wait for its check
    return found


def _with_scan(request: HttpRequest) -> Any:
    """What was sent, with a scanned pack in the next free line."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    said = data.get("scan", "").strip()
    if said:
        try:
            product, _lot = scanned_lot(said.replace("␝", "\x1d"), today())
        except ValidationError as wrong:
            messages.error(request, " ".join(wrong.messages))
        else:
            free = next((row for row in range(ROWS) if not data.get(f"product_{row}")), None)
            if free is not None:
                data[f"product_{free}"] = str(product.pk)
        data["scan"] = ""
    return data


def _initial(request: HttpRequest, revises: Worksheet | None) -> dict[str, Any]:
    session = request.GET.get("session", "")
    initial: dict[str, Any] = {"on": today(), "session": session if _is_number(session) else None}
    if revises is None:
        return initial
    asked = revises.request["request"]
    for row, part in enumerate(asked["components"][:ROWS]):
        initial[f"product_{row}"] = part.get("product", "").removeprefix("stock.")
        initial[f"ml_{row}"] = part["volume"].removesuffix(" mL")
    for name, key, unit in (
        ("points", "points", ""),
        ("point_ml", "volume_per_point", " mL"),
    ):  # what was measured was another mixture
        if key in asked:
            initial[name] = str(asked[key]).removesuffix(unit)
    return initial | {"session": revises.session, "on": max(revises.on, today())}


def _protocols(form: WishForm, patient: Patient) -> list[tuple[str, str]]:
    """What the patient's own protocol wants in this session; without a course, what each protocol does."""
    said = str(form["session"].value() or 1)
    number = int(said) if _is_number(said) else 1
    own = own_protocol.protocol_of(patient)
    return [
        (protocol.title, protocol.mixtures[number])
        for name, protocol in current().protocols.items()
        if number in protocol.mixtures and (name == own if own else protocol.area == AREA)
    ]


@needs(Permission.SEE_MIXTURE)
@require_GET
@opens_file("formulation")
def worksheet(request: HttpRequest, *, patient: Patient, worksheet: int) -> HttpResponse:
    """One worksheet: on the screen, and on one page of paper."""
    user: Any = request.user
    found = worksheet_or_404(worksheet, patient)
    now = timezone.now()
    preparation = queries.preparation_of(found)
    judged = judging.again(found)
    stands = queries.standing(found, now)
    word, tone = STANDINGS[stands]
    open_now = stands in (Standing.BARRED, Standing.OPEN, Standing.TO_DECIDE, Standing.READY)
    context = {
        "patient": patient,
        "worksheet": found,
        "card": shown.card(judged, user, found),
        "standing": stands,
        "word": word,
        "tone": tone,
        "preparation": preparation,
        "syringes": [] if preparation is None else list(preparation.syringes.all()),
        "checks": [] if preparation is None else list(preparation.checks.all()),
        "check_reasons": []
        if preparation is None
        else [CHECK_REASONS[code] for code in preparation.check_reasons if code in CHECK_REASONS],
        "division": split(judged, Known.at(found.decision)) if stands is Standing.BARRED else None,
        "may_prepare": user.may(Permission.PREPARE_MIXTURE),
        "may_check": preparation is not None and user.pk != preparation.by_id,
        "hidden": preparation is not None and queries.blind_for(preparation, user.pk, now),
        "open_now": open_now,
        "now_left": left_to_do(found, judged_now(found, at=now)) if stands is Standing.READY else None,
        "revision": getattr(found, "revised_by", None),
        "today": today(),
    }
    return render(request, "formulation/worksheet.html", context)


@needs(Permission.PREPARE_MIXTURE)
@require_POST
@opens_file("formulation: divide")
def divide(request: HttpRequest, *, patient: Patient, worksheet: int) -> HttpResponse:
    """The fewest syringes that hold, each a worksheet of its own."""
    user: Any = request.user
    found = worksheet_or_404(worksheet, patient)
    try:
        made = actions.split_worksheet(by=user, worksheet=found, on=max(found.on, today()))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("formulation:worksheet", number=patient.number, worksheet=found.pk)
    words = ngettext("Divided into %(n)d worksheet.", "Divided into %(n)d worksheets.", len(made))
    messages.success(request, words % {"n": len(made)})
    return redirect("formulation:mixtures", number=patient.number)


@needs(Permission.DECIDE_MIXTURE)
@require_http_methods(["GET", "POST"])
@opens_file("formulation: decide")
def decide(request: HttpRequest, *, patient: Patient, worksheet: int, finding: int) -> HttpResponse:
    """Decide one finding with one's name, a reason and a comment."""
    user: Any = request.user
    found = worksheet_or_404(worksheet, patient)
    card = shown.card(judging.again(found), user, found)
    one = next((each for each in card.findings if each.number == finding), None)
    if one is None:
        raise Http404(_("This worksheet has no such finding."))
    if not one.may_decide:
        raise PermissionDenied(_("You cannot decide this finding."))
    labels = current().override_reasons
    reasons = [
        (code, labels[code]["label"] if code in labels else code) for code in one.finding.override.reasons
    ]
    form = DecideForm(request.POST or None, reasons=reasons)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_finding(
                by=user,
                worksheet=found,
                rule=one.finding.rule,
                about=one.finding.about,
                **form.cleaned_data,
            )
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from None
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Decided. It stays visible with your name."))
            return redirect("formulation:worksheet", number=patient.number, worksheet=found.pk)
    return render(
        request,
        "formulation/decide.html",
        {"patient": patient, "worksheet": found, "one": one, "form": form},
        status=422 if form.errors else 200,
    )


# lists


@needs(Permission.SEE_MIXTURE)
@require_GET
@opens_file("formulation")
def mixtures(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Every worksheet of one patient."""
    now = timezone.now()
    rows = [shown.row(one, now) for one in queries.worksheets_of(patient)[:50]]
    user: Any = request.user
    return render(
        request,
        "formulation/mixtures.html",
        {"patient": patient, "rows": rows, "may_prepare": user.may(Permission.PREPARE_MIXTURE)},
    )


@needs(Permission.SEE_MIXTURE)
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """Today's worksheets and preparations."""
    return render(request, "formulation/day.html", {"rows": _rows_of_today(), "day": today()})


def _rows_of_today() -> list[shown.Row]:
    now = timezone.now()
    prepared = queries.of_day(today()).values("worksheet")
    found = queries.worksheets().filter(on=today()) | queries.worksheets().filter(pk__in=prepared)
    rows = [shown.row(one, now) for one in found.distinct()]
    return [row for row in rows if row.standing is not Standing.REVISED]


@needs(Permission.SEE_MIXTURE)
@require_GET
def day_csv(request: HttpRequest) -> HttpResponse:
    header = [
        _("Worksheet"),
        _("Number"),
        _("Patient"),
        _("Mixture"),
        _("Verdict"),
        _("State"),
        _("Prepared"),
        _("Use by"),
        _("By"),
        _("Syringes"),
        _("Lots"),
    ]
    user: Any = request.user
    now = timezone.now()
    lines = (_line(row, user.pk, now) for row in _rows_of_today())
    return csv_download(f"mixtures-{today().isoformat()}", header, lines)


def _line(row: shown.Row, user: int, now: datetime) -> list[Any]:
    sheet = row.worksheet
    made = queries.preparation_of(sheet)
    start = [sheet.pk, sheet.patient.number, sheet.patient.name, row.names, sheet.verdict, row.word]
    if made is None:
        return [*start, "", "", "", "", ""]
    drawn = [] if queries.blind_for(made, user, now) else made.drawn.select_related("draw__vial__lot")
    lots = sorted({str(part.draw.vial.lot) for part in drawn})
    return [
        *start,
        timezone.localtime(made.prepared_at).strftime("%Y-%m-%d %H:%M"),
        timezone.localtime(made.use_by).strftime("%Y-%m-%d %H:%M"),
        str(made.by),
        ", ".join(one.code for one in made.syringes.all()),
        ", ".join(lots),
    ]
