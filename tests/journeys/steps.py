"""What people do in the clinic, one function for each thing a person would name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from playwright.sync_api import Locator, expect
from tests.journeys.visitor import Visitor
from tools.clinic import DAY

from anagen.knowledge.loader import shipped
from anagen.medicine.vocabulary import FactDefinition, FactType

TODAY: Final = DAY
THURSDAY: Final = date(2027, 3, 4)
OWN_PASSWORD: Final = "quiet rivers and a lamp"
NONE_OF_THESE: Final = "None of these apply to me"


@dataclass(frozen=True)
class Person:
    """Somebody whom the front desk registers."""

    given: str
    family: str
    born: date
    sex: str = "Female"

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


@dataclass(frozen=True)
class Said:
    """An answer with its days."""

    value: str
    since: date | None = None
    until: date | None = None


def in_words(day: date) -> str:
    """Tuesday, 2 March 2027"""
    return f"{day:%A}, {day.day} {day:%B %Y}"


# --- the front desk


def registers(desk: Visitor, person: Person) -> str:
    """The address of the new file, without the clinic's."""
    desk.goes_to("/patients/register", "Register a patient")
    desk.types("First name", person.given)
    desk.types("Family name", person.family)
    desk.types("Date of birth", person.born.isoformat())
    desk.main.get_by_label(person.sex, exact=True).check()
    desk.presses("Register")
    desk.reads(person.name)
    return desk.page.url.removeprefix(desk.clinic)


def sends_a_link(desk: Visitor, file: str, person: Person) -> str:
    """The address for the patient's own phone."""
    desk.goes_to(f"{file}/intake", f"Questions for {person.name}")
    desk.follows("Make a link")
    desk.reads(f"A link for {person.name}")
    desk.presses("Make a link")
    desk.sees("Shown this once")
    desk.looks(anew=True)
    return desk.page.locator("#address").inner_text().strip().removeprefix(desk.clinic)


def opens_the_link(phone: Visitor, address: str, person: Person) -> None:
    phone.goes_to(address, f"Hello {person.given}")
    phone.main.get_by_label("Date of birth").fill(person.born.isoformat())
    phone.presses("Begin")
    phone.reads("Your hair")


def gets_an_account(desk: Visitor, patient: Visitor, file: str, username: str) -> None:
    """The desk hands over a first password; the patient changes it at the first sign-in."""
    desk.goes_to(f"{file}/access", "Access for")
    desk.types("User name", username)
    desk.presses("Make the account")
    desk.sees("Shown this once")
    given = desk.page.locator(".handover dd").all_inner_texts()
    patient.goes_to("/sign-in", "Sign in")
    patient.types("User name", given[0])
    patient.types("Password", given[1])
    patient.presses("Sign in")
    patient.reads("Change your password")
    for label in ("Your password now", "New password"):
        patient.types(label, given[1] if label == "Your password now" else OWN_PASSWORD)
    patient.presses("Change password")
    patient.is_told("Your password is changed.")


# --- the questions


@cache
def _definition(fact: str) -> FactDefinition:
    return shipped().ruleset.vocabulary[fact]


def _healthy(definition: FactDefinition) -> str:
    """The answer of a healthy adult for whom treatment is indicated, as the form's value."""
    example = definition.example
    if isinstance(example, bool):
        return "yes" if example else "no"
    return str(example)


def question(visitor: Visitor, fact: str) -> Locator:
    return visitor.page.locator(f"#q-{fact.replace('.', '-').replace('_', '-')}")


def answers(visitor: Visitor, fact: str, said: str | Said) -> None:
    """Answer one question and wait until the page says that it is saved."""
    said = said if isinstance(said, Said) else Said(said)
    asked = question(visitor, fact)
    asked.locator(f"input[value='{said.value}']").check()
    for part, day in (("since", said.since), ("until", said.until)):
        if day is not None:
            asked.locator(f"input[name='{fact}--{part}']").fill(day.isoformat())
    if visitor.scripted:
        expect(visitor.page.locator("#saved")).to_contain_text("Saved at")


