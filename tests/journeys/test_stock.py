"""The shelf: received by scanning, held back, thrown away before a witness, counted."""

from __future__ import annotations

from tests.journeys.conftest import Arrive
from tests.journeys.visitor import Visitor
from tools.clinic import PASSWORD

PHONE = {"width": 360, "height": 740}
WITH_ALL = "]d201095060001343521728030010PJ2705"  # a product, day 00 of March 2028, a lot
WITHOUT = "9506000134369"  # the bar code of another product


def scans(visitor: Visitor, code: str) -> None:
    """As a hand-held scanner does: where the cursor stands, with Enter at the end."""
    visitor.page.keyboard.type(code)
    visitor.page.keyboard.press("Enter")


def types(visitor: Visitor, words: str) -> None:
    visitor.page.keyboard.type(words)
    visitor.page.keyboard.press("Enter")


def focus(visitor: Visitor, name: str) -> None:
    visitor.page.wait_for_function("name => document.activeElement.name === name", arg=name)


def test_receiving_without_a_mouse(arrive: Arrive) -> None:
    nurse = arrive("nurse")
    nurse.goes_to("/stock", "Stock")
    nurse.sees("10 without expiry")
    nurse.link("Receive").click()
    nurse.reads("Receive stock")

    # A code that says everything: only the count is typed
    scans(nurse, WITH_ALL)
    focus(nurse, "count")
    types(nurse, "12")
    nurse.is_told("12 containers of Demo-Panthenol 250, ampoule of 2 mL, lot PJ2705 (expires: 31 Mar 2028)")

    # The next one without lot and expiry: they are asked for, never guessed; a year that cannot be is refused
    focus(nurse, "scan")
    scans(nurse, WITHOUT)
    focus(nurse, "number")
    nurse.sees("The code does not say everything")
    nurse.types("Lot", "BI7T")
    nurse.page.get_by_label("Expires on").fill("2062-05-01")
    nurse.page.get_by_label("How many containers").fill("2")
    nurse.presses("Take in")
    nurse.sees("Check the year.")
    nurse.page.get_by_label("Expires on").fill("2028-05-01")
    nurse.page.get_by_label("Lot", exact=True).fill("B177")
    nurse.presses("Take in")
    nurse.sees("Compare the pack letter by letter.")
    nurse.main.get_by_label("I compared letter by letter: it is another lot").check()
    nurse.looks(anew=True)
    nurse.presses("Take in")
    nurse.is_told("lot B177")

    # What is no product says what it is
    focus(nurse, "scan")
    scans(nurse, "hello there")
    nurse.reads("Receive stock")
    assert nurse.page.get_by_role("alert").is_visible()


def test_held_back_thrown_away_and_counted(arrive: Arrive) -> None:
    nurse, prescriber = arrive("nurse", viewport=PHONE), arrive("prescriber")

    # Given a lot in quarantine, which a nurse cannot release
    nurse.goes_to("/stock?q=LC093", "Stock")
    nurse.follows("Demo-Lidocaine")
    nurse.follows("LC093")
    nurse.reads("Lot LC093")
    assert nurse.link("Release").count() == 0
    prescriber.page.goto(nurse.page.url)
    prescriber.follows("Release")
    prescriber.reads("Release lot LC093?")
    prescriber.types("Reason", "The maker says harmless")
    prescriber.presses("Release this lot")
    prescriber.is_told("may be used again")

    # When one is thrown away: this product asks for a witness, who is somebody else
    nurse.page.reload()
    nurse.follows("Move, waste, send back")
    nurse.reads("What happens to lot LC093?")
    for witness, told in (("nurse", "Ask somebody else to watch"), ("prescriber", "")):
        nurse.chooses("What happens", "Throw away: broken, spilt, spoilt")
        nurse.page.get_by_label("Reason (when").fill("Dropped")
        nurse.page.get_by_label("User name of the witness").fill(witness)
        nurse.page.get_by_label("Password of the witness").fill(PASSWORD)
        nurse.presses("Note it")
        if told:
            nurse.sees(told)
    nurse.is_told("1 container thrown away.")

    # And the fridge is counted blind: a difference needs a reason
    nurse.goes_to("/stock/places", "Places")
    nurse.follows("Count Fridge")
    nurse.reads("Count Fridge")
    counts = nurse.main.get_by_role("spinbutton")
    for place in range(counts.count()):
        counts.nth(place).fill("40")  # nothing is missing: what is watched leaves before a witness alone
    nurse.presses("Compare")
    nurse.sees("The count differs")
    nurse.page.get_by_label("Reason for the differences").fill("Counted twice")
    nurse.presses("Correct the stock")
    nurse.is_told("Fridge is counted and corrected.")
    nurse.goes_to("/stock/vials", "Opened vials")
    nurse.follows("Close")
    nurse.reads("Close vial")
