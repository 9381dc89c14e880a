"""Finding people: by part of a name, by number; likely duplicates; and no query per row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from anagen.clinic.people import actions, queries
from anagen.clinic.people.models import Patient

pytestmark = pytest.mark.django_db


def add(given: str, family: str, born: date = date(1970, 1, 1), **more: Any) -> Patient:
    return actions.register_patient(
        by="test", given_name=given, family_name=family, birth_date=born, on=date(2026, 11, 21), **more
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("laur", ["Amélie Laurent"]),
        ("AMELIE", ["Amélie Laurent"]),
        ("laurent amé", ["Amélie Laurent"]),
        ("m", ["Amélie Laurent", "Tom O'Malley"]),
        ("o’malley", ["Tom O'Malley"]),
        ("100%", []),
        ("_", []),
        ("", ["Amélie Laurent", "Tom O'Malley"]),
    ],
)
def test_search_by_name(typed: str, found: list[str]) -> None:
    add("Amélie", "Laurent")
    add("Tom", "O'Malley")
    assert [patient.name for patient in queries.found_patients(typed)] == found


def test_search_by_number_also_in_groups() -> None:
    patient = add("Amélie", "Laurent")
    number = patient.number
    for typed in (number, f"{number[:3]} {number[3:]}", number[:5]):
        assert list(queries.found_patients(typed)) == [patient]


def suspects(**person: Any) -> list[str]:
    known = {"given_name": "Jonas", "family_name": "Weber", "birth_date": date(1978, 2, 28)} | person
    return [patient.name for patient in queries.possible_duplicates(**known)]


def test_likely_duplicates() -> None:
    add("Jonas", "Weber", date(1978, 2, 28), email="jonas@example.org", phone="+44 1")
    assert suspects() == ["Jonas Weber"]
    assert suspects(given_name="Jon") == ["Jonas Weber"]  # same birthday, same family name
    assert suspects(birth_date=date(1987, 2, 28)) == ["Jonas Weber"]  # same name, birthday mistyped
    assert suspects(given_name="Weber", family_name="Jonas") == ["Jonas Weber"]  # names swapped
    other = {"given_name": "Eva", "family_name": "Klein", "birth_date": date(1999, 1, 1)}
    assert suspects(**other, email="JONAS@example.org") == ["Jonas Weber"]
    assert suspects(**other, phone="+44 1") == ["Jonas Weber"]


def test_a_shared_birthday_alone_is_no_duplicate() -> None:
    add("Eva", "Klein", date(1978, 2, 28))
    assert suspects() == []


def test_a_page_of_the_list_costs_two_queries(django_assert_num_queries: Any) -> None:
    for place in range(30):
        add(f"Given{place}", f"Family{place}")
    with django_assert_num_queries(2):
        page = queries.page_of_patients("", 1)
        assert len([patient.name for patient in page]) == queries.PAGE_LENGTH


@pytest.mark.parametrize("page", ["", "nonsense", "0", "-3", "99", None])
def test_a_damaged_page_number_shows_a_page(page: str | None) -> None:
    add("Eva", "Klein")
    assert [patient.name for patient in queries.page_of_patients("", page)] == ["Eva Klein"]
