"""What the session page is given for the time without a network: a key of one's own, and a page without any patient."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests.clinic.treatment import chair

from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.treatment import actions, live
from anagen.clinic.treatment.models import Treatment

Browser = Callable[[Role | None], Client]


def test_a_key_is_of_one_person_and_one_session(
    treatment: Treatment, stranger: Patient, nurse: User, prescriber: User, today: date
) -> None:
    other = chair.session(actions.start_treatment(by=nurse, patient=stranger, on=today))
    mine = chair.session(treatment)
    keys = {live.key_of(session, user.pk) for session in (mine, other) for user in (nurse, prescriber)}
    assert len(keys) == 4 and all(len(key) == 64 for key in keys)
    assert live.key_of(chair.session(treatment), nurse.pk) in keys, "the same again after a new sign-in"


@pytest.mark.parametrize("role", [Role.NURSE, Role.FRONT_DESK, Role.PATIENT])
def test_the_key_is_given_to_those_who_treat(
    treatment: Treatment, nurse: User, today: date, client_of: Browser, role: Role
) -> None:
    chair.ready(treatment, nurse, today)
    actions.add_event(by=nurse, treatment=treatment, kind="first_needle")
    where = [treatment.patient.number, treatment.pk]
    page = client_of(role).get(reverse("treatment:session", args=where))
    asked = client_of(role).get(reverse("treatment:connection", args=where))
    if role is not Role.NURSE:
        assert (page.status_code, asked.status_code) == (403, 403)
        return
    text = page.content.decode()
    here = json.loads(text.partition('<script id="live-here" type="application/json">')[2].partition("<")[0])
    assert here["key"] == live.key_of(chair.session(treatment), nurse.pk)
    assert page["Cache-Control"] == "no-store", "the page itself is in no cache"
    assert asked.json()["user"] == nurse.pk and asked.json()["state"] == "under_way"


def test_what_is_kept_for_later_holds_no_patient(
    treatment: Treatment, client_of: Browser, nurse: User
) -> None:
    browser = client_of(Role.NURSE)
    worker = browser.get(reverse("treatment:worker"))
    assert worker["Service-Worker-Allowed"] == "/patients/" and worker["Content-Type"] == "text/javascript"
    kept = worker.content.decode() + browser.get(reverse("treatment:shell")).content.decode()
    for told in (treatment.patient.number, "Laurent", nurse.full_name, str(treatment.key)):
        assert told not in kept


def test_points_and_the_end_are_one_tap(
    treatment: Treatment, nurse: User, today: date, client_of: Browser
) -> None:
    chair.ready(treatment, nurse, today)
    actions.add_event(by=nurse, treatment=treatment, kind="first_needle")
    where = [treatment.patient.number, treatment.pk]
    points = {"kind": "map", "then": "finish", "region-vertex": "100", "depth_mm": "2", "volume_ml": "0.05"}
    done = client_of(Role.NURSE).post(reverse("treatment:events", args=where), points)
    assert done.url == reverse("treatment:finish", args=where)
