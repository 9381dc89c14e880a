"""Is the trail whole? Follows both chains from the first entry and names the first link that does not hold.

A chain shows that nothing inside it was changed, removed or put in between. It cannot show that its end was
cut off, or that all of it was made anew by somebody who knows how: for that, compare with a head that was
noted down elsewhere (`expect_head`, or the anchor file that every good verification renews).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from django.db import DatabaseError, connections, transaction

from . import chain, postgres, triggers
from .models import AuditEntry, ReadEntry

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: the chain's table, the entry's number, and the row the entry tells of."""

    chain: str
    number: int | None
    table: str
    row: str
    what: str

    def __str__(self) -> str:
        place = f"{self.chain}, entry {self.number}" if self.number is not None else self.chain
        about = f" ({self.table} {self.row})" if self.table else ""
        return f"{place}{about}: {self.what}"


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a chain and the seal of its first, as noted down to be compared later."""

    number: int
    hash: str
    first: str = ""

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read `<number>:<64 hexadecimal digits>`; raises ValueError for anything else."""
        number, colon, digest = text.strip().partition(":")
        if not colon or not number.isdigit() or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise ValueError(
                f"“{text}” is not a head: it reads like 1234:0f3c… with 64 digits after the colon."
            )
        return cls(int(number), digest)


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found. `entries` and `reads` count the links that were followed."""

    entries: int
    reads: int
    breaks: list[Break] = field(default_factory=list)
    unguarded: list[tuple[str, str]] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.breaks and not self.unguarded

    @property
    def first_broken(self) -> Break | None:
        return self.breaks[0] if self.breaks else None

    def lines(self) -> Iterator[str]:
        """The report as a person reads it, one statement a line."""
        for broken in self.breaks:
            yield f"Broken: {broken}"
        for table, what in self.unguarded:
            yield f"Not guarded: {table}: {what}. Run migrate, then look at what was written meanwhile."
        total = self.entries + self.reads
        pace = f", {total / self.seconds:,.0f} a second" if self.seconds > 0 and total >= 1000 else ""
        yield f"{self.entries:,} entries and {self.reads:,} reads followed in {self.seconds:.2f} s{pace}."
        if self.ok:
            yield "The trail is whole."
            for name, head in self.heads.items():
                yield f"Head of {name}: {head}"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ok": self.ok}


def verify(
    *, using: str = "default", expect_head: str | None = None, anchor: Path | None = None, note: bool = True
) -> Report:
    """Follow both chains and check the triggers.

    expect_head: `number:hash` of an entry known from elsewhere; the chain of entries must still contain it.
    anchor: file with the heads of the last good verification; compared, and renewed when all is well and
    `note`. Raises ValueError when `expect_head` or the anchor file cannot be read.
    """
    expected = {AuditEntry._meta.db_table: Head.parse(expect_head)} if expect_head else {}
    noted = read_anchor(anchor) if anchor is not None else {}
    started = time.perf_counter()
    breaks: list[Break] = []
    heads: dict[str, Head] = {}
    counts: dict[str, int] = {}
    connection = connections[using]
    # No transaction: what has been walked does not change, and writers (on SQLite there is one) need not
    # wait.
    for name in (AuditEntry._meta.db_table, ReadEntry._meta.db_table):
        known = [head for head in (expected.get(name), noted.get(name)) if head is not None]
        try:
            with transaction.atomic(using=using) if connection.in_atomic_block else nullcontext():
                broken, head, counts[name] = _follow(name, _links(connection, name), known)
        except (DatabaseError, TypeError, UnicodeError) as wrong:
            broken, head, counts[name] = Break(name, None, "", "", f"cannot be read: {wrong}"), Head(0, ""), 0
        heads[name] = head
        if broken is not None:
            breaks.append(broken)
    report = Report(
        entries=counts["audit_entry"],
        reads=counts["audit_read"],
        breaks=breaks,
        unguarded=triggers.problems(using),
        heads=heads,
        seconds=time.perf_counter() - started,
    )
    if report.ok and anchor is not None and note:
        write_anchor(anchor, heads)
    return report


def read_anchor(path: Path) -> dict[str, Head]:
    """The heads in an anchor file; none when there is no file yet."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: Head(int(head["number"]), str(head["hash"]), str(head["first"]))
            for name, head in noted.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise ValueError(
            f"{path.name} is not an anchor of the trail; move it away to begin a new one."
        ) from wrong


