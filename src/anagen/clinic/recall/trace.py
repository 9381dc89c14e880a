"""Whom something has reached: from a lot, a product, a person who injected or a room to syringes and patients.

Each question is a few queries over indexed keys, whatever the number of administrations; `bench/recall.py` measures it.
What cannot be accounted for counts as having reached the patient it was meant for: unknown never clears.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from anagen.clinic.formulation.models import Drawn
from anagen.clinic.people.models import Patient, User
from anagen.clinic.stock.models import Balance, Draw, Lot, Product, Vial
from anagen.clinic.stock.wording import look_of
from anagen.clinic.treatment.models import Event, Treatment
from anagen.medicine.treatment import Kind

_HYPHENS = str.maketrans("", "", " -")


class State(StrEnum):
    """What came of a syringe, of a draw without one, or of a session."""

    GIVEN = "given"
    IN_THE_CHAIR = (
        "in_the_chair"  # taken to a session in which the needle was in the skin, and that has no end yet
    )
    NOTHING_GIVEN = "nothing_given"  # taken to a session, and nothing of it was injected
    READY = "ready"  # prepared, in time, not given
    LOST = "lost"  # prepared, its time over, neither given nor discarded
    DISCARDED = "discarded"
    DRAWN = "drawn"  # drawn for a patient, and no preparation says what became of it
    SEEN = "seen"  # a session without an end on record


# Of these a patient has to be told. What is not known counts.
REACHED = frozenset({State.GIVEN, State.IN_THE_CHAIR, State.LOST, State.DRAWN, State.SEEN})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that leads to one patient: a syringe with what was given of it, in which session.

    Volumes in mL. `drawn_ml`: how much of `lot` is in the preparation that the syringe is part of.
    """

    patient: int
    state: State
    day: date
    lot: int | None = None
    vial: int | None = None
    drawn_ml: Decimal | None = None
    preparation: int | None = None
    syringe: str = ""
    given_ml: Decimal | None = None
    treatment: int | None = None
    nurse: int | None = None
    room: str = ""


_STEP = (
    "draw__vial__lot_id",
    "draw__vial_id",
    "draw__volume_ml",
    "preparation_id",
    "preparation__prepared_at",
    "preparation__use_by",
    "preparation__worksheet__patient_id",
    "preparation__syringes__code",
    "preparation__syringes__discarded__id",
    "preparation__syringes__administration__given",
    "preparation__syringes__administration__finish__treatment_id",
    "preparation__syringes__administration__finish__treatment__patient_id",
    "preparation__syringes__administration__finish__treatment__day",
    "preparation__syringes__administration__finish__treatment__injector_id",
    "preparation__syringes__administration__finish__treatment__room",
)


def of_lots(lots: Iterable[int], at: datetime) -> list[Step]:
    """Everything that was drawn from these lots (their keys), to the last syringe."""
    keys = list(lots)
    found = Drawn.objects.filter(draw__vial__lot__in=keys).order_by("pk").values_list(*_STEP)
    chairs = _in_the_chair()
    lost = Draw.objects.filter(vial__lot__in=keys, drawn__isnull=True, patient__isnull=False).order_by("pk")
    return [_of_draw(row, chairs, at) for row in found] + [
        Step(patient, State.DRAWN, drawn_at.date(), lot, vial, volume)
        for lot, vial, volume, patient, drawn_at in lost.values_list(
            "vial__lot_id", "vial_id", "volume_ml", "patient_id", "at"
        )
    ]


Chair = tuple[int, int, date, int, str]  # treatment, patient, day, nurse, room


def _in_the_chair() -> dict[str, Chair]:
    """Syringes of sessions that have begun and not ended, by their code: few, however long the clinic has worked."""
    begun = Event.objects.filter(treatment=OuterRef("treatment"), kind=Kind.FIRST_NEEDLE)
    scanned = Event.objects.filter(Exists(begun), kind=Kind.SYRINGE, treatment__finish__isnull=True)
    rows = scanned.order_by("pk").values_list(
        "data",
        "treatment_id",
        "treatment__patient_id",
        "treatment__day",
        "treatment__injector_id",
        "treatment__room",
    )
    return {data["code"]: session for data, *session in rows if data.get("code")}  # type: ignore[misc]


def _of_draw(row: Sequence[Any], chairs: Mapping[str, Chair], at: datetime) -> Step:
    lot, vial, drawn, preparation, prepared, use_by, meant_for, code, gone, given, *session = row
    # What was thrown away afterwards was in the chair all the same.
    chair = chairs.get(code or "") if given is None else None
    treatment, patient, day, nurse, room = session if chair is None else chair
    return Step(
        patient if treatment is not None else meant_for,
        _state(code, given, gone, use_by, at) if chair is None else State.IN_THE_CHAIR,
        day or prepared.date(),
        lot,
        vial,
        drawn,
        preparation,
        code or "",
        given,
        treatment,
        nurse,
        room or "",
    )


