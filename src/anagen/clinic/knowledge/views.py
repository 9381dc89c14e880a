"""The knowledge browser: search, lists, and one page for everything that is known. Nothing here writes."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anagen.clinic.audit.actions import record_read
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.clinic.review.queries import changes_of
from anagen.knowledge import wording
from anagen.medicine.rules import Rule

from . import changing, details, presentation, queries, words
from .asked import PAGE_LENGTH, entry_of, wants
from .catalogue import Kind, Library, catalogue, topic_of


@needs(Permission.SEE_RULES)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Search over everything; without a word, the ways in."""
    known = catalogue()
    text = request.GET.get("q", "").strip()[:200]
    kind = _kind(request.GET.get("kind", ""))
    hits = known.found(text)
    shown = [entry for entry in hits if kind is None or entry.kind is kind]
    context = {
        "catalogue": known,
        "text": text,
        "kind": kind.value if kind else "",
        "kinds": [
            (each.value, words.KINDS[each.value], sum(entry.kind is each for entry in hits))
            for each in Kind
            if any(entry.kind is each for entry in hits)
        ],
        "found": len(hits),
        "page": Paginator(shown, PAGE_LENGTH).get_page(request.GET.get("page")),
        "query": urlencode({"q": text} | ({"kind": kind.value} if kind else {})),
    }
    if wants(request, "found"):
        return render(request, "knowledge/found.html", context if text else context | _ways_in(known))
    return render(request, "knowledge/home.html", context | _ways_in(known))


def _ways_in(known: Library) -> dict[str, Any]:
    ruleset = known.knowledge.ruleset
    return {
        "counts": {kind.value: len(known.of_kind(kind)) for kind in Kind},
        "rule_topics": _counted(words.RULE_TOPICS, [entry.topic for entry in known.of_kind(Kind.RULE)]),
        "topics": _counted(words.TOPICS, [entry.topic for entry in known.of_kind(Kind.TOPIC)]),
        "used": len(known.uses),
        "aside": len(known.aside),
        "version": ruleset.version,
        "hash": ruleset.hash,
        "reviewed": sum(bool(rule.versions[-1].reviewed) for rule in ruleset.rules),
    }


def _counted(names: words.Words, topics: list[str]) -> list[tuple[str, str, int]]:
    return [(key, name, topics.count(key)) for key, name in words.options(names, topics)]


def _kind(text: str) -> Kind | None:
    return Kind(text) if text in set(Kind) else None


# rules


