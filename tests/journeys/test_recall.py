"""A recall is practised, then called in earnest; a patient reads the message on a telephone."""

from __future__ import annotations

from tests.journeys.conftest import Arrive

PHONE = {"width": 360, "height": 740}


def test_a_drill_from_the_number_to_its_end(arrive: Arrive) -> None:
    prescriber = arrive("prescriber")

    # A number that only looks alike is offered, not taken
    prescriber.goes_to("/recalls?q=PA24O1", "Recalls")
    prescriber.sees("No lot has exactly this number")
    prescriber.goes_to("/recalls?q=PA2401", "Recalls")
    prescriber.presses("See whom it has reached")
    prescriber.reads("Lot PA2401 (Demo-Panthenol 250)")
    prescriber.follows("Practise as a drill")
    prescriber.reads("Practise this recall?")
    prescriber.presses("Begin the drill")
    prescriber.is_told("Nothing is held back, nobody is written to.")
    prescriber.sees("This is a drill")
    drill = prescriber.page.url.removeprefix(prescriber.clinic)

    # The front desk works the list and is not told what it is about
    desk = arrive("desk", viewport=PHONE)
    desk.page.goto(prescriber.page.url)
    desk.sees("This is a drill")
    assert "PA2401" not in desk.main.inner_text()
    desk.main.locator("tbody th a").first.click()
    desk.presses("The patient knows")
    desk.is_told("knows.")

    prescriber.goes_to(f"{drill}/close", "Close this drill?")
    prescriber.types("Conclusion", "The list was there at once.")
    prescriber.presses("Close it")
    prescriber.is_told("how long it took is kept")
    prescriber.sees("How long it took")
