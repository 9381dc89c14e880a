"""The tables of knowledge to take away."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.permissions import Permission, needs

from . import presentation, words
from .catalogue import Entry, Kind, catalogue
from .claims import ClaimFilter


@needs(Permission.SEE_RULES)
@require_GET
def rules_csv(request: HttpRequest) -> HttpResponse:
    known = catalogue()
    rules = known.knowledge.ruleset
    return csv_download(
        "rules",
        [
            _("Rule"),
            _("Title"),
            _("Topic"),
            _("Verdict"),
            _("From"),
            _("When"),
            _("Clinician"),
            _("Review"),
            _("Sources"),
            _("Claims"),
        ],
        (
            [
                entry.id,
                entry.title,
                words.named(words.RULE_TOPICS, entry.topic),
                entry.verdict,
                version.effective_from.isoformat(),
                entry.summary,
                version.clinician,
                presentation.review(version) or _("not yet reviewed by your medical lead"),
                ", ".join(evidence.source for evidence in version.evidence),
                ", ".join(version.claims),
            ]
            for entry in known.of_kind(Kind.RULE)
            for version in [rules[entry.id].versions[-1]]
        ),
    )


@needs(Permission.SEE_RULES)
@require_GET
def facts_csv(request: HttpRequest) -> HttpResponse:
    known = catalogue()
    return csv_download(
        "facts",
        [_("Fact"), _("Name"), _("Type"), _("Unit"), _("Question"), _("Fresh for"), _("Asked for by")],
        (
            [
                fact.id,
                fact.label,
                fact.type.value,
                fact.unit or "",
                fact.question,
                str(fact.fresh or _("always")),
                _ids(known.on_fact.get(fact.id, ())),
            ]
            for fact in known.knowledge.ruleset.vocabulary
        ),
    )


@needs(Permission.SEE_RULES)
@require_GET
def topics_csv(request: HttpRequest) -> HttpResponse:
    """Every entry of the topics, or those of one (`?topic=ingredient`)."""
    known, topic = catalogue(), request.GET.get("topic", "")
    return csv_download(
        "topics",
        [
            _("Entry"),
            _("Title"),
            _("Step"),
            _("Clinician"),
            _("Patient"),
            _("Sources"),
            _("Claims"),
            _("Conflicts"),
        ],
        (
            [
                entry.id,
                entry.title,
                words.named(words.STEPS, item["step"]),
                item["says"]["clinician"],
                item["says"].get("patient", ""),
                ", ".join(evidence["source"] for evidence in item["evidence"]),
                ", ".join(item["claims"]),
                ", ".join(item.get("conflicts", ())),
            ]
            for entry in known.of_kind(Kind.TOPIC)
            if topic in ("", entry.topic)
            for item in [known.topics[entry.id]]
        ),
    )


@needs(Permission.SEE_RULES)
@require_GET
def cares_csv(request: HttpRequest) -> HttpResponse:
    return csv_download(
        "care",
        [_("Care"), _("Subject"), _("Kind"), _("From"), _("To"), _("Clinician"), _("Patient"), _("Claims")],
        (
            [
                item["id"],
                item["subject"],
                item["kind"],
                item["from"],
                item["to"],
                item["says"]["clinician"],
                item["says"]["patient"],
                ", ".join(item["claims"]),
            ]
            for item in catalogue().care.values()
        ),
    )


@needs(Permission.SEE_RULES)
@require_GET
def conflicts_csv(request: HttpRequest) -> HttpResponse:
    """One line for each position."""
    known = catalogue()
    return csv_download(
        "conflicts",
        [
            _("Conflict"),
            _("Title"),
            _("Position"),
            _("Value"),
            _("Documents"),
            _("Claims"),
            _("Choice"),
            _("Why"),
            _("Bears on"),
        ],
        (
            [
                conflict.id,
                conflict.title,
                position.name,
                position.value,
                ", ".join(document.id for document in position.documents),
                ", ".join(claim.claim.id for claim in position.claims),
                conflict.choice,
                conflict.why,
                _ids(conflict.bears_on),
            ]
            for conflict in presentation.conflicts(known.knowledge.conflicts, known)
            for position in conflict.positions
        ),
    )


@needs(Permission.SEE_RULES)
@require_GET
def sources_csv(request: HttpRequest) -> HttpResponse:
    known = catalogue()
    return csv_download(
        "sources",
        [
            _("Source"),
            _("Title"),
            _("Kind"),
            _("Year"),
            _("Where"),
            _("Certainty"),
            _("Note"),
            _("What rests on it"),
        ],
        (
            [
                source.id,
                source.title,
                source.kind,
                source.year or "",
                words.place(source.locator),
                source.certainty,
                source.note,
                _ids(mention.entry for mention in known.on_source.get(source.id, ())),
            ]
            for source in known.knowledge.sources.values()
        ),
    )


@needs(Permission.SEE_RULES)
@require_GET
def claims_csv(request: HttpRequest) -> HttpResponse:
    """The claims that the list shows, all pages of them."""
    known = catalogue()
    return csv_download(
        "claims",
        [
            _("Claim"),
            _("Topic"),
            _("Statement"),
            _("Document"),
            _("Line"),
            _("Sense check"),
            _("Note"),
            _("Used by"),
            _("Set aside"),
            _("Reason"),
        ],
        (
            [
                shown.claim.id,
                shown.claim.topic,
                shown.claim.statement,
                shown.document.id if shown.document else shown.claim.source,
                shown.claim.line,
                shown.claim.sense_check,
                shown.claim.note,
                _ids(shown.users),
                shown.aside,
                shown.reason,
            ]
            for shown in presentation.claims(ClaimFilter.of(request.GET).matching(known), known)
        ),
    )


def _ids(entries: Iterable[Entry]) -> str:
    return ", ".join(entry.id for entry in entries)
