"""The path of a patient: where they are, and what each role sees of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from anagen.clinic.people import menu, panels
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.panels import Panel, path_of
from anagen.clinic.people.path import Progress, Step
from anagen.clinic.people.permissions import Permission, Role

Users = dict[Role, User]


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests register panels of their own."""
    monkeypatch.setattr(panels, "_registered", {})


def add(step: Step, progress: Progress, permission: Permission = Permission.OPEN_FILE) -> None:
    panels.register(
        step,
        permission,
        lambda patient, user: Panel(
            progress,
            summary=f"summary of {step}",
            url=f"/{step}",
            template="people/card_patients.html",
            context={"patients": [patient], "today": True},
        ),
    )


def here(patient: Patient, user: User) -> Step | None:
    return next((stage.step for stage in path_of(patient, user).stages if stage.here), None)


def test_without_panels_every_step_is_later(patient: Patient, users: Users) -> None:
    path = path_of(patient, users[Role.NURSE])
    assert [stage.step for stage in path.stages] == list(Step)
    assert {stage.progress for stage in path.stages} == {Progress.LATER}
    assert path.panels == () and here(patient, users[Role.NURSE]) is None


@pytest.mark.parametrize(
    ("progresses", "where"),
    [
        ([Progress.READY, Progress.LATER, Progress.LATER], Step.QUESTION),
        ([Progress.UNDER_WAY, Progress.READY, Progress.LATER], Step.QUESTION),
        ([Progress.DONE, Progress.READY, Progress.LATER], Step.SCREENING),
        ([Progress.DONE, Progress.STOPPED, Progress.READY], Step.SCREENING),
        ([Progress.READY, Progress.DONE, Progress.UNDER_WAY], Step.COURSE),
        ([Progress.READY, Progress.DONE, Progress.STOPPED], Step.COURSE),
        ([Progress.DONE, Progress.DONE, Progress.DONE], None),
    ],
)
def test_where_the_patient_is_now(
    patient: Patient, users: Users, progresses: list[Progress], where: Step | None
) -> None:
    for step, progress in zip((Step.QUESTION, Step.SCREENING, Step.COURSE), progresses, strict=True):
        add(step, progress)
    assert here(patient, users[Role.NURSE]) is where


def test_without_the_permission_one_sees_how_far_and_nothing_else(patient: Patient, users: Users) -> None:
    add(Step.QUESTION, Progress.DONE, Permission.SEE_ANSWERS)
    for role, summary, shown in ((Role.FRONT_DESK, "", 0), (Role.NURSE, "summary of question", 1)):
        path = path_of(patient, users[role])
        assert path.stages[0].progress is Progress.DONE
        assert (path.stages[0].summary, len(path.panels)) == (summary, shown)
        assert bool(path.stages[0].url) is bool(shown)


def test_a_step_has_one_panel() -> None:
    add(Step.QUESTION, Progress.DONE)
    with pytest.raises(ValueError, match="already has a panel"):
        add(Step.QUESTION, Progress.READY)


def test_panels_stand_on_the_page(patient: Patient, client_of: Callable[[Role | None], Client]) -> None:
    add(Step.SCREENING, Progress.STOPPED)
    page = client_of(Role.NURSE).get(f"/patients/{patient.number}").content.decode()
    assert 'aria-current="step"' in page
    assert "Needs attention" in page and "summary of screening" in page
    assert 'href="/screening"' in page and 'id="screening"' in page


@pytest.fixture
def own_menu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(menu, "_entries", {})
    monkeypatch.setattr(menu, "_cards", {})
    yield


def test_one_sees_only_what_one_may_do(own_menu: None, users: Users) -> None:
    menu.add_entry(menu.Entry("Second", "a:b", Permission.FIND_PATIENTS, order=2))
    menu.add_entry(menu.Entry("First", "a:a", Permission.SEE_HOME, order=1))
    menu.add_card("none", Permission.SEE_HOME, lambda user: None, order=0)
    menu.add_card("staff", Permission.MANAGE_STAFF, lambda user: menu.Card(title="Staff"), order=1)
    labels = {
        role: [entry.label for entry in menu.entries_for(users[role])]
        for role in (Role.NURSE, Role.ADMINISTRATOR)
    }
    assert labels == {Role.NURSE: ["First", "Second"], Role.ADMINISTRATOR: ["First"]}
    assert [card.title for card in menu.cards_for(users[Role.ADMINISTRATOR])] == ["Staff"]
    assert menu.cards_for(users[Role.NURSE]) == []
