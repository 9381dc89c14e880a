"""Static files whose address carries a version, without a build step: browsers may keep them for long."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


def _digest(name: str) -> str:
    found = finders.find(name)
    return hashlib.sha256(Path(str(found)).read_bytes()).hexdigest()[:10] if found else ""


_digest_once = lru_cache(maxsize=256)(_digest)


class VersionedStaticFiles(StaticFilesStorage):
    """`/static/site/anagen.css?v=1f2e3d…`: the address changes exactly when the file does."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        digest = (_digest if settings.DEBUG else _digest_once)(name or "")
        return f"{address}?v={digest}" if digest else address
