"""A FHIR R4 document as facts: a Bundle about one patient, or a QuestionnaireResponse alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

import orjson

from anagen.exchange.codes import codes_of
from anagen.exchange.errors import BadInput
from anagen.exchange.fhir import patients, records, responses
from anagen.exchange.fhir.context import Context
from anagen.exchange.fhir.days import span
from anagen.exchange.fhir.elements import Element
from anagen.exchange.fhir.observations import Observations
from anagen.exchange.fhir.resource_types import NOT_READ, R4
from anagen.medicine.facts import Facts
from anagen.medicine.screening import Unmapped
from anagen.medicine.vocabulary import Vocabulary

_READERS: Final[dict[str, Callable[[Context, Element], None]]] = {
    "Condition": records.condition,
    "MedicationStatement": records.medication_statement,
    "MedicationRequest": records.medication_request,
    "AllergyIntolerance": records.allergy,
    "Procedure": records.procedure,
    "Immunization": records.immunization,
    "QuestionnaireResponse": responses.response,
}
READ: Final = frozenset({*_READERS, "Patient", "Observation"})
_WHOSE: Final = {"AllergyIntolerance": "patient", "Immunization": "patient"}  # elsewhere it is the subject


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says: facts, what nothing could be made of, and which conservative readings were taken."""

    facts: Facts
    unmapped: tuple[Unmapped, ...] = ()
    notes: tuple[str, ...] = ()


def read_bytes(data: bytes, *, vocabulary: Vocabulary, on: date, file: str = "input") -> Reading:
    """Read a document from its bytes; BadInput as for :func:`read`, and with line and column for what is no JSON."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadInput(file, place, f"This is not JSON: {error.msg}.", "Mend the syntax here.") from None
    return read(document, vocabulary=vocabulary, on=on, file=file)


def read(document: Any, *, vocabulary: Vocabulary, on: date, file: str = "input") -> Reading:
    """Read a document that has been parsed, on a day.

    BadInput, with the place in it and the mend, for what is not FHIR R4, not about exactly one patient, impossible
    or in the future, or measured in units that are none.
    """
    if not isinstance(document, dict):
        raise BadInput(file, "", "This is not FHIR: it is no JSON object.", "Give a Bundle of FHIR R4.")
    root = Element(document, "", None, file)
    kind = _type_of(root, document)
    root.step = kind
    context = Context(vocabulary, codes_of(vocabulary), on, file)
    if kind == "QuestionnaireResponse":
        resources = [root]
    elif kind == "Bundle":
        resources = _entries(context, root)
    else:
        what = f"A {kind} alone cannot be screened."
        raise BadInput(file, kind, what, "Put it into a Bundle with its Patient.")
    _read_all(context, resources)
    return Reading(Facts(context.statements), tuple(context.unmapped), tuple(context.notes))


def _type_of(resource: Element, data: dict[str, Any]) -> str:
    """The resource type; BadInput when it is none of FHIR R4."""
    kind = data.get("resourceType")
    if isinstance(kind, str) and kind in R4:
        return kind
    place = f"{resource.place}.resourceType" if resource.step else "resourceType"
    if not isinstance(kind, str) or not kind:
        raise BadInput(
            resource.file, place, "This is not FHIR: it has no resourceType.", "Give a FHIR R4 Bundle."
        )
    near = get_close_matches(kind[:60], R4, n=1)
    mend = f"Did you mean {near[0]}?" if near else "Use a resource type of FHIR R4."
    raise BadInput(resource.file, place, f"“{kind[:60]}” is no resource type of FHIR R4.", mend)


def _entries(context: Context, bundle: Element) -> list[Element]:
    """The resources of a bundle, about one patient, who comes first."""
    stamp = span(bundle, "timestamp", context.on)
    context.said_on = None if stamp is None else stamp.last
    kinds: dict[str, list[tuple[str, Element]]] = {}
    for position, entry in enumerate(_list(bundle, "entry")):
        if type(entry) is not dict:
            raise bundle.bad(f"entry[{position}]", "This must be an object.", "Write it in braces.")
        data = entry.get("resource")
        if type(data) is not dict:
            if data is None:
                continue
            raise bundle.bad(f"entry[{position}].resource", "This must be an object.", "Write it in braces.")
        resource = Element(data, ("entry", position, ".resource"), bundle, bundle.file)
        full = entry.get("fullUrl", "")
        if type(full) is not str:
            raise bundle.bad(f"entry[{position}].fullUrl", "This must be a text.", "Write an address.")
        kinds.setdefault(_type_of(resource, data), []).append((full, resource))
        context.entries.append((full, resource))
    found = kinds.get("Patient", [])
    patient = patients.only_patient(bundle, [resource for _, resource in found])
    known = {name for full, resource in found for name in patients.names_of(resource, full)}
    for kind, entries in kinds.items():
        if kind in READ and kind != "Patient":
            key = _WHOSE.get(kind, "subject")
            for _, resource in entries:
                subject = resource.data.get(key)
                reference = subject.get("reference") if type(subject) is dict else None
                if type(reference) is not str or reference not in known:
                    patients.check_subject(resource, key, known, patient)
    patients.read(context, patient)
    return [resource for _, resource in context.entries]


def _list(element: Element, key: str) -> list[Any]:
    value = element.data.get(key, [])
    if type(value) is not list:
        raise element.bad(key, "This must be a list.", "Write it in brackets.")
    return value


def _read_all(context: Context, resources: list[Element]) -> None:
    observations = Observations(context)
    answered: list[Element] = []
    for resource in resources:
        kind = resource.data["resourceType"]
        if "modifierExtension" in resource.data and kind in READ:
            context.map_not(resource, "it carries a modifierExtension, which may turn its meaning round")
        if kind == "Observation":
            observations.read(resource)
        elif kind == "QuestionnaireResponse":
            answered.append(resource)
        elif kind in _READERS:
            _READERS[kind](context, resource)
        elif kind != "Patient":
            _pass_over(context, resource, kind)
    observations.state()
    start = len(context.statements)
    for resource in answered:
        responses.response(context, resource)
    responses.drop_inapplicable(context, range(start, len(context.statements)))


def _pass_over(context: Context, resource: Element, kind: str) -> None:
    """What is not read: listed when it could bear on the answer."""
    if kind in NOT_READ or kind == "Bundle":
        status = resource.word("status")
        if status != "entered-in-error":
            code = resource.data.get("code")
            text = resource.part("code").words() if isinstance(code, dict) else ""  # type: ignore[union-attr]
            context.map_not(resource, f"{kind} is not read", text or kind)
    elif kind == "DiagnosticReport" and (
        resource.data.get("conclusion") or resource.data.get("conclusionCode")
    ):
        codes = [code.words() for code in resource.parts("conclusionCode")]
        text = resource.word("conclusion") or "; ".join(codes)
        context.map_not(resource, "the conclusion of a report is not read", text)
