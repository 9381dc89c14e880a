"""What may be said in an event of each kind, cleaned. What cannot be meant is refused in words for people."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from anagen.clinic.intake.queries import facts_of, vocabulary
from anagen.clinic.people.actions import Refused
from anagen.clinic.review.queries import current
from anagen.medicine import treatment as medicine
from anagen.medicine.conditions import Situation
from anagen.medicine.quantities import Quantity
from anagen.medicine.treatment import Kind, State, Weight

from . import devices, drawing, queries, syringes
from .queries import Session
from .wording import fault_words, missing_words

Data = Mapping[str, Any]

IDENTIFIERS: Final = ("name", "birth_date", "number", "photograph")
ANTISEPTICS: Final = ("chlorhexidine", "povidone_iodine")
VITALS: Final = {
    "systolic": "vital.systolic",
    "diastolic": "vital.diastolic",
    "pulse": "vital.pulse",
    "temperature": "vital.temperature",
    "weight": "vital.weight",
}
TEST_RESULTS: Final = ("negative", "positive", "not_done")
_LONGEST: Final = 500
_WIDEST: Final = 1000  # mm; no head reaches as far
_WHOLE_MAP: Final = 2000  # points that are looked at before a map is refused for its size


@dataclass(frozen=True, slots=True)
class Situated:
    """What an event is judged by: the session, the day and moment of the clinic, and the injector's role."""

    session: Session
    on: date
    now: datetime


def cleaned(kind: Kind, data: Any, here: Situated) -> dict[str, Any]:
    """The data of an event as it is kept. Raises Refused."""
    if not isinstance(data, Mapping):
        raise Refused(_("This entry cannot be read."))
    try:
        return _CLEAN[kind](_legible(data), here)
    except (AttributeError, OverflowError, RecursionError, InvalidOperation):
        raise Refused(_("This entry cannot be read.")) from None


def _legible(said: Any) -> Any:
    """The same without what no database keeps: halves of characters, zero bytes, numbers that are none."""
    if isinstance(said, str):
        return said.replace("\x00", "").encode(errors="ignore").decode()
    if isinstance(said, float) and not math.isfinite(said):
        return None
    if isinstance(said, Mapping):
        return {_legible(str(name)): _legible(value) for name, value in said.items()}
    return [_legible(one) for one in said] if isinstance(said, list | tuple) else said


# reading what was sent


def words(data: Data, name: str, *, needed: str = "") -> str:
    """Some text, with single blanks; Refused with `needed` when it is needed and not there."""
    said = data.get(name, "")
    text = " ".join(said.replace("\x00", "").split())[:_LONGEST] if isinstance(said, str) else ""
    if needed and not text:
        raise Refused(needed)
    return text


