"""Whom a bundle is about: exactly one patient, and every entry about that one."""

from __future__ import annotations

from typing import Final

from anagen.exchange.fhir.context import Context, last_segment
from anagen.exchange.fhir.days import span
from anagen.exchange.fhir.elements import Element
from anagen.medicine.dates import age_in_years
from anagen.medicine.vocabulary import BIRTH_DATE

_GENDERS: Final = ("male", "female", "other", "unknown")
_OLDEST: Final = 130  # years; nobody has been known to live longer


def only_patient(bundle: Element, found: list[Element]) -> Element:
    """The one Patient; BadInput when there is none or there are two. The same one twice is one."""
    if not found:
        raise bundle.bad("entry", "There is no Patient.", "Add the Patient whom the entries are about.")
    for other in found[1:]:
        if other.data != found[0].data:
            what = "This is a second Patient."
            raise other.bad("", what, "Give a bundle about one patient.")
    return found[0]


def names_of(patient: Element, full: str) -> set[str]:
    """Everything by which entries of the bundle may refer to the patient, whose address there is ``full``."""
    names = {full, last_segment(full)} if full else set()
    own = patient.word("id")
    if own:
        names |= {own, f"urn:uuid:{own}", f"Patient/{own}"}
    return names | {f"Patient/{name.rpartition(':')[2]}" for name in names if name.startswith("urn:")}


def check_subject(resource: Element, key: str, known: set[str], patient: Element) -> None:
    """BadInput when an entry is about somebody else.

    An entry without a subject is the patient's, as is all of the bundle. A patient without any address is the one
    whom the first entry refers to.
    """
    subject = resource.part(key)
    reference = "" if subject is None else subject.word("reference")
    if subject is None or not reference:
        return
    name = last_segment(reference)
    if reference in known or name in known or _is_search_for(patient, reference):
        return
    if not known:
        known |= {reference, name}
        return
    who = f"Patient/{patient.word('id')}" if patient.word("id") else patient.place
    what = f"This is about {reference[:80]}, and the patient of this bundle is {who}."
    raise subject.bad("reference", what, "Give a bundle about one patient, or mend the reference.")


def _is_search_for(patient: Element, reference: str) -> bool:
    """Whether a reference such as ``Patient?identifier=system|7`` names this patient."""
    _, question, query = reference.partition("?identifier=")
    value = query.rpartition("|")[2]
    return bool(question) and any(value == known.word("value") for known in patient.parts("identifier"))


def read(context: Context, patient: Element) -> None:
    """Birth date and administrative gender; other and unknown leave the sex open, so that everything is asked."""
    record = context.record(patient)
    birth = span(patient, "birthDate", context.on)
    if birth is not None:
        if age_in_years(birth.last, context.on) > _OLDEST:
            what = f"This makes the patient {age_in_years(birth.last, context.on)} years old."
            raise patient.bad("birthDate", what, "Mend the date.")
        context.birth = birth
        if birth.exact:
            context.state(BIRTH_DATE, birth.first, context.on, record=record)
        else:
            # either end may be the riskier one, so both are stated and the riskier counts
            context.note(patient, f"birthDate is not an exact day; read as {birth.first} and as {birth.last}")
            context.state(BIRTH_DATE, birth.first, context.on, record=f"{record} earliest")
            context.state(BIRTH_DATE, birth.last, context.on, record=f"{record} latest")
    gender = patient.word("gender")
    if gender and gender not in _GENDERS:
        raise patient.bad("gender", f"“{gender}” is no gender of FHIR.", f"Use one of {', '.join(_GENDERS)}.")
    if gender in ("male", "female") and "sex" in context.vocabulary:
        context.state("sex", gender, context.on, record=record)
    if patient.data.get("deceasedBoolean") is True or patient.data.get("deceasedDateTime"):
        context.map_not(patient, "the record says that this person has died", "deceased")
