"""The settings: a secret that stays one, and a database that many can use at once."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from anagen.clinic.settings import _kept_secret


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "secret-key"
    made = _kept_secret(file)
    assert len(made) >= 64
    assert _kept_secret(file) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pragma", "value"), [("foreign_keys", 1), ("synchronous", 1), ("busy_timeout", 20_000)]
)
def test_sqlite_is_set_for_many_readers_and_one_writer(pragma: str, value: int) -> None:
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        assert cursor.fetchone()[0] == value


def test_developers_pages_are_off() -> None:
    assert settings.DEBUG is False
    assert settings.SESSION_COOKIE_HTTPONLY and settings.CSRF_COOKIE_HTTPONLY


def said(tmp_path: Path, expression: str, **environment: str) -> str:
    """What the settings say in a process of its own, with this environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANAGEN_")}
    done = subprocess.run(
        [sys.executable, "-c", f"from anagen.clinic import settings as s; print({expression})"],
        env=clean | {"ANAGEN_VAR": str(tmp_path / "var")} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_file_is_written_ahead(tmp_path: Path) -> None:
    shown = said(
        tmp_path, "(s.DATABASES['default']['NAME'], s.DATABASES['default']['OPTIONS']['init_command'])"
    )
    assert str(tmp_path / "var" / "anagen.sqlite3") in shown
    assert "journal_mode=WAL" in shown


def test_the_environment_decides(tmp_path: Path) -> None:
    shown = said(
        tmp_path,
        "(s.DATABASES['default']['ENGINE'], s.ALLOWED_HOSTS, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0,"
        " s.TIME_ZONE, s.SECRET_KEY, s.IDLE_TIMEOUT.seconds)",
        ANAGEN_DATABASE="postgresql://name@host/clinic",
        ANAGEN_HOSTS="clinic.example, 192.0.2.1",
        ANAGEN_HTTPS="1",
        ANAGEN_TIME_ZONE="Europe/London",
        ANAGEN_SECRET_KEY="given",
        ANAGEN_IDLE_MINUTES="5",
    )
    assert shown == (
        "('django.db.backends.postgresql', ['clinic.example', '192.0.2.1'], True, True, 'Europe/London', 'given', 300)"
    )
    assert not (tmp_path / "var" / "secret-key").exists()