@needs(Permission.SEE_RULES)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule, by topic."""
    user: Any = request.user
    known = catalogue()
    topic = request.GET.get("topic", "")
    topics = _counted(words.RULE_TOPICS, [entry.topic for entry in known.of_kind(Kind.RULE)])
    chosen = topic if topic in {key for key, _name, _count in topics} else ""
    by_id = {rule.id: rule for rule in known.knowledge.ruleset.rules}
    groups = [
        (
            name,
            [
                (entry, by_id[entry.id].versions[-1])
                for entry in known.of_kind(Kind.RULE)
                if entry.topic == key
            ],
        )
        for key, name, _count in topics
        if chosen in ("", key)
    ]
    return render(
        request,
        "knowledge/rules.html",
        {
            "catalogue": known,
            "groups": groups,
            "topics": topics,
            "chosen": chosen,
            "count": len(by_id),
            "may_review": user.may(Permission.REVIEW_RULES),
        },
    )


@needs(Permission.SEE_RULES)
@require_GET
def rule(request: HttpRequest, *, id: str) -> HttpResponse:
    """One rule with its versions, examples, evidence, claims and conflicts."""
    known, found = _rule(id)
    user: Any = request.user
    standing = found.version(today())
    number = found.versions.index(standing) + 1 if standing is not None else len(found.versions)
    return render(
        request,
        "knowledge/rule.html",
        {
            "catalogue": known,
            "rule": found,
            "topic": words.named(words.RULE_TOPICS, found.topic),
            "versions": presentation.versions(found, known, today()),
            "examples": list(presentation.worked(found, known, number)),
            "changes": changes_of(id),
            "possible": changing.possible(known.rules[id]) if user.may(Permission.REVIEW_RULES) else [],
            "may_see_patients": user.may(Permission.SCREEN),
        },
    )


def _rule(id: str) -> tuple[Library, Rule]:
    known = catalogue()
    entry_of(known.rules, id)
    return known, known.knowledge.ruleset[id]


@needs(Permission.SCREEN)
@require_GET
def rule_patients(request: HttpRequest, *, id: str) -> HttpResponse:
    """The patients whom a rule touches by their latest decision. Each who is listed is a file that was read."""
    _known, found = _rule(id)
    if wants(request, "touched"):
        return render(request, "knowledge/touched.html", {"rule": found, "counts": queries.counts(id)})
    user: Any = request.user
    page = Paginator(queries.touched(id), PAGE_LENGTH).get_page(request.GET.get("page"))
    for decision in page:
        record_read(by=user, patient=decision.patient, what=f"rule {id}")
    return render(
        request,
        "knowledge/rule_patients.html",
        {"rule": found, "page": page, "counts": queries.counts(id)},
    )


# everything else that is known, by topic


@needs(Permission.SEE_RULES)
@require_GET
def topics(request: HttpRequest) -> HttpResponse:
    """The topics along the path of a patient."""
    known = catalogue()
    steps: dict[str, set[str]] = {}
    for item in known.topics.values():
        steps.setdefault(item["step"], set()).add(topic_of(item["id"]))
    counted = [entry.topic for entry in known.of_kind(Kind.TOPIC)]
    path = [
        (name, [(key, title, counted.count(key)) for key, title in words.options(words.TOPICS, steps[step])])
        for step, name in words.options(words.STEPS, steps)
    ]
    return render(request, "knowledge/topics.html", {"catalogue": known, "path": path, "count": len(counted)})


@needs(Permission.SEE_RULES)
@require_GET
def topic(request: HttpRequest, *, id: str) -> HttpResponse:
    """One entry; an id without a dot is a whole topic and lists its entries."""
    known = catalogue()
    name = words.named(words.TOPICS, topic_of(id))
    if known.account is None:
        return render(request, "knowledge/unread.html", {"catalogue": known, "id": id})
    if "." not in id:
        entries = [entry for entry in known.of_kind(Kind.TOPIC) if entry.topic == id]
        if not entries:
            raise Http404(_("Nothing in the knowledge is called “%(id)s”.") % {"id": id})
        listed = [(entry, known.topics[entry.id]) for entry in entries]
        return render(
            request,
            "knowledge/topic_list.html",
            {"catalogue": known, "id": id, "title": name, "listed": listed},
        )
    item = entry_of(known.topics, id)
    return render(
        request,
        "knowledge/topic.html",
        _cited(known, item)
        | {
            "item": item,
            "topic": topic_of(id),
            "topic_name": name,
            "step": words.named(words.STEPS, item["step"]),
            "details": details.shown(item.get("details", {}), known),
            "see": [entry for other in item.get("see", ()) if (entry := known.find(other)) is not None],
        },
    )


def _cited(known: Library, item: Any) -> dict[str, Any]:
    """What every page of knowledge shows below its words."""
    return {
        "catalogue": known,
        "evidence": list(presentation.cited(item, known)),
        "claims": list(presentation.claims(item["claims"], known)),
        "conflicts": list(presentation.conflicts(item.get("conflicts", ()), known)),
    }


@needs(Permission.SEE_RULES)
@require_GET
def facts(request: HttpRequest) -> HttpResponse:
    """Every fact, by the page of the intake it stands on."""
    known = catalogue()
    titles = {group["id"]: group["title"] for group in known.knowledge.groups}
    listed = sorted(known.knowledge.ruleset.vocabulary, key=lambda fact: list(titles).index(fact.group))
    groups = [
        (titles[group], [(fact, len(known.on_fact.get(fact.id, ()))) for fact in members])
        for group, members in groupby(listed, key=lambda fact: fact.group)
    ]
    return render(
        request, "knowledge/facts.html", {"catalogue": known, "groups": groups, "count": len(known.facts)}
    )


@needs(Permission.SEE_RULES)
@require_GET
def fact(request: HttpRequest, *, id: str) -> HttpResponse:
    known = catalogue()
    entry_of(known.facts, id)
    vocabulary = known.knowledge.ruleset.vocabulary
    found = vocabulary[id]
    low, high = found.plausible or (None, None)
    return render(
        request,
        "knowledge/fact.html",
        {
            "catalogue": known,
            "fact": found,
            "type": words.named(words.FACT_TYPES, found.type.value),
            "group": next(group["title"] for group in known.knowledge.groups if group["id"] == found.group),
            "speakers": [words.named(words.SPEAKERS, speaker.value) for speaker in found.speakers],
            "fresh": wording.duration(str(found.fresh)) if found.fresh is not None else "",
            "plausible": (wording.quantity(low), wording.quantity(high)) if low and high else (),
            "asked_when": presentation.condition(found.asked_when, vocabulary) if found.asked_when else "",
            "codes": [(wording.SYSTEMS.get(system, system), codes) for system, codes in found.codes.items()],
            "asking": known.on_fact.get(id, []),
        },
    )


@needs(Permission.SEE_RULES)
@require_GET
def cares(request: HttpRequest) -> HttpResponse:
    """Preparation and aftercare, each a window around the session."""
    known = catalogue()
    return render(
        request,
        "knowledge/cares.html",
        {
            "catalogue": known,
            "listed": [(entry, _window(known, entry.id)) for entry in known.of_kind(Kind.CARE)],
        },
    )


@needs(Permission.SEE_RULES)
@require_GET
def care(request: HttpRequest, *, id: str) -> HttpResponse:
    known = catalogue()
    item = entry_of(known.care, id)
    entry = known.entries[Kind.CARE, id]
    return render(
        request,
        "knowledge/care.html",
        _cited(known, item) | {"item": item, "entry": entry} | _window(known, id),
    )


def _window(known: Library, id: str) -> dict[str, Any]:
    item = known.care[id]
    return {
        "item": item,
        "start": presentation.around_session(item["from"]),
        "end": presentation.around_session(item["to"]),
        "avoid": item["kind"] == "avoid",
    }


@needs(Permission.SEE_RULES)
@require_GET
def protocols(request: HttpRequest) -> HttpResponse:
    known = catalogue()
    return render(
        request, "knowledge/protocols.html", {"catalogue": known, "protocols": list(known.protocols.values())}
    )


@needs(Permission.SEE_RULES)
@require_GET
def protocol(request: HttpRequest, *, id: str) -> HttpResponse:
    """A named course: sessions, gaps, reviews and when to stop."""
    known = catalogue()
    item = entry_of(known.protocols, id)
    gaps = [
        (gap["sessions"], *(wording.duration(gap[key]) for key in ("least", "usual", "longest")))
        for gap in item["gaps"]
    ]
    context = {
        "item": item,
        "gaps": gaps,
        "start_within": wording.duration(item["start_within"]),
        "session_length": wording.duration(item["session_length"]),
        "repeat": wording.duration(item["repeat"]["least"]) if "repeat" in item else "",
    }
    return render(request, "knowledge/protocol.html", _cited(known, item) | context)
