"""Names and numbers of patients: compared without accents, mistyped numbers noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anagen.clinic.people.names import check_digit, is_patient_number, new_patient_number, searchable
from anagen.clinic.people.passwords import first_password


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Amélie  LAURENT", "amelie laurent"),
        ("  Łucja ", "lucja"),
        ("Sørensen", "sorensen"),
        ("Weiß", "weiss"),
        ("O’Brien-Müller", "o'brien-muller"),
        ("Иван", "иван"),
        ("王伟", "王伟"),
        ("", ""),
    ],
)
def test_searchable(typed: str, kept: str) -> None:
    assert searchable(typed) == kept


@given(st.text(max_size=60))
def test_searchable_is_at_rest_after_one_turn(name: str) -> None:
    assert searchable(searchable(name)) == searchable(name)


def test_the_check_digit_of_a_known_number() -> None:
    assert check_digit("7992739871") == "3"  # the usual worked example of the Luhn method


@given(st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(place: int, shift: int) -> None:
    number = new_patient_number()
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert is_patient_number(number)
    assert not is_patient_number(wrong)


@pytest.mark.parametrize("text", ["", "123456", "12345678", "12a4567", "١٢٣٤٥٦٧"])
def test_what_is_no_number(text: str) -> None:
    assert not is_patient_number(text)


def test_first_passwords_differ_and_can_be_read_out() -> None:
    made = {first_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(word) == 19 and not set(word) & set("il1o0") for word in made)
