"""The door: who comes in, who waits, who is shown out."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from tests.clinic.conftest import PASSWORD

from anagen.clinic.audit.context import acting
from anagen.clinic.people import actions
from anagen.clinic.people.middleware import LAST_SEEN
from anagen.clinic.people.models import SignIn, User
from anagen.clinic.people.permissions import Role

Users = dict[Role, User]
Browser = Callable[[Role | None], Client]
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def sign_in(browser: Client, name: str = "nurse", password: str = PASSWORD, **more: Any) -> Any:
    return browser.post("/sign-in", {"username": name, "password": password, **more})


def test_one_comes_in_and_on_to_where_one_wanted(users: Users, client: Client) -> None:
    answer = sign_in(client, " Nurse ", next="/patients?q=a")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/patients?q=a")
    assert client.get("/patients").status_code == 200
    assert SignIn.objects.get().succeeded


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_the_door_leads_nowhere_else(users: Users, client: Client, elsewhere: str) -> None:
    assert sign_in(client, next=elsewhere).headers["Location"] == "/"


def test_a_wrong_password_keeps_the_name_and_tells_nothing(users: Users, client: Client) -> None:
    known = sign_in(client, "nurse", "wrong")
    unknown = sign_in(client, "nobody", "wrong")
    assert known.status_code == unknown.status_code == 422
    assert 'value="nurse"' in known.content.decode()
    assert "wrong" not in known.content.decode()
    for answer in (known, unknown):
        assert "do not belong together" in answer.content.decode()


def test_names_that_were_typed_are_not_kept(users: Users, client: Client) -> None:
    sign_in(client, "my secret password", "oops")
    assert "secret" not in str(SignIn.objects.values())


def test_a_closed_account_stays_out_and_is_shown_out(users: Users, client: Client) -> None:
    sign_in(client)
    nurse = users[Role.NURSE]
    actions.change_user(
        by=users[Role.ADMINISTRATOR], user=nurse, full_name="N", role=nurse.role, is_active=False
    )
    assert client.get("/patients").status_code == 302
    assert sign_in(client).status_code == 422


def tries(name: str, address: str, number: int, at: datetime = NOON) -> None:
    for _ in range(number):
        actions.note_sign_in_attempt(username=name, address=address, at=at)


def test_a_guesser_waits_a_quarter_of_an_hour(db: None) -> None:
    tries("nurse", "192.0.2.1", 5)
    with pytest.raises(actions.TooManyTries) as refused:
        tries("NURSE", "192.0.2.1", 1, NOON + timedelta(minutes=14))
    assert refused.value.until == NOON + timedelta(minutes=15)
    tries("nurse", "192.0.2.1", 1, NOON + timedelta(minutes=15))
    tries("other", "192.0.2.1", 1)
    tries("nurse", "192.0.2.2", 1)


def test_many_addresses_do_not_help(db: None) -> None:
    for place in range(actions.TRIES_PER_NAME):
        tries("nurse", f"192.0.2.{place}", 1)
    with pytest.raises(actions.TooManyTries):
        tries("nurse", "192.0.2.200", 1)


def test_many_names_do_not_help(db: None) -> None:
    for place in range(actions.TRIES_PER_ADDRESS):
        tries(f"name{place}", "192.0.2.1", 1)
    with pytest.raises(actions.TooManyTries):
        tries("another", "192.0.2.1", 1)


def test_the_page_says_when_to_come_back_and_even_the_right_password_waits(
    users: Users, client: Client
) -> None:
    for _ in range(5):
        sign_in(client, "nurse", "wrong")
    answer = sign_in(client)
    assert answer.status_code == 422
    assert "Too many attempts" in answer.content.decode()


def test_who_signs_in_often_is_no_guesser(users: Users, client: Client) -> None:
    for _ in range(actions.TRIES_PER_NAME_AND_ADDRESS + 2):
        assert sign_in(client).status_code == 302
        client.post("/sign-out")


def test_signing_out_works_twice(client_of: Browser) -> None:
    browser = client_of(Role.NURSE)
    assert browser.post("/sign-out").status_code == 302
    assert browser.get("/patients").status_code == 302
    assert browser.post("/sign-out").status_code == 302


def test_a_forgotten_tablet_signs_itself_out(client_of: Browser, settings: Any) -> None:
    browser = client_of(Role.NURSE)
    browser.get("/")
    session = browser.session
    session[LAST_SEEN] = int(time.time()) - int(settings.IDLE_TIMEOUT.total_seconds()) - 1
    session.save()
    assert browser.get("/patients").status_code == 302
    assert "signed out after 30 minutes" in browser.get("/sign-in").content.decode()


def test_activity_keeps_one_in_and_writes_once_a_minute(client_of: Browser) -> None:
    browser = client_of(Role.NURSE)
    browser.get("/")
    first = browser.session[LAST_SEEN]
    session = browser.session
    session[LAST_SEEN] = first - 61
    session.save()
    assert browser.get("/patients").status_code == 200
    assert browser.session[LAST_SEEN] >= first


def test_a_first_password_opens_one_page_only(users: Users, client: Client) -> None:
    nurse = users[Role.NURSE]
    actions.set_password(by=users[Role.ADMINISTRATOR], user=nurse, password=PASSWORD, must_change=True)
    sign_in(client)
    for path in ("/", "/patients"):
        assert client.get(path).headers["Location"] == "/account/password"
    page = client.get("/account/password").content.decode()
    assert "Choose a password of your own" in page
    assert 'href="/patients"' not in page
    changed = client.post("/account/password", {"old": PASSWORD, "new": "copper and moss 7"})
    assert changed.status_code == 302
    assert client.get("/patients").status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("not mine", "copper and moss 7", "not your present password"),
        (PASSWORD, "short", "at least 12"),
        (PASSWORD, "password12345", "too common"),
        (PASSWORD, PASSWORD, "is the old one"),
        (PASSWORD, "Nora Lind Nora", "too similar"),
    ],
)
def test_weak_passwords_are_refused_in_words(
    client_of: Browser, old: str, new: str, says: str, settings: Any
) -> None:
    answer = client_of(Role.NURSE).post("/account/password", {"old": old, "new": new})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_changing_the_password_signs_out_other_devices(client_of: Browser) -> None:
    here, elsewhere = client_of(Role.NURSE), client_of(Role.NURSE)
    here.post("/account/password", {"old": PASSWORD, "new": "copper and moss 7"})
    assert here.get("/patients").status_code == 200
    assert elsewhere.get("/patients").status_code == 302


def test_an_old_way_of_hashing_is_renewed_at_the_next_sign_in(
    users: Users, client: Client, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    nurse = users[Role.NURSE]
    nurse.password = make_password(PASSWORD, hasher="md5")
    with acting("test"):
        nurse.save()
    assert sign_in(client).status_code == 302
    nurse.refresh_from_db()
    assert nurse.password.startswith("scrypt$")
    assert client.get("/patients").status_code == 200


def test_a_fragment_sends_the_whole_window_to_the_door(client: Client, db: None) -> None:
    answer = client.get(
        "/patients?q=a", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/patients?q=b"}
    )
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/patients%3Fq%3Db"


def test_the_proxy_is_believed_only_when_there_is_one(users: Users, client: Client, settings: Any) -> None:
    told = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    for trusted, address in ((False, "127.0.0.1"), (True, "198.51.100.7")):
        settings.TRUST_PROXY = trusted
        client.post("/sign-in", {"username": "nurse", "password": "wrong"}, headers=told)
        assert SignIn.objects.order_by("-pk")[0].address == address
