"""The inspection finds what it is for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from tests.journeys import inspection

PAGE = "<!doctype html><html lang='en'><title>A page</title><main><h1>One</h1>{}</main></html>"
FAULTS = {
    "2 first-level headings": "<h1>Two</h1>",
    "axe label": "<input type='text'>",
    "axe color-contrast": "<p style='color: #bbb; background: #fff'>hardly to be read</p>",
    "px wider than a screen": "<div style='width: 500px'>wide</div>",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(chromium: Browser, fault: str) -> None:
    page = chromium.new_context().new_page()
    page.set_content(PAGE.format("<p>Nothing is wrong.</p>"))
    assert inspection.faults(page) == []
    page.set_content(PAGE.format(FAULTS[fault]))
    found = inspection.faults(page)
    assert len(found) == 1 and fault in found[0]
    page.context.close()


def test_addresses_are_told_apart_without_whom_they_are_about() -> None:
    assert (
        inspection.shape("http://127.0.0.1:8000/patients/7321979/screening/12?x=1")
        == "/patients/*/screening/*"
    )
    assert inspection.shape("http://127.0.0.1:8000/answer/link/c2VjcmV0") == "/answer/link/*"
    assert inspection.shape("http://127.0.0.1:8000/patients") == "/patients"
