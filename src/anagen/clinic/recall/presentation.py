"""A trace as the pages show it: counts from lot to patient, and a line for each syringe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anagen.clinic.people.models import Patient, User
from anagen.clinic.stock.models import Lot
from anagen.clinic.stock.wording import millilitres
from anagen.clinic.treatment.wording import REGIONS

from . import queries, trace
from .actions import Subject
from .models import Contact
from .trace import State, Step, Trace
from .wording import STATES, duration_words


@dataclass(frozen=True, slots=True)
class Row:
    """One syringe (or draw, or session) and whom it was for."""

    step: Step
    patient: Patient
    word: str
    tone: str
    lots: str  # product, lot and how much was drawn of it
    given: str
    nurse: str
    site: str


@dataclass(frozen=True, slots=True)
class Level:
    """One box on the way from the lot to the patients."""

    name: str
    count: int
    notes: tuple[str, ...] = ()
    url: str = ""


def rows(steps: Sequence[Step]) -> list[Row]:
    """One for each syringe; several draws of one lot into it are added up. Four queries, however many."""
    together: dict[tuple[int, str, int | None, State], list[Step]] = {}
    for step in steps:
        together.setdefault((step.patient, step.syringe, step.treatment, step.state), []).append(step)
    patients = Patient.objects.in_bulk({step.patient for step in steps})
    lots = Lot.objects.select_related("product").in_bulk({step.lot for step in steps if step.lot})
    nurses = User.objects.in_bulk({step.nurse for step in steps if step.nurse})
    sites = trace.sites_of({step.treatment for step in steps if step.treatment})
    made = []
    for (patient, _code, treatment, state), parts in together.items():
        drawn: dict[int, Decimal] = {}
        for part in parts:
            if part.lot is not None and part.drawn_ml is not None:
                drawn[part.lot] = drawn.get(part.lot, Decimal(0)) + part.drawn_ml
        first = parts[0]
        word, tone = STATES[state]
        made.append(
            Row(
                first,
                patients[patient],
                str(word),
                tone,
                "; ".join(
                    f"{lots[lot].product.name} {lots[lot]}, {millilitres(ml)}" for lot, ml in drawn.items()
                ),
                millilitres(first.given_ml) if first.given_ml is not None else "",
                str(nurses[first.nurse]) if first.nurse else "",
                ", ".join(str(REGIONS.get(name, name)) for name in sites.get(treatment or 0, ())),
            )
        )
    return sorted(made, key=lambda row: (row.step.state not in trace.REACHED, row.patient.search_name))


def levels(subject: Subject, found: Trace) -> list[Level]:
    """From what is called back to the people: how many there are of each."""
    people = Level(_("Patients to tell"), len(found.patients))
    if found.everybody:
        sessions = len({step.treatment for step in found.steps if step.treatment is not None})
        return [Level(_("Sessions"), sessions), people]
    unopened = ngettext("%(n)d unopened", "%(n)d unopened", found.unopened) % {"n": found.unopened}
    still = len(found.open_vials)
    return [
        Level(_("Lots"), len(subject.lots), (unopened,)),
        Level(_("Opened vials"), found.vials, (_("%(n)d still open") % {"n": still},) if still else ()),
        Level(_("Mixtures"), found.preparations),
        Level(
            _("Syringes"),
            len({step.syringe for step in found.steps if step.syringe}),
            tuple(
                f"{found.syringes(state)} {STATES[state][0]}"
                for state in (
                    State.GIVEN,
                    State.IN_THE_CHAIR,
                    State.READY,
                    State.LOST,
                    State.DISCARDED,
                    State.NOTHING_GIVEN,
                )
                if found.syringes(state)
            ),
        ),
        people,
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One patient of the list: how to reach them and how far it is."""

    contact: Contact
    word: str
    tone: str
    attempts: int
    got: tuple[Row, ...] = ()


def lines(contacts: Sequence[Contact], got: dict[int, list[Row]]) -> list[Line]:
    """Those who are not told yet first."""
    made = []
    for contact in contacts:
        word, tone = state_of(contact)
        tried = len(contact.attempts.all()) + len(contact.messages.all())
        made.append(Line(contact, word, tone, tried, tuple(got.get(contact.patient_id, ()))))
    return sorted(made, key=lambda line: (queries.is_settled(line.contact), line.contact.patient.search_name))


def state_of(contact: Contact) -> tuple[str, str]:
    if hasattr(contact, "acknowledged"):
        return _("knows"), "good"
    if hasattr(contact, "not_reached"):
        return _("could not be reached"), "quiet"
    messages = list(contact.messages.all())
    if messages and not hasattr(messages[-1], "result"):
        return _("message: not known whether it went"), "bad"
    if messages and not messages[-1].result.sent:
        return _("message failed"), "bad"
    if messages:
        return _("written to"), "warm"
    if contact.attempts.all():
        return _("tried"), "warm"
    return _("not told"), "bad"


def steps_of_time(times: queries.Times) -> list[tuple[str, str]]:
    """How long each step took, in words."""
    return [
        (_("Looked for and opened in"), duration_words(times.to_open)),
        (_("List of patients made in"), duration_words(times.to_list)),
        (_("First contact after"), duration_words(times.first_contact)),
        (_("Last contact after"), duration_words(times.last_contact)),
        (_("Closed after"), duration_words(times.closed)),
    ]
