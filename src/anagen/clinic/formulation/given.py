"""Whether a syringe has been given. `treatment`, which records it, builds on this app and registers the answer."""

from __future__ import annotations

from collections.abc import Callable

from .models import Syringe

_asked: list[Callable[[Syringe], bool]] = []


def ask(was: Callable[[Syringe], bool]) -> None:
    """Let whoever records what is given be asked."""
    _asked.append(was)


def was_given(syringe: Syringe) -> bool:
    return any(was(syringe) for was in _asked)
