"""How the medical lead changes the knowledge: a form, what would be different and for whom, and only then a version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from anagen.clinic.audit.actions import record_read
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.clinic.review import actions, queries
from anagen.clinic.review.queries import Proposal
from anagen.knowledge.changes import Change
from anagen.knowledge.difference import newest_differences
from anagen.medicine.rules import Verdict

from . import builder, forms, own_rules, presentation
from .asked import entry_of, wants
from .catalogue import catalogue, opened
from .impact import Impact, impact, tasks_of

Words = tuple[str | Promise, str | Promise]

_FORMS: Final[dict[str, type[forms.ChangeForm]]] = {
    "sign": forms.SignForm,
    "set": forms.SetForm,
    "advice": forms.AdviceForm,
    "withdraw": forms.WithdrawForm,
}
_WORDS: Final[dict[str, Words]] = {
    "sign": (
        gettext_lazy("Sign this rule"),
        gettext_lazy("You have read it and accept it as it stands: condition, words, evidence and examples."),
    ),
    "set": (
        gettext_lazy("Set a number of this rule"),
        gettext_lazy("Within the range that the rule allows. Words that name the number follow; read them."),
    ),
    "advice": (
        gettext_lazy("Switch this rule to advice only"),
        gettext_lazy(
            "What it finds is a caution from then on. It stays visible on every verdict, and the answer is still "
            "asked for."
        ),
    ),
    "withdraw": (
        gettext_lazy("Take it back"),
        gettext_lazy("A rule of your own ends. A shipped rule stands again as it was shipped."),
    ),
    "add": (
        gettext_lazy("Add a rule of the clinic"),
        gettext_lazy("It can only add to what is found; it never makes anything harmless."),
    ),
}
MOST_LISTED: Final = 100  # patients on one page; the figures above them count all
TASKS_DUE: Final = timedelta(days=7)
_PART_STEPS: Final = ("part_choose", "part_add")
_NOT_TYPED: Final = ("csrfmiddlewaretoken", "seen", "step")


@needs(Permission.REVIEW_RULES)
@require_http_methods(["GET", "POST"])
def change_rule(request: HttpRequest, *, id: str, kind: str) -> HttpResponse:
    """Sign a rule, set its numbers, switch it to advice, or take a change back."""
    known = catalogue()
    rule = entry_of(known.rules, id)
    if kind not in possible(rule):
        raise Http404(_("This rule offers no such change."))
    return _flow(request, kind, rule)


@needs(Permission.REVIEW_RULES)
@require_http_methods(["GET", "POST"])
def add_rule(request: HttpRequest) -> HttpResponse:
    """Add a rule of the clinic's own. The condition can be put together part by part before anything is judged."""
    if request.POST.get("step", "") in _PART_STEPS:
        return _part(request)
    return _flow(request, "add", None)


def _part(request: HttpRequest) -> HttpResponse:
    """The form as it was typed, with one part of the condition chosen or added; judged is that part alone."""
    known = queries.current()
    fact, text = request.POST.get("part-fact", ""), request.POST.get("condition", "")
    chosen: Any = builder.FactForm(request.POST, knowledge=known)
    if builder.offers(fact, known):
        chosen = builder.PartForm(fact=fact, knowledge=known)
        if request.POST["step"] == "part_add":
            chosen = builder.PartForm(request.POST, fact=fact, knowledge=known)
            if chosen.is_valid():
                said = chosen.cleaned_data
                try:
                    text = builder.joined(text, said["part"], said["join"], known)
                    chosen = builder.FactForm(knowledge=known)
                except own_rules.Unreadable as wrong:
                    chosen.add_error(None, _("Mend what stands there first. %(wrong)s") % {"wrong": wrong})
    typed = {name: request.POST.getlist(name) for name in request.POST}
    initial = {name: said if name == "override" else said[0] for name, said in typed.items()}
    form = forms.AddForm(knowledge=known, rule=None, on=today(), initial=initial | {"condition": text})
    title, lead = _WORDS["add"]
    context = {"kind": "add", "title": title, "lead": lead, "form": form, "part": chosen} | _read(text)
    context["seen"] = request.POST.get("seen") or known.ruleset.hash
    context["at_part"] = True
    if wants(request, "condition-part"):
        return render(request, "knowledge/condition_part.html", context)
    return render(request, "knowledge/change.html", context, status=422 if chosen.errors else 200)


def _read(text: str) -> dict[str, Any]:
    """A condition said back in words, or what is wrong with it; neither while nothing is typed."""
    try:
        return {"lines": list(own_rules.in_words(text, queries.current()))} if text.strip() else {}
    except own_rules.Unreadable as wrong:
        return {"wrong": str(wrong)}


