"""Who says so: the sources, where they disagree, and every claim of the documents."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anagen.clinic.people.permissions import Permission, needs

from . import presentation, words
from .asked import PAGE_LENGTH, entry_of, wants
from .catalogue import catalogue
from .claims import ClaimFilter


@needs(Permission.SEE_RULES)
@require_GET
def conflicts(request: HttpRequest) -> HttpResponse:
    """Every place where the sources disagree, with its positions, the choice and why."""
    known = catalogue()
    shown = list(presentation.conflicts(known.knowledge.conflicts, known))
    return render(request, "knowledge/conflicts.html", {"catalogue": known, "conflicts": shown})


@needs(Permission.SEE_RULES)
@require_GET
def conflict(request: HttpRequest, *, id: str) -> HttpResponse:
    known = catalogue()
    entry_of(known.knowledge.conflicts, id)
    (shown,) = presentation.conflicts([id], known)
    return render(request, "knowledge/conflict.html", {"catalogue": known, "conflict": shown})


@needs(Permission.SEE_RULES)
@require_GET
def sources(request: HttpRequest) -> HttpResponse:
    known = catalogue()
    held = known.knowledge.sources.values()
    groups = [
        (name, [(each, len(known.on_source.get(each.id, ()))) for each in held if each.kind == kind])
        for kind, name in words.options(words.SOURCE_KINDS, (each.kind for each in held))
    ]
    return render(
        request, "knowledge/sources.html", {"catalogue": known, "groups": groups, "count": len(held)}
    )


@needs(Permission.SEE_RULES)
@require_GET
def source(request: HttpRequest, *, id: str) -> HttpResponse:
    """One source and what rests on it."""
    known = catalogue()
    found = entry_of(known.knowledge.sources, id)
    file = found.locator.removeprefix("file:")
    return render(
        request,
        "knowledge/source.html",
        {
            "catalogue": known,
            "source": found,
            "kind": words.named(words.SOURCE_KINDS, found.kind),
            "page": Paginator(known.on_source.get(id, []), 100).get_page(request.GET.get("page")),
            "claims": sum(claim.source == file for claim in known.claims.values()),
        },
    )


@needs(Permission.SEE_RULES)
@require_GET
def claims(request: HttpRequest) -> HttpResponse:
    """Every claim of the source documents and what became of it."""
    known = catalogue()
    chosen = ClaimFilter.of(request.GET)
    ids = chosen.matching(known)
    page = Paginator(ids, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "catalogue": known,
        "chosen": chosen,
        "page": page,
        "listed": list(presentation.claims(page.object_list, known)),
        "count": len(ids),
        "total": len(known.claims),
        "query": chosen.query,
        "fates": chosen.fates(known),
        "checks": words.options(words.SENSE_CHECKS, (each.sense_check for each in known.claims.values())),
        "topics": sorted({(claim.topic, words.plain(claim.topic)) for claim in known.claims.values()}),
        "documents": [each for each in known.knowledge.sources.values() if each.kind == "document"],
    }
    return render(
        request,
        "knowledge/claims_found.html" if wants(request, "found") else "knowledge/claims.html",
        context,
    )


@needs(Permission.SEE_RULES)
@require_GET
def claim(request: HttpRequest, *, id: str) -> HttpResponse:
    known = catalogue()
    entry_of(known.claims, id)
    (shown,) = presentation.claims([id], known)
    return render(
        request,
        "knowledge/claim.html",
        {
            "catalogue": known,
            "shown": shown,
            "topic": words.plain(shown.claim.topic).capitalize(),
            "conflicts": list(
                presentation.conflicts([each["id"] for each in known.conflicts_of_claim.get(id, ())], known)
            ),
        },
    )
