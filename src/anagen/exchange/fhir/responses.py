"""QuestionnaireResponse: direct answers. The link of a question is the id of its fact.

Three answers stay apart: a value (“no” is one), *don’t know*, and *not asked*, which is no answer at all. Answers to
questions that do not apply are dropped, and a note says so. Answers without a day cannot be fresh: only those that
never grow old count, and the response is listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from anagen.exchange.codes import SYSTEMS
from anagen.exchange.facts import applicable
from anagen.exchange.fhir.context import Context
from anagen.exchange.fhir.days import Span, span
from anagen.exchange.fhir.elements import Element
from anagen.exchange.fhir.observations import DONT_KNOW, coded_answer, quantity
from anagen.medicine.facts import UNKNOWN, Answer, Facts, Speaker
from anagen.medicine.screening import Unmapped
from anagen.medicine.vocabulary import FactDefinition, FactType

URL: Final = "https://anagen.example/fhir/Questionnaire/intake"

SINCE: Final = ".since"
UNTIL: Final = ".until"

_STATUS: Final = ("in-progress", "completed", "amended", "entered-in-error", "stopped")
_CLINICIANS: Final = frozenset({"Practitioner", "PractitionerRole"})
_PATIENTS: Final = frozenset({"Patient", "RelatedPerson"})
_WITH_DAYS: Final = (FactType.STATE, FactType.EVENT)
_LONG_AGO: Final = date(1, 1, 1)
_VALUES: Final = (
    "valueCoding", "valueBoolean", "valueQuantity", "valueDate", "valueDateTime", "valueString", "valueDecimal",
    "valueInteger", "valueTime", "valueUri", "valueReference", "valueAttachment",
)  # fmt: skip


@dataclass(slots=True)
class _Said:
    """What one response says of one question."""

    item: Element
    answer: Answer | None = None
    since: Span | None = None
    until: Span | None = None
    codes: set[str] = field(default_factory=set)


def response(context: Context, resource: Element) -> None:
    """State the answers of one response."""
    status = resource.word("status")
    if status and status not in _STATUS:
        what = f"“{status}” is no status of QuestionnaireResponse."
        raise resource.bad("status", what, f"Use one of {', '.join(_STATUS)}.")
    if status == "entered-in-error":
        return
    asked = resource.word("questionnaire").partition("|")[0]
    if asked and asked != URL:
        context.map_not(resource, f"it answers another questionnaire, {asked}", "all of its answers")
        return
    authored = span(resource, "authored", context.on)
    written = _dated(context, resource, authored)
    said = _answers(context, resource)
    for fact, found in said.items():
        _state(context, resource, context.vocabulary[fact], found, written)


def _dated(context: Context, resource: Element, authored: Span | None) -> date:
    """The day of the answers; for a partial date the first one it may be, so that no answer looks too fresh."""
    if authored is not None:
        if not authored.exact:
            context.note(resource, f"authored is not an exact day; it is read as {authored.first}")
        return authored.first
    meta = resource.part("meta")
    updated = None if meta is None else span(meta, "lastUpdated", context.on)
    day = updated.first if updated is not None else context.said_on
    if day is None:
        context.map_not(resource, "it does not say when it was answered (authored)", "the age of its answers")
        return _LONG_AGO
    return day


def _speaker(resource: Element) -> Speaker | None:
    """Who answered: the source, else the author; None when neither is named."""
    for key in ("source", "author"):
        reference = resource.part(key)
        if reference is None:
            continue
        kind = reference.word("type") or reference.word("reference").rpartition("/")[0].rpartition("/")[2]
        if kind in _CLINICIANS:
            return Speaker.CLINICIAN
        if kind in _PATIENTS or key == "source":
            return Speaker.PATIENT
    return None


def _answers(context: Context, resource: Element) -> dict[str, _Said]:
    """All answered questions, wherever in the nested groups they stand."""
    said: dict[str, _Said] = {}
    waiting = list(reversed(resource.parts("item")))
    while waiting:
        item = waiting.pop()
        answers = item.parts("answer")
        waiting.extend(reversed(item.parts("item")))
        for answer in reversed(answers):
            waiting.extend(reversed(answer.parts("item")))
        if answers:
            _read_item(context, resource, item, answers, said)
    return {fact: found for fact, found in said.items() if _is_answered(context, resource, fact, found)}


def _is_answered(context: Context, resource: Element, fact: str, found: _Said) -> bool:
    if found.answer is not None:
        return True
    if found.since is not None or found.until is not None:
        label = context.vocabulary[fact].label
        context.map_not(resource, "it gives a day and not whether it is so", f"{label} ({fact})")
    return False


def _read_item(
    context: Context, resource: Element, item: Element, answers: list[Element], said: dict[str, _Said]
) -> None:
    link = item.word("linkId")
    fact, suffix = _fact_of(context, link)
    if fact is None:
        text = item.word("text") or link or "a question without linkId"
        context.map_not(resource, f"no question has the linkId “{link}”", text)
        return
    found = said.setdefault(fact, _Said(item))
    definition = context.vocabulary[fact]
    if len(answers) > 1 and not (definition.type is FactType.CODE and not suffix):
        raise item.bad("answer", f"“{link}” has more than one answer.", "Keep one of them.")
    if suffix:
        _read_day(context, resource, answers[0], link, suffix, found)
        return
    if found.answer is not None:
        raise item.bad("linkId", f"“{link}” is answered twice.", "Keep one of the two answers.")
    found.item = item
    for answer in answers:
        found.answer = _read_answer(context, resource, answer, definition, found)


def _fact_of(context: Context, link: str) -> tuple[str | None, str]:
    if link in context.vocabulary:
        return link, ""
    for suffix in (SINCE, UNTIL):
        fact = link.removesuffix(suffix)
        if fact != link and fact in context.vocabulary and context.kinds(fact) in _WITH_DAYS:
            return fact, suffix
    return None, ""


def _read_day(
    context: Context, resource: Element, answer: Element, link: str, suffix: str, found: _Said
) -> None:
    key = "valueDateTime" if "valueDateTime" in answer.data else "valueDate"
    day = span(answer, key, context.on, may_lie_ahead=suffix == UNTIL)
    if day is None:
        if any(name in answer.data for name in _VALUES):
            context.map_not(resource, "the answer is no date", link)
        return
    attribute = "since" if suffix == SINCE else "until"
    if getattr(found, attribute) is not None:
        raise answer.bad(key, f"“{link}” is answered twice.", "Keep one of the two answers.")
    setattr(found, attribute, day)


def _read_answer(
    context: Context, resource: Element, answer: Element, definition: FactDefinition, found: _Said
) -> Answer | None:
    """One answer after the type of its fact; None when it says nothing or is listed as unmapped."""
    key = next((key for key in _VALUES if answer.data.get(key) is not None), "")
    if not key:
        reasons = {answer.absent_because(name[1:]) for name in answer.data if name.startswith("_value")}
        return UNKNOWN if reasons & DONT_KNOW else found.answer
    value = _typed(context, resource, answer, key, definition, found)
    if value is None:
        text = f"{definition.label}: {_shown(answer, key)}"
        context.map_not(resource, f"the answer does not fit the question ({definition.id})", text)
    return value


def _typed(
    context: Context, resource: Element, answer: Element, key: str, definition: FactDefinition, found: _Said
) -> Answer | None:
    match key, definition.type:
        case "valueCoding", FactType.CODE:
            return _codes(context, answer, definition, found)
        case "valueCoding", FactType.STATE | FactType.EVENT | FactType.CHOICE:
            coding = answer.part(key)
            code = "" if coding is None else coding.word("code")
            return coded_answer([code], definition, context) if code else None
        case "valueCoding", _:
            coding = answer.part(key)
            return UNKNOWN if coding is not None and coding.word("code") in DONT_KNOW else None
        case "valueBoolean", FactType.STATE | FactType.EVENT:
            return answer.flag(key)
        case "valueDate" | "valueDateTime", FactType.EVENT:
            found.since = span(answer, key, context.on)
            return True
        case "valueDate" | "valueDateTime", FactType.DATE:
            return _date(context, resource, answer, key, definition, found)
        case "valueQuantity", FactType.QUANTITY:
            amount = answer.part(key)
            return None if amount is None else quantity(context, resource, amount, definition, None)
        case "valueDecimal" | "valueInteger", FactType.QUANTITY:
            mend = f"Send a valueQuantity with the code {definition.unit}."
            raise answer.bad(key, f"{definition.label} has no unit.", mend)
        case "valueString", FactType.CHOICE:
            word = answer.word(key)
            return word if word in definition.options else None
    return None


def _codes(context: Context, answer: Element, definition: FactDefinition, found: _Said) -> Answer | None:
    """One more code of a fact that is a set of them; it must be a valid one of the fact's system."""
    coding = answer.part("valueCoding")
    code = "" if coding is None else coding.word("code").strip()
    if coding is None or not code:
        return None
    if code in DONT_KNOW:
        return found.answer or UNKNOWN
    system = SYSTEMS.get(coding.word("system").partition("|")[0])
    if system is None or system.name != definition.system:
        return None
    if context.codes.place(system.url, code).why:
        return None
    found.codes.add(code)
    return frozenset(found.codes)


