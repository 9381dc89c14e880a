"""What signed cases add to the home page: a warning where one is answered otherwise."""

from __future__ import annotations


def register() -> None:
    """Nothing: signed cases are found on the page of the knowledge."""
