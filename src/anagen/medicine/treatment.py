"""A session: what is missing before the first needle, how far it is, and whether its record adds up.

Nothing here knows words for people or a clock: what is missing is named by check and reason, with who can mend it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Verdict

IDENTIFIERS: Final = 2  # name and birth date, or another two; source: procedure.identity


class Kind(StrEnum):
    """What can happen in a session. The value is stable: it is stored."""

    IDENTITY = "identity"
    QUESTIONS = "questions"
    EXAMINED = "examined"
    VITALS = "vitals"
    SETUP = "setup"
    SYRINGE = "syringe"
    ALLERGY_TEST = "allergy_test"
    ANTISEPSIS = "antisepsis"
    ANAESTHESIA = "anaesthesia"
    MIXED = "mixed"
    FIRST_NEEDLE = "first_needle"
    NEEDLE_CHANGE = "needle_change"
    MAP = "map"
    PAIN = "pain"
    PAUSE = "pause"
    RESUME = "resume"
    REACTION = "reaction"
    STOP = "stop"
    NOTE = "note"
    OBSERVED = "observed"
    SHEET = "sheet"
    LEFT = "left"
    CALLED_OFF = "called_off"


class State(StrEnum):
    """How far a session is. Computed from what happened, never stored."""

    PREPARING = "preparing"
    UNDER_WAY = "under_way"
    PAUSED = "paused"
    STOPPED = "stopped"  # no further needle; what was given is still to be recorded
    GIVEN = "given"  # recorded and charged; observed, and not signed yet
    SIGNED = "signed"
    CALLED_OFF = "called_off"  # before the first needle


def state_of(
    happened: Sequence[Kind], *, serious: bool = False, finished: bool = False, signed: bool = False
) -> State:
    """`happened`: the kinds of all events in order; `serious`: one of them was a serious reaction."""
    if signed:
        return State.SIGNED
    if finished:
        return State.GIVEN
    if Kind.CALLED_OFF in happened:
        return State.CALLED_OFF
    if Kind.FIRST_NEEDLE not in happened:
        return State.PREPARING
    if serious or Kind.STOP in happened:
        return State.STOPPED
    pauses = [kind for kind in happened if kind in (Kind.PAUSE, Kind.RESUME)]
    return State.PAUSED if pauses and pauses[-1] is Kind.PAUSE else State.UNDER_WAY


_BEFORE: Final = frozenset(
    {
        Kind.IDENTITY,
        Kind.QUESTIONS,
        Kind.EXAMINED,
        Kind.SETUP,
        Kind.SYRINGE,
        Kind.ALLERGY_TEST,
        Kind.ANTISEPSIS,
        Kind.MIXED,
        Kind.FIRST_NEEDLE,
        Kind.CALLED_OFF,
    }
)
_DURING: Final = frozenset({Kind.NEEDLE_CHANGE, Kind.PAUSE, Kind.RESUME, Kind.STOP, Kind.MAP})
_AFTER: Final = frozenset({Kind.OBSERVED, Kind.SHEET, Kind.LEFT})
_ALWAYS: Final = frozenset({Kind.REACTION, Kind.NOTE, Kind.PAIN, Kind.VITALS, Kind.ANAESTHESIA})
_FITTING: Final[dict[State, frozenset[Kind]]] = {
    State.PREPARING: _BEFORE | _ALWAYS | {Kind.MAP},
    # A second syringe, a mixture drawn up anew and another antisepsis belong to a session under way as well.
    State.UNDER_WAY: _DURING | _ALWAYS | {Kind.SYRINGE, Kind.MIXED, Kind.ANTISEPSIS},
    State.PAUSED: _DURING | _ALWAYS | {Kind.SYRINGE, Kind.MIXED, Kind.ANTISEPSIS},
    State.STOPPED: _ALWAYS | {Kind.MAP, Kind.NEEDLE_CHANGE},
    # What happened while the network was away comes late, and is kept; what was given is settled.
    State.GIVEN: _AFTER | _ALWAYS | {Kind.NEEDLE_CHANGE, Kind.PAUSE, Kind.RESUME},
    State.SIGNED: frozenset(),
    State.CALLED_OFF: frozenset(),
}


def fits(kind: Kind, state: State) -> bool:
    """Whether something of this kind can be added to a session in this state."""
    return kind in _FITTING[state]


# before the first needle


class Mender(StrEnum):
    """Who can put right what is missing."""

    PATIENT = "patient"
    INJECTOR = "injector"
    DESK = "desk"
    MIXER = "mixer"
    SECOND_PERSON = "second_person"
    PRESCRIBER = "prescriber"
    MEDICAL_LEAD = "medical_lead"


class Check(StrEnum):
    """What is checked before the first needle, in the order in which it is done."""

    DAY = "day"
    CERTIFICATE = "certificate"
    PRICE = "price"
    IDENTITY = "identity"
    QUESTIONS = "questions"
    VERDICT = "verdict"
    CONSENT = "consent"
    EXAMINATION = "examination"
    DEVICE = "device"
    SYRINGE = "syringe"
    PRESSURE = "pressure"
    ALLERGY_TEST = "allergy_test"
    ANTISEPSIS = "antisepsis"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: the check, why it does not hold, who can mend it, and what it is about."""

    check: Check
    why: str
    who: tuple[Mender, ...]
    about: str = ""


