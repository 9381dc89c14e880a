"""Every address, walked by every role and by nobody: the answer is what the table of permissions says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from tests.clinic.addresses import Address, World, all_addresses, answer_of, sample_of

from anagen.clinic.people.middleware import EveryViewNamesItsPermission
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import ALLOWED, Permission, Role, allows, needs, public

ADDRESSES = all_addresses()
Browser = Callable[[Role | None], Client]


@pytest.fixture
def world(users: dict[Role, User], patient: Patient) -> World:
    return World(users=users, patient=patient)


def address_of(address: Address, world: World) -> str:
    try:
        return reverse(address.name, kwargs=sample_of(address.name, world))
    except NoReverseMatch as missing:
        raise AssertionError(
            f"The test cannot walk {address.name}, which needs {sorted(address.arguments)}: give it a sample in "
            "tests/clinic/<app>/addresses.py."
        ) from missing


def test_there_are_addresses_and_each_has_a_name() -> None:
    assert len(ADDRESSES) > 15
    assert [address for address in ADDRESSES if address.name.endswith(":") or not address.name] == []


def test_names_are_not_used_twice() -> None:
    names = [address.name for address in ADDRESSES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_every_view_names_its_permission_or_a_reason_to_be_public(address: Address) -> None:
    permission = getattr(address.view, "permission", None)
    reason = getattr(address.view, "public", None)
    assert (permission is None) != (reason is None), f"{address.name}: needs one of @needs and @public"
    if permission is not None:
        assert permission in ALLOWED
    else:
        assert len(reason.split()) >= 3, f"{address.name}: say why it is public"


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_the_answer_is_what_the_table_says(address: Address, world: World, client_of: Browser) -> None:
    path = address_of(address, world)
    permission = getattr(address.view, "permission", None)
    for role in [*Role, None]:
        browser = client_of(role)
        answer = browser.get(path)
        who = f"{role or 'nobody'} at {address.name}"
        if permission is None:
            assert answer.status_code in {200, 302, answer_of(address.name)}, who
        elif role is None:
            # To the log-in; and sending something without an account changes nothing and shows nothing.
            for asked in (answer, browser.post(path)):
                assert (asked.status_code, asked.headers["Location"].partition("?")[0]) == (
                    302,
                    "/sign-in",
                ), who
        elif allows(role, permission):
            assert answer.status_code == (answer_of(address.name) or 200), who
        else:
            for asked in (answer, browser.post(path)):
                assert asked.status_code == 403, who
                assert "not meant for this page" in asked.content.decode(), who


FILES = [address for address in ADDRESSES if "number" in address.arguments]


@pytest.mark.parametrize("address", FILES, ids=lambda address: address.name)
def test_a_patient_never_opens_another_file(
    address: Address, world: World, stranger: Patient, client_of: Browser
) -> None:
    browser = client_of(Role.PATIENT)
    own = sample_of(address.name, world) or {}
    for number in (stranger.number, "0000000"):
        path = reverse(address.name, kwargs=own | {"number": number})
        assert browser.get(path).status_code == 403
        assert browser.post(path).status_code in {403, 405}


@pytest.mark.parametrize("address", FILES, ids=lambda address: address.name)
def test_whoever_opens_a_file_is_written_down(address: Address) -> None:
    assert getattr(address.view, "opens_file", ""), f"{address.name} opens a file without @opens_file"


def test_the_table_is_complete() -> None:
    assert set(ALLOWED) == set(Permission)
    assert all(roles <= frozenset(Role) and roles for roles in ALLOWED.values())


def test_administrators_have_no_business_in_a_patients_file() -> None:
    assert not allows(Role.ADMINISTRATOR, Permission.OPEN_FILE)
    assert not allows(Role.ADMINISTRATOR, Permission.FIND_PATIENTS)


def test_a_view_without_a_permission_is_not_served() -> None:
    def forgotten() -> None: ...

    guard = EveryViewNamesItsPermission(lambda request: pytest.fail("was served"))
    request = RequestFactory().get("/")
    with pytest.raises(Exception, match="names no permission"):
        guard.process_view(request, forgotten, (), {})
    guard.process_view(request, needs(Permission.SEE_HOME)(forgotten), (), {})  # type: ignore[type-var]
    guard.process_view(request, public("It is a test.")(forgotten), (), {})  # type: ignore[type-var]


def test_public_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        public("  ")


def test_a_closed_account_may_nothing(users: dict[Role, User]) -> None:
    nurse = users[Role.NURSE]
    assert nurse.may(Permission.FIND_PATIENTS)
    nurse.is_active = False
    assert not any(nurse.may(permission) for permission in Permission)
