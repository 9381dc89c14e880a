"""A small, whole folder of knowledge for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.knowledge.folder import Folder, make


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return make(tmp_path / "knowledge")
