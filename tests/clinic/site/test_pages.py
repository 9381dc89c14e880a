"""Every page: its headers, its navigation without dead links, its errors in plain words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.urls import Resolver404, resolve

from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.site import errors

Browser = Callable[[Role | None], Client]
pytestmark = pytest.mark.django_db


ALL = {
    Role.MEDICAL_LEAD
}  # sees nearly everything, and follows every link; of each kind of page others open a few
FEW = 3


@pytest.mark.parametrize("role", list(Role))
def test_home_and_navigation_lead_only_where_one_may_go(
    role: Role, client_of: Browser, patient: Patient
) -> None:
    browser = client_of(role)
    seen: set[str] = set()
    opened = Counter[str]()
    waiting = {"/": None}  # in the order in which they were found
    while waiting:
        path = next(iter(waiting))
        del waiting[path]
        seen.add(path)
        try:
            kind = resolve(path).view_name
        except Resolver404:
            pytest.fail(f"{role} met a dead link: {path}")
        opened[kind] += 1
        if opened[kind] > FEW and role not in ALL:
            continue
        answer = browser.get(path, follow=True)
        assert answer.status_code == 200, f"{role} met a dead link: {path}"
        if answer.headers["Content-Type"].startswith("text/html"):
            links = re.findall(r'href="(/[^"#]*)', answer.content.decode())
            paths = (link.partition("?")[0] for link in links if not link.startswith("/static/"))
            waiting |= dict.fromkeys(path for path in paths if path not in seen)
    assert len(seen) > 2


@pytest.mark.parametrize(
    ("role", "main", "more"),
    [
        (Role.MEDICAL_LEAD, ["Knowledge", "Patients", "Stock"], ["Audit trail", "Prices"]),
        (Role.ADMINISTRATOR, ["Accounts", "Knowledge", "Prices"], []),  # few enough to stand side by side
    ],
)
def test_upkeep_stands_behind_more_where_there_is_much(
    role: Role, main: list[str], more: list[str], client_of: Browser
) -> None:
    menu = client_of(role).get("/").context["menu"]
    assert set(main) <= {link.entry.label for link in menu.main}
    assert set(more) <= {link.entry.label for link in menu.more} and bool(more) == bool(menu.more)
    assert menu.short is not bool(more)
    assert [link.entry.label for link in (*menu.main, *menu.more) if link.here] == ["Home"]


def test_where_one_is_is_marked_behind_more_as_well(client_of: Browser) -> None:
    page = client_of(Role.MEDICAL_LEAD).get("/prices").content.decode()
    assert page.count('aria-current="page"') == 1 and "<summary data-here>More" in page


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nowhere"])
def test_nothing_from_outside_and_no_copy_of_a_page(client_of: Browser, path: str) -> None:
    answer = client_of(Role.NURSE if path == "/" else None).get(path)
    rules = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in rules and "frame-ancestors 'none'" in rules
    assert "unsafe" not in rules and "http" not in rules
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/style", "/accounts/new"])
def test_pages_obey_their_own_content_rules(client_of: Browser, path: str) -> None:
    page = client_of(Role.ADMINISTRATOR).get(path).content.decode()
    assert not re.search(r"<[^>]+\sstyle=", page)
    assert not re.search(r"<[^>]+\son[a-z]+=", page)
    for mark in re.findall(r"<(?:script|style)\b[^>]*>", page):
        assert "src=" in mark or "nonce=" in mark


def test_each_answer_has_its_own_nonce(client: Client) -> None:
    found = {
        re.search(r"'nonce-([^']+)'", client.get("/sign-in").headers["Content-Security-Policy"]).group(1)  # type: ignore[union-attr]
        for _ in range(5)
    }
    assert len(found) == 5


def test_static_files_carry_their_version_and_are_kept(client: Client) -> None:
    page = client.get("/sign-in").content.decode()
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) >= 4
    for address in addresses:
        assert re.fullmatch(r"/static/[\w./-]+\?v=[0-9a-f]{10}", address)
        answer = client.get(address)
        assert answer.status_code == 200
        assert "max-age=2592000" in answer.headers["Cache-Control"]
        answer.close()


@pytest.mark.parametrize(("chosen", "kept"), [("dark", "dark"), ("light", "light"), ("device", "")])
def test_the_chosen_colours_stand_in_the_page_at_once(client: Client, chosen: str, kept: str) -> None:
    client.cookies["anagen_theme"] = "light"
    client.post("/theme", {"theme": chosen, "next": "/sign-in"})
    page = client.get("/sign-in").content.decode()
    assert (f'data-theme="{kept}"' in page) is bool(kept)


@pytest.mark.parametrize("elsewhere", ["https://example.org", "//example.org/x"])
def test_choosing_colours_leads_nowhere_else(client: Client, elsewhere: str) -> None:
    assert client.post("/theme", {"theme": "dark", "next": elsewhere}).headers["Location"] == "/"


def test_a_made_up_theme_is_not_believed(client: Client) -> None:
    client.cookies["anagen_theme"] = '"><script>'
    assert "<script>" not in client.get("/sign-in").content.decode().replace("<script defer", "")


def test_health(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/health").json() == {"status": "ok", "database": "ok"}

    def broken() -> Any:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", broken)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json() == {"status": "error", "database": "unreachable"}


def test_search_engines_are_sent_away(client: Client) -> None:
    assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"
    assert 'name="robots" content="noindex' in client.get("/sign-in").content.decode()


def test_nothing_at_this_address(client: Client) -> None:
    answer = client.get("/patients/x/y/z")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is nothing at this address" in page and "What to do" in page
    assert "urlpattern" not in page.lower()


def test_a_form_that_could_not_be_checked(users: dict[Role, User]) -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/sign-in", {"username": "nurse", "password": "x"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Please send the form again" in page and "Nothing was saved" in page


def test_a_fault_of_ours_is_told_without_its_inside(
    client_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anagen.clinic.people import queries

    def broken(*_arguments: Any) -> Any:
        raise RuntimeError("inside")

    monkeypatch.setattr(queries, "page_of_patients", broken)
    browser = client_of(Role.NURSE)
    browser.raise_request_exception = False
    answer = browser.get("/patients")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Something broke on our side" in page
    assert "inside" not in page.lower().replace("inside the", "") and "Traceback" not in page


def test_a_damaged_request() -> None:
    request = RequestFactory().get("/")
    answer = errors.bad_request(request, ValueError("inside"))
    assert answer.status_code == 400
    assert "inside" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/patients", "/patients/register", "/account/password"])
def test_a_page_has_one_heading_one_main_and_a_title(client_of: Browser, path: str) -> None:
    page = client_of(Role.NURSE).get(path).content.decode()
    assert page.count("<h1>") == 1
    assert page.count("<main ") == 1
    assert re.search(r"<title>[^<]+ · Anagen</title>", page)
    assert 'href="#main"' in page
