"""The map of a session: by the keyboard alone, by touch, and without JavaScript; printed on one page."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect
from tests.journeys.conftest import Arrive
from tests.journeys.keyboard import Keyboard
from tests.journeys.visitor import Visitor

TABLET = {"width": 820, "height": 1180}


def draws(nurse: Visitor, name: str) -> str:
    """The map of a session that begins now; its address."""
    nurse.goes_to(f"/patients?q={name}", "Patients")
    nurse.page.locator("tbody th a").first.click()
    nurse.reads(name)
    nurse.page.goto(f"{nurse.page.url}/treatment")
    nurse.button("Begin").first.click()
    nurse.page.wait_for_url("**/treatment/*")
    nurse.page.goto(f"{nurse.page.url}/map")
    nurse.reads("Map of the scalp")
    return nurse.page.url


def figure(nurse: Visitor, name: str) -> Locator:
    return nurse.main.locator(f".map-figures dt:text-is('{name}') + dd strong")


def test_a_map_by_the_keyboard_alone(arrive: Arrive) -> None:
    nurse = arrive("nurse")
    address = draws(nurse, "Nilsen")
    keys = Keyboard(nurse.page)
    expect(figure(nurse, "Points")).to_have_text("81")
    expect(figure(nurse, "In all")).to_have_text("4.05 mL")

    # A region more, a larger distance: the picture follows
    keys.to("Right side").press("Space")
    expect(figure(nurse, "Points")).not_to_have_text("81")
    keys.to("Distance")
    nurse.page.keyboard.press("Control+A")
    keys.type("20").press("Enter")
    expect(figure(nurse, "Points")).to_have_text(re.compile(r"^[56]\d$"))

    # A mole, named by its parting, stays free; a point and a parting are left out
    keys.to("What it is")
    keys.to("mm behind").type("20").press("Enter")
    keys.to("Mark it there").press("Enter")
    expect(nurse.main.get_by_role("button", name="Remove: Mole")).to_be_visible()
    before = int(figure(nurse, "Points").inner_text())
    keys.to("Leave out point 1").press("Space")
    expect(figure(nurse, "Points")).to_have_text(str(before - 1))
    keys.to("Leave out Middle, midline").press("Enter")
    expect(nurse.main.get_by_role("button", name="Take in Middle, midline")).to_be_visible()
    nurse.looks(anew=True)
    keys.to("Keep this map").press("Enter")
    nurse.is_told("The map is kept.")

    # Then it stands, and prints on one page
    left = figure(nurse, "Points").inner_text()
    nurse.page.goto(f"{address}/sheet")
    nurse.reads("Map of")
    nurse.sees(f"{left} points of 0.05 mL")
    printed = nurse.page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_a_map_by_touch(arrive: Arrive) -> None:
    nurse = arrive("nurse", viewport=TABLET, has_touch=True)
    draws(nurse, "Osei")
    expect(figure(nurse, "Points")).to_have_text("81")
    above = nurse.main.locator("[data-view=above] svg")

    # A tap near a point leaves it out, the total follows; a second tap takes it in again
    point = above.locator("[data-point='38'] circle")
    point.tap()
    expect(figure(nurse, "In all")).to_have_text("4 mL")
    nurse.sees("1 left out")
    above.locator("[data-point='38'] circle").tap()
    expect(figure(nurse, "In all")).to_have_text("4.05 mL")

    # A tap marks a spot: points within it are gone; beside the head nothing is marked
    nurse.main.get_by_label("Tap marks a spot").tap()
    above.locator("[data-point='38'] circle").tap()
    expect(figure(nurse, "Points")).not_to_have_text("81")
    nurse.sees("Mole")
    above.tap(position={"x": 4, "y": 4})
    nurse.sees("Tap on the scalp")
    nurse.looks(anew=True)

    # Two buttons one after the other, faster than the map is drawn: both count
    before = int(figure(nurse, "Points").inner_text())
    nurse.page.evaluate(
        """for (const what of ["row:", "save"])
             document.querySelector(`#map-form button[name=do][value^="${what}"]`).click()"""
    )
    nurse.is_told("The map is kept.")
    assert int(figure(nurse, "Points").inner_text()) < before
    assert nurse.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_map_without_javascript(arrive: Arrive) -> None:
    nurse = arrive("nurse", java_script_enabled=False)
    draws(nurse, "Whitfield")
    nurse.main.get_by_label("Distance, mm").fill("5")
    nurse.presses("Draw anew")
    nurse.sees("10 to 20 mm")
    nurse.main.get_by_label("Distance, mm").fill("18")
    nurse.presses("Draw anew")
    nurse.presses("Leave out Front, midline")
    nurse.sees("left out")
    nurse.presses("Keep this map")
    nurse.is_told("The map is kept.")
