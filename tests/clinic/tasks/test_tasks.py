"""Tasks: whom they are for, that a list is not made twice, and how they end."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.tasks import actions, queries
from anagen.clinic.tasks.actions import Wanted, add_tasks
from anagen.clinic.tasks.models import Task, TaskEnded

Users = dict[Role, User]
Browser = Callable[[Role | None], Client]


def add(*wanted: Wanted, reference: str = "1", by: User | str = "test") -> list[Task]:
    return add_tasks(by=by, origin="recall", reference=reference, wanted=wanted)


@pytest.fixture
def tasks(users: Users, patient: Patient, stranger: Patient, today: date) -> dict[str, Task]:
    """One for everybody and overdue, one for nurses about a patient, one for the prescriber in person."""
    made = add(
        Wanted("count", "Count the vials", today - timedelta(days=1)),
        Wanted("call", "Call Amélie Laurent", today, patient=patient, role=Role.NURSE),
        Wanted("look", "Look at the file again", today, patient=stranger, person=users[Role.PRESCRIBER]),
    )
    return {task.kind: task for task in made}


def test_everybody_sees_what_is_theirs(users: Users, tasks: dict[str, Task]) -> None:
    seen = {role: [task.kind for task in queries.open_for(users[role])] for role in Role}
    assert seen == {
        Role.PATIENT: [],
        Role.FRONT_DESK: ["count"],
        Role.NURSE: ["count", "call"],
        Role.PRESCRIBER: ["count", "look"],
        Role.MEDICAL_LEAD: ["count"],
        Role.ADMINISTRATOR: [],
    }


def test_the_same_list_is_not_made_twice(patient: Patient, stranger: Patient, today: date) -> None:
    both = [Wanted("call", "Call", today, patient=each) for each in (patient, stranger)]
    assert len(add(both[0])) == 1
    assert [task.patient for task in add(*both, *both)] == [stranger]
    assert add(*both) == []
    assert len(add(*both, reference="2")) == 2
    assert len(add(Wanted("count", "Count", today), Wanted("count", "Count", today))) == 1
    assert add(Wanted("count", "Count again", today)) == []


def test_what_has_ended_is_not_asked_for_again(users: Users, patient: Patient, today: date) -> None:
    call = Wanted("call", "Call", today, patient=patient)
    actions.finish(by=users[Role.NURSE], task=add(call)[0])
    assert add(call) == []
    assert not queries.open_tasks().exists()


def test_a_task_without_words_is_refused(today: date, db: None) -> None:
    with pytest.raises(Refused, match="what is to be done"):
        add(Wanted("call", " ", today))


@pytest.mark.parametrize("role", [Role.PATIENT, Role.ADMINISTRATOR])
def test_who_has_no_part_in_it_adds_nothing(users: Users, today: date, role: Role) -> None:
    with pytest.raises(NotAllowed):
        add(Wanted("call", "Call", today), by=users[role])


def test_only_whom_it_is_for_says_that_it_is_done(users: Users, tasks: dict[str, Task]) -> None:
    for kind, role in (("call", Role.PRESCRIBER), ("look", Role.NURSE), ("count", Role.PATIENT)):
        with pytest.raises(NotAllowed):
            actions.finish(by=users[role], task=tasks[kind])
    ended = actions.finish(by=users[Role.NURSE], task=tasks["call"], said="Reached at noon.")
    assert (ended.how, ended.said, ended.by) == ("done", "Reached at noon.", users[Role.NURSE])
    actions.drop(by=users[Role.MEDICAL_LEAD], task=tasks["look"], said="He has moved away.")


def test_a_task_ends_once_and_says_who_was_first(users: Users, tasks: dict[str, Task]) -> None:
    actions.finish(by=users[Role.NURSE], task=tasks["call"])
    with pytest.raises(Refused, match="Nora Lind has said already that this is done"):
        actions.drop(by=users[Role.NURSE], task=tasks["call"], said="No need.")


def test_dropping_needs_a_reason(users: Users, tasks: dict[str, Task]) -> None:
    with pytest.raises(Refused, match="why"):
        actions.drop(by=users[Role.NURSE], task=tasks["call"], said=" ")
    assert not TaskEnded.objects.exists()


def test_a_list_whose_cause_has_gone_is_dropped(users: Users, tasks: dict[str, Task]) -> None:
    actions.finish(by=users[Role.NURSE], task=tasks["call"])
    actions.drop_list(by="test", origin="recall", reference="1", said="The lot is fine.")
    assert {ended.task.kind: ended.how for ended in TaskEnded.objects.all()} == {
        "call": "done",
        "count": "dropped",
        "look": "dropped",
    }
    with pytest.raises(NotAllowed):
        actions.drop_list(by=users[Role.PATIENT], origin="recall", reference="1", said="No.")


@pytest.mark.parametrize("change", ["UPDATE tasks_task SET words = 'x'", "DELETE FROM tasks_task"])
def test_the_database_refuses_to_change_a_task(tasks: dict[str, Task], change: str) -> None:
    refused = pytest.raises(DatabaseError, match="grow")
    with acting("test"), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


# the pages


def test_my_list_narrows_and_is_taken_away(tasks: dict[str, Task], client_of: Browser) -> None:
    browser = client_of(Role.NURSE)
    page = browser.get(reverse("tasks:mine")).content.decode()
    assert "2 open tasks" in page
    assert "overdue" in page
    assert (
        "Count the vials" not in browser.get(reverse("tasks:mine"), {"patient": "laurent"}).content.decode()
    )
    assert "No open task fits" in browser.get(reverse("tasks:mine"), {"patient": "weber"}).content.decode()
    told = browser.get(reverse("tasks:csv"), {"kind": "call"}).content.decode("utf-8-sig")
    assert [row[1] for row in csv.reader(io.StringIO(told))][1:] == ["Call Amélie Laurent"]


def test_only_the_lead_sees_those_of_everybody(tasks: dict[str, Task], client_of: Browser) -> None:
    every = {
        role: client_of(role).get(reverse("tasks:mine"), {"all": "1"}).content.decode()
        for role in (Role.NURSE, Role.MEDICAL_LEAD)
    }
    assert "Look at the file again" in every[Role.MEDICAL_LEAD]
    assert "Look at the file again" not in every[Role.NURSE]


def test_a_task_is_done_on_its_page(tasks: dict[str, Task], client_of: Browser) -> None:
    address = reverse("tasks:task", args=[tasks["call"].pk])
    browser = client_of(Role.NURSE)
    refused = browser.post(address, {"how": "dropped", "said": ""})
    assert refused.status_code == 422
    assert "Say in a few words why" in refused.content.decode()
    assert browser.post(address, {"how": "done", "said": "Reached."}).status_code == 302
    assert "Reached." in browser.get(address).content.decode()


def test_the_home_page_and_the_patient_page_show_what_is_open(
    tasks: dict[str, Task], patient: Patient, client_of: Browser
) -> None:
    assert "Call Amélie Laurent" in client_of(Role.NURSE).get("/").content.decode()
    file = reverse("people:patient", args=[patient.number])
    assert "1 task is open" in client_of(Role.FRONT_DESK).get(file).content.decode()
    assert (
        "Call Amélie"
        not in client_of(Role.PATIENT).get(reverse("people:my_record"), follow=True).content.decode()
    )
    listed = client_of(Role.FRONT_DESK).get(reverse("tasks:of_patient", args=[patient.number]))
    assert "Call Amélie Laurent" in listed.content.decode()