def _date(
    context: Context, resource: Element, answer: Element, key: str, definition: FactDefinition, found: _Said
) -> Answer | None:
    day = span(answer, key, context.on)
    if day is None:
        return None
    if not day.exact:
        context.note(resource, f"{definition.id} is not an exact day; read as {day.first} and as {day.last}")
        found.since = day
    return day.first


def _shown(answer: Element, key: str) -> str:
    value = answer.data[key]
    if isinstance(value, dict):
        return str(value.get("display") or value.get("code") or value.get("value") or "")
    return str(value)


def _state(
    context: Context, resource: Element, definition: FactDefinition, found: _Said, written: date
) -> None:
    speaker = _speaker(resource)
    if speaker is None:
        # nobody is named: the one who usually answers this question
        speaker = Speaker.PATIENT if Speaker.PATIENT in definition.speakers else definition.speakers[0]
    elif speaker is Speaker.PATIENT and speaker not in definition.speakers:
        why = f"the patient alone cannot answer this ({definition.id}): a clinician has to"
        context.map_not(resource, why, definition.label)
        return
    if definition.type is FactType.DATE and found.since is not None:
        for day in (found.since.first, found.since.last):
            context.state(definition.id, day, written, speaker, record=f"{definition.id} {day}")
        return
    if found.answer is False and (found.since is not None or found.until is not None):
        context.map_not(
            resource, f"the answer is no, and yet it has a day ({definition.id})", definition.label
        )
        return
    since, until = _bounds(context, resource, definition, found)
    context.state(definition.id, found.answer, written, speaker, since=since, until=until)  # type: ignore[arg-type]


