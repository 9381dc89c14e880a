"""The repository as a reader meets it: files where one looks for them, of a readable length, nothing foreign."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from tests.architecture import scanners
from tests.architecture.scanners import ROOT, SRC
from tools import hygiene, lock

from anagen import cli

PAGES = sorted(path for path in SRC.rglob("*") if path.suffix in {".html", ".css", ".js", ".svg", ".txt"})
LAYERS = ("medicine", "knowledge", "exchange", "clinic", "cli")
ACROSS = ("spec", "property", "journeys", "architecture", "concurrency", "bench")
ADR = ROOT / "docs" / "adr"


def test_nothing_foreign_or_unfinished_is_tracked() -> None:
    found = [
        line
        for path in hygiene.tracked()
        if (ROOT / path).is_file()
        for line in hygiene.faults(path, (ROOT / path).read_bytes())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("README.md", "pip install -i https://" + "py" + "pi.org/simple x"),
        ("docs/x.md", "run it in /" + "work/main"),
        ("docs/x.md", "see /" + "root/notes"),
        ("src/x.py", "# TO" + "DO later"),
        ("src/x.py", "a = 1\n" * 601),
        ("src/site/x.min.js", "var a"),
        ("src/x.bin", "a\0b"),
        ("x.json", "a" * 2_000_001),
    ],
)
def test_what_must_not_be_tracked_is_found(path: str, content: str) -> None:
    assert list(hygiene.faults(path, content.encode()))


def test_plain_files_are_left_alone() -> None:
    content = b"the clinic's work/life balance; a mastodon; https://example.org/home/page\n" * 600
    assert list(hygiene.faults("src/x.py", content)) == []


def test_the_locks_fit_the_project() -> None:
    assert lock.faults() == []


@pytest.mark.parametrize(
    "text",
    ["django==5.2 \\\n    --hash=sha256:00\n", "django==1.0\n", "--index-url https://example.org\n"],
    ids=["too little", "no hash and too old", "an index"],
)
def test_a_lock_that_does_not_fit_is_found(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in lock.LOCKS:
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(lock, "LOCKS", {name: tmp_path / f"{name}.txt" for name in lock.LOCKS})
    assert lock.faults()


def test_tests_mirror_the_source() -> None:
    """A folder of tests is named after what it tests; every layer and every app of the clinic has one."""
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    astray = [
        folder.as_posix()
        for folder in folders
        if folder.parts
        and folder.parts[0] not in ACROSS
        and not (SRC / folder).is_dir()
        and not (SRC / folder).with_suffix(".py").is_file()
    ]
    assert astray == []
    layers = {folder.parts[0] for folder in folders if folder.parts}
    assert [name for name in (*LAYERS, *ACROSS) if name not in layers] == []
    apps = {path.parent.name for path in (SRC / "clinic").glob("*/apps.py")}
    tested = {
        folder.parts[1] for folder in folders if folder.parts[:1] == ("clinic",) and len(folder.parts) > 1
    }
    assert sorted(apps - tested) == []


def test_every_test_runs() -> None:
    found = [
        f"{path.relative_to(ROOT)} {line}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for line in scanners.tests_that_may_not_run(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(SRC).as_posix())
def test_pages_fetch_nothing_from_outside(path: Path) -> None:
    assert scanners.outside_fetches(path.read_text(encoding="utf-8")) == []


def test_decisions_are_numbered_once() -> None:
    names = [path.name for path in ADR.glob("*.md") if path.name != "README.md"]
    assert names
    assert [name for name in names if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name)] == []
    assert [number for number, times in Counter(name[:4] for name in names).items() if times > 1] == []


def test_every_command_is_documented() -> None:
    """Undocumented means a failing test: each command stands in the README or in docs/ as it is typed."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    commands = set(cli.COMMANDS) | {"test"}
    assert len(commands) > 6
    assert sorted(name for name in commands if not re.search(rf"\./anagen {name}\b", text)) == []


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]
    assert broken == []
