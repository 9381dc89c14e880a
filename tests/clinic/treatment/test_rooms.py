"""In which room a session is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Role
from anagen.clinic.treatment.models import Treatment


@pytest.fixture
def nurses(client_of: Callable[[Role | None], Client]) -> Client:
    return client_of(Role.NURSE)


def test_the_room_is_kept_and_offered_again_the_same_day(nurses: Client, expected: Patient) -> None:
    nurses.post(reverse("treatment:start", args=[expected.number]), {"room": " Room  2 "})
    assert Treatment.objects.get().room == "Room 2"
    treatments = nurses.get(reverse("treatment:treatments", args=[expected.number]))
    assert treatments.context["room"] == nurses.get(reverse("treatment:day")).context["room"] == "Room 2"
