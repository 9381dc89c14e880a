"""The medical lead signs a rule and sets a number; a patient's verdict changes."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.journeys.conftest import Arrive
from tests.journeys.steps import verdict
from tests.journeys.test_deciding import opens_file_of

WHY = "Agreed in the meeting of the clinic."
RULE = "drug.self_bought_painkiller"
TITLE = "Self-bought aspirin or NSAID within seven days"


def test_the_lead_signs_and_changes_a_rule_and_a_verdict_follows(arrive: Arrive) -> None:
    # Given: Grace Whitfield has taken a painkiller of her own, and has to wait
    nurse = arrive("nurse")
    file = opens_file_of(nurse, "Grace Whitfield")
    nurse.goes_to(f"{file}/screening")
    assert verdict(nurse) == "Defer"

    # When the medical lead signs the rule,
    lead = arrive("lead")
    lead.goes_to(f"/knowledge/rules/{RULE}", TITLE)
    lead.sees("not yet reviewed by your medical lead")
    lead.follows("Sign")
    lead.reads("Sign this rule")
    lead.presses("See what would change")
    expect(lead.page.locator(".error-summary")).to_be_visible()
    lead.main.get_by_label("Why").fill(WHY)
    lead.presses("See what would change")
    lead.sees("Nothing is kept yet")
    lead.presses("Confirm with my name")
    lead.is_told("Kept.")
    lead.sees("reviewed by Ines Marchetti")

    # sets a number of another outside of its range, and then within it,
    lead.goes_to("/knowledge/rules/drug.antibiotic_course/change/set", "Set a number of this rule")
    wait = lead.main.get_by_label("The time without symptoms after an antibiotic")
    wait.fill("99")
    lead.main.get_by_label("Why").fill(WHY)
    lead.presses("See what would change")
    lead.sees("outside of what may be set")
    lead.main.get_by_label("The time without symptoms after an antibiotic").fill("10")
    lead.presses("See what would change")
    lead.sees("Whom it would touch")
    lead.looks(anew=True)
    lead.presses("Confirm with my name")
    lead.is_told("Kept.")

    # and switches the signed one to advice, seeing whom it touches,
    lead.goes_to(f"/knowledge/rules/{RULE}/change/advice", "Switch this rule to advice only")
    lead.main.get_by_label("Why").fill(WHY)
    lead.presses("See what would change")
    lead.sees("Grace Whitfield")
    lead.presses("Confirm with my name")
    lead.is_told("Kept.")
    lead.sees("Advice only, by decision of this clinic")

    # then the next decision is made by it, and says so.
    nurse.goes_to(f"{file}/screening")
    nurse.main.get_by_role("button", name="Screen for today").first.click()
    assert verdict(nurse) == "Caution"
    nurse.sees("advice only")

    # Taken back, the rule stands as it was shipped.
    lead.goes_to(f"/knowledge/rules/{RULE}/change/withdraw", "Take it back")
    lead.main.get_by_label("Why").fill(WHY)
    lead.presses("See what would change")
    lead.presses("Confirm with my name")
    lead.is_told("Kept.")
