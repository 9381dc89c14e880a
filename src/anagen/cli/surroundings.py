"""Where the command line stands: the checkout, the folder for run-time data, today."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[3]


def var() -> Path:
    """The folder for run-time data: ``ANAGEN_VAR``, or ``var`` in the checkout."""
    return Path(os.environ.get("ANAGEN_VAR") or CHECKOUT / "var")


def keep_what_is_slow() -> None:
    """Checked knowledge is kept between starts; ``ANAGEN_CACHE=`` (empty) keeps nothing."""
    os.environ.setdefault("ANAGEN_CACHE", str(var() / "cache"))


def today() -> date:
    """The day on this machine's own calendar; the only clock the command line reads."""
    return datetime.now().astimezone().date()