def _bounds(
    context: Context, resource: Element, definition: FactDefinition, found: _Said
) -> tuple[date | None, date | None]:
    """The days of a yes: an event on its last possible day, a state from the first to the last."""
    if found.answer is not True:
        return None, None
    is_event = definition.type is FactType.EVENT
    since = None if found.since is None else found.since.last if is_event else found.since.first
    until = None if found.until is None else found.until.last
    for name, bounds, day in (("since", found.since, since), ("until", found.until, until)):
        if bounds is not None and not bounds.exact:
            context.note(resource, f"{definition.id}.{name} is not an exact day; it is read as {day}")
    if since is not None and until is not None and until < since:
        what = f"{definition.label} ends on {until}, before it begins on {since}."
        raise found.item.bad("", what, "Mend one of the two dates.")
    return since, until


def drop_inapplicable(context: Context, answers: range) -> None:
    """Take out the answers (statements of that range) to questions that do not apply to this patient.

    A yes among them is listed: either it is wrong, or the answer by which the question does not apply.
    """
    said = context.statements[answers.start : answers.stop]
    if not any(context.vocabulary[statement.fact].asked_when for statement in said):
        return
    kept, dropped = applicable(Facts(context.statements), context.vocabulary, context.on, set(map(id, said)))
    context.statements[:] = kept
    for statement in dropped:
        label = context.vocabulary[statement.fact].label
        if statement.value is True:
            why = f"the answer is yes, and the question does not apply ({statement.fact}): one of the two is wrong"
            context.unmapped.append(Unmapped("QuestionnaireResponse", label, why))
        else:
            context.notes.append(f"{label}: this question does not apply, its answer is left out")
