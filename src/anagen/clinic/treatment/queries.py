"""Reading sessions: what happened in one, how far it is, whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from anagen.clinic.course.models import Course, PlannedSession
from anagen.clinic.course.queries import latest_plan, sessions_between
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.medicine import treatment as medicine
from anagen.medicine.treatment import Kind, State

from . import devices
from .models import (
    Certificate,
    ChartLink,
    DeviceSwitch,
    Event,
    Finish,
    LinkKind,
    Treatment,
)
from .wording import STATES

COUNTERSIGNED_FOR = (Role.NURSE,)  # whose records a prescriber signs as well


class Session:
    """One treatment with everything that happened in it, read once."""

    def __init__(self, treatment: Treatment) -> None:
        self.treatment = treatment
        self.patient: Patient = treatment.patient

    @cached_property
    def events(self) -> list[Event]:
        return list(self.treatment.events.select_related("by"))

    @cached_property
    def finish(self) -> Finish | None:
        return (
            Finish.objects.filter(treatment=self.treatment)
            .select_related("charge", "by")
            .prefetch_related("administrations")
            .first()
        )

    @cached_property
    def links(self) -> list[ChartLink]:
        return list(self.treatment.links.select_related("by"))

    @cached_property
    def state(self) -> State:
        serious = any(event.data.get("serious") for event in self.of(Kind.REACTION))
        return medicine.state_of(
            [Kind(event.kind) for event in self.events],
            serious=serious,
            finished=self.finish is not None,
            signed=any(link.kind == LinkKind.RECORD for link in self.links),
        )

    def of(self, *kinds: Kind) -> list[Event]:
        return [event for event in self.events if event.kind in kinds]

    def last(self, kind: Kind) -> Event | None:
        found = self.of(kind)
        return found[-1] if found else None

    @property
    def setup(self) -> dict[str, Any]:
        """Device, technique and settings as they stand."""
        event = self.last(Kind.SETUP)
        return dict(event.data) if event is not None else {}

    @property
    def device(self) -> devices.Device | None:
        return devices.devices().get(self.setup.get("device", ""))

    @property
    def syringes(self) -> list[str]:
        """Codes that were scanned and not laid aside, in order."""
        codes: dict[str, bool] = {}
        for event in self.of(Kind.SYRINGE):
            codes[event.data["code"]] = not event.data.get("aside", False)
        return [code for code, used in codes.items() if used]

    @property
    def map(self) -> dict[str, Any]:
        event = self.last(Kind.MAP)
        return dict(event.data) if event is not None else {}

    @property
    def points(self) -> list[dict[str, Any]]:
        points: list[dict[str, Any]] = self.map.get("points", [])
        return points

    @property
    def by_points(self) -> Decimal:
        return medicine.by_points(Decimal(point["volume_ml"]) for point in self.points)

    @property
    def lidocaine(self) -> Decimal:
        """mg so far."""
        return sum((Decimal(event.data["mg"]) for event in self.of(Kind.ANAESTHESIA)), Decimal(0))

    @property
    def needles(self) -> int:
        return 1 + len(self.of(Kind.NEEDLE_CHANGE))

    @property
    def pain(self) -> int | None:
        event = self.last(Kind.PAIN)
        return None if event is None else int(event.data["score"])

    @property
    def serious(self) -> list[Event]:
        return [event for event in self.of(Kind.REACTION) if event.data.get("serious")]

    @property
    def observation(self) -> timedelta:
        if self.serious:
            after = devices.number("procedure.observation", "after an allergic reaction that was treated")
            return devices.lasting(after)
        return devices.observation()

    @property
    def observed_until(self) -> datetime | None:
        """When the patient may go; None while the injections are not over."""
        return None if self.finish is None else medicine.observation_ends(self.finish.at, self.observation)

    @property
    def chart(self) -> medicine.Chart:
        left = self.last(Kind.LEFT)
        device = self.device
        return medicine.Chart(
            finished_at=None if self.finish is None else self.finish.at,
            maps=device is not None and device.injects,
            mapped=bool(self.points),
            pain=self.pain is not None,
            observed_at=[event.at for event in self.of(Kind.OBSERVED)],
            observation=self.observation,
            sheet=self.last(Kind.SHEET) is not None,
            left_early_because=None if left is None else left.data.get("reason", ""),
        )

    @property
    def gaps(self) -> tuple[medicine.Gap, ...]:
        return medicine.gaps(self.chart)

    @property
    def needs_countersignature(self) -> bool:
        return self.treatment.role in COUNTERSIGNED_FOR

    @property
    def countersigned(self) -> ChartLink | None:
        return next((link for link in self.links if link.kind == LinkKind.COUNTERSIGNATURE), None)

    @property
    def record(self) -> ChartLink | None:
        return next((link for link in self.links if link.kind == LinkKind.RECORD), None)


def treatments_of(patient: Patient) -> QuerySet[Treatment]:
    """Newest first."""
    return Treatment.objects.filter(patient=patient).select_related("patient", "injector", "course")


def treatment(pk: int, patient: Patient) -> Treatment | None:
    return treatments_of(patient).filter(pk=pk).first()


_CALLED_OFF = Event.objects.filter(treatment=OuterRef("pk"), kind=Kind.CALLED_OFF)
_FINISHED = Finish.objects.filter(treatment=OuterRef("pk"))
_RECORD = ChartLink.objects.filter(treatment=OuterRef("pk"), kind=LinkKind.RECORD)
_COUNTERSIGNATURE = ChartLink.objects.filter(treatment=OuterRef("pk"), kind=LinkKind.COUNTERSIGNATURE)


def open_treatment(patient: Patient) -> Treatment | None:
    """The session that is under way, which whoever comes next goes on with."""
    return treatments_of(patient).filter(~Exists(_CALLED_OFF), ~Exists(_FINISHED)).first()


def given_before(patient: Patient, day: date | None = None) -> QuerySet[Treatment]:
    """Sessions that took place, newest first; before a day if one is named."""
    found = treatments_of(patient).filter(Exists(_FINISHED))
    return found if day is None else found.filter(day__lt=day)


def latest_given(patient: Patient) -> Treatment | None:
    return given_before(patient).first()


def under_way() -> QuerySet[Treatment]:
    """Begun, and neither finished nor called off."""
    return (
        Treatment.objects.filter(~Exists(_CALLED_OFF), ~Exists(_FINISHED))
        .select_related("patient", "injector")
        .order_by("opened_at")
    )


def to_sign(user: User | None = None) -> QuerySet[Treatment]:
    """Given, and not signed by who injected; oldest first."""
    found = Treatment.objects.filter(Exists(_FINISHED), ~Exists(_RECORD))
    found = found if user is None else found.filter(injector=user)
    return found.select_related("patient", "injector").order_by("day", "id")


def to_countersign() -> QuerySet[Treatment]:
    """Signed by somebody whose records a prescriber signs as well; oldest first."""
    return (
        Treatment.objects.filter(Exists(_RECORD), ~Exists(_COUNTERSIGNATURE), role__in=COUNTERSIGNED_FOR)
        .select_related("patient", "injector")
        .order_by("day", "id")
    )


def planned_on(day: date) -> list[PlannedSession]:
    """Sessions of that day that nobody has begun yet."""
    done = set(Treatment.objects.filter(~Exists(_CALLED_OFF), day=day).values_list("patient_id", flat=True))
    found = sessions_between(day, day + timedelta(days=1))
    return [session for session in found if session.course.patient_id not in done]


def planned_session(patient: Patient, day: date) -> tuple[Course | None, PlannedSession | None]:
    """The course that stands, and its session of that day."""
    course = latest_plan(patient)
    if course is None or course.cancelled:
        return None, None
    return course, next((session for session in course.sessions.all() if session.day == day), None)


def next_session(patient: Patient, after: date) -> PlannedSession | None:
    course = latest_plan(patient)
    if course is None or course.cancelled:
        return None
    return next((session for session in course.sessions.all() if session.day > after), None)


# papers and devices


def certificates_of(holder: User) -> QuerySet[Certificate]:
    return Certificate.objects.filter(holder=holder).select_related("withdrawal")


def valid_certificates(holder: User, on: date) -> list[Certificate]:
    return list(
        certificates_of(holder).filter(withdrawal__isnull=True, valid_from__lte=on, valid_until__gte=on)
    )


def allowed_devices() -> frozenset[str]:
    """Devices that may be used: those that are not off by default, and those that the medical lead switched on."""
    switched: dict[str, bool] = dict(DeviceSwitch.objects.values_list("device", "on"))
    return frozenset(
        device.id for device in devices.devices().values() if switched.get(device.id, device.default != "off")
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One session in a list."""

    session: Session

    @property
    def treatment(self) -> Treatment:
        return self.session.treatment

    @property
    def state_words(self) -> str:
        return str(STATES[self.session.state])


def rows(treatments: Iterable[Treatment]) -> list[Row]:
    return [Row(Session(one)) for one in treatments]
