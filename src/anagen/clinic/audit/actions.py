"""The log of reads. (Entries about writes are made by the database itself.)"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connections, router
from django.utils import timezone

from . import postgres, sqlite
from .context import acting
from .models import ReadEntry

ONE_LOOK = timedelta(minutes=1)


def record_read(*, by: Any, patient: Any, what: str) -> bool:
    """Record that `by` (a user, or a name of the system) looks at `what` of `patient` (a Patient or its key).

    The same look by the same person within a minute is recorded once. Returns whether an entry was added.
    Raises ValueError for nobody, for an unsaved patient and for an empty `what`.
    """
    key = getattr(patient, "pk", patient)
    what = " ".join(what.split())[:200]
    if key is None or not what:
        raise ValueError("record_read() needs a saved patient and says what was read.")
    using = router.db_for_write(ReadEntry)
    connection = connections[using]
    with acting(by) as actor:
        recent = ReadEntry.objects.using(using).filter(
            patient_id=key, at__gt=timezone.now() - ONE_LOOK, actor_id=actor.id, actor=actor.name, what=what
        )
        if recent.order_by().exists():
            return False
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(sqlite.APPEND_READ, [key, what])
            else:
                cursor.execute(postgres.APPEND_READ, [key, what, connection.in_atomic_block])
    return True
