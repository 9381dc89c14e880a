"""A session whose network drops: nothing is lost, nothing comes twice, and the page says how it stands."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect
from tests.journeys import chairs
from tests.journeys.conftest import Arrive
from tests.journeys.keyboard import Keyboard
from tests.journeys.visitor import Visitor

TABLET = {"width": 820, "height": 1180}


def status(page: Page) -> Locator:
    return page.locator("[data-status]")


def begins(nurse: Visitor, name: str) -> str:
    """All checks of a patient who comes again; the address of the session under way."""
    nurse.goes_to("/treatments", "Today")
    nurse.presses(f"Begin {name}")
    nurse.reads(name)
    nurse.main.get_by_label("The patient said name and date of birth").check()
    nurse.main.get_by_label("Scalp seen").check()
    nurse.main.get_by_label("Emergency kit").check()
    nurse.main.locator("input[name=code]").fill(chairs.syringe_of(name))
    nurse.presses("None of these: keep")
    nurse.presses("First needle")
    expect(status(nurse.page)).to_have_text("All saved.")
    return nurse.page.url


def happened(nurse: Visitor, what: str) -> int:
    """How often it stands in the clinic's own list."""
    table = nurse.main.get_by_role("table", name="What happened", include_hidden=True)
    return sum(words.strip().startswith(what) for words in table.locator("tbody th").all_text_contents())


def test_nothing_is_lost_when_the_network_drops(arrive: Arrive, made_chairs: None) -> None:
    nurse = arrive("nurse", viewport=TABLET, has_touch=True)
    address = begins(nurse, "Olive Offline")
    page, context = nurse.page, nurse.context
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    nurse.looks(anew=True)

    # Given one entry that arrived
    nurse.presses("New needle")
    expect(page.locator(".live__one")).to_contain_text("saved")

    # When the network is gone, everything goes on and says that it waits
    context.set_offline(True)
    expect(status(page)).to_contain_text("No connection since")
    nurse.main.get_by_role("button", name="4", exact=True).click()
    page.wait_for_timeout(700)
    nurse.presses("New needle")
    expect(status(page)).to_contain_text("2 entries waiting.")
    expect(page.locator("[data-needles]")).to_have_text("3")
    nurse.link("All given: finish").click()
    nurse.sees("Not yet")
    nurse.looks(anew=True)

    # And the page loads again without the network, with what waits
    page.reload()
    nurse.reads("Olive Offline")
    expect(status(page)).to_contain_text("2 entries waiting.")
    expect(page.locator("[data-needles]")).to_have_text("3")
    nurse.presses("Keep the points")
    expect(status(page)).to_contain_text("3 entries waiting.")

    # What is on the disk tells nothing to anybody without the key
    stored = page.evaluate(
        """() => new Promise(done => { const open = indexedDB.open('anagen-sessions'); open.onsuccess = () => {
            const all = open.result.transaction('waiting').objectStore('waiting').getAll();
            all.onsuccess = () => done(all.result.map(one => Object.keys(one).sort().join())) } })"""
    )
    assert stored == ["box,iv,name,number,session,user"] * 3
    elsewhere = context.new_page()
    elsewhere.goto(address)
    expect(status(elsewhere)).to_contain_text("Entries that wait here, and are not lost: 3.")
    expect(elsewhere.get_by_text("Olive")).to_have_count(0)
    elsewhere.close()

    # Then it arrives once, in order, and a clock that is wrong is named
    context.set_offline(False)
    expect(status(page)).to_have_text("All saved.")
    expect(page.get_by_role("link", name="Patients").first).to_be_visible()  # the clinic's own page again
    page.reload()
    nurse.reads("Olive Offline")
    assert (happened(nurse, "New needle"), happened(nurse, "Pain"), happened(nurse, "Points")) == (2, 1, 1)
    page.get_by_text("What was recorded so far").click()
    nurse.sees("clock differs")

    # A tab that was closed with an entry in it: whoever signs in again sends it
    context.set_offline(True)
    nurse.presses("New needle")
    expect(status(page)).to_contain_text("1 entry waiting.")
    page.close()
    context.set_offline(False)
    context.clear_cookies()
    again = arrive("nurse", anew=True, viewport=TABLET)
    context.add_cookies(again.context.cookies())
    nurse.page = context.new_page()
    nurse.page.goto(address)
    expect(status(nurse.page)).to_have_text("All saved.")
    nurse.page.reload()
    assert happened(nurse, "New needle") == 3

    # Two tabs and two people in one session: all of it is there once
    prescriber = arrive("prescriber", viewport=TABLET)
    prescriber.page.goto(address)
    second = nurse.context.new_page()
    second.goto(address)
    for each in (nurse.page, second, prescriber.page):
        expect(status(each)).to_have_text("All saved.")
        each.get_by_role("button", name="New needle").click()
    for each in (nurse.page, second, prescriber.page):
        expect(status(each)).to_have_text("All saved.")
    nurse.page.reload()
    assert happened(nurse, "New needle") == 6

    # What the clinic refuses is shown with its words, and stops nothing else
    nurse.main.locator("#depth_mm").fill("9")
    nurse.presses("Keep the points")
    expect(nurse.page.locator(".live__one--refused")).to_contain_text("4 mm is the deepest")
    nurse.looks(anew=True)
    nurse.page.get_by_role("button", name="Understood").click()
    expect(status(nurse.page)).to_have_text("All saved.")


def test_a_whole_session_by_keyboard_alone(arrive: Arrive, made_chairs: None) -> None:
    nurse = arrive("nurse", viewport={"width": 360, "height": 740})
    page, keys = nurse.page, Keyboard(nurse.page)
    nurse.goes_to("/treatments", "Today")
    keys.to("Begin\nKira Keys").press("Enter")
    nurse.reads("Kira Keys")
    keys.type(chairs.syringe_of("Kira Keys"))  # the cursor stands in the field of the scan
    for words in ("Emergency kit", "Scalp seen", "The patient said"):
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Space")
        expect(nurse.main.get_by_label(words)).to_be_checked()
    keys.to("None of these").press("Enter")
    expect(nurse.button("First needle")).to_be_visible()
    keys.to("First needle").press("Enter")
    expect(status(page)).to_have_text("All saved.")
    keys.to("New needle").press("Enter")
    expect(page.locator("[data-needles]")).to_have_text("2")
    page.wait_for_timeout(700)
    assert page.evaluate("document.activeElement.innerText").startswith("New needle"), "the focus stays"
    page.keyboard.press("Enter")
    expect(page.locator("[data-needles]")).to_have_text("3")
    keys.to("3").press("Enter")
    keys.to("Keep the points").press("Enter")
    nurse.sees("Entered: 100 points, 5 mL.")
    keys.to("All given: finish").press("Enter")
    nurse.reads("Finish the session")
    keys.to("Finish").press("Enter")
    nurse.sees("Observation")
