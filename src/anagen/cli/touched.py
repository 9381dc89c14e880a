"""Whom a change of the rules would touch: the patients of case files, or the active ones of this clinic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache

from anagen.cli.cases import cases_of
from anagen.knowledge.loader import Knowledge
from anagen.medicine.impact import BeforeAndAfter, Turn, Why


@dataclass(frozen=True, slots=True)
class Because:
    """A rule that makes it so, and what it finds before and after."""

    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient for whom something differs: what, before and after, and by which rules."""

    id: str
    title: str
    before: dict[str, str | None]
    after: dict[str, str | None]
    why: tuple[Because, ...]

    @property
    def turned(self) -> Iterator[str]:
        for key, first in self.before.items():
            if first != self.after[key]:
                yield f"{key}: {first or 'none'} → {self.after[key] or 'none'}"


@dataclass(frozen=True, slots=True)
class Touched:
    """All of them, of how many."""

    asked: int
    patients: tuple[Patient, ...]

    def plain(self) -> dict[str, object]:
        return {"asked": self.asked, "touched": [asdict(patient) for patient in self.patients]}

    def lines(self) -> Iterator[str]:
        for patient in self.patients:
            yield f"{patient.id}: {patient.title}"
            yield from (f"    {line}" for line in patient.turned)
            yield from (f"    because {one.rule}: {one.before} → {one.after}" for one in patient.why)
        yield f"{len(self.patients)} of {self.asked} patients would be answered otherwise."


def of_cases(old: Knowledge, new: Knowledge, files: Sequence[str], on: date) -> Touched:
    """Each case on its own day, by the rules as they stand on a day. BadInput for a file that cannot be read."""
    before, after = old.ruleset.as_on(on), new.ruleset.as_on(on)

    @cache
    def compared(day: date) -> BeforeAndAfter:
        return BeforeAndAfter(before, after, day)

    asked = [case for file in files for case in cases_of(file, new)]
    found = [
        Patient(case.id, case.title, *_answers(turn), tuple(map(_because, turn.why)))
        for case in asked
        if (turn := compared(case.on).turn(case.facts, unmapped=case.unmapped)) is not None
    ]
    return Touched(len(asked), tuple(found))


def _answers(turn: Turn) -> tuple[dict[str, str | None], dict[str, str | None]]:
    first, second = (
        {
            "verdict": answer.verdict.word,
            "not_before": answer.not_before.isoformat() if answer.not_before else None,
        }
        for answer in (turn.before, turn.after)
    )
    return first, second


def _because(why: Why) -> Because:
    before, after = (
        "no such rule"
        if finding is None
        else f"{finding.state.value.replace('_', ' ')} {finding.verdict.word}"
        + (f" until {finding.until}" if finding.until else "")
        for finding in (why.before, why.after)
    )
    return Because(why.rule, before, after)


def of_clinic(old: Knowledge, new: Knowledge, on: date) -> Touched:
    """The active patients of the clinic's database, as its own page of the impact says."""
    from anagen.cli.clinic import ready

    ready()
    from anagen.clinic.knowledge.impact import impact

    found = impact(old, new, on)
    patients = [
        Patient(
            id=one.patient.number,
            title=one.patient.name,
            before={turned.key: turned.before or None for turned in one.turned},
            after={turned.key: turned.after or None for turned in one.turned},
            why=tuple(Because(reason.rule, reason.before, reason.after) for reason in one.reasons),
        )
        for one in found.affected
    ]
    return Touched(found.active, tuple(patients))
