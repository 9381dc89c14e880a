"""Questions that are interrupted, answered without a script, without a mouse, or answered wrongly."""

from __future__ import annotations

from datetime import date, timedelta

from playwright.sync_api import expect
from tests.journeys.conftest import Arrive
from tests.journeys.keyboard import Keyboard
from tests.journeys.steps import (
    TODAY,
    Person,
    Said,
    answers,
    answers_the_page,
    asks_at_the_desk,
    examines,
    opens_the_link,
    plans,
    question,
    registers,
    screens,
    sends_a_link,
)

PHONE = {"width": 360, "height": 740}


def test_a_form_abandoned_halfway_is_resumed_and_nothing_is_lost(arrive: Arrive) -> None:
    iris = Person("Iris", "Lindqvist", date(1979, 4, 3))
    desk = arrive("desk")
    file = registers(desk, iris)
    address = sends_a_link(desk, file, iris)

    # Given: on her phone she has answered a page, and one question of the next
    phone = arrive(name="phone", viewport=PHONE, has_touch=True)
    opens_the_link(phone, address, iris)
    answers_the_page(phone, {})
    phone.reads("Your health")
    answers(phone, "asthma", "yes")
    cookies = phone.context.storage_state()

    # When the browser is closed without a word, and the link is opened again later
    phone.context.close()
    later = arrive(name="phone-later", viewport=PHONE, has_touch=True, storage_state=cookies)
    later.goes_to(address, "Your health")

    # Then she is where she was, and her answer stands.
    expect(question(later, "asthma").get_by_label("Yes", exact=True)).to_be_checked()

    # On another phone the link leads nowhere,
    other = arrive(name="other-phone", viewport=PHONE)
    other.goes_to(address)
    other.looks()
    assert "Hello" not in other.heading.inner_text()

    # and the nurse goes on with the same answers.
    nurse = arrive("nurse")
    nurse.goes_to(f"{file}/intake", f"Questions for {iris.name}")
    nurse.presses("Go on asking")
    nurse.reads("Your health")
    expect(question(nurse, "asthma").get_by_label("Yes", exact=True)).to_be_checked()


def test_what_was_typed_comes_back_with_what_is_wrong(arrive: Arrive) -> None:
    desk = arrive("desk")
    desk.goes_to("/patients/register", "Register a patient")
    desk.types("First name", "Ottilie")
    desk.types("Date of birth", (TODAY + timedelta(days=1)).isoformat())
    desk.page.get_by_label("Email").fill("ottilie at example")
    desk.presses("Register")

    # The summary names every fault and has the focus; its links lead to the fields.
    summary = desk.page.locator(".error-summary")
    expect(summary).to_be_focused()
    for words in (
        "Enter the family name.",
        "The date of birth lies in the future.",
        "Enter an email address",
    ):
        expect(summary).to_contain_text(words)
    desk.looks(anew=True)
    summary.get_by_role("link", name="Enter the family name.").click()
    expect(desk.main.get_by_label("Family name")).to_be_focused()

    # What was typed is still there.
    expect(desk.main.get_by_label("First name")).to_have_value("Ottilie")
    expect(desk.page.get_by_label("Email")).to_have_value("ottilie at example")


def test_a_bad_answer_on_a_page_of_questions_is_marked_and_not_lost(arrive: Arrive) -> None:
    paul = Person("Paul", "Grünwald", date(1972, 7, 7), sex="Male")
    desk, nurse = arrive("desk"), arrive("nurse")
    file = registers(desk, paul)
    nurse.goes_to(f"{file}/intake", f"Questions for {paul.name}")
    nurse.presses("Begin")
    nurse.reads("Your hair")
    nurse.goes_to(f"{file}/intake/ask/infections", "Infections")

    cold = question(nurse, "infection.cold")
    cold.get_by_label("Yes", exact=True).check()
    cold.get_by_label("Since when?").fill((TODAY + timedelta(days=40)).isoformat())
    expect(nurse.page.locator("#saved")).to_contain_text("Not saved yet")
    nurse.presses("Next")

    summary = nurse.page.locator(".error-summary")
    expect(summary).to_be_visible()
    nurse.looks(anew=True)
    summary.get_by_role("link").first.click()
    expect(cold.get_by_label("Since when?")).to_be_focused()
    expect(cold.get_by_label("Since when?")).to_have_value((TODAY + timedelta(days=40)).isoformat())
    expect(cold.get_by_label("Yes", exact=True)).to_be_checked()


def test_without_a_script_questions_and_plan_still_work(arrive: Arrive) -> None:
    vera = Person("Vera", "Horáková", date(1986, 2, 2))
    desk = arrive("desk", java_script_enabled=False)
    nurse = arrive("nurse", java_script_enabled=False)
    file = registers(desk, vera)

    # one page with a button alone, gone back to: the answers stand
    nurse.goes_to(f"{file}/intake", f"Questions for {vera.name}")
    nurse.presses("Begin")
    nurse.reads("Your hair")
    answers_the_page(nurse, {})
    nurse.reads("Your health")
    nurse.presses("Back")
    nurse.reads("Your hair")
    expect(question(nurse, "diagnosis.cause_known").get_by_label("Yes", exact=True)).to_be_checked()

    asks_at_the_desk(nurse, file, vera, {"infection.cold": Said("no")})
    examines(nurse, file, vera)
    assert screens(nurse, file) == "Clear"
    days = plans(desk, file)
    assert len(days) == 8

    desk.goes_to(f"{file}/course/move?session=2", "Hair mesotherapy")
    desk.presses("A day later")
    desk.sees("What moves with session 2")
    desk.presses("Keep this plan")
    desk.is_told("Session 2 is on")


def test_the_keyboard_alone_suffices(arrive: Arrive) -> None:
    nurse = arrive(name="nurse-without-a-mouse")
    keys = Keyboard(nurse.page)
    nurse.goes_to("/sign-in", "Sign in")

    # sign in
    keys.to("User name").type("nurse")
    keys.to("Password").type("anagen demo clinic").press("Enter")
    nurse.reads("Good")

    # find Clara Hoffmann
    keys.to("Name or patient number").type("hoffmann").press("Enter")
    nurse.reads("Patients")
    keys.to("Clara").press("Enter")
    nurse.reads("Clara Hoffmann")

    # answer one page of questions
    keys.to("Ask again").press("Enter")
    nurse.reads("Questions for Clara Hoffmann")
    keys.to("Begin").press("Enter")
    nurse.reads("Your hair")
    keys.to("Yes").press("ArrowDown")  # to the next answer of the same question
    assert keys.chosen == "No"
    keys.to("Next").press("Enter")
    expect(nurse.heading).not_to_have_text("Your hair")

    # ask the rules
    nurse.goes_to("/patients?q=hoffmann", "Patients")
    keys.to("Clara").press("Enter")
    nurse.reads("Clara Hoffmann")
    keys.to("Screening").press("Enter")
    nurse.reads("Clear")
    keys.to("Screen for today").press("Enter")
    nurse.reads("Clear")

    # plan the course
    keys.to("Plan the course").press("Enter")
    nurse.reads("The course")
    keys.to("Plan a course").press("Enter")
    nurse.reads("Plan a course")
    if not nurse.button("Keep this plan").count():
        keys.to("See the dates").press("Enter")
        expect(nurse.button("Keep this plan")).to_be_visible()
    keys.to("Keep this plan").press("Enter")
    nurse.is_told("The course is planned.")