def _state(
    code: str | None, given: Decimal | None, gone: int | None, use_by: datetime, at: datetime
) -> State:
    if given is not None:
        return State.GIVEN if given > 0 else State.NOTHING_GIVEN
    if gone is not None:
        return State.DISCARDED
    if code is None:
        return State.DRAWN  # mixed, and no syringe of it was ever labelled
    return State.READY if at < use_by else State.LOST


def of_product(product: Product, at: datetime) -> list[Step]:
    """Everything that was drawn from any lot of a product."""
    return of_lots(product.lots.values_list("pk", flat=True), at)


def of_nurse(nurse: User, *, first: date | None = None, last: date | None = None) -> list[Step]:
    """Everybody whom a person has treated, from one day to another, both included."""
    return _of_sessions(Treatment.objects.filter(injector=nurse), first, last)


def of_room(room: str, *, first: date | None = None, last: date | None = None) -> list[Step]:
    """Everybody who was treated in a room, from one day to another, both included."""
    return _of_sessions(Treatment.objects.filter(room__iexact=room), first, last)


def _of_sessions(sessions: QuerySet[Treatment], first: date | None, last: date | None) -> list[Step]:
    if first is not None:
        sessions = sessions.filter(day__gte=first)
    if last is not None:
        sessions = sessions.filter(day__lte=last)
    rows = sessions.order_by("pk").values_list(
        "pk",
        "patient_id",
        "day",
        "injector_id",
        "room",
        "finish__id",
        "finish__administrations__given",
        "finish__administrations__syringe__code",
        "finish__administrations__syringe__preparation_id",
    )
    return [
        Step(
            patient,
            State.GIVEN if given else State.NOTHING_GIVEN if finish is not None else State.SEEN,
            day,
            preparation=preparation,
            syringe=code or "",
            given_ml=given,
            treatment=pk,
            nurse=nurse,
            room=room,
        )
        for pk, patient, day, nurse, room, finish, given, code, preparation in rows
    ]


@dataclass(slots=True)
class Trace:
    """What was found, with what the pages need of it."""

    steps: list[Step]
    everybody: bool = False  # asked by nurse or room: being in the session is enough
    balances: list[Balance] = field(default_factory=list)
    open_vials: list[Vial] = field(default_factory=list)

    @property
    def reached(self) -> list[Step]:
        return [step for step in self.steps if self.everybody or step.state in REACHED]

    @property
    def patients(self) -> list[int]:
        """Keys of everybody who has to be told, each once."""
        return list(dict.fromkeys(step.patient for step in self.reached))

    @property
    def unopened(self) -> int:
        return sum(balance.count for balance in self.balances)

    @property
    def ready(self) -> list[Step]:
        """Syringes that have to be stopped."""
        return [step for step in self.steps if step.state is State.READY]

    def syringes(self, state: State) -> int:
        return len({step.syringe for step in self.steps if step.syringe and step.state is state})

    @property
    def vials(self) -> int:
        return len({step.vial for step in self.steps if step.vial is not None})

    @property
    def preparations(self) -> int:
        return len({step.preparation for step in self.steps if step.preparation is not None})


def trace_lots(lots: Sequence[Lot], at: datetime) -> Trace:
    """Lots → vials → mixtures → syringes → patients, and what is still unopened or open."""
    keys = [lot.pk for lot in lots]
    return Trace(
        of_lots(keys, at),
        balances=list(
            Balance.objects.filter(lot__in=keys, count__gt=0).select_related("lot__product", "place")
        ),
        open_vials=list(
            Vial.objects.filter(lot__in=keys, closed__isnull=True).select_related("lot", "place")
        ),
    )


# what the words on a pack, or of a person, mean


def lots_called(number: str, product: Product | None = None) -> list[Lot]:
    """Lots with exactly this number, of any product; capitals, spaces and hyphens do not count."""
    wanted = _plain(number)
    return [lot for lot in _alike(number, product) if _plain(lot.number) == wanted]


def look_alikes(number: str, product: Product | None = None) -> list[Lot]:
    """Lots whose number only looks like it: they are offered, never taken."""
    wanted = _plain(number)
    return [lot for lot in _alike(number, product) if _plain(lot.number) != wanted]


def _alike(number: str, product: Product | None) -> list[Lot]:
    look = look_of(number)
    found = Lot.objects.filter(look=look) if look else Lot.objects.none()
    if product is not None:
        found = found.filter(product=product)
    return list(found.select_related("product").order_by("product__name", "number", "pk"))


def _plain(number: str) -> str:
    return number.upper().translate(_HYPHENS)


def patients_of(keys: Iterable[int]) -> list[Patient]:
    """By name."""
    return list(Patient.objects.filter(pk__in=list(keys)).order_by("search_name", "pk"))


def sites_of(treatments: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Where it was injected: regions of the latest map of each session and of its points, by the session's key."""
    found: dict[int, tuple[str, ...]] = {}
    maps = Event.objects.filter(treatment__in=list(treatments), kind=Kind.MAP).order_by("pk")
    for treatment, data in maps.values_list("treatment_id", "data"):
        points = [point["region"] for point in data.get("points") or () if point.get("region")]
        found[treatment] = tuple(dict.fromkeys([*(data.get("regions") or ()), *points]))
    return found
