"""From the wish to the labelled syringe that a second person has entered again."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.journeys.conftest import Arrive

PANTHENOL = "010950600013435210PA2312"
COMMENT = "Mixed so in the hospital pharmacy; their letter of 1 March is filed."


def test_a_mixture_is_wished_refused_divided_decided_prepared_and_checked(arrive: Arrive) -> None:
    # Given: somebody whose mixture of today waits for a decision
    nurse, prescriber = arrive("nurse"), arrive("prescriber")
    nurse.goes_to("/mixtures", "Mixtures of today")
    nurse.main.get_by_role("row").filter(has_text="Waits for a decision").get_by_role("link").click()
    expect(nurse.page.locator(".verdict-card")).to_be_visible()
    nurse.looks()

    # When the nurse would like an anaesthetic in it as well, the page says at once that it is refused
    nurse.follows("Revise")
    nurse.reads("Revise the worksheet of")
    nurse.main.get_by_label("Product 3 (optional)", exact=True).select_option(
        label="Demo-Lidocaine 1 %, vial of 20 mL"
    )
    nurse.types("mL of product 3 (optional)", "1")
    nurse.types("Points (optional)", "")
    nurse.types("Volume per point in mL (optional)", "")
    expect(nurse.page.locator("#verdict")).to_contain_text("Needs a syringe of its own")
    nurse.looks(anew=True)
    nurse.presses("Keep this worksheet")
    nurse.sees("Refused")
    assert nurse.link("Prepare").count() == 0
    nurse.sees("It holds in 2 syringes")
    nurse.presses("Divide into worksheets")
    nurse.is_told("Divided into 2 worksheets.")

    # Then the prescriber decides the pair that nobody has tested
    nurse.main.get_by_role("row").filter(has_text="Dexpanthenol").filter(
        has_text="Waits for a decision"
    ).get_by_role("link").first.click()
    expect(nurse.page.locator(".verdict-card")).to_be_visible()
    sheet = nurse.page.url.removeprefix(nurse.clinic)
    assert nurse.link("Decide with my name").count() == 0
    prescriber.goes_to(sheet)
    prescriber.follows("Decide with my name")
    prescriber.reads("Decide this by name?")
    prescriber.main.get_by_role("radio").first.check()
    prescriber.page.get_by_label("In your own words").fill(COMMENT)
    prescriber.presses("Decide with my name")
    prescriber.is_told("Decided.")

    # the nurse scans a wrong pack, then the right one
    nurse.goes_to(sheet)
    nurse.follows("Prepare")
    nurse.reads("Prepare for")
    scan = nurse.main.get_by_label("Scan Demo-Panthenol 250")
    scan.fill("010950600013437610LC100")
    nurse.presses("Mixed and drawn up")
    expect(nurse.page.locator(".error-summary")).to_contain_text("The worksheet wants Demo-Panthenol 250")
    scan.fill(PANTHENOL)
    nurse.presses("Mixed and drawn up")
    nurse.is_told("Prepared.")
    nurse.reads("Labels")
    expect(nurse.page.locator(".syringe-label")).to_have_count(1)

    # and somebody else enters it again without seeing it: first wrong, then right
    nurse.goes_to(f"{sheet}/check")
    nurse.sees("You mixed this yourself")
    prescriber.goes_to(sheet)
    prescriber.does_not_see("PA2312")
    prescriber.follows("Second check")
    for volume in ("0.6", "0.5"):
        prescriber.goes_to(f"{sheet}/check", "Second check for")
        prescriber.main.get_by_label("Scan vial or pack 1").fill(PANTHENOL)
        prescriber.types("Volume 1 in mL (optional)", volume)
        prescriber.main.get_by_label("Or its product 2").select_option(
            label="Demo-Saline 0.9 %, ampoule of 10 mL"
        )
        prescriber.types("Lot 2, if the code does not say it (optional)", "SA900")
        prescriber.types("Volume 2 in mL (optional)", "1.5")
        prescriber.presses("Compare")
        prescriber.is_told("The entries differ." if volume == "0.6" else "Both entries agree.")
    prescriber.sees("Ready to give")
    prescriber.sees("PA2312")