def write_anchor(path: Path, heads: dict[str, Head]) -> None:
    """Note the heads down, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(
        json.dumps({name: asdict(head) for name, head in heads.items()}, indent=1), encoding="utf-8"
    )
    draft.replace(path)


# number, previous, hash, what was sealed
Link = tuple[int, str, str, bytes]


def _follow(name: str, links: Iterable[Link], known: list[Head]) -> tuple[Break | None, Head, int]:
    """Walk one chain. Returns the first break, the head reached, and how many links held."""
    before, last, first = chain.BEGINNING, 0, ""
    wanted: dict[int, set[str]] = {}
    for head in known:
        if head.number:
            wanted.setdefault(head.number, set()).add(head.hash)
    farthest = max(wanted, default=0)
    begun_with = {head.first for head in known if head.first}
    for number, previous, digest, text in links:
        what = ""
        if number <= last:
            what = "its number is not one the trail gives"
        elif number != last + 1:
            gone = f"entry {last + 1} is" if number == last + 2 else f"entries {last + 1} to {number - 1} are"
            what = f"{gone} missing before it"
        elif sha256(text).hexdigest() != digest:
            what = "what it says does not give its seal: the entry or its seal was changed"
        elif previous != before:
            what = f"it does not follow entry {last}: the seals differ"
        elif not last and begun_with and digest not in begun_with:
            what = "the trail began otherwise when it was last verified: it was made anew, or is another one"
        elif number in wanted and wanted[number] != {digest}:
            what = "its seal is not the one noted down earlier: the trail was rewritten up to here"
        if what:
            return Break(name, number, *_about(text), what), Head(last, before, first), last
        before, last = digest, number
        first = first or digest
    if farthest > last:
        gone = f"entry {farthest} is" if farthest == last + 1 else f"entries {last + 1} to {farthest} are"
        what = f"the end is cut off: {gone} known from an earlier verification and missing"
        return Break(name, last + 1, "", "", what), Head(last, before, first), last
    return None, Head(last, before, first), last


def _about(text: bytes) -> tuple[str, str]:
    """Table and row that a sealed text tells of."""
    said = orjson.loads(text)
    if said[0] == chain.READ:
        return "people_patient", str(said[1 + chain.READ_FIELDS.index("patient_id")])
    place = 1 + chain.ENTRY_FIELDS.index("table_name")
    return str(said[place]), str(said[place + 1])


def _links(connection: Any, table: str) -> Iterator[Link]:
    """Each link with the text its seal is made of, by number, without holding the table in memory."""
    bunch = _bunch_of_sqlite if connection.vendor == "sqlite" else _bunch_of_postgres
    last = -(2**63)
    while links := bunch(connection, table, last):
        yield from links
        last = links[-1][0]


def _bunch_of_sqlite(connection: Any, table: str, last: int) -> list[Link]:
    kind, fields = _SEALED[table]
    # As text, as it is stored: Django's cursor would make a date of `at`.
    columns = ", ".join(f"CAST({field} AS TEXT)" if field in _NOT_TEXT else field for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT number, previous, hash, {columns} FROM {table} WHERE number > %s ORDER BY number LIMIT {_AT_ONCE}",
            [last],
        )
        rows = cursor.fetchall()
    try:  # all is text already
        return [(row[0], row[1], row[2], orjson.dumps((kind, *row[3:]))) for row in rows]
    except TypeError:  # but for what somebody has put there by hand
        return [(row[0], row[1], row[2], chain.written(kind, *row[3:])) for row in rows]


def _bunch_of_postgres(connection: Any, table: str, last: int) -> list[Link]:
    """By COPY, which is three times as fast as rows. The text comes ready from the database; what it escapes beyond
    JSON is the backslash, doubled."""
    kind, fields = _SEALED[table]
    text = postgres.written(kind, [postgres.at_as_text("at") if field == "at" else field for field in fields])
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        connection.connection.cursor() as cursor,
        cursor.copy(
            f"COPY (SELECT number, previous, hash, {text} FROM {table} WHERE number > {last:d} "
            f"ORDER BY number LIMIT {_AT_ONCE}) TO STDOUT"
        ) as copied,
    ):
        lines = [bytes(line) for line in copied]
    links = []
    for line in lines:
        number, previous, digest, sealed = line[:-1].split(b"\t", 3)
        links.append((int(number), previous.decode(), digest.decode(), sealed.replace(b"\\\\", b"\\")))
    return links


_SEALED = {
    AuditEntry._meta.db_table: (chain.ENTRY, chain.ENTRY_FIELDS),
    ReadEntry._meta.db_table: (chain.READ, chain.READ_FIELDS),
}
_NOT_TEXT = {"number", "at", "actor_id", "patient_id"}
