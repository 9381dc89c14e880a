"""The seal of an entry: sha256 over everything it says and the seal before it.

Each field is written as `<length>:<value>,` (length in code points) and nothing as `-,`, so that no two
different entries give the same text. The same text is built in `sqlite.py` (by the function below), in
`postgres.py` (in SQL) and here, when the chain is verified.
"""

from __future__ import annotations

from hashlib import sha256

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


def seal(kind: str, *fields: object) -> str:
    """The seal as 64 hexadecimal digits. `kind` (ENTRY or READ) keeps the two chains apart.

    Fields are texts, integers or None, in the order of ENTRY_FIELDS or READ_FIELDS. `at` is UTC as
    `YYYY-MM-DD hh:mm:ss.ffffff` (SQLite: milliseconds, `.fff`).
    """
    parts = [f"{len(kind)}:{kind},"]
    for field in fields:
        if field is None:
            parts.append("-,")
        else:
            text = str(field)
            parts.append(f"{len(text)}:{text},")
    return sha256("".join(parts).encode()).hexdigest()
