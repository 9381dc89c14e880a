"""What the knowledge says of devices, techniques, reactions and the numbers of a session, ready to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

from anagen.clinic.review.queries import current
from anagen.medicine.quantities import Quantity
from anagen.medicine.treatment import Parameter, Weight

BY_HAND: Final = "device.syringe"
POINT_BY_POINT: Final = "technique.point_by_point"
_INJECTS: Final = frozenset({"syringe", "powered"})
_DEPTHS: Final = frozenset({"depth", "depth stop"})
_BOUNDS: Final = ("usual", "least", "most", "reason_above", "refuse_below", "refuse_above")
_MINUTES: Final = {"min": 1, "h": 60}


@dataclass(frozen=True, slots=True)
class Device:
    """What the product is carried in with. `default`: default, allowed, off (until the medical lead allows it)."""

    id: str
    title: str
    kind: str
    default: str
    who: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    checks: tuple[str, ...]
    must_not: tuple[str, ...]

    @property
    def injects(self) -> bool:
        return self.kind in _INJECTS


@dataclass(frozen=True, slots=True)
class Technique:
    """How the needle is used. `default`: default, allowed, reason, refused."""

    id: str
    title: str
    default: str
    devices: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reaction:
    """A complication of the session or its first days, with what is done at once."""

    id: str
    title: str
    serious: bool
    do: tuple[str, ...]
    do_not: tuple[str, ...]


def parameter(plain: Mapping[str, Any]) -> Parameter:
    """A parameter of a topic; all its bounds have one unit."""
    bounds = {name: Quantity.parse(plain[name]) for name in _BOUNDS if name in plain}
    unit = next((bound.unit for bound in bounds.values()), "")
    return Parameter(plain["name"], unit, **{name: bound.value for name, bound in bounds.items()})


def topic(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = current().topics[name]
    return found


@cache
def number(of: str, name: str) -> Parameter:
    """One parameter of a topic by its name."""
    return next(parameter(plain) for plain in topic(of)["details"]["parameters"] if plain["name"] == name)


@cache
def devices() -> dict[str, Device]:
    """Everything that a session can be done with, the usual one first. Needles come with the syringe."""
    found = [
        Device(
            id=entry["id"],
            title=entry["title"],
            kind=entry["details"]["kind"],
            default=entry["details"]["default"],
            who=tuple(entry["details"]["who"]),
            # What a syringe holds is known from its label; its other numbers are those of the technique.
            parameters=()
            if entry["details"]["kind"] == "syringe"
            else tuple(parameter(plain) for plain in entry["details"].get("parameters", ())),
            checks=tuple(entry["details"].get("checks", ())),
            must_not=tuple(entry["details"].get("must_not", ())),
        )
        for entry in current().topics.values()
        if entry["id"].startswith("device.") and entry["details"]["kind"] != "needle"
    ]
    return {device.id: device for device in sorted(found, key=lambda device: device.default != "default")}


@cache
def techniques() -> dict[str, Technique]:
    """Techniques with numbers of their own that may be used at all, the usual one first."""
    found = [
        Technique(
            id=entry["id"],
            title=entry["title"],
            default=entry["details"]["default"],
            devices=tuple(entry["details"]["devices"]),
            # How long a bleb lasts is seen afterwards, not set before.
            parameters=tuple(
                one for one in map(parameter, entry["details"]["parameters"]) if one.unit not in _MINUTES
            ),
            checks=tuple(entry["details"].get("checks", ())),
        )
        for entry in current().topics.values()
        if entry["id"].startswith("technique.")
        and entry["details"]["default"] != "refused"
        and {"devices", "parameters"} <= set(entry["details"])
    ]
    return {one.id: one for one in sorted(found, key=lambda one: one.default != "default")}


def parameters_of(device: str, technique: str) -> tuple[Parameter, ...]:
    """The numbers that are set for this device, and by hand for this technique."""
    known = devices()[device]
    return techniques()[technique].parameters if known.kind == "syringe" else known.parameters


def usual(device: str, technique: str) -> dict[str, str]:
    """The settings that are offered."""
    return {one.name: str(one.usual) for one in parameters_of(device, technique) if one.usual is not None}


def faults(
    device: str, technique: str, settings: Mapping[str, str], *, role: str, allowed: bool
) -> list[str]:
    """Why a session cannot be done like this, as short codes: `who`, `off`, `technique`, or a parameter's name."""
    if device not in devices():
        return ["unknown"]
    known = devices()[device]
    found = []
    if role not in known.who and not ("prescriber" in known.who and role == "medical_lead"):
        found.append("who")
    if known.default == "off" and not allowed:
        found.append("off")
    if known.kind == "syringe" and (
        technique not in techniques() or device not in techniques()[technique].devices
    ):
        return [*found, "technique"]
    for one in parameters_of(device, technique):
        value = settings.get(one.name)
        if value is None or one.judge(Decimal(value)) is Weight.REFUSED:
            found.append(one.name)
    return found


def deepest(device: str, technique: str) -> Decimal:
    """The depth in mm over which no point may lie: the device's, the technique's, and never over the session's."""
    own = [one.refuse_above for one in parameters_of(device, technique) if one.name in _DEPTHS]
    caps = [*own, number("procedure.depth", "needle in the skin").refuse_above]
    return min(cap for cap in caps if cap is not None)


# Reactions after which no mixture is given again before an allergist has named the culprit, and the fact that says so.
ALLERGIC: Final = frozenset({"complication.anaphylaxis", "complication.angioedema", "complication.urticaria"})
REACTED: Final = "allergy.mesotherapy_reaction"


@cache
def reactions() -> dict[str, Reaction]:
    """What may happen during the session or soon after, the worst first."""
    found = [
        Reaction(
            id=entry["id"],
            title=entry["title"],
            serious=entry["details"].get("urgency") == "emergency"
            or _said(entry["details"].get("stop_course")),
            do=tuple(entry["details"].get("do", ())),
            do_not=tuple(entry["details"].get("do_not", ())),
        )
        for entry in current().topics.values()
        if entry["id"].startswith(("complication.", "side_effect.")) and _begins_at_once(entry["details"])
    ]
    return {one.id: one for one in sorted(found, key=lambda one: not one.serious)}


def _said(value: Any) -> bool:
    return value in (True, "yes")


def _begins_at_once(details: Mapping[str, Any]) -> bool:
    begins = details.get("onset", {}).get("from", "")
    return begins.endswith((" min", " h", " s")) or begins in {"0 d"}


def observation() -> timedelta:
    """How long a patient stays after the last needle."""
    return lasting(number("procedure.observation", "observation"))


def lasting(one: Parameter) -> timedelta:
    due = one.usual if one.usual is not None else one.least
    assert due is not None
    return timedelta(minutes=float(due) * _MINUTES[one.unit])


def needs(ingredient: str, what: str) -> bool:
    """Whether an ingredient's entry asks for something, such as `blood_pressure`."""
    entry = current().topics.get(ingredient)
    return entry is not None and what in entry["details"].get("needs", ())
