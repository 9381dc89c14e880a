"""The seal of an entry: sha256 over everything it says and the seal before it.

What it says is written as a JSON array of texts and nulls without blanks, `["anagen entry
1","17","2026-11-21 …",null, …]`, with no characters escaped but those that JSON must: no two different
entries give the same text, and PostgreSQL's `array_to_json` gives the same text as `orjson` here.
"""

from __future__ import annotations

from hashlib import sha256

import orjson

BEGINNING = "0" * 64  # what the first entry of a chain follows

ENTRY = "anagen entry 1"
READ = "anagen read 1"

ENTRY_FIELDS = (
    "number",
    "at",
    "actor_id",
    "actor",
    "patient_id",
    "table_name",
    "row_key",
    "operation",
    "old",
    "new",
    "previous",
)
READ_FIELDS = ("number", "at", "actor_id", "actor", "patient_id", "what", "previous")


def written(kind: str, *fields: object) -> bytes:
    """The text that is sealed, in UTF-8. `kind` (ENTRY or READ) keeps the two chains apart."""
    return orjson.dumps((kind, *[field if field is None else str(field) for field in fields]))


def seal(kind: str, *fields: object) -> str:
    """The seal as 64 hexadecimal digits.

    Fields are texts, integers or None in the order of ENTRY_FIELDS or READ_FIELDS. `at` is UTC as
    `YYYY-MM-DD hh:mm:ss.ffffff` (SQLite: milliseconds, `.fff`).
    """
    return sha256(written(kind, *fields)).hexdigest()
