"""Overrides, replays, and who is refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import Arrive
from tests.journeys.steps import verdict
from tests.journeys.visitor import Visitor

REASON = "The prescriber has agreed"
COMMENT = "Dr Baptiste agrees in his letter of 1 March; treatment continues unchanged."


def opens_file_of(visitor: Visitor, name: str) -> str:
    """The address of the file, found by name."""
    family = name.split()[-1]
    visitor.goes_to(f"/patients?q={family}", "Patients")
    visitor.main.get_by_role("rowheader").get_by_role("link").first.click()
    visitor.reads(name)
    return visitor.page.url.removeprefix(visitor.clinic)


def test_an_override_has_a_name_a_reason_and_a_comment(arrive: Arrive) -> None:
    # Given: Margaret Doyle takes a prescribed anticoagulant
    nurse = arrive("nurse")
    file = opens_file_of(nurse, "Margaret Doyle")
    nurse.goes_to(f"{file}/screening")
    assert verdict(nurse) == "Refer"
    nurse.sees("Prescribed anticoagulant")

    # The nurse cannot set it aside: no link, and the address typed by hand is refused in words.
    assert nurse.link("Override this finding").count() == 0
    decision = nurse.page.url.removeprefix(nurse.clinic)
    prescriber = arrive("prescriber")
    prescriber.goes_to(f"{file}/screening")
    override = prescriber.link("Override this finding").first.get_attribute("href")
    assert override
    nurse.goes_to(override, "You may not open this page")

    # When the prescriber overrides without a reason, it is asked for;
    prescriber.follows("Override this finding")
    prescriber.reads("Override this finding?")
    prescriber.presses("Override with my name")
    expect(prescriber.page.locator(".error-summary")).to_contain_text("Choose the reason.")
    prescriber.looks(anew=True)
    # with reason and comment it counts as a caution
    prescriber.main.get_by_label(REASON).check()
    prescriber.page.get_by_label("In your own words").fill(COMMENT)
    prescriber.presses("Override with my name")
    prescriber.is_told("The finding is set aside.")
    assert verdict(prescriber) == "Caution"

    # Then the nurse sees all of it beside the finding.
    nurse.goes_to(decision if "/screening/" in decision else f"{file}/screening")
    assert verdict(nurse) == "Caution"
    nurse.sees("Set aside by Samuel Okafor")
    nurse.sees(REASON)
    nurse.sees(COMMENT)
    nurse.looks(anew=True)


def test_the_medical_lead_replays_every_decision(arrive: Arrive) -> None:
    lead = arrive("lead")
    lead.goes_to("/decisions/replay", "Replay decisions")
    lead.presses("Replay all")
    lead.sees("All answers are the same")
    lead.sees("decisions made again")
    lead.looks(anew=True)

    nurse = arrive("nurse")
    assert nurse.link("Replay decisions").count() == 0
    nurse.goes_to("/decisions/replay", "You may not open this page")
    nurse.sees("Your account (Nurse) is not meant for this page.")


REFUSED = {
    "desk": (["Decisions", "Accounts", "Audit trail"], ["/decisions", "/accounts", "/audit"]),
    "nurse": (["Accounts", "Audit trail", "Replay decisions"], ["/accounts", "/audit", "/decisions/replay"]),
    "prescriber": (
        ["Accounts", "Audit trail", "Replay decisions"],
        ["/accounts", "/audit", "/decisions/replay"],
    ),
    "lead": (["Accounts"], ["/accounts", "/accounts/new"]),
    "admin": (["Patients", "Decisions"], ["/patients", "/decisions", "/patients/register"]),
    "clara": (["Patients", "Decisions", "Audit trail"], ["/patients", "/decisions", "/audit", "/accounts"]),
}


@pytest.mark.parametrize("who", REFUSED)
def test_each_role_is_refused_where_it_must_be(arrive: Arrive, who: str) -> None:
    links, addresses = REFUSED[who]
    person = arrive(who)
    person.goes_to("/", "Good")
    for link in links:
        assert person.page.get_by_role("link", name=link, exact=True).count() == 0, f"{who} is offered {link}"
    for address in addresses:
        answer = person.page.goto(person.clinic + address)
        assert answer is not None and answer.status == 403, (
            f"{who} gets {answer and answer.status} for {address}"
        )
        person.reads("You may not open this page")
        person.sees("What to do")


def test_an_administrator_and_another_patient_do_not_open_a_file(arrive: Arrive) -> None:
    nurse = arrive("nurse")
    file = opens_file_of(nurse, "Maria Lindgren")
    for who in ("admin", "clara"):
        person = arrive(who)
        for path in (file, f"{file}/screening", f"{file}/course", f"{file}/intake"):
            answer = person.page.goto(person.clinic + path)
            assert answer is not None and answer.status in (403, 404), f"{who} opens {path}"
            assert "Maria" not in person.main.inner_text()
