"""Entries of a health record: conditions, medicines, allergies, procedures, vaccinations.

An entry can say that something is or was, never that it is not. What is refuted, entered in error or never happened
says nothing. What is over without a day on which it ended says nothing either: it is no finding any more, the
question is put to the patient anyway, and a made-up day would either hide a risk or defer without an end.
An entry that stands in the record as current is said today, however old it is.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from anagen.exchange.codes import ALLERGIES
from anagen.exchange.fhir.context import Context, Listed
from anagen.exchange.fhir.days import Span, latest_of, span
from anagen.exchange.fhir.elements import Element
from anagen.medicine.dates import add_months
from anagen.medicine.vocabulary import FactType

# Facts that ask about the whole of a life. What is over still answers them with yes.
EVER: Final = frozenset(
    {
        "allergy.anaphylaxis",
        "allergy.mesotherapy_reaction",
        "cancer.history",
        "depression",
        "keloid.personal",
        "procedure.head_radiotherapy",
        "psychosis",
    }
)
NO_KNOWN_ALLERGY: Final = "716186003"  # SNOMED CT
VACCINATION: Final = "procedure.vaccination"

# looking a member up in its enumeration takes longer than comparing it
_STATE: Final = FactType.STATE
_EVENT: Final = FactType.EVENT
_CODE: Final = FactType.CODE

_OVER: Final = frozenset({"inactive", "remission", "resolved"})
_VOID: Final = frozenset({"refuted", "entered-in-error"})
_UNSURE: Final = frozenset({"unconfirmed", "provisional", "differential"})


def status_of(resource: Element, words: tuple[str, ...]) -> str:
    """The status, one of the words that FHIR allows; “unknown” when it is absent."""
    status = resource.word("status")
    if status and status not in words:
        what = f"“{status}” is no status of {resource.word('resourceType')}."
        raise resource.bad("status", what, f"Use one of {', '.join(words)}.")
    return status or "unknown"


def _concept_code(resource: Element, key: str) -> str:
    """The first code of a concept; empty when there is none."""
    value = resource.data.get(key)
    if value is None:
        return ""
    codings = value.get("coding") if type(value) is dict else None
    if type(codings) is list and len(codings) == 1 and type(codings[0]) is dict:  # nearly always
        code = codings[0].get("code")
        if type(code) is str:
            return code
    concept = resource.part(key)
    codings = [] if concept is None else concept.codings()
    return codings[0].code if codings else ""


def _written(context: Context, resource: Element, *keys: str) -> date | None:
    """The day on which an entry was written, the last one it may have been; None when it does not say."""
    for key in keys:
        found = span(resource, key, context.on)
        if found is not None:
            return found.last
    meta = resource.part("meta") if "meta" in resource.data else None
    updated = None if meta is None else span(meta, "lastUpdated", context.on)
    return updated.last if updated is not None else context.said_on


class _Course(NamedTuple):
    """When what an entry speaks of began and ended. ``over`` without ``end``: nobody says when it ended."""

    start: Span | None
    end: Span | None
    over: bool


def _tell(
    context: Context,
    resource: Element,
    listed: list[Listed],
    course: _Course,
    *,
    recorded: date | None = None,
    written: date | None = None,
) -> None:
    """State what the listed facts say, each after its type.

    An event without a day had happened when it was ``recorded``; a diagnosis is as old as the entry, ``written``.
    """
    if not listed:
        return
    on = context.on
    record = context.record(resource)
    facts: dict[str, set[str]] = {}
    for entry in listed:
        for fact in entry.facts:
            facts.setdefault(fact, set()).add(entry.coding.code)
    since = None if course.start is None else course.start.first
    until = None if course.end is None else course.end.last
    if course.over and until is not None:
        until = min(until, on)
    if since is not None and until is not None and until < since:
        what = f"It ends on {until}, before it begins on {since}."
        raise resource.bad("", what, "Mend one of the two dates.")
    if course.start is not None and not course.start.exact:
        context.note(resource, f"the day of its begin is not exact; as a state it is read as {since}")
    if course.end is not None and not course.end.exact:
        context.note(resource, f"the day of its end is not exact; as a state it is read as {until}")
    for fact, codes in facts.items():
        kind = context.kinds(fact)
        if kind is _STATE:
            if not course.over or until is not None:
                ended = None if fact in EVER else until
                context.state(fact, True, on, since=since, until=ended, record=record)
            elif fact in EVER:
                context.state(fact, True, on, since=since, record=record)
            else:
                context.note(resource, "it is over, nobody says since when; the question itself is asked")
        elif kind is _EVENT:
            happened = latest_of(course.start)
            context.state(fact, True, on, since=happened or recorded, record=record)
        elif kind is _CODE and not course.over:
            context.state(fact, frozenset(codes), written or since or on, record=record)


def _parted(context: Context, listed: list[Listed]) -> tuple[list[Listed], list[Listed]]:
    """What is an event, and what is a state or a diagnosis."""
    events: list[Listed] = []
    others: list[Listed] = []
    for entry in listed:
        for fact in entry.facts:
            group = events if context.kinds(fact) is FactType.EVENT else others
            group.append(Listed(entry.coding, (fact,)))
    return events, others


# conditions


def condition(context: Context, resource: Element) -> None:
    verification = _concept_code(resource, "verificationStatus")
    if verification in _VOID:
        return
    listed = context.understood(resource, resource, "code")
    start, end = _onset(context, resource), _abatement(context, resource)
    clinical = _concept_code(resource, "clinicalStatus")
    over = clinical in _OVER or (not clinical and _abated(resource))
    if not over and end is not None and end.last <= context.on:
        context.note(resource, "it counts as present although it has an end: its status says so")
        end = None
    if clinical in _OVER and end is not None and end.first > context.on:
        over = False
    written = _written(context, resource, "recordedDate")
    if verification in _UNSURE:
        listed = _only_risks(context, resource, listed)
    recorded = span(resource, "recordedDate", context.on)
    course = _Course(start, end, over)
    _tell(context, resource, listed, course, recorded=latest_of(recorded), written=written)


def _only_risks(context: Context, resource: Element, listed: list[Listed]) -> list[Listed]:
    """A diagnosis that is not confirmed is a risk, and no answer to which diagnosis there is."""
    kept = []
    for entry in listed:
        risks = tuple(fact for fact in entry.facts if context.kinds(fact) is not FactType.CODE)
        if risks:
            kept.append(Listed(entry.coding, risks))
        if len(risks) < len(entry.facts):
            context.map_not(resource, "the diagnosis is not confirmed", coding=entry.coding)
    return kept


def _abated(resource: Element) -> bool:
    return any(key.startswith("abatement") for key in resource.data)


def _onset(context: Context, resource: Element) -> Span | None:
    return _choice(context, resource, "onset", "start", may_lie_ahead=False)


def _abatement(context: Context, resource: Element) -> Span | None:
    return _choice(context, resource, "abatement", "end", may_lie_ahead=True)


def _choice(context: Context, resource: Element, name: str, end: str, *, may_lie_ahead: bool) -> Span | None:
    """onset[x] or abatement[x] as days; ranges and words name none."""
    data = resource.data
    if f"{name}DateTime" in data:
        return span(resource, f"{name}DateTime", context.on, may_lie_ahead=may_lie_ahead)
    if f"{name}Period" in data and (period := resource.part(f"{name}Period")) is not None:
        return span(period, end, context.on, may_lie_ahead=may_lie_ahead)
    if f"{name}Age" in data and (age := resource.part(f"{name}Age")) is not None:
        return _at_age(context, age)
    return None


def _at_age(context: Context, age: Element) -> Span | None:
    """The year of life that began at an age; None when the birth date is not known or the age is not in years."""
    years = age.number("value")
    if years is None or context.birth is None or age.word("code") not in ("a", ""):
        return None
    if not 0 <= years <= 130:
        raise age.bad("value", f"Nobody has an age of {years} years.", "Mend the age.")
    first = min(add_months(context.birth.first, 12 * int(years)), context.on)
    return Span(first, min(add_months(context.birth.last, 12 * int(years) + 12), context.on))


# medicines

_TAKEN: Final = (
    "active", "completed", "entered-in-error", "intended", "stopped", "on-hold", "unknown", "not-taken",
)  # fmt: skip
_ORDERED: Final = (
    "active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown",
)  # fmt: skip


def medication_statement(context: Context, resource: Element) -> None:
    status = status_of(resource, _TAKEN)
    if status in ("entered-in-error", "not-taken"):
        return
    listed = _medicine(context, resource)
    planned = status == "intended"
    period = resource.part("effectivePeriod")
    if period is not None:
        start = span(period, "start", context.on, may_lie_ahead=planned)
        end = span(period, "end", context.on, may_lie_ahead=True)
    else:
        start, end = span(resource, "effectiveDateTime", context.on, may_lie_ahead=planned), None
    over = status in ("completed", "stopped")
    asserted = span(resource, "dateAsserted", context.on)
    if over and end is None and asserted is not None:
        end = Span(asserted.last, asserted.last)  # it was over by then, at the latest
    _tell_of_medicine(context, resource, listed, _Course(start, end, over))


def medication_request(context: Context, resource: Element) -> None:
    status = status_of(resource, _ORDERED)
    if status in ("entered-in-error", "cancelled") or resource.flag("doNotPerform"):
        return
    listed = _medicine(context, resource)
    if status == "draft" or resource.word("intent") in ("proposal", "plan"):
        for entry in listed:
            context.map_not(resource, "it is only planned: ask whether it is taken", coding=entry.coding)
        return
    start, end = span(resource, "authoredOn", context.on), None
    for dosage in resource.parts("dosageInstruction"):
        timing = dosage.part("timing")
        repeat = None if timing is None else timing.part("repeat")
        bounds = None if repeat is None else repeat.part("boundsPeriod")
        if bounds is not None:
            start = span(bounds, "start", context.on, may_lie_ahead=True) or start
            end = span(bounds, "end", context.on, may_lie_ahead=True)
            if end is None:
                break
    _tell_of_medicine(context, resource, listed, _Course(start, end, status in ("completed", "stopped")))


def _tell_of_medicine(context: Context, resource: Element, listed: list[Listed], course: _Course) -> None:
    """As an event a medicine was last taken on the last day, or today while it is being taken."""
    events, states = _parted(context, listed)
    _tell(context, resource, states, course)
    if events:
        last = course.end or course.start
        if not course.over and course.end is None:
            last = Span(context.on, context.on)
        taken = None if last is None else Span(min(last.last, context.on), min(last.last, context.on))
        _tell(context, resource, events, _Course(taken, None, over=False))


def _medicine(context: Context, resource: Element) -> list[Listed]:
    """What is taken: a concept, or a Medication that is contained or stands in the bundle, with its ingredients."""
    reference = resource.part("medicationReference") if "medicationReference" in resource.data else None
    if reference is None:
        return context.understood(resource, resource, "medicationCodeableConcept", drug=True)
    target = _referred(context, resource, reference.word("reference"))
    if target is None:
        text = reference.word("display") or reference.word("reference")
        context.map_not(resource, "the Medication it refers to is not in the document", text)
        return []
    holders = [(part, "itemCodeableConcept") for part in target.parts("ingredient")]
    holders = [(part, key) for part, key in holders if part.data.get(key) is not None]
    if target.data.get("code") is not None:
        holders.insert(0, (target, "code"))
    if not holders:
        context.map_not(resource, "the Medication it refers to has no code")
    found: list[Listed] = []
    for holder, key in holders:
        found += context.understood(resource, holder, key, drug=True)
    return found


def _referred(context: Context, resource: Element, reference: str) -> Element | None:
    if reference.startswith("#"):
        inside = resource.parts("contained")
        return next((item for item in inside if item.word("id") == reference[1:]), None)
    return context.resource(reference)


# allergies


def allergy(context: Context, resource: Element) -> None:
    if _concept_code(resource, "verificationStatus") in _VOID:
        return
    if _concept_code(resource, "clinicalStatus") in ("inactive", "resolved"):
        return
    concept = resource.part("code")
    written = _written(context, resource, "recordedDate")
    if concept is not None and NO_KNOWN_ALLERGY in {coding.code for coding in concept.codings()}:
        _no_known_allergy(context, resource, written)
        return
    reactions = resource.parts("reaction")
    holders = [
        (reaction, "substance") for reaction in reactions if reaction.data.get("substance") is not None
    ]
    if concept is not None or not holders:
        holders.insert(0, (resource, "code"))
    listed: list[Listed] = []
    for holder, key in holders:
        listed += context.understood(resource, holder, key, allergy=True)
    for reaction in reactions:
        for manifestation in reaction.parts("manifestation"):
            listed += _manifest(context, manifestation)
    _tell(context, resource, listed, _Course(_onset(context, resource), None, over=False), written=written)


def _manifest(context: Context, manifestation: Element) -> list[Listed]:
    """A reaction that is a fact of its own, such as an anaphylaxis; others add nothing to the allergy."""
    placed = ((coding, context.codes.place(coding.system, coding.code)) for coding in manifestation.codings())
    return [Listed(coding, placement.facts) for coding, placement in placed if placement.facts]


def _no_known_allergy(context: Context, resource: Element, written: date | None) -> None:
    """The one entry that says “not”: every question on allergies was asked and answered with no, on a day."""
    if written is None:
        context.map_not(resource, "“no known allergy” says nothing without the day on which it was asked")
        return
    for definition in context.vocabulary:
        if definition.group == ALLERGIES and definition.type is FactType.STATE:
            context.state(definition.id, False, written)


# procedures and vaccinations

_DONE: Final = (
    "preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown",
)  # fmt: skip
_GIVEN: Final = ("completed", "entered-in-error", "not-done")


def procedure(context: Context, resource: Element) -> None:
    status = status_of(resource, _DONE)
    if status in ("preparation", "not-done", "entered-in-error"):
        return
    listed = context.understood(resource, resource, "code")
    period = resource.part("performedPeriod")
    if period is not None:
        start = span(period, "start", context.on)
        end = span(period, "end", context.on, may_lie_ahead=status == "in-progress")
    else:
        start = end = _choice(context, resource, "performed", "end", may_lie_ahead=False)
    over = status in ("completed", "stopped")
    events, states = _parted(context, listed)
    _tell(context, resource, states, _Course(start, end if over else None, over))
    last = end or start
    if not over and status == "in-progress":
        last = Span(context.on, context.on)
    _tell(context, resource, events, _Course(last, None, over=False))


def immunization(context: Context, resource: Element) -> None:
    """A vaccination that was given on a day; one without a day adds nothing to the question."""
    if status_of(resource, _GIVEN) != "completed" or VACCINATION not in context.vocabulary:
        return
    given = span(resource, "occurrenceDateTime", context.on)
    if given is not None:
        context.state(VACCINATION, True, context.on, since=given.last, record=context.record(resource))
