"""The names of things in knowledge, as a reader says them."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, Promise]

RULE_TOPICS: Final[Words] = {
    "indication": _("Who it is for"),
    "contraindication": _("Contraindications"),
    "deferral": _("Reasons to wait"),
    "precaution": _("Precautions"),
    "drug": _("Medicines"),
    "allergy": _("Allergies"),
}

TOPICS: Final[Words] = {
    "indication": _("Indications"),
    "assessment": _("Assessment"),
    "ingredient": _("Ingredients"),
    "product": _("Products and brands"),
    "mixture_type": _("Kinds of mixture"),
    "formulation": _("Making the mixture"),
    "storage": _("Storage"),
    "schedule": _("Schedules of a course"),
    "procedure": _("Steps and figures of a session"),
    "device": _("Devices"),
    "technique": _("Techniques"),
    "practitioner": _("Who may treat, and where"),
    "area": _("Areas of the body"),
    "scalp": _("The scalp and its map"),
    "home_use": _("Use at home"),
    "side_effect": _("Side effects"),
    "complication": _("Complications"),
    "complication_cause": _("Causes of complications"),
    "effect": _("Effects, and when to judge them"),
    "information": _("What patients are told"),
    "history": _("History"),
    "price": _("Price"),
}

STEPS: Final[Words] = {
    "question": _("Questions"),
    "screening": _("Screening"),
    "formulation": _("Formulation"),
    "course": _("Course"),
    "treatment": _("Treatment"),
    "care": _("Care"),
    "outcome": _("Outcome"),
    "price": _("Price"),
}

STRENGTHS: Final[Words] = {
    "label": _("label"),
    "guideline": _("guideline"),
    "trial": _("trial"),
    "review": _("review"),
    "consensus": _("consensus"),
    "popular": _("popular article"),
    "policy": _("policy"),
}

CERTAINTIES: Final[Words] = {
    "found": _("read for this"),
    "known": _("known, not read again"),
    "derived": _("derived by us"),
    "uncertain": _("to be verified"),
}

SOURCE_KINDS: Final[Words] = {
    "document": _("Source documents"),
    "label": _("Labels"),
    "guideline": _("Guidelines"),
    "trial": _("Trials"),
    "review": _("Reviews"),
    "case_report": _("Case reports"),
    "consensus": _("Consensus"),
    "standard": _("Standards"),
    "law": _("Law"),
    "policy": _("Policy"),
}

ASIDE_KINDS: Final[Words] = {
    "promotional": _("promotional"),
    "implausible": _("implausible"),
    "garbled": _("garbled"),
    "unsafe": _("unsafe"),
    "later": _("kept for later"),
}

SENSE_CHECKS: Final[Words] = {
    "ok": _("makes sense"),
    "conflicts": _("conflicts with another"),
    "unsafe": _("unsafe"),
    "promotional": _("promotional"),
    "implausible": _("implausible"),
    "garbled": _("garbled"),
}

FACT_TYPES: Final[Words] = {
    "state": _("yes or no, with its days"),
    "event": _("the last day it happened, or never"),
    "quantity": _("a measured value"),
    "choice": _("one of a list"),
    "code": _("one or more codes"),
    "date": _("a day"),
}

SPEAKERS: Final[Words] = {
    "patient": _("patient"),
    "clinician": _("clinician"),
    "laboratory": _("laboratory"),
    "system": _("another system"),
}

_TONES: Final = {"ok": "good", "conflicts": "warm", "unsafe": "bad", "uncertain": "warm", "popular": "warm"}


def named(words: Words, key: str) -> str:
    """The name of a key; a key that has none is said as it is written."""
    return str(words.get(key) or plain(key).capitalize())


def plain(key: str) -> str:
    """``must_not`` as it is said."""
    return key.replace("_", " ")


def tone(key: str) -> str:
    """The tone of a tag for a sense check, a certainty or a strength."""
    return _TONES.get(key, "quiet")


def options(words: Words, present: Any) -> list[tuple[str, str]]:
    """Keys that are present with their names, in the order of the names' table, strangers last."""
    found = set(present)
    order = [key for key in words if key in found] + sorted(found - set(words))
    return [(key, named(words, key)) for key in order]


KINDS: Final[Words] = {
    "rules": _("Rules"),
    "topics": _("Topics"),
    "facts": _("Facts"),
    "care": _("Care"),
    "protocols": _("Courses"),
    "conflicts": _("Conflicts"),
    "sources": _("Sources"),
    "claims": _("Claims"),
}

KIND_OF_ONE: Final[Words] = {
    "rules": _("rule"),
    "topics": _("topic"),
    "facts": _("fact"),
    "care": _("care"),
    "protocols": _("course"),
    "conflicts": _("conflict"),
    "sources": _("source"),
    "claims": _("claim"),
}


def place(locator: str) -> str:
    """Where a source is found; the files of this project are no place for a reader."""
    return "" if locator.startswith("file:") else locator
