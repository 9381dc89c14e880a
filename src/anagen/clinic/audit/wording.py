"""What the database says when it refuses. Plain English without apostrophes: the texts stand in SQL."""

from __future__ import annotations

NOBODY = "Audit: nobody is named for this change of {table}. Write inside acting(...), for a named person."
GUARDED = "Audit: entries of the trail are never changed or deleted."
OUT_OF_ORDER = "Audit: an entry can only be added at the end of the trail."
NO_TRUNCATE = "Audit: TRUNCATE would go unrecorded. Delete the rows instead."

# by the database, when a record that only grows is changed or deleted
GROWS = "Anagen: records of this table grow, they are not changed or deleted. Add a later one."
