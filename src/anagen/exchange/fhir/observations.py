"""Observations: values with their unit, and coded answers. Of one fact the newest counts.

Values are gathered while a document is read and stated at its end: an older value does not speak beside a newer one.
Where two are equally new and nobody says which came last, both are stated and the riskier counts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from anagen.exchange.fhir.context import Context
from anagen.exchange.fhir.days import Span, span
from anagen.exchange.fhir.elements import Coding, Element
from anagen.exchange.fhir.records import status_of
from anagen.exchange.units import AnotherKind, ImplausibleValue, NeedsAPerson, UnknownUnit, measured
from anagen.medicine.facts import UNKNOWN, Answer, Speaker
from anagen.medicine.quantities import Quantity
from anagen.medicine.vocabulary import FactDefinition, FactType

RECORD: Final = "observation"

_STATUS: Final = (
    "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown",
)  # fmt: skip
_VALUES: Final = frozenset(
    {
        "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger", "valueRange",
        "valueRatio", "valueSampledData", "valueTime", "valueDateTime", "valuePeriod",
    }
)  # fmt: skip

# answers by their code: HL7's v2-0136, LOINC answer lists, SNOMED CT
YES: Final = frozenset(
    {
        "Y", "LA33-6", "LA15173-0", "LA6576-8", "LA11882-0", "LA9633-4", "373066001", "10828004", "260373001",
        "52101004",
    }
)  # fmt: skip
NO: Final = frozenset(
    {
        "N", "LA32-8", "LA26683-5", "LA6577-6", "LA11883-8", "LA9634-2", "373067005", "260385009", "260415000",
        "2667000", "60001007",
    }
)  # fmt: skip
DONT_KNOW: Final = frozenset(
    {
        "asked-unknown", "unknown", "asked-declined", "temp-unknown", "UNK", "ASKU", "LA12688-0", "LA4489-6",
        "261665006",
    }
)  # fmt: skip
_SEX: Final = {
    "LA2-8": "male", "LA3-6": "female", "M": "male", "F": "female", "248153007": "male", "248152002": "female",
}  # fmt: skip


class Value(NamedTuple):
    """One value of a fact with the time it was taken."""

    value: Answer
    span: Span
    since: date | None = None


class Observations:
    """The values of one document by fact."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.values: dict[str, list[Value]] = {}

    def read(self, resource: Element) -> None:
        """One Observation with its components."""
        if status_of(resource, _STATUS) in ("cancelled", "entered-in-error"):
            return
        if "focus" in resource.data and resource.parts("focus"):
            self.context.map_not(resource, "it is about something or somebody else than the patient")
            return
        when = self._when(resource)
        self._value(resource, resource, when)
        for component in resource.parts("component") if "component" in resource.data else ():
            self._value(resource, component, when)

    def _when(self, resource: Element) -> Span | None:
        on = self.context.on
        for key in ("effectiveDateTime", "effectiveInstant"):
            found = span(resource, key, on)
            if found is not None:
                return found
        period = resource.part("effectivePeriod")
        if period is not None:
            return span(period, "end", on, may_lie_ahead=True) or span(period, "start", on)
        return span(resource, "issued", on)

    def _value(self, resource: Element, part: Element, when: Span | None) -> None:
        keys = _VALUES.intersection(part.data)
        key = min(keys) if keys else ""
        if not key:
            if resource is part and not part.parts("component") and part.part("code") is None:
                self.context.map_not(resource, "it has no code")
            return
        listed = self.context.understood(resource, part, "code")
        for entry in listed:
            for fact in entry.facts:
                self._answer(resource, part, key, self.context.vocabulary[fact], entry.coding, when)
        if not listed and key == "valueCodeableConcept":
            self._finding(resource, part, when)

    def _finding(self, resource: Element, part: Element, when: Span | None) -> None:
        """A value that is a diagnosis under a code that says only that there is one."""
        context = self.context
        concept = part.part("valueCodeableConcept")
        for coding in () if concept is None else concept.codings():
            for fact in context.codes.place(coding.system, coding.code).facts:
                if context.kinds(fact) in (FactType.STATE, FactType.EVENT):
                    since = None if when is None else when.last
                    context.state(fact, True, context.on, since=since, record=context.record(resource))

    def _answer(
        self,
        resource: Element,
        part: Element,
        key: str,
        definition: FactDefinition,
        coding: Coding,
        when: Span | None,
    ) -> None:
        if when is None:
            self.context.map_not(resource, "it does not say when it was taken", coding=coding)
            return
        answer = self._read(resource, part, key, definition, coding)
        if answer is not None:
            since = when.last if definition.type is FactType.EVENT and answer is True else None
            self.values.setdefault(definition.id, []).append(Value(answer, when, since))

    def _read(
        self, resource: Element, part: Element, key: str, definition: FactDefinition, coding: Coding
    ) -> Answer | None:
        """The value as an answer to its fact; None, with an entry among the unmapped, where it is none."""
        found: Answer | None = None
        match key, definition.type:
            case "valueQuantity", FactType.QUANTITY:
                amount = part.part(key)
                return (
                    None if amount is None else quantity(self.context, resource, amount, definition, coding)
                )
            case "valueCodeableConcept", FactType.STATE | FactType.EVENT | FactType.CHOICE:
                concept = part.part(key)
                codes = [] if concept is None else [coding.code for coding in concept.codings()]
                found = coded_answer(codes, definition, self.context)
            case "valueBoolean", FactType.STATE | FactType.EVENT:
                found = part.flag(key)
            case "valueDateTime", FactType.DATE:
                day = span(part, key, self.context.on)
                found = day.first if day is not None and day.exact else None
        if found is None:
            self.context.map_not(resource, f"its value is no answer to {definition.label}", coding=coding)
        return found

    def state(self) -> None:
        """State the newest value of each fact."""
        for fact, values in self.values.items():
            definition = self.context.vocabulary[fact]
            laboratory = Speaker.LABORATORY in definition.speakers
            speaker = Speaker.LABORATORY if laboratory else Speaker.SYSTEM
            for number, value in enumerate(newest(values)):
                # a “no” from an observation is an answer, so it must not look like a record
                record = "" if value.value is False else RECORD if number == 0 else f"{RECORD} {number + 1}"
                self.context.state(
                    fact, value.value, value.span.first, speaker, since=value.since, record=record
                )


