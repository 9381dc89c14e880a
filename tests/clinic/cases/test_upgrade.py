"""An upgrade is refused where a signed case would be answered otherwise; the command line asks the signed cases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.clinic.cases.known import PREGNANT, changed, signed

from anagen.cli import clinic, main
from anagen.clinic.cases import actions
from anagen.clinic.cases import queries as cases
from anagen.clinic.cases.models import SignedCase
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Role
from anagen.clinic.review import queries as review
from anagen.clinic.review.queries import held_back
from anagen.knowledge.loader import Knowledge

Users = dict[Role, User]


@pytest.fixture
def case(users: Users) -> SignedCase:
    return signed(users[Role.MEDICAL_LEAD], PREGNANT)


@pytest.fixture
def other(case: SignedCase, monkeypatch: pytest.MonkeyPatch) -> Knowledge:
    """A new version of Anagen that would refer where the case says exclude."""
    new = changed("contraindication.pregnancy", verdict="refer")
    monkeypatch.setattr(review, "shipped", lambda: new)
    return new


def test_a_version_that_answers_as_signed_is_taken(case: SignedCase) -> None:
    assert held_back() == []
    assert not clinic.upgrade_refused("anagen manage migrate")


@pytest.mark.parametrize("command", [["manage", "migrate"], ["demo"]])
def test_a_version_that_would_answer_otherwise_is_refused(
    other: Knowledge, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "signed/1" in told.err
    assert "expected exclude, answered refer" in told.err
    assert (
        "refused. 1 signed case would be answered otherwise by this version; nothing was changed." in told.err
    )


def test_it_is_taken_once_the_signature_is_withdrawn(
    users: Users, case: SignedCase, other: Knowledge
) -> None:
    before = cases.mark()
    actions.withdraw(by=users[Role.MEDICAL_LEAD], case=case, reason="The society’s advice has changed.")
    assert cases.mark() != before
    assert held_back() == []


def test_the_signed_cases_are_asked_on_the_command_line(
    case: SignedCase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cases", "--clinic"]) == 0
    assert capsys.readouterr().out.startswith("1 case, all answered as expected by rules")
    new: Any = changed("contraindication.pregnancy", verdict="refer")
    monkeypatch.setattr(cases, "in_use", lambda: new)
    assert main(["cases", "--clinic", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["cases"], told["as_expected"], told["otherwise"][0]["id"]) == (1, 0, "signed/1")
    assert main(["cases", "--clinic", "x.jsonl"]) == 2
    assert "It takes no file." in capsys.readouterr().err
