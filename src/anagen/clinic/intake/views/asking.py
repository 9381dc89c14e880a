"""Asking: one page of questions, saved as it is answered, by whichever door the person came in.

The three doors (the patient's file, the clinic's tablet, the link on a phone) differ in who acts and where the
addresses lead; what happens on a page is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anagen.clinic.people.models import Patient, User
from anagen.clinic.review.queries import current
from anagen.medicine.facts import Speaker
from anagen.medicine.vocabulary import FactType

from .. import actions, queries, questions
from ..actions import Given, HandedIn
from ..forms import AnswersForm, definitions
from ..language import Words, languages
from ..models import Intake
from ..questions import LONG, REVIEW, Question
from ..wording import age_words


@dataclass(frozen=True, slots=True)
class Asking:
    """One person in front of one intake."""

    request: HttpRequest
    intake: Intake
    on: date
    by: User | str
    words: Words
    address: Callable[[str], str]  # of a page, or of the review
    save_address: Callable[[str], str]
    way_out: str  # where “stop here” leads; empty on a locked tablet
    thanks: Callable[[], HttpResponse]
    layout: str = "site/base.html"
    dense: bool = False  # rows, for staff who read the questions out
    conceals: bool = False  # this reader may not see what the patient answered alone
    by_patient: bool = True

    @property
    def patient(self) -> Patient:
        return self.intake.patient

    def is_concealed(self, round_: queries.Round, fact: str) -> bool:
        answer = round_.answers.get(fact)
        return (
            self.conceals
            and answer is not None
            and (answer.entered_by is None or answer.entered_by.is_patient)
        )


# one page


def page(asking: Asking, name: str) -> HttpResponse:
    """Show a page, or take what was typed on it."""
    found = queries.round_of(asking.intake, asking.on)
    if name not in questions.layout():
        raise Http404(_("There is no such page of questions."))
    if asking.request.method == "POST":
        return _take(asking, name, found)
    if name not in questions.pages_of(found):
        return redirect(asking.address(_first(found)))
    return _show(asking, name, found)


def resume(asking: Asking) -> HttpResponse:
    """To where the person was last."""
    if asking.intake.page == REVIEW:
        return redirect(asking.address(REVIEW))
    pages = questions.pages_of(queries.round_of(asking.intake, asking.on))
    place = asking.intake.page if asking.intake.page in pages else (pages[0] if pages else REVIEW)
    return redirect(asking.address(place))


def _first(found: queries.Round) -> str:
    pages = questions.pages_of(found)
    return pages[0] if pages else REVIEW


def _take(asking: Asking, name: str, found: queries.Round) -> HttpResponse:
    data = asking.request.POST
    shown = questions.shown_on(found, name)
    form = AnswersForm(data, definitions(shown), on=asking.on, born=asking.patient.birth_date)
    if not form.is_sound:
        return _show(asking, name, found, form=form)
    given = dict(form.given)
    told = ""
    go = data.get("go", "next")
    if (cleared := data.get("clear", "")) in shown:
        given, go = {**given, cleared: Given(cleared, None)}, "stay"
    if go == "none":
        none = _none_of_these(found, name, given)
        given |= {answer.fact: answer for answer in none}
        told = ngettext(
            "%(page)s: %(count)d question was answered with “no”.",
            "%(page)s: %(count)d questions were answered with “no”.",
            len(none),
        ) % {"page": asking.words.group(_group(name))[0], "count": len(none)}
    if go == "same" and not asking.conceals:
        given = _still_the_same(found, name) | given
    try:
        _save(asking, list(given.values()), name)
    except HandedIn as refused:
        return _too_late(asking, str(refused), form, shown)
    if told:
        messages.success(asking.request, told)
    return _onwards(asking, name, go)


def _none_of_these(found: queries.Round, name: str, given: dict[str, Given]) -> list[Given]:
    """An explicit no to every question of the page that is still open and can be answered so."""
    words = queries.vocabulary()
    return [
        Given(fact, "no")
        for fact in questions.open_on(found, name)
        if fact not in given and words[fact].type in (FactType.STATE, FactType.EVENT)
    ]


def _still_the_same(found: queries.Round, name: str) -> dict[str, Given]:
    """Today's answers to what was answered before: the same values."""
    same: dict[str, Given] = {}
    for fact in questions.open_on(found, name):
        last = found.last_time(fact)
        if last is not None:
            same[fact] = Given(fact, queries.stored(last.value), last.since, last.until)
    return same


