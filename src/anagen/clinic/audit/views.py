"""The audit trail, for the medical lead and the administrator."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.permissions import Permission, needs

from . import queries
from .actions import record_read
from .forms import CHANGES, TrailForm
from .telling import tell


@needs(Permission.SEE_AUDIT)
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    form, files_open = _asked(request)
    if not form.is_valid():
        return render(request, "audit/trail.html", {"form": form}, status=422)
    wanted = form.wanted()
    page = queries.page_of(wanted, before=_number(request, "before"), after=_number(request, "after"))
    _record(request, form)
    context = {
        "form": form,
        "wanted": wanted,
        "page": page,
        "told": tell(page.entries, files_open=files_open),
        "files_open": files_open,
        "query": _query(request),
    }
    return render(request, "audit/trail.html", context)


@needs(Permission.SEE_AUDIT)
@require_GET
def trail_csv(request: HttpRequest) -> HttpResponse:
    form, files_open = _asked(request)
    if not form.is_valid():
        return render(request, "audit/trail.html", {"form": form}, status=422)
    wanted = form.wanted()
    entries = list(queries.found(wanted)[: queries.MOST_IN_A_FILE])
    _record(request, form)
    told = tell(entries, files_open=files_open)
    header = [_("Number"), _("When (UTC)"), _("Who"), _("Account"), _("Patient"), _("In words"), _("Seal")]
    if not wanted.reads:
        header[5:5] = [_("Table"), _("Row"), _("Operation"), _("Before"), _("After")]
    return csv_download(
        "audit-reads" if wanted.reads else "audit-changes",
        header,
        (_cells(entry, words, wanted.reads) for entry, words in zip(entries, told, strict=True)),
    )


def _cells(entry: Any, words: Any, reads: bool) -> list[Any]:
    at = entry.at.astimezone(UTC).isoformat(timespec="milliseconds")
    who = [entry.number, at, entry.actor, entry.actor_id, words.patient_number]
    if reads:
        return [*who, words.sentence, entry.hash]
    hidden = words.values_hidden
    what = [entry.table, entry.row, entry.operation, "" if hidden else entry.old, "" if hidden else entry.new]
    return [*who, *what, words.sentence, entry.hash]


def _asked(request: HttpRequest) -> tuple[TrailForm, bool]:
    user: Any = request.user
    return TrailForm({"show": CHANGES, **request.GET.dict()}), user.may(Permission.OPEN_FILE)


def _record(request: HttpRequest, form: TrailForm) -> None:
    """The trail of one patient is a look into the file, whoever takes it."""
    patient = form.cleaned_data["patient"]
    if patient is not None:
        record_read(by=request.user, patient=patient, what=_("audit trail"))


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _query(request: HttpRequest) -> str:
    kept = {name: value for name, value in request.GET.items() if name in TrailForm.base_fields and value}
    return urlencode(kept)
