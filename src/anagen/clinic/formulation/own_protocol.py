"""Which protocol a patient's course follows. `course`, which plans it, builds on this app and registers the answer."""

from __future__ import annotations

from collections.abc import Callable

from anagen.clinic.people.models import Patient

_asked: list[Callable[[Patient], str | None]] = []


def ask(which: Callable[[Patient], str | None]) -> None:
    """Let whoever plans courses be asked."""
    _asked.append(which)


def protocol_of(patient: Patient) -> str | None:
    """The protocol of the course that stands; None without one."""
    return next((name for which in _asked if (name := which(patient)) is not None), None)
