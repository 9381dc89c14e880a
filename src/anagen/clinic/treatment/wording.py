"""What is missing, what happened and what may not be, in words for people."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from anagen.clinic.intake.queries import vocabulary
from anagen.clinic.review.queries import current
from anagen.medicine.treatment import Check, Gap, Kind, Mender, Missing, State

from . import devices
from .models import CertificateKind

CHECKS: dict[Check, Promise] = {
    Check.DAY: lazy("The day"),
    Check.CERTIFICATE: lazy("Certificates"),
    Check.PRICE: lazy("Price"),
    Check.IDENTITY: lazy("Who this is"),
    Check.QUESTIONS: lazy("Today’s questions"),
    Check.VERDICT: lazy("Verdict of today"),
    Check.CONSENT: lazy("Consent"),
    Check.EXAMINATION: lazy("Scalp and emergency kit"),
    Check.DEVICE: lazy("Device"),
    Check.SYRINGE: lazy("Syringe"),
    Check.PRESSURE: lazy("Blood pressure"),
    Check.ALLERGY_TEST: lazy("Test spot"),
    Check.ANTISEPSIS: lazy("Antisepsis"),
    Check.MIXED: lazy("Drawn up before the patient"),
}

MENDERS: dict[Mender, Promise] = {
    Mender.PATIENT: lazy("the patient"),
    Mender.INJECTOR: lazy("whoever injects"),
    Mender.DESK: lazy("the front desk"),
    Mender.MIXER: lazy("whoever mixes"),
    Mender.SECOND_PERSON: lazy("a second person"),
    Mender.PRESCRIBER: lazy("a prescriber"),
    Mender.MEDICAL_LEAD: lazy("the medical lead"),
}

STATES: dict[State, Promise] = {
    State.PREPARING: lazy("Being prepared"),
    State.UNDER_WAY: lazy("Under way"),
    State.PAUSED: lazy("Paused"),
    State.STOPPED: lazy("Stopped"),
    State.GIVEN: lazy("Given, not signed"),
    State.SIGNED: lazy("Signed"),
    State.CALLED_OFF: lazy("Called off"),
}

KINDS: dict[Kind, Promise] = {
    Kind.IDENTITY: lazy("Identity confirmed"),
    Kind.QUESTIONS: lazy("Today’s questions answered"),
    Kind.EXAMINED: lazy("Scalp seen, emergency kit checked"),
    Kind.VITALS: lazy("Measured"),
    Kind.SETUP: lazy("Device and settings"),
    Kind.SYRINGE: lazy("Syringe scanned"),
    Kind.ALLERGY_TEST: lazy("Test spot read"),
    Kind.ANTISEPSIS: lazy("Antisepsis"),
    Kind.ANAESTHESIA: lazy("Numbing"),
    Kind.MIXED: lazy("Label read out before the patient"),
    Kind.FIRST_NEEDLE: lazy("First needle"),
    Kind.NEEDLE_CHANGE: lazy("New needle"),
    Kind.MAP: lazy("Points entered"),
    Kind.PAIN: lazy("Pain"),
    Kind.PAUSE: lazy("Paused"),
    Kind.RESUME: lazy("Went on"),
    Kind.REACTION: lazy("Reaction"),
    Kind.STOP: lazy("Stopped"),
    Kind.NOTE: lazy("Note"),
    Kind.OBSERVED: lazy("Seen during observation"),
    Kind.SHEET: lazy("Care sheet given"),
    Kind.LEFT: lazy("Left"),
    Kind.CALLED_OFF: lazy("Called off"),
}

GAPS: dict[Gap, Promise] = {
    Gap.NOT_FINISHED: lazy("The session is not finished."),
    Gap.NO_MAP: lazy("The points are not entered."),
    Gap.NO_PAIN: lazy("Nobody asked how much it hurt."),
    Gap.NOT_OBSERVED: lazy("Nobody has looked after the patient since the last needle."),
    Gap.TOO_SHORT: lazy("The patient was not seen at the end of the observation."),
    Gap.NO_REASON: lazy("The patient left early, and nobody said why."),
    Gap.NO_SHEET: lazy("The care sheet was not given."),
}

REGIONS: dict[str, Promise] = {
    "frontal": lazy("front"),
    "midscalp": lazy("middle"),
    "vertex": lazy("vertex"),
    "temporal-left": lazy("left temple"),
    "temporal-right": lazy("right temple"),
    "parietal-left": lazy("left side"),
    "parietal-right": lazy("right side"),
    "occipital": lazy("back"),
}


def missing_words(missing: Missing) -> str:
    """What is missing, as one sentence."""
    about = missing.about
    match missing.check, missing.why:
        case Check.DAY, "another_day":
            return _("This session was opened on another day. Begin a new one.")
        case Check.DAY, "no_course":
            return _("No course is planned. Plan one first.")
        case Check.DAY, "not_planned":
            return _("No session is planned for today. Move one to today first.")
        case Check.DAY, "given_today":
            return _("A session was given today already.")
        case Check.DAY, "healing":
            return _("The punctures of the last session are still healing by the calendar.")
        case Check.DAY, _why:
            return _("Today is not permitted by the patient’s timeline.")
        case Check.CERTIFICATE, _why:
            return _("%(paper)s: none is valid today.") % {"paper": _capital(CertificateKind(about).label)}
        case Check.PRICE, _why:
            return _("The price list says nothing of this session. What it costs is said before.")
        case Check.IDENTITY, _why:
            return _("Confirm two things, such as the name and the date of birth.")
        case Check.QUESTIONS, "no_answer":
            return _("No answer of today: %(label)s.") % {"label": _label(about)}
        case Check.QUESTIONS, _why:
            return _("Ask today’s questions.")
        case Check.VERDICT, "not_today":
            return _("The rules have not been asked today. They are when the questions are answered.")
        case Check.VERDICT, "incomplete":
            return _("Answers are missing. The decision lists them.")
        case Check.VERDICT, why:
            return _VERDICTS[why]()
        case Check.CONSENT, why:
            return _CONSENT[why]()
        case Check.EXAMINATION, _why:
            return _("Look at the scalp, and check the emergency kit.")
        case Check.DEVICE, "not_chosen":
            return _("Choose a device.")
        case Check.DEVICE, _why:
            return fault_words(about, "", "")
        case Check.SYRINGE, why:
            return _SYRINGE[why]() % {"code": about}
        case Check.PRESSURE, _why:
            return _("Measure the blood pressure: %(names)s can lower it.") % {
                "names": names(about.split(", "))
            }
        case Check.ALLERGY_TEST, _why:
            return _("%(name)s is new to this patient. Read a test spot, or say why there is none.") % {
                "name": names([about])
            }
        case Check.ANTISEPSIS, _why:
            return _("Disinfect, and wait until the skin is dry.")
        case Check.MIXED, _why:
            return _("Read out product and expiry before the patient.")


_VERDICTS = {
    "defer": lambda: _("Not today: the rules defer the treatment."),
    "refer": lambda: _("A prescriber, a specialist or a test has to answer first."),
    "exclude": lambda: _("The rules exclude this treatment."),
}
_CONSENT = {
    "none": lambda: _("The patient has not signed the consent."),
    "outdated": lambda: _("The text has changed since the patient signed. Sign the new one."),
    "other_device": lambda: _("The patient consented to another device. Sign for this one."),
    "withdrawn": lambda: _("The patient has withdrawn the consent."),
}
_SYRINGE = {
    "none": lambda: _("Scan the syringe."),
    "other_patient": lambda: _("Syringe %(code)s is for another patient. Put it away."),
    "given": lambda: _("Syringe %(code)s has been given already."),
    "discarded": lambda: _("Syringe %(code)s was thrown away."),
    "held_back": lambda: _("A lot in syringe %(code)s is held back or has expired. Put it away."),
    "too_old": lambda: _("Syringe %(code)s is past its time. Throw it away."),
    "not_checked": lambda: _("Syringe %(code)s still needs its second check."),
    "content_unknown": lambda: _("It is not known what syringe %(code)s holds."),
}


def fault_words(fault: str, device: str, technique: str) -> str:
    """Why a session cannot be done like this."""
    match fault:
        case "unknown":
            return _("This device is not known.")
        case "who":
            return _("This device is not for your role.")
        case "off":
            return _("This device is switched off. The medical lead can allow it.")
        case "technique":
            return _("This technique does not go with the device.")
    if not device:
        return _("“%(name)s” is out of bounds.") % {"name": fault}
    one = next(one for one in devices.parameters_of(device, technique) if one.name == fault)
    bounds = [
        words % {"value": value}
        for words, value in (
            (_("at least %(value)s"), one.refuse_below),
            (_("at most %(value)s"), one.refuse_above),
        )
        if value is not None
    ]
    return _("%(name)s: %(bounds)s %(unit)s.") % {
        "name": _capital(fault),
        "bounds": ", ".join(bounds) or _("enter a number in"),
        "unit": one.unit,
    }


def who_words(menders: Iterable[Mender]) -> str:
    """Who can mend it: “the patient or whoever injects”."""
    return _(" or ").join(str(MENDERS[mender]) for mender in menders)


def names(ingredients: Iterable[str]) -> str:
    """Ingredients by their titles."""
    known = current().topics
    return ", ".join(known[one]["title"] if one in known else one for one in ingredients)


def _label(fact: str) -> str:
    words = vocabulary()
    return words[fact].label if fact in words else fact


def _capital(text: object) -> str:
    said = str(text)
    return said[:1].upper() + said[1:]
