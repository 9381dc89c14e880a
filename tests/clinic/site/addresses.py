"""Samples of the addresses of the site."""

from __future__ import annotations

from typing import Any

from tests.clinic.addresses import World

ANSWERS = {"site:theme": 405, "site:scan_image": 405}


def samples(world: World) -> dict[str, dict[str, Any]]:
    return {}