def amount(data: Data, name: str, label: str) -> Decimal:
    """A number that is exact: a text or an integer; of a float, what it is written as."""
    said = data.get(name)
    try:
        value = Decimal(str(said).strip().replace(",", "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if isinstance(said, bool) or not value.is_finite() or value < 0 or value.adjusted() > 6:
        raise Refused(_("%(label)s: write a number, such as 2.5.") % {"label": label})
    if value.as_tuple().exponent < -3:  # type: ignore[operator]
        raise Refused(_("%(label)s: three decimals are enough.") % {"label": label})
    return value


def one_of(data: Data, name: str, known: tuple[str, ...], needed: str) -> str:
    said = data.get(name)
    if not isinstance(said, str) or said not in known:
        raise Refused(needed)
    return said


def _nothing(data: Data, here: Situated) -> dict[str, Any]:
    note = words(data, "words")
    return {"words": note} if note else {}


# before


def _identity(data: Data, here: Situated) -> dict[str, Any]:
    said = data.get("by")
    by = sorted({one for one in said if one in IDENTIFIERS}) if isinstance(said, list) else []
    if len(by) < medicine.IDENTIFIERS:
        raise Refused(_("Confirm two things, such as the name and the date of birth."))
    return {"by": by}


def _examined(data: Data, here: Situated) -> dict[str, Any]:
    if data.get("scalp") is not True:
        raise Refused(_("Look at the scalp first: punctures healed, no crust, no inflammation, no lump."))
    if data.get("kit") is not True:
        raise Refused(_("Check that the emergency kit is in the room and in date."))
    return {"scalp": True, "kit": True, "words": words(data, "words")}


def _vitals(data: Data, here: Situated) -> dict[str, Any]:
    known = vocabulary()
    found: dict[str, Any] = {}
    for name, fact in VITALS.items():
        if data.get(name) in (None, ""):
            continue
        definition = known[fact]
        value = amount(data, name, definition.label)
        low, high = definition.plausible or (None, None)
        if low is not None and high is not None and not low.value <= value <= high.value:
            raise Refused(
                _("%(label)s: between %(low)s and %(high)s.")
                % {"label": definition.label, "low": low, "high": high}
            )
        found[name] = f"{value:f}"
    if not found:
        raise Refused(_("Enter what you measured."))
    return found


def _setup(data: Data, here: Situated) -> dict[str, Any]:
    device = one_of(data, "device", tuple(devices.devices()), _("Choose a device."))
    by_hand = devices.devices()[device].kind == "syringe"
    technique = (
        one_of(data, "technique", tuple(devices.techniques()), _("Choose a technique.")) if by_hand else ""
    )
    given = data.get("settings")
    settings: dict[str, str] = {}
    reason = words(data, "reason")
    asks = by_hand and devices.techniques()[technique].default == "reason"
    for one in devices.parameters_of(device, technique):
        sent = given if isinstance(given, Mapping) else {}
        value = amount(sent, one.name, one.name)
        settings[one.name] = f"{value:f}"
        asks = asks or one.judge(value) is Weight.REASON
    found = devices.faults(
        device,
        technique,
        settings,
        role=here.session.treatment.role,
        allowed=device in queries.allowed_devices(),
    )
    if found:
        raise Refused(" ".join(fault_words(fault, device, technique) for fault in found))
    if asks and not reason:
        raise Refused(_("This is out of the usual. Say in a few words why."))
    return {
        "device": device,
        "technique": technique,
        "settings": settings,
        "reason": reason,
        "lot": words(data, "lot"),
    }


def _syringe(data: Data, here: Situated) -> dict[str, Any]:
    code = words(data, "code", needed=_("Scan the label of the syringe, or type its code."))
    if data.get("aside") is True:
        if code not in here.session.syringes:
            raise Refused(_("This syringe is not part of this session."))
        if here.session.state is not State.PREPARING:
            raise Refused(_("The first needle is set: what was given of this syringe is entered at the end."))
        return {"code": code, "aside": True}
    known = syringes.find(code)
    if known is None:
        raise Refused(_("No syringe has the code “%(code)s”. Scan the label again.") % {"code": code})
    found = medicine.syringe_faults(syringes.seen(known, here.session.patient, here.now), here.now)
    if found:
        raise Refused(" ".join(missing_words(one) for one in found))
    return {"code": known.code}


def _allergy_test(data: Data, here: Situated) -> dict[str, Any]:
    said = data.get("for")
    tested = sorted({one for one in said if isinstance(one, str) and one}) if isinstance(said, list) else []
    if not tested:
        raise Refused(_("Say what was tested."))
    result = one_of(data, "result", TEST_RESULTS, _("Choose what the test spot showed."))
    reason = words(data, "reason")
    if result == "not_done" and not reason:
        raise Refused(_("Say in a few words why there was no test."))
    return {"for": tested, "result": result, "reason": reason}


def _antisepsis(data: Data, here: Situated) -> dict[str, Any]:
    return {"agent": one_of(data, "agent", ANTISEPTICS, _("Choose the antiseptic."))}


def _anaesthesia(data: Data, here: Situated) -> dict[str, Any]:
    how = one_of(data, "how", ("cream", "needle"), _("Choose cream or needle."))
    strength = amount(data, "mg_per_ml", _("Strength"))
    volume = amount(data, "ml", _("Amount"))
    mg = strength * volume
    if not mg:
        raise Refused(_("Enter the strength and the amount."))
    ceiling = lidocaine_ceiling(here)
    if ceiling is None:
        raise Refused(_("Weigh the patient first: how much is safe depends on the weight."))
    total = here.session.lidocaine + mg
    if total > ceiling:
        raise Refused(
            _("With this it would be %(total)s mg of lidocaine today; %(ceiling)s mg is the most.")
            % {"total": f"{total.normalize():f}", "ceiling": f"{ceiling.normalize():f}"}
        )
    return {
        "drug": "lidocaine",
        "how": how,
        "mg_per_ml": f"{strength:f}",
        "ml": f"{volume:f}",
        "mg": f"{mg:f}",
    }


def lidocaine_ceiling(here: Situated) -> Decimal | None:
    """The most lidocaine of this session in mg; None while the weight is not known."""
    facts, _unmapped = facts_of(here.session.patient, on=here.on)
    situation = Situation(facts, here.on, vocabulary())
    weights = [said.value for said in situation.said("vital.weight") if isinstance(said.value, Quantity)]
    per_weight = devices.number(
        "procedure.anaesthesia", "lidocaine by needle without adrenaline"
    ).refuse_above
    most = devices.number("procedure.anaesthesia", "lidocaine").refuse_above
    assert per_weight is not None and most is not None
    # Where two weights are on record the lower one is the safer one.
    weight = min(weights, key=lambda found: found.value) if weights else None
    return medicine.anaesthetic_ceiling(weight=weight, per_weight=per_weight, most=most)


# during


def _map(data: Data, here: Situated) -> dict[str, Any]:
    points = _points(data)
    if not points:
        raise Refused(_("The map has no points. Enter at least one, or stop the session."))
    most = devices.number("procedure.points", "punctures in a session").refuse_above
    if most is not None and len(points) > most:
        raise Refused(_("A session has %(most)d points at most.") % {"most": most})
    device = here.session.device
    if device is None or not device.injects:
        raise Refused(_("This device makes no points."))
    deepest = devices.deepest(device.id, here.session.setup["technique"])
    volume = devices.number("procedure.volume_per_point", "at one point").refuse_above
    kept = []
    for number, point in enumerate(points, start=1):
        depth = amount(point, "depth_mm", _("Depth"))
        each = amount(point, "volume_ml", _("Volume at one point"))
        if not 0 < depth <= deepest:
            raise Refused(
                _("Point %(number)d lies at %(depth)s mm. %(deepest)s mm is the deepest.")
                % {"number": number, "depth": depth, "deepest": deepest}
            )
        if not each or (volume is not None and each > volume):
            raise Refused(
                _("Point %(number)d holds %(volume)s mL. %(most)s mL is the most.")
                % {"number": number, "volume": each, "most": volume}
            )
        kept.append(
            {
                "number": _number(point, number),
                "region": words(point, "region")[:40],
                **({"parting": words(point, "parting")[:4]} if "parting" in point else {}),
                "depth_mm": f"{depth:f}",
                "volume_ml": f"{each:f}",
                **_place(point),
            }
        )
    clean = {"points": kept, "map": _small(data.get("map")), "words": words(data, "words")}
    drawing.rebuilt(clean, current().scalp)  # what could not be shown again is not kept
    return clean


def _points(data: Data) -> list[Data]:
    """Points one by one, or so many of each region with one depth and volume."""
    said = data.get("points")
    if isinstance(said, list):
        return [point for point in said[:_WHOLE_MAP] if isinstance(point, Mapping)]
    regions = data.get("regions")
    found: list[Data] = []
    for region, count in (regions if isinstance(regions, Mapping) else {}).items():
        many = amount({"count": count or 0}, "count", str(region))
        each = {"region": str(region), "depth_mm": data.get("depth_mm"), "volume_ml": data.get("volume_ml")}
        found += [each] * min(int(many), _WHOLE_MAP)
    return found


def _number(point: Data, otherwise: int) -> int:
    """The point's own number on the map, where points between are left out; otherwise its place in the list."""
    said = point.get("number")
    own = isinstance(said, int) and not isinstance(said, bool) and 0 < said <= _WHOLE_MAP
    return said if own else otherwise  # type: ignore[return-value]


def _place(point: Data) -> dict[str, Any]:
    """Where on the head, in mm, as the map gives it; nothing when it does not say."""
    place = point.get("position_mm")
    if (
        isinstance(place, list)
        and len(place) == 3
        and all(isinstance(one, int | float) and abs(one) < _WIDEST for one in place)
    ):
        return {"position_mm": [str(round(Decimal(str(one)), 1)) for one in place]}
    return {}


def _small(said: Any) -> Any:
    """What the map says of itself (regions, spacing, head, marks), if it is no larger than a page."""
    return said if isinstance(said, Mapping) and "head_cm" in said and len(str(said)) < 20_000 else {}


def _pain(data: Data, here: Situated) -> dict[str, Any]:
    score = amount(data, "score", _("Pain"))
    if score != score.to_integral_value() or score > 10:
        raise Refused(_("Pain is a whole number from 0 to 10."))
    return {"score": int(score)}


def _reason(data: Data, here: Situated) -> dict[str, Any]:
    return {"reason": words(data, "reason", needed=_("Say in a few words why."))}


def _reaction(data: Data, here: Situated) -> dict[str, Any]:
    term = one_of(data, "term", (*devices.reactions(), "other"), _("Choose what happened."))
    known = devices.reactions().get(term)
    said = words(data, "words")
    if known is None and not said:
        raise Refused(_("Say in a few words what happened."))
    # What is not in the list is serious when the person on the spot says so.
    serious = known.serious if known is not None else data.get("serious") is True
    return {"term": term, "words": said, "done": words(data, "done"), "serious": serious}


def _note(data: Data, here: Situated) -> dict[str, Any]:
    return {"words": words(data, "words", needed=_("There is nothing to keep yet."))}


# after


def _observed(data: Data, here: Situated) -> dict[str, Any]:
    measured = {name: data[name] for name in VITALS if data.get(name) not in (None, "")}
    values = _vitals(measured, here) if measured else {}
    well = data.get("well") is True
    said = words(data, "words", needed="" if well else _("Say in a few words how the patient is."))
    return {"well": well, "words": said, **values}


def _left(data: Data, here: Situated) -> dict[str, Any]:
    ends = here.session.observed_until
    early = ends is not None and here.now < ends
    reason = words(
        data,
        "reason",
        needed=_("The time of observation is not over. Say why the patient leaves.") if early else "",
    )
    return {"reason": reason, "early": early}


_CLEAN: Final[dict[Kind, Callable[[Data, Situated], dict[str, Any]]]] = {
    Kind.IDENTITY: _identity,
    Kind.QUESTIONS: lambda data, here: dict(data),  # `todays_questions` reads the answers
    Kind.EXAMINED: _examined,
    Kind.VITALS: _vitals,
    Kind.SETUP: _setup,
    Kind.SYRINGE: _syringe,
    Kind.ALLERGY_TEST: _allergy_test,
    Kind.ANTISEPSIS: _antisepsis,
    Kind.ANAESTHESIA: _anaesthesia,
    Kind.MIXED: _nothing,
    Kind.FIRST_NEEDLE: _nothing,
    Kind.NEEDLE_CHANGE: _nothing,
    Kind.MAP: _map,
    Kind.PAIN: _pain,
    Kind.PAUSE: _reason,
    Kind.RESUME: _nothing,
    Kind.REACTION: _reaction,
    Kind.STOP: _reason,
    Kind.NOTE: _note,
    Kind.OBSERVED: _observed,
    Kind.SHEET: _nothing,  # `sheet` writes what is given
    Kind.LEFT: _left,
    Kind.CALLED_OFF: _reason,
}
