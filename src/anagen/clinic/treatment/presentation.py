"""What the pages of a session show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from anagen.clinic.intake.queries import vocabulary
from anagen.clinic.intake.wording import statement_words
from anagen.medicine.facts import UNKNOWN
from anagen.medicine.treatment import Check, Kind, Missing
from anagen.medicine.vocabulary import FactType

from . import devices, queries, readiness, syringes, todays_questions
from .forms import SyringeForm
from .models import Event
from .queries import Session
from .todays_questions import Question
from .wording import CHECKS, KINDS, REGIONS, missing_words, names, who_words


@dataclass(frozen=True, slots=True)
class Line:
    """One check before the first needle: whether it holds, and if not, what is missing and who can mend it."""

    check: Check
    title: str
    missing: tuple[tuple[str, str], ...]  # sentence, who
    waits: bool = False  # nobody knows yet whether it is due

    @property
    def done(self) -> bool:
        return not self.missing and not self.waits


# What the mixture asks for is known when its syringe has been scanned.
_OF_THE_MIXTURE = (Check.PRESSURE, Check.ALLERGY_TEST)


def lines(missing: tuple[Missing, ...]) -> list[Line]:
    no_syringe = any(one.check is Check.SYRINGE for one in missing)
    return [
        Line(
            check,
            str(CHECKS[check]),
            tuple((missing_words(one), who_words(one.who)) for one in missing if one.check is check),
            waits=no_syringe and check in _OF_THE_MIXTURE,
        )
        for check in Check
    ]


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One question of the day as it is drawn."""

    question: Question
    options: tuple[Option, ...]
    last: str
    since: str
    until: str

    @property
    def name(self) -> str:
        return f"q-{self.question.fact}"

    @property
    def is_event(self) -> bool:
        return self.question.definition.type is FactType.EVENT


def shown_questions(asked: todays_questions.Asked, session: Session, typed: Mapping[str, Any]) -> list[Shown]:
    """The questions of the day, with what was chosen a moment ago or answered before in this session."""
    said: dict[str, Any] = {}
    for event in session.of(Kind.QUESTIONS):
        said |= event.data["answers"]
    return [_shown(question, said.get(question.fact, {}), typed) for question in asked.questions]


def _shown(question: Question, said: Mapping[str, Any], typed: Mapping[str, Any]) -> Shown:
    name, definition = f"q-{question.fact}", question.definition
    chosen = str(typed.get(name, said.get("value", "")))
    if definition.type is FactType.CHOICE:
        options = dict(definition.options)
    elif definition.type is FactType.EVENT:
        options = {"no": _("never"), "yes": _("yes, on")}
    else:
        options = {"no": _("no"), "yes": _("yes")}
    options |= {UNKNOWN.value: _("don’t know")}
    return Shown(
        question,
        tuple(Option(value, words, value == chosen) for value, words in options.items()),
        "" if question.before is None else statement_words(question.before, definition),
        str(typed.get(f"{name}--since", said.get("since", ""))),
        str(typed.get(f"{name}--until", said.get("until", ""))),
    )


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    value: str
    unit: str


