"""A repeat session on a tablet, from check-in until it is recorded and charged, in at most twelve taps.

The signature comes after the observation, half an hour later, and is not counted here: the care sheet, “the patient
is well”, the password and the button.
"""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Locator, expect
from tests.journeys import chairs
from tests.journeys.conftest import Arrive

TABLET: Final = {"width": 820, "height": 1180}
MOST: Final = 12
NAME: Final = "Tara Tapp"
LEAST: Final = (
    44  # CSS pixels that a finger with a glove needs, and a little more for what is tapped in the session
)


def test_a_repeat_session_takes_a_dozen_taps(arrive: Arrive, made_chairs: None) -> None:
    nurse = arrive("nurse", viewport=TABLET, has_touch=True)
    taps: list[str] = []
    typed: list[str] = []

    def tap(what: Locator) -> None:
        box = what.bounding_box()
        assert box and min(box["width"], box["height"]) >= LEAST, f"too small for a glove: {what} {box}"
        taps.append(what.inner_text())
        what.tap()

    def scan(code: str) -> None:
        """As a scanner does: it types where the cursor stands, with Enter at the end."""
        assert nurse.page.evaluate("document.activeElement.name") == "code"
        nurse.page.keyboard.type(code)
        nurse.page.keyboard.press("Enter")
        typed.append(code)

    def choice(words: str) -> Locator:
        return nurse.main.locator("label.choice").filter(has_text=words)

    nurse.goes_to("/treatments", "Today")
    tap(nurse.button(f"Begin {NAME}"))
    nurse.reads(NAME)
    scan(chairs.syringe_of(NAME))
    tap(
        choice("The patient said name and date of birth")
    )  # each of these is its own answer: none is a default
    tap(choice("Scalp seen"))
    tap(choice("Emergency kit"))
    tap(nurse.button("None of these: keep"))  # the questions were read out, nothing is new
    tap(nurse.button("First needle"))
    expect(nurse.page.locator("[data-status]")).to_have_text("All saved.")
    tap(nurse.button("New needle"))
    expect(nurse.page.locator("[data-needles]")).to_have_text("2")
    nurse.page.wait_for_timeout(700)  # sooner it would be a double tap
    tap(nurse.button("New needle"))
    tap(nurse.main.get_by_role("button", name="3", exact=True))
    tap(nurse.button("All given, these points: finish"))
    nurse.reads("Finish the session")
    tap(nurse.button("Finish"))
    nurse.sees("Observation")
    assert (len(taps), len(typed)) <= (MOST, 1), taps
