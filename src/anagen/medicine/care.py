"""What to do and avoid before and after a session, as windows on the timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from anagen.medicine.dates import Duration, day_after, first_day
from anagen.medicine.rules import Evidence
from anagen.medicine.timeline import Window


@dataclass(frozen=True, slots=True)
class Care:
    """One instruction around a session; ``start`` and ``end`` are relative to it, negative before."""

    id: str
    subject: str
    kind: str  # avoid, do
    start: Duration
    end: Duration
    clinician: str
    patient: str
    evidence: tuple[Evidence, ...]
    areas: tuple[str, ...] = ("scalp",)
    until_course_end: bool = False
    after_last: bool = False  # counted from the last session alone, as an outcome visit is
    claims: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    def windows(self, sessions: Sequence[date]) -> Iterator[Window]:
        """Its windows for sessions in order of time; those that touch are one window."""
        counted = sessions[-1:] if self.after_last else sessions
        spans = [(first_day(day, self.start), day_after(day, self.end)) for day in counted]
        if self.until_course_end and spans:
            spans = [(spans[0][0], spans[-1][1])]
        for start, end in _joined(spans):
            yield Window(
                start,
                end,
                self.kind,
                self.subject,
                self.patient,
                self.id,
                tuple(evidence.source for evidence in self.evidence),
            )


def _joined(spans: Iterable[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    """Spans in order of their start, with those that overlap or touch made one."""
    standing: tuple[date, date] | None = None
    for start, end in spans:
        if standing is not None and start <= standing[1]:
            standing = (standing[0], max(standing[1], end))
            continue
        if standing is not None:
            yield standing
        standing = (start, end)
    if standing is not None:
        yield standing


def care_windows(care: Iterable[Care], sessions: Sequence[date]) -> tuple[Window, ...]:
    """All care windows of a course, in order of time."""
    days = sorted(sessions)
    return tuple(sorted((window for item in care for window in item.windows(days)), key=_by_time))


def _by_time(window: Window) -> tuple[date, date, str]:
    return (window.start, window.end or date.max, window.subject)
