"""Every page of the clinic once in light and once in dark colours, as somebody who may see it."""

from __future__ import annotations

from typing import Final

import pytest
from tests.journeys import inspection
from tests.journeys.conftest import Arrive
from tests.journeys.test_deciding import opens_file_of
from tests.journeys.visitor import Visitor

PAGES: Final = {
    "desk": ("/", "/patients", "/patients?q=nobody-of-that-name", "/patients/register", "/sessions"),
    "lead": ("/", "/decisions", "/decisions/replay", "/audit"),
    "admin": ("/", "/accounts", "/accounts/new", "/accounts/nurse", "/style", "/nowhere"),
    "clara": ("/", "/my-record", "/account/password"),
}
OF_A_FILE: Final = {
    "Maria Lindgren": (
        "",
        "/correct",
        "/access",
        "/intake",
        "/answers",
        "/screening",
        "/course",
        "/course/move?session=3",
        "/course/sheet",
        "/course/new",
        "/course/cancel",
        "/own-time",
        "/calendar",
    ),
    "Priya Raman": ("/screening", "/examination"),
    "Farid Rahimi": ("/screening", "/course"),
    "Samuel Adeyemi": ("/answers", "/record", "/screening"),
    "Liam Gallagher": ("", "/intake", "/intake/ask/drugs", "/intake/ask/reproduction", "/intake/review"),
    "Anna Kowalska": ("/intake/link",),
    "Lucia Ferri": ("/course",),
    "Mei Chen": ("", "/screening", "/course"),
}


@pytest.mark.parametrize("who", PAGES)
def test_pages_of_a_role(arrive: Arrive, who: str) -> None:
    person = arrive(who)
    for path in PAGES[who]:
        looks_at(person, path)


@pytest.mark.parametrize("name", OF_A_FILE)
def test_pages_of_a_file(arrive: Arrive, name: str) -> None:
    prescriber = arrive("prescriber")
    file = opens_file_of(prescriber, name)
    for path in OF_A_FILE[name]:
        looks_at(prescriber, file + path)


def looks_at(visitor: Visitor, path: str) -> None:
    visitor.goes_to(path)
    visitor.looks(anew=True)
    visitor.page.emulate_media(color_scheme="dark")
    found = inspection.colours(visitor.page)
    visitor.page.emulate_media(color_scheme="light")
    assert not found, "\n".join(found)
