"""Looking for a lot, seeing whom it has reached, opening a recall or a drill."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anagen.clinic.people.actions import Refused
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.clinic.stock.models import Lot
from anagen.clinic.stock.queries import product_of
from anagen.exchange.gs1 import NotAProductCode, read_scan

from .. import actions, presentation, queries
from .. import trace as tracing
from ..actions import Subject
from ..forms import OpenForm, SubjectForm
from ..models import About
from ..trace import Trace
from ..wording import subject_words, title_of
from .common import sees_details

SALT = "anagen.clinic.recall.begun"
_ROWS = 100  # on one page of a trace
_QUERY = ("lot", "product", "nurse", "room", "first", "last")


@needs(Permission.SEE_RECALL)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is open, when the last drill was, and where a recall begins: at the number of a lot."""
    asked = request.GET.get("q", "").strip()[:400]
    details = sees_details(request)
    exact, alike = _lots_meant(asked) if asked and details else ([], [])

    def titled(found: Any) -> list[Any]:
        return [(one, title_of(one, clinical=details)) for one in found]

    context = {
        "open": titled(queries.open_recalls()),
        "drills": titled(queries.open_recalls(drills=True)),
        "ended": titled(queries.counted().filter(closed__isnull=False).order_by("-closed__at")[:20]),
        "last_drill": queries.last_drill(),
        "drill_due": queries.drill_due(today()),
        "drill_days": settings.RECALL_DRILL_DAYS,
        "details": details,
        "asked": asked,
        "exact": exact,
        "alike": alike,
        "form": SubjectForm(),
    }
    return render(request, "recall/home.html", context)


def _lots_meant(asked: str) -> tuple[list[Lot], list[Lot]]:
    """Lots with the number that was scanned or typed, and those that only look like it."""
    number, product = asked, None
    try:
        code = read_scan(asked, on=today(), separators=settings.SCANNERS_SEND_SEPARATORS)
    except NotAProductCode:
        pass
    else:
        product = product_of(code.gtin)
        if product is not None and code.lot is None:
            numbers = {choice.lot for choice in code.choices if choice.lot}
            lots = product.lots.select_related("product")
            return list(lots.filter(number__in=numbers) if numbers else lots), []
        number = code.lot or asked
    return tracing.lots_called(number, product), tracing.look_alikes(number, product)


def _found(subject: Subject) -> Trace:
    match subject.about:
        case About.NURSE if subject.nurse is not None:
            steps = tracing.of_nurse(subject.nurse, first=subject.first, last=subject.last)
        case About.ROOM:
            steps = tracing.of_room(subject.room, first=subject.first, last=subject.last)
        case _:
            return tracing.trace_lots(subject.lots, timezone.now())
    return Trace(steps, everybody=True)


@needs(Permission.SEE_MIXTURE)
@require_GET
def trace(request: HttpRequest) -> HttpResponse:
    """The way from a lot, a person or a room to the patients, before anything is done about it."""
    user: Any = request.user
    form = SubjectForm(request.GET)
    if not form.is_valid():
        return render(request, "recall/unclear.html", {"form": form}, status=422)
    subject = form.subject
    found = _found(subject)
    pages = Paginator(sorted(found.steps, key=lambda step: step.state not in tracing.REACHED), _ROWS)
    page = pages.get_page(request.GET.get("page"))
    query, begun = _query(request), signing.dumps(timezone.now().isoformat(), salt=SALT)
    context = {
        "subject": subject,
        "heading": subject_words(subject),
        "levels": presentation.levels(subject, found),
        "found": found,
        "rows": presentation.rows(list(page)),
        "page": page,
        "query": query,
        "open_address": f"{reverse('recall:open')}?{query}&begun={begun}",
        "runs": user.may(Permission.RECALL),
        "standing": queries.open_recalls().filter(lots__lot__in=subject.lots).distinct()
        if subject.lots
        else (),
    }
    return render(request, "recall/trace.html", context)


def _query(request: HttpRequest) -> str:
    """The part of the address that says what is looked for."""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in _QUERY or not any(kept.getlist(name)):
            del kept[name]
    return kept.urlencode()


@needs(Permission.RECALL)
@require_http_methods(["GET", "POST"])
def open_one(request: HttpRequest) -> HttpResponse:
    """Say why and how urgent it is; then it is open. `?drill=1` practises it."""
    user: Any = request.user
    meant = SubjectForm(request.GET)
    if not meant.is_valid():
        return render(request, "recall/unclear.html", {"form": meant}, status=422)
    subject, drill = meant.subject, request.GET.get("drill") == "1"
    form = OpenForm(
        request.POST or None,
        initial={"begun": request.GET.get("begun", "")[:100]}
        | ({"reason": _("Yearly drill"), "source": "own", "severity": "minor"} if drill else {}),
    )
    if not request.GET.get("begun"):
        form.fields["begun"].required = False
    if request.method == "POST" and form.is_valid():
        try:
            opened = actions.open_recall(
                by=user,
                subject=subject,
                reason=form.cleaned_data["reason"],
                source=form.cleaned_data["source"],
                severity=form.cleaned_data["severity"],
                key=form.sent_key,
                is_drill=drill,
                begun_at=_begun(form.cleaned_data["begun"]),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            if opened.joined:
                messages.info(
                    request, _("This was called back already. What you said is added to the open recall.")
                )
            elif drill:
                messages.success(request, _("The drill runs. Nothing is held back, nobody is written to."))
            else:
                messages.success(
                    request, _("The recall is open. Its lots are held back; these patients have to be told.")
                )
            return redirect("recall:recall", recall=opened.recall.pk)
    context = {
        "form": form,
        "heading": subject_words(subject),
        "drill": drill,
        "people": len(_found(subject).patients),
        "query": _query(request),
        "holds": [] if drill else subject.lots,
    }
    return render(request, "recall/open.html", context, status=422 if form.errors else 200)


def _begun(signed: str) -> datetime | None:
    """When the person sat down to it; None when nobody can say, or it was more than a day ago."""
    try:
        return datetime.fromisoformat(signing.loads(signed, salt=SALT, max_age=86_400))
    except (signing.BadSignature, ValueError, TypeError):
        return None