def answers_the_page(visitor: Visitor, but: Mapping[str, str | Said]) -> None:
    """Answer a page as a healthy adult, except for `but`; “none of these” does the rest."""
    heading = visitor.heading.inner_text()
    turn = 0
    while True:  # an answer may bring further questions
        waiting = [fact for fact in _open(visitor) if fact in but or not _can_be_none(fact)]
        if not waiting:
            break
        turn += 1
        assert turn < 20, f"{heading} does not come to an end: {waiting}"
        answers(visitor, waiting[0], but.get(waiting[0]) or _healthy(_definition(waiting[0])))
    none = visitor.button(NONE_OF_THESE)
    if none.count():
        none.first.click()
    else:
        visitor.button("To the summary").or_(visitor.button("Next")).first.click()
    expect(visitor.heading).not_to_have_text(heading)


def _open(visitor: Visitor) -> list[str]:
    """The facts of the page without an answer."""
    return visitor.page.evaluate(
        """() => [...document.querySelectorAll('main fieldset.ask')]
            .filter(one => one.querySelector('input[type=radio]') && !one.querySelector('input[type=radio]:checked'))
            .map(one => one.querySelector('input[type=radio]').name)"""
    )


def _can_be_none(fact: str) -> bool:
    return _definition(fact).type in (FactType.STATE, FactType.EVENT) and _healthy(_definition(fact)) == "no"


def answers_everything(visitor: Visitor, but: Mapping[str, str | Said] | None = None) -> None:
    """Page after page up to the summary."""
    for _page in range(20):
        visitor.looks()
        if visitor.page.url.endswith("/review"):
            return
        answers_the_page(visitor, but or {})
    raise AssertionError("the questions do not come to an end")


def hands_in(visitor: Visitor) -> None:
    visitor.button("Hand in").first.click()


def asks_at_the_desk(
    nurse: Visitor, file: str, person: Person, but: Mapping[str, str | Said] | None = None
) -> None:
    """A nurse reads the questions out, from the first to the last."""
    nurse.goes_to(f"{file}/intake", f"Questions for {person.name}")
    nurse.button("Begin").or_(nurse.button("Go on asking")).click()
    expect(nurse.button(NONE_OF_THESE).or_(nurse.button("Next")).first).to_be_visible()
    answers_everything(nurse, but)
    hands_in(nurse)
    nurse.is_told(f"The answers of {person.name} are handed in.")


# --- deciding


def examines(clinician: Visitor, file: str, person: Person) -> None:
    """Ordinary hair loss of the common pattern, the work-up done, able to decide."""
    clinician.goes_to(f"{file}/examination", f"Examination of {person.name}")
    clinician.page.locator("#q-diagnosis-scalp-value").fill("L64.9")
    for fact in ("diagnosis.work_up", "capacity.impaired"):
        question(clinician, fact).locator(f"input[value='{_healthy(_definition(fact))}']").check()
    clinician.presses("Save the examination")
    clinician.is_told("The examination is saved.")


def screens(clinician: Visitor, file: str) -> str:
    """Ask the rules about today; the verdict's word."""
    clinician.goes_to(f"{file}/screening")
    clinician.presses("Screen for today")
    return verdict(clinician)


def verdict(visitor: Visitor) -> str:
    expect(visitor.page.locator(".verdict-card")).to_be_visible()
    visitor.looks()
    return visitor.heading.inner_text().strip()


# --- the course


def plans(desk: Visitor, file: str, *, start: date | None = None) -> list[date]:
    """Plan the standard course; the days that are kept."""
    desk.goes_to(f"{file}/course/new", "Plan a course")
    desk.main.get_by_label("Hair mesotherapy, standard course").check()
    if start is not None:
        desk.types("First possible day", start.isoformat())
    if not desk.button("Keep this plan").count():
        desk.presses("See the dates")
    expect(desk.button("Keep this plan")).to_be_visible()
    desk.looks(anew=True)
    desk.presses("Keep this plan")
    desk.is_told("The course is planned.")
    return sessions(desk)


def sessions(visitor: Visitor) -> list[date]:
    """The days of the sessions in the table of the plan page."""
    table = visitor.main.get_by_role("table", name="Sessions", exact=True)
    cells = table.locator("tbody th[scope=row]").all_inner_texts()
    return [_day(cell) for cell in cells]


def _day(words: str) -> date:
    """“Tue 2 Mar 2027 chosen” as a date."""
    _weekday, day, month, year, *_more = words.split()
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    return date(int(year), months.index(month) + 1, int(day))
