"""Keeping the map of a session: each time a new version, the latest counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from anagen.clinic.people.actions import ChangedMeanwhile
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.medicine.treatment import Kind

from ..models import Event, Treatment
from .common import held, may
from .session import add_event


@transaction.atomic
def keep_map(*, by: User | str, treatment: Treatment, data: Mapping[str, Any], seen: int, key: UUID) -> Event:
    """Keep this map. `seen`: id of the event whose map was looked at, 0 for none. The same key again is the same event.

    Raises NotAllowed; ChangedMeanwhile when somebody has kept another one since; Refused as `add_event` does.
    """
    may(by, Permission.TREAT)
    current = held(treatment)
    latest = current.events.filter(kind=Kind.MAP).select_related("by").last()
    if latest is not None and latest.pk != seen and not current.events.filter(key=key).exists():
        raise ChangedMeanwhile(
            _("%(name)s has kept another map meanwhile. Look at it, then keep yours or leave it.")
            % {"name": latest.by or _("Somebody")}
        )
    return add_event(by=by, treatment=current, kind=Kind.MAP, data=data, key=key)