class Agreement(StrEnum):
    """How the patient's consent stands."""

    NONE = "none"
    TOO_EARLY = "too_early"  # the time to think has not passed
    OUTDATED = "outdated"  # of an older text
    OTHER_DEVICE = "other_device"
    WITHDRAWN = "withdrawn"
    VALID = "valid"


@dataclass(frozen=True, slots=True)
class Syringe:
    """A prepared syringe as the session sees it."""

    code: str
    is_theirs: bool
    checked: bool
    given: bool
    discarded: bool
    held_back: bool  # a lot in it is in quarantine, or has expired
    use_by: datetime
    ingredients: frozenset[str] | None  # None: not known what is in it


@dataclass(frozen=True, slots=True)
class Readiness:
    """All that is known before the first needle. None is not known, and clears nothing."""

    at: datetime
    day: str  # why the patient's timeline allows no session today; empty when it does
    certificates: Collection[str]  # kinds of the injector's that are valid today
    certificates_due: Collection[str]
    priced: bool
    identifiers: int
    unasked: Collection[str] | None  # today's questions without an answer; None: nobody has asked
    verdict: Verdict | None  # of a decision of today, with its overrides
    consent: Agreement
    examined: bool
    device: str
    device_faults: Collection[str]
    injects: bool | None  # whether the device brings a product into the skin
    syringes: Collection[Syringe]
    pressure_for: Collection[str]  # ingredients that ask for the blood pressure
    pressure_known: bool
    test_for: Collection[str]  # ingredients that are new to this patient and ask for a test dose
    tested: Collection[str]  # ingredients whose test was read as negative
    antisepsis: bool
    mixed: bool  # drawn up and read out in front of the patient


def missing(ready: Readiness) -> tuple[Missing, ...]:
    """Everything that stands between this patient and the first needle, in the order of the session."""
    return (*_place(ready), *_person(ready), *_product(ready), *_last(ready))


def _place(ready: Readiness) -> Iterator[Missing]:
    if ready.day:
        yield Missing(Check.DAY, ready.day, (Mender.DESK,))
    for kind in sorted(set(ready.certificates_due) - set(ready.certificates)):
        yield Missing(Check.CERTIFICATE, "not_valid", (Mender.MEDICAL_LEAD,), kind)
    if not ready.priced:
        yield Missing(Check.PRICE, "none", (Mender.MEDICAL_LEAD,))


def _person(ready: Readiness) -> Iterator[Missing]:
    if ready.identifiers < IDENTIFIERS:
        yield Missing(Check.IDENTITY, "not_confirmed", (Mender.INJECTOR, Mender.PATIENT))
    if ready.unasked is None:
        yield Missing(Check.QUESTIONS, "not_asked", (Mender.INJECTOR, Mender.PATIENT))
    else:
        for fact in ready.unasked:
            yield Missing(Check.QUESTIONS, "no_answer", (Mender.PATIENT,), fact)
    if ready.verdict is None:
        yield Missing(Check.VERDICT, "not_today", (Mender.INJECTOR,))
    elif not ready.verdict.treatable:
        who = (
            (Mender.PATIENT, Mender.INJECTOR) if ready.verdict is Verdict.INCOMPLETE else (Mender.PRESCRIBER,)
        )
        yield Missing(Check.VERDICT, ready.verdict.word, who)
    if ready.consent is not Agreement.VALID:
        yield Missing(Check.CONSENT, ready.consent.value, (Mender.PATIENT, Mender.INJECTOR))
    if not ready.examined:
        yield Missing(Check.EXAMINATION, "not_done", (Mender.INJECTOR,))


def _product(ready: Readiness) -> Iterator[Missing]:
    if not ready.device:
        yield Missing(Check.DEVICE, "not_chosen", (Mender.INJECTOR,))
    for fault in ready.device_faults:
        yield Missing(Check.DEVICE, "not_possible", (Mender.INJECTOR,), fault)
    if ready.injects is not False:
        if not ready.syringes:
            yield Missing(Check.SYRINGE, "none", (Mender.MIXER,))
        for syringe in ready.syringes:
            yield from syringe_faults(syringe, ready.at)
    yield from content_faults(ready)


def _last(ready: Readiness) -> Iterator[Missing]:
    if not ready.antisepsis:
        yield Missing(Check.ANTISEPSIS, "not_done", (Mender.INJECTOR,))
    if ready.injects is not False and not ready.mixed:
        yield Missing(Check.MIXED, "not_shown", (Mender.INJECTOR,))


def content_faults(ready: Readiness) -> Iterator[Missing]:
    """What the ingredients ask for, of a syringe that comes later as well as of the first."""
    if ready.pressure_for and not ready.pressure_known:
        yield Missing(
            Check.PRESSURE, "not_measured", (Mender.INJECTOR,), ", ".join(sorted(ready.pressure_for))
        )
    for ingredient in sorted(set(ready.test_for) - set(ready.tested)):
        yield Missing(Check.ALLERGY_TEST, "not_read", (Mender.INJECTOR, Mender.PRESCRIBER), ingredient)


