"""What stock adds to the navigation, the home page and the patient page."""

from __future__ import annotations


def register() -> None:
    """Nothing yet."""