def newest(values: list[Value]) -> list[Value]:
    """The newest value; several when they differ and nobody can say which is the newest."""
    last = max(value.span.last for value in values)
    latest = [value for value in values if value.span.last == last]
    if all(value.span.moment is not None for value in latest):
        moment = max(value.span.moment or datetime.min.replace(tzinfo=UTC) for value in latest)
        latest = [value for value in latest if value.span.moment == moment]
    return list({value.value: value for value in latest}.values())


def quantity(
    context: Context, resource: Element, amount: Element, definition: FactDefinition, coding: Coding | None
) -> Quantity | None:
    """A FHIR Quantity in the unit of its fact; None, with an entry among the unmapped, where a person is needed."""
    value = amount.number("value")
    if value is None:
        return None
    if amount.word("comparator"):
        text = f"{definition.label} {amount.word('comparator')} {value}"
        context.map_not(resource, "it is a limit and no value", text, coding)
        return None
    unit = amount.word("code") or amount.word("unit")
    key = "code" if amount.word("code") else "unit"
    if not unit:
        mend = f"Add system http://unitsofmeasure.org and code, such as {definition.unit}."
        raise amount.bad("code", f"{definition.label} has no unit.", mend)
    try:
        return measured(context.vocabulary, definition.id, value, unit)
    except NeedsAPerson as error:
        context.map_not(resource, str(error), f"{definition.label} {value} {unit}", coding)
        return None
    except AnotherKind as error:
        raise amount.bad(key, f"{error}.", f"Use {definition.unit}, or mend the code.") from None
    except UnknownUnit:
        what = f"The unit “{unit}” is not known."
        raise amount.bad(
            key, what, f"Use a unit of UCUM for {definition.label}, such as {definition.unit}."
        ) from None
    except ImplausibleValue as error:
        raise amount.bad("value", f"{error}.", "Mend the value or its unit.") from None


def coded_answer(codes: list[str], definition: FactDefinition, context: Context) -> Answer | None:
    """What the codes of an answer say; None when they say nothing that is known, or contradict each other."""
    answers: set[Answer] = set()
    for code in codes:
        if code in DONT_KNOW:
            answers.add(UNKNOWN)
        elif definition.type is FactType.CHOICE:
            word = code if code in definition.options else _SEX.get(code, "")
            if word in definition.options:
                answers.add(word)
        elif code in YES:
            answers.add(True)
        elif code in NO:
            answers.add(False)
        elif definition.id in context.vocabulary.index.facts("snomed", code):
            answers.add(True)
    known = answers - {UNKNOWN}
    if len(known) == 1:
        return known.pop()
    return UNKNOWN if answers == {UNKNOWN} else None
