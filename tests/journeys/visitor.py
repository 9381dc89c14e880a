"""A person in front of a browser: goes to pages, clicks, types, and notices what is wrong on the way."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Request, Response, expect
from tests.journeys import inspection

_NO_FAULT = (
    "Failed to load resource",  # the browser's own line about a refused page: `_answered` judges those
    "htmx:afterRequest",  # htmx about a request that a newer one replaced; one that fails is a sendError as well
    "htmx:sendAbort",
)


class Visitor:
    """One browser context with one page. `looked_at` is shared by all visitors: each page is inspected once."""

    def __init__(self, name: str, context: BrowserContext, clinic: str, looked_at: set[str]) -> None:
        self.name, self.context, self.clinic = name, context, clinic
        self.page = context.new_page()
        self._looked_at = looked_at
        self.scripted = True
        self.faults: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    # what a careful person notices

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_NO_FAULT):
            self.faults.append(f"console {message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.clinic).netloc and not request.url.startswith(
            "data:"
        ):
            self.faults.append(f"a request to another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500 or (
            response.status == 404 and not response.request.is_navigation_request()
        ):
            self.faults.append(f"{response.status} for {inspection.shape(response.url)}")

    def looks(self, *, anew: bool = False) -> None:
        """Inspect the page, unless one like it was inspected before."""
        if not self.scripted:
            return  # axe is a script; the same pages are inspected with scripts
        kind = inspection.shape(self.page.url)
        if anew or kind not in self._looked_at:
            self._looked_at.add(kind)
            found = inspection.faults(self.page)
            assert not found, "\n".join([f"{self.name} sees faults:", *found])

    # going about

    def goes_to(self, path: str, heading: str = "") -> None:
        self.page.goto(self.clinic + path)
        if heading:
            self.reads(heading)

    def reads(self, heading: str) -> None:
        """The page with this heading is there; it is inspected."""
        expect(self.heading).to_contain_text(heading)
        self.looks()

    def sees(self, words: str) -> None:
        expect(self.main.get_by_text(words).filter(visible=True).first).to_be_visible()

    def does_not_see(self, words: str) -> None:
        expect(self.main.get_by_text(words).filter(visible=True)).to_have_count(0)

    def is_told(self, words: str) -> None:
        """The message at the top of the page."""
        expect(self.page.locator("#messages")).to_contain_text(words)

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def heading(self) -> Locator:
        return self.page.locator("h1")

    def follows(self, link: str) -> None:
        self.main.get_by_role("link", name=link).first.click()

    def presses(self, button: str) -> None:
        self.main.get_by_role("button", name=button).first.click()

    def types(self, label: str, words: str) -> None:
        self.main.get_by_label(label, exact=True).fill(words)

    def chooses(self, group: str, option: str) -> None:
        self.main.get_by_role("group", name=group).get_by_label(option, exact=True).check()

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name)

    def button(self, name: str) -> Locator:
        return self.main.get_by_role("button", name=name)

    def picture(self, folder: Path, test: str) -> Path:
        """A screenshot for whoever has to mend the failure."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{test}-{self.name}.png"
        self.page.screenshot(path=file, full_page=True)
        return file
