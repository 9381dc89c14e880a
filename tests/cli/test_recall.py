"""`./anagen recall`: what it lists, and what it refuses in one line."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone
from tests.clinic.recall.reach import Bench

from anagen.cli import main
from anagen.clinic.people.actions import create_user, register_patient
from anagen.clinic.people.queries import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def bench(db: None) -> Bench:
    """Ada has got lot A100."""
    nurse = create_user(by="test", username="nora", full_name="Nora Lind", role="nurse", password=None)
    ada = register_patient(
        by="test",
        given_name="Ada",
        family_name="Meyer",
        birth_date=today().replace(year=1990, day=1),
        on=today(),
    )
    made = Bench(nurse, timezone.now())
    made.gives(made.syringe(ada, made.vial(made.lot())))
    return made


def test_a_lot_is_followed_to_its_patients(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recall", "a-100"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Lot A100 (Saline)")
    assert "Ada Meyer" in told and "Saline A100, 1 mL" in told and "Cupboard: 3 unopened" in told


@pytest.mark.parametrize(
    "question", [["A100"], ["--product", "saline"], ["--nurse", "Nora"], ["--room", "Room 1"]]
)
def test_every_question_has_a_document(
    question: list[str], bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recall", *question, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in document["patients"]] == ["Ada Meyer"]
    assert [one["state"] for one in document["syringes"]] == ["given"]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ([], "LOT: is missing."),
        (["ZZ9"], "No lot “ZZ9” was ever received here."),
        (["AIOO"], "It looks like A100 of Saline: compare letter by letter."),
        (["A100", "--product", "water"], "There is no product “water” here."),
        (["A100", "--room", "Room 1"], "One question at a time"),
        (["A100", "--from", "2026-01-01"], "Days go with --nurse or --room."),
        (["--nurse", "nobody"], "There is no account “nobody”."),
        (["--room", "Attic"], "Nobody was ever treated in “Attic”."),
        (["--room", "Room 1", "--from", "2026-02-02", "--to", "2026-02-01"], "lies before"),
        (["--room", "Room 1", "--from", "2026-02-31"], "not in the calendar"),
    ],
)
def test_what_is_unclear_is_one_line(
    question: list[str], told: str, bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recall", *question]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert told in said.err


def test_a_number_of_two_products_asks_which(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.lot("A100", name="Biotin")
    assert main(["recall", "A100"]) == 2
    assert "A100 of Biotin (M); A100 of Saline (M). Add --product NAME." in capsys.readouterr().err
    assert main(["recall", "A100", "--product", "Biotin"]) == 0
    assert "Nobody" not in capsys.readouterr().err
