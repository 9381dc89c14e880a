"""The path a patient takes. The same words name the folders, the pages and the manual."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Step(StrEnum):
    QUESTION = "question"
    SCREENING = "screening"
    FORMULATION = "formulation"
    COURSE = "course"
    TREATMENT = "treatment"
    CARE = "care"
    OUTCOME = "outcome"

    @property
    def heading(self) -> Promise:
        return _HEADINGS[self]

    @property
    def asks(self) -> Promise:
        return _ASKS[self]


_HEADINGS: dict[Step, Promise] = {
    Step.QUESTION: _("Questions"),
    Step.SCREENING: _("Screening"),
    Step.FORMULATION: _("Formulation"),
    Step.COURSE: _("Course"),
    Step.TREATMENT: _("Treatment"),
    Step.CARE: _("Care"),
    Step.OUTCOME: _("Outcome"),
}

_ASKS: dict[Step, Promise] = {
    Step.QUESTION: _("What is known?"),
    Step.SCREENING: _("May we?"),
    Step.FORMULATION: _("With what?"),
    Step.COURSE: _("When?"),
    Step.TREATMENT: _("Do it, record it"),
    Step.CARE: _("Before and after"),
    Step.OUTCOME: _("Did it work?"),
}


class Progress(StrEnum):
    """How far one step is for one patient."""

    LATER = "later"  # cannot begin yet, or the clinic does not use this step
    READY = "ready"  # can begin now
    UNDER_WAY = "under_way"
    DONE = "done"
    STOPPED = "stopped"  # a person has to decide something before it goes on

    @property
    def word(self) -> Promise:
        return _WORDS[self]


_WORDS: dict[Progress, Promise] = {
    Progress.LATER: _("Later"),
    Progress.READY: _("Next"),
    Progress.UNDER_WAY: _("Under way"),
    Progress.DONE: _("Done"),
    Progress.STOPPED: _("Needs attention"),
}
