"""A whole intake in one call: for the demo clinic and for tests, made through the same actions as any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from anagen.clinic.people.models import Patient, User
from anagen.medicine.facts import Speaker
from anagen.medicine.truth import Truth

from . import actions, queries
from .actions import Found, Given
from .models import Channel, Intake

EXAMPLE = "example"


def answer_as_example(
    patient: Patient,
    on: date,
    *,
    by: User | str = EXAMPLE,
    channel: Channel = Channel.DESK,
    but: Mapping[str, Given | str] | None = None,
    without: frozenset[str] = frozenset(),
    examined_by: User | str | None = EXAMPLE,
    handed_in: bool = True,
) -> Intake:
    """Every question that applies, answered as a healthy adult for whom treatment is indicated would.

    ``but`` answers some facts otherwise (a plain value, or a Given with days), ``without`` leaves some open.
    ``examined_by`` records the clinician's facts as well; None leaves them out. The patient's own answers come
    first, so that what a clinician is asked follows from them.
    """
    words = queries.vocabulary()
    other = {
        fact: given if isinstance(given, Given) else Given(fact, given) for fact, given in (but or {}).items()
    }
    intake = actions.open_intake(by=by, patient=patient, channel=channel)
    in_file = queries.stated_in_file(patient)
    left = [
        definition
        for definition in words
        if definition.asked_in_intake and definition.id not in in_file and definition.id not in without
    ]
    while True:  # an answer may open further questions
        situation = queries.round_of(intake, on).situation
        applies = {definition.id: situation.applies(definition.id) for definition in left}
        ready = [definition for definition in left if applies[definition.id] is Truth.YES]
        ready = ready or [definition for definition in left if applies[definition.id] is Truth.UNKNOWN]
        if not ready:
            break
        left = [definition for definition in left if definition not in ready]
        given = [
            other.get(definition.id) or Given(definition.id, queries.stored(definition.example))
            for definition in ready
            if definition.id in other or definition.example is not None
        ]
        actions.save_answers(by=by, intake=intake, speaker=Speaker.PATIENT, answers=given, on=on)
    if handed_in:
        intake = actions.hand_in(by=by, intake=intake, on=on)
    if examined_by is not None:
        found = [
            Found(other.get(definition.id) or Given(definition.id, queries.stored(definition.example)), on)
            for definition in words
            if not definition.asked_in_intake
            and definition.id not in without
            and (definition.id in other or definition.example is not None)
        ]
        if found:
            actions.record_examination(by=examined_by, patient=patient, found=found, on=on)
    return intake