def syringe_faults(syringe: Syringe, at: datetime) -> tuple[Missing, ...]:
    """Why a syringe cannot be given to this patient at this moment."""
    faults = (
        (not syringe.is_theirs, "other_patient", Mender.MIXER),
        (syringe.given, "given", Mender.MIXER),
        (syringe.discarded, "discarded", Mender.MIXER),
        (syringe.held_back, "held_back", Mender.PRESCRIBER),
        (syringe.use_by <= at, "too_old", Mender.MIXER),
        (not syringe.checked, "not_checked", Mender.SECOND_PERSON),
        (syringe.ingredients is None, "content_unknown", Mender.MIXER),
    )
    return tuple(Missing(Check.SYRINGE, why, (who,), syringe.code) for there, why, who in faults if there)


# numbers of the session


class Weight(StrEnum):
    """What follows from a number."""

    FINE = "fine"
    REASON = "reason"  # possible with a recorded reason
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that the knowledge bounds, all in one unit. A bound that is not given does not bind."""

    name: str
    unit: str
    usual: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    reason_above: Decimal | None = None
    refuse_below: Decimal | None = None
    refuse_above: Decimal | None = None

    def judge(self, value: Decimal) -> Weight:
        """Outside the usual range without a bound of its own a reason is asked for."""
        if (self.refuse_below is not None and value < self.refuse_below) or (
            self.refuse_above is not None and value > self.refuse_above
        ):
            return Weight.REFUSED
        above = self.reason_above if self.reason_above is not None else self.most
        if (self.least is not None and value < self.least) or (above is not None and value > above):
            return Weight.REASON
        return Weight.FINE


def anaesthetic_ceiling(*, weight: Quantity | None, per_weight: Decimal, most: Decimal) -> Decimal | None:
    """The most lidocaine of a session in mg, from mg/kg and mg; None while the weight (kg) is not known."""
    if weight is None:
        return None
    return min(per_weight * weight.value, most)


@dataclass(frozen=True, slots=True)
class Given:
    """What came of one syringe, in mL."""

    code: str
    held: Decimal
    given: Decimal
    wasted: Decimal

    @property
    def too_much(self) -> bool:
        return self.given + self.wasted > self.held


@dataclass(frozen=True, slots=True)
class Sum:
    """Points times volume beside what left the syringes, in mL."""

    by_points: Decimal
    given: Decimal
    tolerance: Decimal  # as a share, such as 0.1

    @property
    def agrees(self) -> bool:
        return abs(self.by_points - self.given) <= self.tolerance * self.given


def by_points(volumes: Iterable[Decimal]) -> Decimal:
    """The volume of all points of a map, in mL."""
    return sum(volumes, Decimal(0))


def needles_short(points: int, changes: int, parameter: Parameter) -> bool:
    """Whether one needle made more punctures than it should."""
    return parameter.judge(Decimal(points) / (changes + 1)) is not Weight.FINE


# afterwards


class Gap(StrEnum):
    """What a chart lacks before it can be signed."""

    NOT_FINISHED = "not_finished"
    NO_PAIN = "no_pain"
    NO_MAP = "no_map"
    NOT_OBSERVED = "not_observed"
    TOO_SHORT = "too_short"  # observed for less time than is due
    NO_SHEET = "no_sheet"
    NO_REASON = "no_reason"  # left before the time, and nobody said why


@dataclass(frozen=True, slots=True)
class Chart:
    """What a record holds, as far as its completeness goes."""

    finished_at: datetime | None
    maps: bool  # whether this device has points
    mapped: bool
    pain: bool
    observed_at: Sequence[datetime]
    observation: timedelta
    sheet: bool
    left_early_because: str | None = None


def gaps(chart: Chart) -> tuple[Gap, ...]:
    """What is still missing of a record, in the order of the session."""
    if chart.finished_at is None:
        return (Gap.NOT_FINISHED,)
    found: list[Gap] = []
    if chart.maps and not chart.mapped:
        found.append(Gap.NO_MAP)
    if not chart.pain:
        found.append(Gap.NO_PAIN)
    if not chart.observed_at:
        found.append(Gap.NOT_OBSERVED)
    elif max(chart.observed_at) < observation_ends(chart.finished_at, chart.observation):
        if chart.left_early_because is None:
            found.append(Gap.TOO_SHORT)
        elif not chart.left_early_because:
            found.append(Gap.NO_REASON)
    if not chart.sheet:
        found.append(Gap.NO_SHEET)
    return tuple(found)


def observation_ends(finished_at: datetime, observation: timedelta) -> datetime:
    return finished_at + observation


def clock_is_off(theirs: datetime, ours: datetime, most: timedelta = timedelta(minutes=5)) -> bool:
    """Whether another machine's clock differs so much that its times need a second look."""
    return abs(theirs - ours) > most
