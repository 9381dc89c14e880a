"""A plan as the plain document of the command line and of other systems: ISO dates, half-open windows."""

from __future__ import annotations

from typing import Any

from anagen.medicine.planning import Plan
from anagen.medicine.timeline import Window


def document(plan: Plan) -> dict[str, Any]:
    """``sessions``, ``windows`` and ``unplaced`` as JSON can hold them; an open window's ``end`` is null."""
    return {
        "sessions": [
            {
                "number": session.number,
                "date": session.day.isoformat(),
                "earliest": session.earliest.isoformat(),
                "latest": session.latest.isoformat(),
                "mixture": session.mixture,
            }
            for session in plan.course.sessions
        ],
        "windows": [window_document(window) for window in plan.windows],
        "unplaced": [
            {"number": unplaced.number, "reason": unplaced.reason} for unplaced in plan.course.unplaced
        ],
    }


def window_document(window: Window) -> dict[str, Any]:
    return {
        "start": window.start.isoformat(),
        "end": None if window.end is None else window.end.isoformat(),
        "kind": window.kind,
        "subject": window.subject,
        "reason": window.reason,
        "rule": window.rule,
        "sources": list(window.sources),
    }