def _save(asking: Asking, given: list[Given], name: str) -> None:
    if asking.request.POST.get("intake", str(asking.intake.pk)) != str(asking.intake.pk):
        raise HandedIn(
            _("These answers were handed in already. Begin a new round of questions to correct them.")
        )
    actions.save_answers(
        by=asking.by, intake=asking.intake, speaker=Speaker.PATIENT, answers=given, on=asking.on, page=name
    )


def _onwards(asking: Asking, name: str, go: str) -> HttpResponseRedirect:
    found = queries.round_of(asking.intake, asking.on)
    pages = questions.pages_of(found)
    left = bool(questions.open_on(found, name))
    here = pages.index(name) if name in pages else 0
    if go == "stop" and asking.way_out:
        messages.success(asking.request, _("Everything is saved. You can go on at any time."))
        return redirect(asking.way_out)
    if go == "stay" or (go in {"none", "same"} and left):
        place = name
    elif go == "back":
        place = pages[max(here - 1, 0)]
    elif go == REVIEW:
        place = REVIEW
    else:
        place = pages[here + 1] if here + 1 < len(pages) else REVIEW
    if place != name:
        actions.save_answers(
            by=asking.by, intake=asking.intake, speaker=Speaker.PATIENT, answers=[], on=asking.on, page=place
        )
    return redirect(asking.address(place))


def _group(name: str) -> dict[str, str]:
    return next(group for group in current().groups if group["id"] == name)


def _show(
    asking: Asking, name: str, found: queries.Round, *, form: AnswersForm | None = None, status: int = 0
) -> HttpResponse:
    pages = questions.pages_of(found)
    title, intro = asking.words.group(_group(name))
    asked = page_questions(asking, found, name, form)
    offers_same = not asking.conceals and any(question.last_time for question in asked)
    last = max(
        (said.on for fact in questions.open_on(found, name) if (said := found.last_time(fact))), default=None
    )
    left = questions.open_on(found, name)
    words = queries.vocabulary()
    context = {
        "page": name,
        "title": title,
        "intro": intro,
        # every question that may appear has its place on the page, so that it can be filled in later
        "places": [
            (questions.slug_of(fact), next((question for question in asked if question.id == fact), None))
            for fact in questions.layout()[name]
            if fact not in queries.stated_in_file(asking.patient)
        ],
        "number": pages.index(name) + 1 if name in pages else 1,
        "pages": len(pages),
        "percent": round(100 * (pages.index(name) if name in pages else 0) / max(len(pages), 1)),
        "is_first": pages[:1] == [name],
        "offers_same": offers_same,
        "last_on": age_words(last, asking.on) if last else "",
        "can_be_none": any(words[fact].type in (FactType.STATE, FactType.EVENT) for fact in left),
        "is_long": len(left) >= LONG,
        "errors": _errors(asked),
        "save_address": asking.save_address(name),
        "today_iso": asking.on.isoformat(),
    }
    return render(
        asking.request,
        "intake/ask.html",
        common(asking) | context,
        status=status or (422 if form is not None and not form.is_sound else 200),
    )


def page_questions(
    asking: Asking, found: queries.Round, name: str, form: AnswersForm | None = None
) -> list[Question]:
    """The shown questions of a page."""
    return [
        questions.question(
            definition,
            asking.words,
            typed=form.typed.get(definition.id) if form is not None else None,
            said=found.said(definition.id),
            last=None if asking.conceals else found.last_time(definition.id),
            concealed=asking.is_concealed(found, definition.id),
            round_=found,
        )
        for definition in definitions(questions.shown_on(found, name))
    ]


def _errors(asked: list[Question]) -> list[tuple[str, str]]:
    """For the error summary: the control to jump to, and what is wrong."""
    return [
        (f"q-{question.slug}-{part}", f"{question.words} {words}")
        for question in asked
        for part, words in question.typed.faults.items()
    ]


