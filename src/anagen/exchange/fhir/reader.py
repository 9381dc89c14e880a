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
from anagen.exchange.fhir.context import Context, last_segment
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
    resources = []
    addresses: list[tuple[str, Element]] = []
    for entry in bundle.parts("entry"):
        resource = entry.part("resource")
        if resource is None:
            continue
        kind = _type_of(resource, resource.data)
        resources.append(resource)
        own = resource.word("id")
        if own:
            addresses.append((f"{kind}/{own}", resource))
        full = entry.word("fullUrl")
        if full:
            addresses.append((full, resource))
            addresses.append((last_segment(full), resource))
    for address, resource in reversed(addresses):
        context.resources[address] = resource
    patient = patients.only_patient(bundle, resources)
    known = patients.names_of(patient, addresses)
    for resource in resources:
        kind = resource.word("resourceType")
        if kind in READ and resource.data is not patient.data:
            patients.check_subject(resource, _WHOSE.get(kind, "subject"), known, patient)
    patients.read(context, patient)
    return resources


def _read_all(context: Context, resources: list[Element]) -> None:
    observations = Observations(context)
    answered: list[Element] = []
    for resource in resources:
        kind = resource.word("resourceType")
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
