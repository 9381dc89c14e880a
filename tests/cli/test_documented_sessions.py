"""The terminal sessions of the README and the how-to pages run as they are printed."""

from __future__ import annotations

import re
import subprocess
import textwrap
from pathlib import Path

import pytest
from tests.cli.test_tutorial import PROGRAM, ROOT, fits, session

PAGES = {
    "README.md": 3,
    "docs/how-to/screen-a-record.md": 1,
    "docs/how-to/plan-a-course.md": 2,
    "docs/how-to/review-a-rule.md": 1,
}


@pytest.mark.parametrize("name", PAGES)
def test_a_session_runs_as_it_is_printed(name: str, tmp_path: Path) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    indented = re.compile(r"^   ```console\n.*?^   ```$", re.DOTALL | re.MULTILINE)  # within a list
    text = indented.sub(lambda block: textwrap.dedent(block[0]), text)
    for record in re.findall(r"```json\n(.*?)```", text, re.DOTALL):
        (tmp_path / "record.json").write_text(record, encoding="utf-8")
    commands = list(session(text))
    assert len(commands) >= PAGES[name]
    for command, shown in commands:
        done = subprocess.run(
            ["sh", "-c", command.replace("./anagen", PROGRAM)],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        assert fits(shown, done.stdout.splitlines()), f"{command}\n{done.stdout}"