def settings_of(setup: Mapping[str, Any]) -> list[Setting]:
    """The numbers of a session, with their units."""
    if not setup or setup.get("device") not in devices.devices():
        return []
    return [
        Setting(one.name, str(setup["settings"].get(one.name, "")), one.unit)
        for one in devices.parameters_of(setup["device"], setup["technique"])
    ]


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as a person reads it."""

    event: Event
    title: str
    words: str


def happened(session: Session) -> list[Happened]:
    return [Happened(event, str(KINDS[Kind(event.kind)]), _words(event)) for event in session.events]


def _words(event: Event) -> str:
    data = event.data
    match Kind(event.kind):
        case Kind.IDENTITY:
            return ", ".join(str(_IDENTIFIERS[one]()) for one in data["by"])
        case Kind.QUESTIONS:
            return _answers(data["answers"])
        case Kind.SETUP:
            numbers = ", ".join(f"{one.name} {one.value} {one.unit}" for one in settings_of(data))
            device = devices.devices()[data["device"]].title
            return "; ".join(part for part in (device, numbers, data.get("reason", "")) if part)
        case Kind.SYRINGE:
            return f"{data['code']} {_('laid aside')}" if data.get("aside") else str(data["code"])
        case Kind.ANAESTHESIA:
            return _("lidocaine %(mg)s mg") % {"mg": data["mg"]}
        case Kind.ALLERGY_TEST:
            return f"{names(data['for'])}: {_RESULTS[data['result']]()}"
        case Kind.ANTISEPSIS:
            return str(_AGENTS[data["agent"]]())
        case Kind.MAP:
            return _map_words(data["points"])
        case Kind.PAIN:
            return _("%(score)d of 10") % {"score": data["score"]}
        case Kind.REACTION:
            known = devices.reactions().get(data["term"])
            parts = (known.title if known else "", data.get("words", ""), data.get("done", ""))
            return "; ".join(part for part in parts if part)
        case Kind.VITALS | Kind.OBSERVED:
            return _measured(data)
        case Kind.SHEET:
            names_of = dict(settings.LANGUAGES)
            return _("in %(language)s") % {"language": names_of.get(data["language"], data["language"])}
    return str(data.get("words") or data.get("reason") or "")


def _answers(answers: Mapping[str, Any]) -> str:
    words = vocabulary()
    yes = [
        words[fact].label if said["value"] == "yes" else f"{words[fact].label}: {said['value']}"
        for fact, said in answers.items()
        if fact in words and said["value"] != "no"
    ]
    return ", ".join(yes) or _("nothing of what was asked")


def _map_words(points: Sequence[Mapping[str, Any]]) -> str:
    regions: dict[str, int] = {}
    for point in points:
        regions[point["region"]] = regions.get(point["region"], 0) + 1
    told = ", ".join(f"{REGIONS.get(name, name)} {count}" for name, count in regions.items())
    return _("%(count)d points: %(told)s") % {"count": len(points), "told": told}


def _measured(data: Mapping[str, Any]) -> str:
    found = []
    if "systolic" in data or "diastolic" in data:
        found.append(f"{data.get('systolic', '–')}/{data.get('diastolic', '–')} mmHg")
    found += [f"{data[name]} {unit}" for name, unit in _UNITS if name in data]
    if "well" in data:
        found.append(_("well") if data["well"] else data.get("words", ""))
    return ", ".join(found)


_UNITS = (("pulse", "/min"), ("temperature", "°C"), ("weight", "kg"))
_IDENTIFIERS = {
    "name": lambda: _("name"),
    "birth_date": lambda: _("date of birth"),
    "number": lambda: _("number"),
    "photograph": lambda: _("photograph"),
}
_RESULTS = {
    "negative": lambda: _("nothing to see"),
    "positive": lambda: _("a reaction"),
    "not_done": lambda: _("no test"),
}
_AGENTS = {
    "chlorhexidine": lambda: _("chlorhexidine in alcohol"),
    "povidone_iodine": lambda: _("povidone-iodine"),
}


def checks(session: Session, *, on: date, at: datetime, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the page before the first needle shows."""
    missing = readiness.missing(session, on=on, at=at)
    asked = todays_questions.asked(session.patient, on)
    due = {one.check for one in missing}
    return {
        "lines": lines(missing),
        "ready": not missing,
        # The last two are said together with the first needle.
        "nearly": due <= {Check.ANTISEPSIS, Check.MIXED},
        "due": {check.value: check in due for check in Check},
        "to_test": [one.about for one in missing if one.check is Check.ALLERGY_TEST],
        "to_test_names": names([one.about for one in missing if one.check is Check.ALLERGY_TEST]),
        "questions": shown_questions(asked, session, typed),
        "elsewhere": [vocabulary()[fact].label for fact in asked.elsewhere if fact in vocabulary()],
        "last_here": asked.last_here,
        "syringe_form": SyringeForm(typed if "code" in typed else None),
        "waiting": syringes.ready_for(session.patient, at),
        "decision": readiness.todays_decision(session, on),
        "settings": settings_of(session.setup),
        "device": session.device,
        "technique": devices.techniques().get(session.setup.get("technique", "")),
    }


def during(session: Session) -> dict[str, Any]:
    """Everything that the page of a session under way shows."""
    needle = devices.number("procedure.needle_change", "punctures with one needle")
    setup = session.setup
    before = queries.given_before(session.patient).first()
    last_map: dict[str, int] = {}
    for point in (session if session.points else Session(before) if before else session).points:
        last_map[point["region"]] = last_map.get(point["region"], 0) + 1
    reactions = devices.reactions()
    return {
        "needle_usual": needle.usual,
        "needles": session.needles,
        "regions": [(name, str(words), last_map.get(name, "")) for name, words in REGIONS.items()],
        "depth": setup.get("settings", {}).get("depth") or setup.get("settings", {}).get("depth stop", ""),
        "volume": setup.get("settings", {}).get("volume")
        or setup.get("settings", {}).get("volume of a shot", ""),
        "reactions": list(reactions.values()),
        "serious": [
            reactions[event.data["term"]] for event in session.serious if event.data["term"] in reactions
        ],
        "syringes": syringes.of_codes(session.syringes),
    }


def map_words(session: Session) -> str:
    return _map_words(session.points) if session.points else ""


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
