"""`./anagen manage add_account`: the first account of a clinic."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.core.management.base import CommandError

from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Role

pytestmark = pytest.mark.django_db


def test_the_password_is_told_once_and_must_be_changed() -> None:
    said = StringIO()
    call_command("add_account", "Meyer", name="Dr Ada Meyer", stdout=said)
    account = User.objects.get(username="meyer")
    assert (account.full_name, account.role, account.must_change_password) == (
        "Dr Ada Meyer",
        Role.ADMINISTRATOR,
        True,
    )
    told = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", said.getvalue())
    assert told is not None
    assert check_password(told.group(), account.password)


def test_a_taken_name_is_refused_in_words() -> None:
    call_command("add_account", "meyer", name="Dr Ada Meyer", role="nurse", stdout=StringIO())
    with pytest.raises(CommandError, match="taken"):
        call_command("add_account", "Meyer", name="Another Meyer", stdout=StringIO())
    assert User.objects.get(username="meyer").role == Role.NURSE


def test_a_patient_account_is_not_made_here() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("add_account", "meyer", "--name=Ada", "--role=patient", stdout=StringIO())


def test_a_name_that_is_too_long_is_refused_in_words() -> None:
    with pytest.raises(CommandError, match="60"):
        call_command("add_account", "m" * 61, name="Ada", stdout=StringIO())
