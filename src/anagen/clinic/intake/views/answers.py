"""All that is known of a patient, by group: who said it, how old it is, what no longer counts, what disagrees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.clinic.people.queries import today
from anagen.clinic.review.queries import current
from anagen.medicine.conditions import Situation
from anagen.medicine.dates import add
from anagen.medicine.facts import UNKNOWN, Facts, Statement
from anagen.medicine.screening import disagreements
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import FactDefinition

from .. import queries
from ..models import Answer
from ..wording import age_words, answer_words, speaker_words, statement_words


@dataclass(frozen=True, slots=True)
class Known:
    """What one speaker, or one entry of a record, says of a fact now."""

    words: str
    speaker: str
    record: str
    on: date
    age: str
    stale: bool
    is_unknown: bool
    is_no: bool
    holds_until: date | None


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history."""

    words: str
    on: date
    speaker: str
    entered_by: str
    record: str


@dataclass(frozen=True, slots=True)
class Line:
    """One fact."""

    definition: FactDefinition
    label: str
    known: tuple[Known, ...]
    history: tuple[Told, ...]
    disagrees: bool
    applies: bool

    @property
    def is_plain_no(self) -> bool:
        """Nothing to look at: everybody says no, lately enough, and a yes would not be the better answer."""
        if self.definition.example is True:
            return False
        return (
            bool(self.known) and self.applies and all(known.is_no and not known.stale for known in self.known)
        )


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    lines: tuple[Line, ...]
    not_asked: tuple[str, ...]

    @property
    def telling(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.is_plain_no)

    @property
    def noes(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_plain_no)


def known_of(patient: Patient, *, on: date, for_patient: bool = False) -> tuple[Group, ...]:
    """Everything, group by group. Three queries."""
    facts, _unmapped = queries.facts_of(patient, on=on)
    situation = Situation(facts, on, queries.vocabulary())
    disagreeing = {fact for finding in disagreements(situation) for fact in finding.facts}
    history: dict[str, list[Answer]] = defaultdict(list)
    for answer in queries.history_of(patient):
        history[answer.fact].append(answer)
    return tuple(
        Group(group["title"], tuple(lines), tuple(missing))
        for group in current().groups
        for lines, missing in [_group(group["id"], facts, situation, disagreeing, history, for_patient)]
        if lines or missing
    )


def _group(
    group: str,
    facts: Facts,
    situation: Situation,
    disagreeing: set[str],
    history: dict[str, list[Answer]],
    for_patient: bool,
) -> tuple[list[Line], list[str]]:
    lines, missing = [], []
    for definition in queries.vocabulary():
        if definition.group != group:
            continue
        label = definition.question if for_patient and definition.asked_in_intake else definition.label
        said = facts.latest(definition.id, situation.on)
        applies = situation.applies(definition.id) is not Truth.NO
        if said or history.get(definition.id):
            lines.append(
                Line(
                    definition,
                    label,
                    tuple(_known(statement, definition, situation.on) for statement in said),
                    tuple(_told(answer) for answer in reversed(history.get(definition.id, ()))),
                    definition.id in disagreeing,
                    applies,
                )
            )
        elif applies and definition.asked_in_intake:
            missing.append(label)
    return lines, missing


def _known(said: Statement, definition: FactDefinition, on: date) -> Known:
    return Known(
        words=statement_words(said, definition),
        speaker=speaker_words(said.speaker.value),
        record=said.record,
        on=said.on,
        age=age_words(said.on, on),
        stale=definition.is_stale(said, on),
        is_unknown=said.value is UNKNOWN,
        is_no=said.value is False,
        holds_until=add(said.on, definition.fresh) if definition.fresh is not None else None,
    )


def _told(answer: Answer) -> Told:
    return Told(
        answer_words(answer),
        answer.said_on,
        speaker_words(answer.speaker),
        str(answer.entered_by) if answer.entered_by is not None else "",
        answer.record,
    )


@needs(Permission.SEE_ANSWERS)
@require_GET
@opens_file("answers")
def answers(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    user: Any = request.user
    groups = known_of(patient, on=today(), for_patient=user.is_patient)
    lines = [line for group in groups for line in group.lines]
    return render(
        request,
        "intake/answers.html",
        {
            "patient": patient,
            "groups": groups,
            "unread": list(queries.unread_of(patient, on=today())),
            "resolved": list(queries.resolved_of(patient)),
            "may_resolve": user.may(Permission.SCREEN),
            "facts": len(lines),
            "stale": sum(1 for line in lines if any(known.stale for known in line.known)),
            "disagreeing": [line.label for line in lines if line.disagrees],
            "today": today(),
        },
    )


@needs(Permission.SEE_ANSWERS)
@require_GET
@opens_file("answers")
def answers_csv(request: HttpRequest, *, patient: Patient) -> HttpResponse:
    return csv_download(
        f"answers-{patient.number}",
        [
            _("Group"),
            _("Fact"),
            _("Answer"),
            _("Said by"),
            _("Said on"),
            _("Counts until"),
            _("State"),
            _("Record"),
        ],
        _csv_rows(known_of(patient, on=today())),
    )


def _csv_rows(groups: Iterable[Group]) -> Iterable[list[Any]]:
    for group in groups:
        for line in group.lines:
            for known in line.known:
                state = _("too old") if known.stale else _("disagrees") if line.disagrees else ""
                yield [
                    group.title, line.label, known.words, known.speaker, known.on.isoformat(),
                    known.holds_until.isoformat() if known.holds_until else "", state, known.record,
                ]  # fmt: skip
        for label in group.not_asked:
            yield [group.title, label, _("not asked"), "", "", "", "", ""]
