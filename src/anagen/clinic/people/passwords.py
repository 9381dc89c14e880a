"""First passwords: made by the machine, told once, changed at the first sign-in."""

from __future__ import annotations

import secrets

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else on paper


def first_password() -> str:
    """Four groups of four: 79 bits, and short enough to read out at a counter."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
