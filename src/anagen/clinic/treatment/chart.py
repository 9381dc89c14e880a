"""The chain of a patient's chart: what is sealed, and whether every seal still holds.

The links of one patient are numbered 1, 2, 3 …; each seal is made over everything the link says and the seal before
it. A link that was changed, removed or put in between is found; a chart whose end was cut off is found by the audit
trail, in which every link stands as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from anagen.clinic.audit import chain
from anagen.clinic.people.models import Patient

from .models import ChartLink

RECORD = "anagen record 1"
_FIELDS = (
    "patient_id", "number", "treatment_id", "kind", "key", "content", "at", "by_id", "name", "role", "previous"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link of a chart that does not hold."""

    patient: str
    number: int
    treatment: int
    what: str

    def __str__(self) -> str:
        return (
            f"chart of patient {self.patient}, entry {self.number} (treatment {self.treatment}): {self.what}"
        )


@dataclass(frozen=True, slots=True)
class Charts:
    """What a verification of all charts found."""

    links: int
    charts: int
    broken: tuple[Broken, ...]

    @property
    def ok(self) -> bool:
        return not self.broken

    def lines(self) -> Iterator[str]:
        """What was found, as a person reads it, one statement a line."""
        for broken in self.broken:
            yield f"Broken: {broken}"
        yield f"{self.links:,} signed entries in {self.charts:,} charts followed."
        if self.ok:
            yield "The charts are whole."

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ok": self.ok}


def sealed(
    *,
    patient: int,
    number: int,
    treatment: int,
    kind: str,
    key: object,
    content: str,
    at: datetime,
    by: int,
    name: str,
    role: str,
    previous: str,
) -> str:
    """The seal of one link, as 64 hexadecimal digits."""
    return chain.seal(
        RECORD, patient, number, treatment, kind, key, content, _moment(at), by, name, role, previous
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def verify() -> Charts:
    """Follow the chain of every chart, and name the first link of each that does not hold."""
    broken: list[Broken] = []
    links = charts = 0
    patient, number, before, lost = None, 0, chain.BEGINNING, False
    for row in _rows():
        links += 1
        if row[0] != patient:
            patient, number, before, lost = row[0], 0, chain.BEGINNING, False
            charts += 1
        if lost:
            continue
        what = _wrong(row, number, before)
        if what:
            broken.append(Broken(_number(row[0]), row[1], row[2], what))
            lost = True
        number, before = row[1], row[11]
    return Charts(links, charts, tuple(broken))


def _rows() -> Iterator[tuple[Any, ...]]:
    found = ChartLink.objects.order_by("patient_id", "number")
    return found.values_list(*_FIELDS, "hash").iterator(chunk_size=5000)


def _number(patient: int) -> str:
    """The patient's number; the row's own where the patient is gone."""
    known = Patient.objects.filter(pk=patient).values_list("number", flat=True).first()
    return str(patient) if known is None else known


def _wrong(row: tuple[Any, ...], number: int, before: str) -> str:
    """Why this link does not follow; empty when it does."""
    if row[1] != number + 1:
        return f"entry {number + 1} is missing before it"
    if chain.seal(RECORD, *row[:6], _moment(row[6]), *row[7:11]) != row[11]:
        return "what it says does not give its seal: the entry or its seal was changed"
    if row[10] != before:
        return "it does not follow the entry before it: the seals differ"
    return ""
