"""`map`: the document, the picture, the words, and what cannot be asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from anagen.cli import main


def answered(*command: str, capsys: pytest.CaptureFixture[str]) -> Any:
    assert main(["map", *command, "--json"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return json.loads(said.out)


def refused(*command: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["map", *command]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err.strip()


def test_without_arguments_it_draws_the_whole_scalp_and_says_that_it_is_too_much(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = answered(capsys=capsys)
    assert found["spacing_mm"] == 15 and found["head_cm"] == 56
    assert 440 < found["area_cm2"] < 520
    assert {"number", "region", "position_mm", "depth_mm", "volume_ml"} <= found["points"][0].keys()
    assert [point["number"] for point in found["points"]] == list(range(1, len(found["points"]) + 1))
    assert "never over 150 points" in found["findings"][0]["says"]


def test_regions_spacing_head_depth_and_volume_are_those_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = ("--regions", "Vertex, temporal", "--spacing", "1.2cm", "--head", "58 cm")
    found = answered(*command, "--depth", "2.5mm", "--volume", "0.04mL", capsys=capsys)
    assert found["regions"] == ["vertex", "temporal-left", "temporal-right"]
    assert {point["region"] for point in found["points"]} == set(found["regions"])
    assert (found["spacing_mm"], found["head_cm"]) == (12, 58)
    assert {(point["depth_mm"], point["volume_ml"]) for point in found["points"]} == {(2.5, 0.04)}


def test_the_next_session_keeps_clear_of_the_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    last = tmp_path / "last.json"
    last.write_text(json.dumps(answered("--regions", "vertex", capsys=capsys)))
    found = answered("--regions", "vertex", "--last", str(last), capsys=capsys)
    assert found["clear_of_last_mm"] >= 7.4
    assert main(["map", "--regions", "vertex", "--last", str(last)]) == 0
    assert "from every point of the session before" in capsys.readouterr().out


def test_a_marked_spot_stays_free(capsys: pytest.CaptureFixture[str]) -> None:
    free = answered("--regions", "vertex", capsys=capsys)
    x, y, z = free["points"][5]["position_mm"]
    found = answered("--regions", "vertex", f"--avoid={x},{y},{z}:8mm", capsys=capsys)
    assert len(found["points"]) == len(free["points"]) - 1
    assert found["treatable_cm2"] < free["treatable_cm2"]


def test_the_picture_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "map.svg"
    assert main(["map", "--regions", "vertex", "--svg", str(picture)]) == 0
    assert picture.read_text(encoding="utf-8").startswith("<svg ")


def test_a_person_reads_partings_and_what_speaks_against_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "--regions", "vertex", "--syringe", "5mL"]) == 0
    said = capsys.readouterr().out
    assert "Vertex" in said and "midline" in said
    assert "Before the first needle" in said and "differ by more than 10 percent" in said


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("--regions", "crown"), "frontal, midscalp, vertex, temporal, parietal, occipital"),
        (("--regions", ""), "There is no region “”"),
        (("--spacing", "15"), "“15” has no unit. Write 15mm or 15cm."),
        (("--spacing", "200mm"), "The spacing is 10 to 20 mm, not 200 mm"),
        (("--spacing", "9.9mm"), "The spacing is 10 to 20 mm, not 9.9 mm"),
        (("--spacing", "-15mm"), "--spacing"),
        (("--spacing", "far"), "“far” is no length"),
        (("--head", "30cm"), "A head measures 44 to 66 cm around, not 30 cm"),
        (("--head", "56"), "has no unit"),
        (("--depth", "5mm"), "--depth: The depth is 1 to 4 mm, not 5 mm"),
        (("--volume", "0.05"), "is no volume"),
        (("--volume", "0mL"), "is no volume"),
        (("--avoid", "here"), "marks no spot"),
        (("--avoid", "0,0,92:500mm"), "impossible radius"),
        (("--avoid", "0,0,0:5mm"), "inside the head"),
        (("--svg", "no/such/folder/map.svg"), "The picture cannot be written"),
        (("--last", "no-such.json"), "There is no such file"),
    ],
)
def test_what_cannot_be_asked_for_is_one_line(
    command: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(*command, capsys=capsys)


def test_a_file_that_is_no_map_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "last.json"
    file.write_text('{"points": [{"position_mm": [1, 2]}]}')
    assert "points[0].position_mm" in refused("--last", str(file), capsys=capsys)


def test_it_starts_without_django() -> None:
    code = (
        "import sys; from anagen.cli import main; main(['map', '--json']); assert 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
