"""Health records of other systems: looked at before they are taken over, and read on by a person afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.clinic.review.queries import current
from anagen.exchange.errors import BadInput
from anagen.exchange.fhir.reader import Reading, read_bytes
from anagen.medicine.facts import Statement
from anagen.medicine.vocabulary import BIRTH_DATE, FactType

from .. import actions, queries, questions
from ..forms import AnswersForm, AsideForm, RecordForm, Wrong, units_for
from ..language import ENGLISH, Words
from ..models import UnreadEntry
from ..wording import age_words, day_words, speaker_words, statement_words

SALT: Final = "anagen.clinic.intake.record"
LOOKED_AT_FOR: Final = 2 * 3600  # seconds in which a record that was looked at can be taken over


@needs(Permission.SCREEN)
@require_http_methods(["GET", "POST"])
@opens_file("import of a health record")
def import_record(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    """Choose a file, see what it says, take it over. Nothing is kept before the last step."""
    if request.method == "POST" and "held" in request.POST:
        return _take_over(request, patient)
    form = RecordForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            return _preview(request, patient, file.read(), file.name)
        except BadInput as bad:
            form.add_error("file", str(bad))
    return render(
        request,
        "intake/import.html",
        {"patient": patient, "form": form},
        status=422 if form.errors else 200,
    )


def _read(patient: Patient, data: bytes, name: str) -> Reading:
    """What the file says. BadInput for what cannot be read, and for the record of somebody else."""
    reading = read_bytes(data, vocabulary=queries.vocabulary(), on=today(), file=name)
    for said in reading.facts.about(BIRTH_DATE):
        if isinstance(said.value, date) and said.value != patient.birth_date:
            raise BadInput(
                name,
                "Patient.birthDate",
                _("This record is of somebody born on %(other)s; this patient was born on %(own)s.")
                % {"other": day_words(said.value), "own": day_words(patient.birth_date)},
                _("Choose the right record, or correct the patient’s details first."),
            )
    return reading


def _new_statements(reading: Reading) -> list[Statement]:
    """What the patient's file does not say itself."""
    return [said for said in reading.facts if said.fact != BIRTH_DATE]


def _preview(request: HttpRequest, patient: Patient, data: bytes, name: str) -> HttpResponse:
    reading = _read(patient, data, name)
    words = queries.vocabulary()
    said = [
        {
            "label": words[statement.fact].label,
            "words": statement_words(statement, words[statement.fact]),
            "day": statement.on,
            "speaker": speaker_words(statement.speaker.value),
            "record": statement.record,
        }
        for statement in _new_statements(reading)
    ]
    held = signing.dumps(
        [patient.number, name, data.decode("utf-8", errors="replace")], salt=SALT, compress=True
    )
    return render(
        request,
        "intake/import_preview.html",
        {
            "patient": patient,
            "file": name,
            "said": said,
            "unmapped": reading.unmapped,
            "notes": reading.notes,
            "held": held,
        },
    )


def _take_over(request: HttpRequest, patient: Patient) -> HttpResponse:
    user: Any = request.user
    try:
        number, name, text = signing.loads(request.POST["held"], salt=SALT, max_age=LOOKED_AT_FOR)
        if number != patient.number:
            raise signing.BadSignature
        reading = _read(patient, text.encode(), name)
    except (signing.BadSignature, BadInput):
        messages.error(request, _("The file could not be taken over any more. Please choose it again."))
        return redirect("intake:import_record", number=patient.number)
    actions.import_record(
        by=user, patient=patient, statements=_new_statements(reading), unmapped=reading.unmapped, on=today()
    )
    taken = len(_new_statements(reading))
    messages.success(
        request,
        ngettext("%(count)d fact was taken over.", "%(count)d facts were taken over.", taken)
        % {"count": taken},
    )
    return redirect("intake:answers", number=patient.number)


# what was not understood


@needs(Permission.SCREEN)
@require_http_methods(["GET", "POST"])
@opens_file("unread entry")
def resolve(request: HttpRequest, *, patient: Patient, entry: int) -> HttpResponse:
    """Say which fact an entry stands for, or that it has no bearing."""
    user: Any = request.user
    found = queries.unread_entry(patient, entry)
    if found is None:
        raise Http404(_("This patient has no such entry."))
    words = queries.vocabulary()
    fact = request.POST.get("fact") or request.GET.get("fact") or ""
    definition = words[fact] if fact in words and words[fact].type is not FactType.DATE else None
    aside = AsideForm(request.POST if request.POST.get("do") == "aside" else None)
    form = None
    errors: list[tuple[str, str]] = []
    if aside.is_bound and aside.is_valid():
        actions.set_entry_aside(by=user, entry=found, comment=aside.cleaned_data["comment"], on=today())
        return _resolved(request, patient, found)
    if request.method == "POST" and request.POST.get("do") == "map" and definition is not None:
        form = AnswersForm(request.POST, [definition], on=today(), born=patient.birth_date)
        given = form.given.get(definition.id)
        if form.is_sound and given is not None and given.value is not None:
            actions.map_entry(by=user, entry=found, given=given, on=today())
            return _resolved(request, patient, found)
        if form.is_sound:
            wrong = Wrong("value", _("Answer the question: what does the entry say?"))
            errors = [(f"q-{questions.slug_of(fact)}-{wrong.part}", str(wrong))]
        else:
            errors = [(f"q-{questions.slug_of(fact)}-{part}", said) for _fact, part, said in form.faults]
    return render(
        request,
        "intake/resolve.html",
        {
            "patient": patient,
            "entry": found,
            "history": list(found.resolutions.select_related("by", "answer")),
            "groups": _facts_by_group(),
            "fact": fact,
            "question": questions.question(
                definition,
                Words.of(ENGLISH),
                typed=form.typed[fact] if form is not None else None,
                for_clinic=True,
            )
            if definition is not None
            else None,
            "units": units_for(definition)
            if definition is not None and definition.type is FactType.QUANTITY
            else [],
            "likely": [words[likely] for likely in _likely(found)],
            "aside": aside,
            "errors": errors,
            "today_iso": today().isoformat(),
            "age": age_words(found.intake.on, today()) if found.intake.on else "",
        },
        status=422 if errors or aside.errors else 200,
    )


def _resolved(request: HttpRequest, patient: Patient, entry: UnreadEntry) -> HttpResponse:
    messages.success(request, _("“%(entry)s” is read.") % {"entry": entry.text or entry.code})
    nearest = queries.unread_of(patient, on=today()).first()
    if nearest is not None:
        return redirect("intake:resolve", number=patient.number, entry=nearest.pk)
    return redirect("intake:answers", number=patient.number)


def _facts_by_group() -> list[tuple[str, list[Any]]]:
    return [
        (
            group["title"],
            [
                definition
                for definition in queries.vocabulary()
                if definition.group == group["id"] and definition.type is not FactType.DATE
            ],
        )
        for group in current().groups
    ]


def _likely(entry: UnreadEntry) -> list[str]:
    """Facts whose label shares a longer word with the entry: a first guess, for the person to judge."""
    told = {word for word in entry.text.lower().replace(",", " ").split() if len(word) > 4}
    return [
        definition.id
        for definition in queries.vocabulary()
        if told & {word for word in definition.label.lower().replace(",", " ").split() if len(word) > 4}
    ][:4]