@needs(Permission.REVIEW_RULES)
@require_POST
def read_condition(request: HttpRequest) -> HttpResponse:
    """A condition, said back in words while it is typed."""
    return render(request, "knowledge/condition_read.html", _read(request.POST.get("condition", "")))


def possible(rule: Any) -> list[str]:
    """The changes that a rule offers now, the most usual first."""
    latest = rule["versions"][-1]
    if "to" in latest:
        # A version after it would take the end away. What the clinic has ended ahead may end sooner.
        return ["withdraw"] if "ended" in latest and latest["to"] > today().isoformat() else []
    kinds = ["sign"]
    if latest.get("adjustable"):
        kinds.append("set")
    if latest["override"] != "never" and Verdict.of(latest["verdict"]) > Verdict.CAUTION:
        kinds.append("advice")
    if "changed" in latest:
        kinds.append("withdraw")
    return kinds


def _flow(request: HttpRequest, kind: str, rule: Any) -> HttpResponse:
    """Form, preview, confirmation: nothing is kept before the last."""
    user: Any = request.user
    make: Callable[..., forms.ChangeForm] = forms.AddForm if rule is None else _FORMS[kind]
    step = request.POST.get("step", "")
    seen = request.POST.get("seen") or queries.current().ruleset.hash
    form = make(request.POST or None, knowledge=queries.current(), rule=rule, on=today())
    title, lead = _WORDS[kind]
    context = {"rule": rule, "kind": kind, "title": title, "lead": lead, "form": form, "seen": seen}
    if rule is None:
        text = request.POST.get("condition", "")
        context |= {"part": builder.FactForm(knowledge=queries.current())} | _read(text)
    if not form.is_bound or step == "back" or not form.is_valid():
        status = 422 if form.is_bound and step != "back" else 200
        return render(request, "knowledge/change.html", context, status=status)
    change = form.change(user)
    proposal = queries.proposed(change)
    if step in ("confirm", "confirm_with_tasks") and not proposal.faults:
        try:
            with transaction.atomic():
                kept = actions.make(by=user, change=change, seen=seen)
                if step == "confirm_with_tasks":
                    touched = impact_of(proposal, change)
                    due = today() + TASKS_DUE
                    tasks_of(touched, by=user, due=due, reference=f"rule change {kept.number}")
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Kept. Decisions from that day on are made by it."))
            if not any(item["id"] == kept.rule for item in queries.current().plain["rules"]):
                return redirect("knowledge:rules")
            return redirect("knowledge:rule", id=kept.rule)
    for fault in proposal.faults:
        form.add_error(None, f"{fault.what} {fault.mend}".strip())
    if form.errors:
        now = queries.current().ruleset.hash
        return render(request, "knowledge/change.html", context | {"seen": now}, status=422)
    typed = [
        (name, value)
        for name in request.POST
        if name not in _NOT_TYPED and not name.startswith("part-")
        for value in request.POST.getlist(name)
    ]
    return render(
        request,
        "knowledge/preview.html",
        context
        | _shown(proposal, change, user)
        | {
            "typed": typed,
            "seen": proposal.before.ruleset.hash,
            "change": change,
        },
    )


def _shown(proposal: Proposal, change: Change, user: Any) -> dict[str, Any]:
    """What would be different: in words, in the worked examples, and for the clinic's own patients.

    Each patient who is listed is a file that was read.
    """
    id = change.rule
    before, after = (
        next((item for item in state.plain["rules"] if item["id"] == id), None)
        for state in (proposal.before, proposal.after)
    )
    touched = impact_of(proposal, change)
    listed = touched.affected[:MOST_LISTED]
    for one in listed:
        record_read(by=user, patient=one.patient, what=f"impact {id}")
    shown: dict[str, Any] = {
        "impact": touched,
        "impact_shown": listed,
        "more": len(touched.affected) - len(listed),
    }
    if after is None:
        return shown | {"ends": True}
    library = opened(proposal.after)
    rule = proposal.after.ruleset[id]
    newest = rule.versions[-1]
    return shown | {
        "differences": list(newest_differences(before, after, proposal.before, proposal.after)),
        "ends": newest.effective_to is not None,
        "shown": next(
            each for each in presentation.versions(rule, library, today()) if each.version is newest
        ),
        "examples": list(presentation.worked(rule, library, len(rule.versions))),
    }


def impact_of(proposal: Proposal, change: Change) -> Impact:
    """Whose verdict, date or session would be another on the day on which the change begins."""
    return impact(proposal.before, proposal.after, change.start)
