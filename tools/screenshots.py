"""Makes the pictures of the README and the how-to pages anew, from the demo clinic on a fixed day.

    .venv/bin/python tools/screenshots.py            all of them, into docs/images
    .venv/bin/python tools/screenshots.py NAME …     these alone, such as plan or intake-phone

The pages are the real ones, served by the real server to a real Chromium. The day never changes, so a picture differs
only when its page does. None may be larger than 150 kB.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

import browser
import clinic

IMAGES: Final = Path(__file__).resolve().parents[1] / "docs" / "images"
LARGEST: Final = 150_000  # bytes
OWN_PHONE: Final = "the patient’s own phone"
CHAIR: Final = "the map of a session"
UNDER_WAY: Final = "a session under way"
LOOK_UP: Final = "document.activeElement.blur(); scrollTo(0, 0)"  # a page that begins at a field
DESK: Final = (1180, 820)
PHONE: Final = (390, 780)
BRITISH: Final[dict[str, str | float | bool]] = {
    **os.environ,
    "LANGUAGE": "en_GB",
}  # how the browser's own date fields write a day


@dataclass(frozen=True)
class Picture:
    """What to show: who looks, at whose file (or at none), at which page of it, on which screen, in which colours."""

    name: str
    who: str
    patient: str
    path: str
    size: tuple[int, int] = DESK
    scale: float = 1.0
    colours: str = "light"


PICTURES: Final = (
    Picture("patient", "nurse", "Lindgren", ""),
    Picture("verdict", "prescriber", "Doyle", "/screening"),
    Picture("verdict-defer", "nurse", "Almeida", "/screening"),
    Picture("verdict-dark", "prescriber", "Rahimi", "/screening", colours="dark"),
    Picture("plan", "desk", "Sorokina", "/course", (1180, 880)),
    Picture(
        "try-a-date", "desk", "Lindgren", "/course/move?session=3&step=2&day=2027-03-22#try", (1180, 1060)
    ),
    Picture("intake-phone", "desk", "Kowalska", OWN_PHONE, PHONE, 1.5),
    Picture("scalp-map", "nurse", "Demir", CHAIR, (1000, 830), 0.9),
    Picture("session-phone", "nurse", "Demir", UNDER_WAY, PHONE, 1.5),
    Picture("worksheet", "prescriber", "Lindgren", "/mixtures/2", (1180, 1000)),
    Picture("recall", "lead", "", "/recalls/trace?lot=1", (1180, 800)),
    Picture("sheet", "desk", "Lindgren", "/course/sheet", (900, 900), 1.0),
)


def take(address: str, wanted: tuple[Picture, ...]) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.find(), args=["--no-sandbox"], env=BRITISH
        )
        cookies: dict[str, object] = {}
        for picture in wanted:
            page = _page(chromium, picture, cookies.get(picture.who))
            if picture.who not in cookies:
                _sign_in(page, address, picture.who)
                cookies[picture.who] = page.context.storage_state()
            if picture.patient:
                page.goto(f"{address}/patients?q={picture.patient}")
                page.locator("tbody th a").first.click()
                page.wait_for_url("**/patients/*")
            if not picture.patient:
                page.goto(address + picture.path)
            elif picture.path == OWN_PHONE:
                page = _own_phone(chromium, picture, page)
            elif picture.path == CHAIR:
                _chair(page)
            elif picture.path == UNDER_WAY:
                _begin(page)
                page.evaluate(LOOK_UP)
            elif picture.path:
                page.goto(page.url + picture.path)
            file = IMAGES / f"{picture.name}.png"
            page.screenshot(path=file)
            size = file.stat().st_size
            print(f"{file.name}: {size // 1000} kB")
            if size > LARGEST:
                raise SystemExit(f"{file.name} is larger than {LARGEST // 1000} kB. Show less of the page.")
            page.context.close()
        chromium.close()


def _page(chromium: Browser, picture: Picture, cookies: object) -> Page:
    width, height = picture.size
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=picture.scale,
        color_scheme="dark" if picture.colours == "dark" else "light",
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
        storage_state=cookies,  # type: ignore[arg-type]
    )
    return context.new_page()


def _own_phone(chromium: Browser, picture: Picture, desk: Page) -> Page:
    """The patient's own phone: the desk makes a link, the patient opens it and answers a first question."""
    file = desk.url
    desk.goto(f"{file}/correct")
    born = desk.get_by_label("Date of birth").input_value()
    desk.goto(f"{file}/intake/link")
    desk.get_by_role("button", name="Make a").click()
    phone = _page(chromium, picture, None)
    phone.goto(desk.locator("#address").inner_text().strip())
    phone.get_by_label("Date of birth").fill(born)
    phone.get_by_role("button", name="Begin").click()
    phone.get_by_role("group").first.get_by_label("Yes", exact=True).check()
    phone.get_by_text("Saved at").wait_for()
    phone.evaluate("scrollTo(0, 0)")
    return phone


def _begin(page: Page) -> None:
    """The session of today: begun, or the one that has begun."""
    page.goto(f"{page.url}/treatment")
    page.locator("main").get_by_text(re.compile("^(Begin|Go on)")).first.click()
    page.wait_for_url("**/treatment/*")


def _chair(page: Page) -> None:
    """A session that begins now: the map that is proposed, with a mole beside the midline."""
    _begin(page)
    page.goto(f"{page.url}/map")
    page.get_by_label("Parting", exact=True).select_option("vertex:R1")
    page.get_by_label("mm behind").fill("10")
    page.get_by_role("button", name="Mark it there").click()
    page.get_by_role("button", name="Remove: Mole").wait_for()
    page.evaluate(LOOK_UP)


def _sign_in(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(clinic.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/")


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - {picture.name for picture in PICTURES})
    if unknown:
        print(f"no such picture: {', '.join(unknown)}", file=sys.stderr)
        return 2
    if browser.find() is None:
        print(browser.MISSING, file=sys.stderr)
        return 1
    wanted = tuple(picture for picture in PICTURES if not names or picture.name in names)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="anagen-pictures-") as folder,
        clinic.opened(Path(folder)) as address,
    ):
        take(address, wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
