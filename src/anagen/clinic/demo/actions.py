"""Fills the demo clinic, through the same actions as every page. A second call changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from ruamel.yaml import YAML

from anagen.clinic.course import actions as course_actions
from anagen.clinic.course import queries as course_queries
from anagen.clinic.intake import actions as intake_actions
from anagen.clinic.intake.actions import Given
from anagen.clinic.intake.examples import answer_as_example
from anagen.clinic.intake.models import Channel
from anagen.clinic.people import actions as people_actions
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.people.queries import today
from anagen.clinic.review.queries import current
from anagen.clinic.screening import actions as screening_actions
from anagen.exchange import fhir
from anagen.medicine.dates import add_months

from .formulation import fill_mixtures
from .papers import fill_papers
from .recall import fill_recall
from .stock import fill_stock

PASSWORD: Final = "anagen demo clinic"  # printed at every start; nobody in it is real
DEMO: Final = "demo"
PROTOCOL: Final = "hair-standard"

STAFF: Final = (
    ("desk", "Ada Finch", Role.FRONT_DESK),
    ("nurse", "Nora Lind", Role.NURSE),
    ("prescriber", "Samuel Okafor", Role.PRESCRIBER),
    ("lead", "Ines Marchetti", Role.MEDICAL_LEAD),
    ("admin", "Tom Reyes", Role.ADMINISTRATOR),
)
OWN_ACCOUNT: Final = "clara"


@dataclass(frozen=True, slots=True)
class LogIn:
    """Who may sign in to the demo."""

    role: str
    username: str
    password: str


def fill(*, on: date | None = None) -> tuple[LogIn, ...]:
    """The whole clinic, or nothing of it; the log-ins either way.

    Refused where the database holds a clinic that is not the demo.
    """
    if not User.objects.filter(username=STAFF[0][0]).exists():
        if Patient.objects.exists() or User.objects.exists():
            raise Refused("This database holds a clinic already. The demo is only filled into an empty one.")
        with transaction.atomic():
            staff = {
                role: people_actions.create_user(
                    by=DEMO, username=username, full_name=name, role=role, password=PASSWORD
                )
                for username, name, role in STAFF
            }
            products = fill_stock(nurse=staff[Role.NURSE], on=on or today())
            fill_papers(
                lead=staff[Role.MEDICAL_LEAD],
                injectors=[staff[Role.NURSE], staff[Role.PRESCRIBER]],
                on=on or today(),
            )
            for person in _people():
                _Story(person, staff, on or today()).tell()
            fill_mixtures(staff=staff, products=products)
            fill_recall(staff=staff, on=on or today())
    log_ins = [LogIn(str(role.label), username, PASSWORD) for username, _name, role in STAFF]
    return (*log_ins, LogIn(str(Role.PATIENT.label), OWN_ACCOUNT, PASSWORD))


def _people() -> list[dict[str, Any]]:
    file = Path(__file__).with_name("patients.yaml")
    people: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(file)["patients"]
    return people


@dataclass(frozen=True, slots=True)
class _Story:
    """One person's way so far."""

    person: Mapping[str, Any]
    staff: Mapping[Role, User]
    today: date

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def tell(self) -> None:
        patient = self._registered()
        asked = self.day(self.person.get("asked", 0))
        match self.person.get("intake", "done"):
            case "half":
                intake = answer_as_example(
                    patient,
                    asked,
                    by=self._nurse,
                    examined_by=None,
                    handed_in=False,
                    without=self._second_half(),
                )
                assert intake.is_open
                return
            case "link":
                intake_actions.make_link(by=self._desk, patient=patient)
                return
            case "none":
                return
        if "record" in self.person:
            self._import_record(patient, asked)
        answer_as_example(
            patient,
            asked,
            by=self._nurse,
            channel=Channel.DESK,
            but=dict(self._differences()),
            without=frozenset(self.person.get("without", ())),
            examined_by=self._prescriber if self.person.get("examined", True) else None,
        )
        decision = None
        for days in self.person.get("decided", [self.person.get("asked", 0)]):
            decision = screening_actions.decide(by=self._nurse, patient=patient, on=self.day(days))
        if "override" in self.person and decision is not None:
            screening_actions.override_finding(
                by=self._prescriber, decision=decision, **self.person["override"]
            )
        for busy in self.person.get("busy", ()):
            course_actions.add_busy_time(
                by=self._desk,
                patient=patient,
                start=self.day(busy["from"]),
                end=self.day(busy["to"]),
                words=busy["words"],
                on=self.today,
            )
        if "course" in self.person:
            self._plan(patient, asked)

    @property
    def _desk(self) -> User:
        return self.staff[Role.FRONT_DESK]

    @property
    def _nurse(self) -> User:
        return self.staff[Role.NURSE]

    @property
    def _prescriber(self) -> User:
        return self.staff[Role.PRESCRIBER]

    def _registered(self) -> Patient:
        given, family = self.person["name"]
        sum_of_letters = sum(
            map(ord, given + family)
        )  # birthdays and numbers that differ, the same at every start
        patient = people_actions.register_patient(
            by=self._desk,
            given_name=given,
            family_name=family,
            birth_date=add_months(self.today, -12 * self.person["age"])
            - timedelta(days=20 + sum_of_letters * 7 % 300),
            sex=self.person["sex"],
            email=f"{given}.{family}@example.org".lower(),
            phone="+44 20 7946 0" + f"{sum_of_letters % 1000:03d}",
            on=self.today,
        )
        username = self.person.get("account")
        if username:
            account = people_actions.create_user(
                by=DEMO,
                username=username,
                full_name=f"{given} {family}",
                role=Role.PATIENT,
                password=PASSWORD,
            )
            patient = people_actions.link_account(by=self._desk, patient=patient, user=account)
        return patient

    def _differences(self) -> Iterator[tuple[str, Given]]:
        for fact, said in self.person.get("but", {}).items():
            said = said if isinstance(said, dict) else {"value": said}
            since, until = (self.day(said[key]) if key in said else None for key in ("since", "until"))
            yield fact, Given(fact, said["value"], since=since, until=until)

    @staticmethod
    def _second_half() -> frozenset[str]:
        groups = [group["id"] for group in current().groups]
        later = set(groups[len(groups) // 2 :])
        return frozenset(fact.id for fact in current().ruleset.vocabulary if fact.group in later)

    def _plan(self, patient: Patient, asked: date) -> None:
        wish = self.person["course"]
        start = self.day(wish["start"])
        course = course_actions.plan_course(
            by=self._desk,
            patient=patient,
            protocol=PROTOCOL,
            start=start,
            on=asked,
            sessions=wish.get("sessions"),
        )
        if "move" in wish:
            session = course.sessions.get(number=wish["move"]["number"])
            course_actions.move_session(
                by=self._desk,
                patient=patient,
                number=session.number,
                day=session.day + timedelta(days=wish["move"]["days"]),
                on=self.today,
                seen=self._seen(patient),
            )
        if "cancelled" in wish:
            course_actions.cancel_course(
                by=self._desk,
                patient=patient,
                reason=wish["cancelled"],
                on=self.today,
                seen=self._seen(patient),
            )

    @staticmethod
    def _seen(patient: Patient) -> int:
        course = course_queries.latest_plan(patient)
        return 0 if course is None else int(course.number)

    def _import_record(self, patient: Patient, on: date) -> None:
        """A small record of another system, with a diagnosis in words only."""
        subject = {"reference": "Patient/1"}
        bundle = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {
                    "resource": {
                        "resourceType": "Patient",
                        "id": "1",
                        "birthDate": patient.birth_date.isoformat(),
                        "gender": patient.sex,
                    }
                },
                {
                    "resource": {
                        "resourceType": "Condition",
                        "id": "myopia",
                        "subject": subject,
                        "code": {
                            "coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "H52.1"}],
                            "text": "Short sight",
                        },
                    }
                },
                {
                    "resource": {
                        "resourceType": "Condition",
                        "id": "words-only",
                        "subject": subject,
                        "code": {"text": "Trouble with the glands as a child"},
                    }
                },
            ],
        }
        reading = fhir.read(bundle, vocabulary=current().ruleset.vocabulary, on=on)
        intake_actions.import_record(
            by=self._prescriber, patient=patient, statements=reading.facts, unmapped=reading.unmapped, on=on
        )