def common(asking: Asking) -> dict[str, Any]:
    """What every page of the intake knows."""
    return {
        "asking": asking,
        "layout": asking.layout,
        "patient": asking.patient,
        "intake": asking.intake,
        "words_language": asking.words.code,
        "languages": languages(),
        "LANGUAGE_CODE": asking.words.code if asking.words.code != "en" else "en-gb",
        "review_address": asking.address(REVIEW),
    }


def _too_late(asking: Asking, words: str, form: AnswersForm, shown: tuple[str, ...]) -> HttpResponse:
    """The intake was handed in by somebody else meanwhile: what was typed is shown, so that it is not lost."""
    typed = [
        (asking.words.question(definition), form.typed[definition.id])
        for definition in definitions(shown)
        if form.typed[definition.id].value
    ]
    return render(
        asking.request, "intake/too_late.html", common(asking) | {"words": words, "typed": typed}, status=409
    )


# one question, saved as it is answered


def keep(asking: Asking, name: str) -> HttpResponse:
    """Keep one question; answer with what has changed on the page because of it."""
    found = queries.round_of(asking.intake, asking.on)
    fact = asking.request.POST.get("question", "")
    if fact not in questions.layout().get(name, ()):
        raise Http404(_("There is no such question on this page."))
    definition = queries.vocabulary()[fact]
    form = AnswersForm(asking.request.POST, [definition], on=asking.on, born=asking.patient.birth_date)
    if form.is_sound:
        try:
            _save(asking, list(form.given.values()), name)
        except HandedIn as refused:
            return render(
                asking.request, "intake/saved.html", {"words": str(refused), "tone": "bad"}, status=409
            )
        found = queries.round_of(asking.intake, asking.on)
    asked = {question.id: question for question in page_questions(asking, found, name)}
    changed = [
        (questions.slug_of(dependent), asked.get(dependent))
        for dependent in questions.dependents(fact)
        if dependent in questions.layout()[name]
    ]
    words = (
        _("Saved at %(time)s.") % {"time": timezone.localtime().strftime("%H:%M:%S")}
        if form.is_sound
        else _("Not saved yet: please check the marked answer.")
    )
    return render(
        asking.request,
        "intake/saved.html",
        common(asking)
        | {
            "words": words,
            "tone": "good" if form.is_sound else "bad",
            "question": questions.question(definition, asking.words, typed=form.typed[fact]),
            "changed": changed,
            "today_iso": asking.on.isoformat(),
        },
        status=200 if form.is_sound else 422,
    )


# before handing in


def review(asking: Asking) -> HttpResponse:
    """Everything that was answered, each answer changeable; then it is handed in."""
    if asking.request.method == "POST":
        return _hand_in(asking)
    found = queries.round_of(asking.intake, asking.on)
    groups: list[dict[str, Any]] = []
    for name in questions.pages_of(found):
        asked = [
            (
                question,
                questions.said_in_words(said, question.definition, asking.words)
                if (said := found.said(question.id)) is not None
                else "",
            )
            for question in page_questions(asking, found, name)
        ]
        groups.append(
            {
                "title": asking.words.group(_group(name))[0],
                "address": asking.address(name),
                # what tells something first; plain noes and open questions are folded away below
                "telling": [row for row in asked if row[1] and not _is_no(row[0])],
                "noes": [row for row in asked if row[1] and _is_no(row[0])],
                "open": [row for row in asked if not row[1]],
            }
        )
    left = sum(len(group["open"]) for group in groups)
    return render(
        asking.request,
        "intake/review.html",
        common(asking)
        | {
            "groups": groups,
            "left": left,
            "pages": len(groups),
            "last_page": groups[-1]["address"] if groups else "",
        },
    )


def _is_no(question: Question) -> bool:
    return question.typed.value == "no" and not question.concealed and question.definition.example is not True


def _hand_in(asking: Asking) -> HttpResponse:
    if asking.request.POST.get("intake", "") == str(asking.intake.pk):
        actions.hand_in(by=asking.by, intake=asking.intake, on=asking.on)
    return asking.thanks()
