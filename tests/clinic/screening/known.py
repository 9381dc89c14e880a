"""What is known of a patient, said in one line: a healthy adult, with differences."""

from __future__ import annotations

from datetime import date
from typing import Any

from anagen.clinic.intake import actions
from anagen.clinic.intake.actions import Given
from anagen.clinic.intake.models import Channel
from anagen.clinic.people.models import Patient
from anagen.knowledge.loader import shipped

IN_THE_FILE = {"birth_date", "sex"}


def healthy() -> dict[str, Any]:
    """The intake’s example: fact id → plain answer."""
    return {
        fact["id"]: fact["example"]
        for fact in shipped().plain["facts"]
        if "example" in fact and fact["id"] not in IN_THE_FILE
    }


def answer(patient: Patient, on: date, *, until: dict[str, date] | None = None, **differences: Any) -> None:
    """Hand in the answers of a healthy adult, but for some; `infection__cold` is the fact `infection.cold`.

    A difference of None leaves the question unanswered.
    """
    answers = healthy() | {fact.replace("__", "."): value for fact, value in differences.items()}
    words = shipped().ruleset.vocabulary
    for channel, asked in ((Channel.DESK, True), (Channel.EXAMINATION, False)):
        given = [
            Given(fact, value, until=(until or {}).get(fact.replace(".", "__")))
            for fact, value in answers.items()
            if value is not None and words[fact].asked_in_intake is asked
        ]
        intake = actions.open_intake(by="test", patient=patient, channel=channel)
        actions.save_answers(
            by="test", intake=intake, speaker="patient" if asked else "clinician", answers=given, on=on
        )
        actions.hand_in(by="test", intake=intake, on=on)
