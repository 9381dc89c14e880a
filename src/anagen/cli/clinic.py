"""Django, for the commands that need the clinic's records. Nothing else in the command line imports it."""

from __future__ import annotations

import os

from anagen.cli.errors import BadInput, complain

_MEND = "Run ./anagen demo for a fictitious clinic, or ./anagen manage migrate for a real one."


def ready(*, records: bool = True) -> None:
    """Set Django up; with ``records``, BadInput when the database cannot be reached or holds no clinic yet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anagen.clinic.settings")
    import django

    django.setup()
    if records:
        _there_is_a_clinic()


def database() -> str:
    """The database as messages name it: never with a password."""
    from django.conf import settings

    place = settings.DATABASES["default"]
    host = f" on {place['HOST']}" if place.get("HOST") else ""
    return f"database {place['NAME']}{host}"


def _there_is_a_clinic() -> None:
    from django.db import DatabaseError, connection
    from django.db.migrations.recorder import MigrationRecorder

    try:
        there = (
            MigrationRecorder(connection).has_table()
            and "people_user" in connection.introspection.table_names()
        )
    except DatabaseError as error:
        what = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise BadInput(database(), "", f"It cannot be reached: {what}.", "Check ANAGEN_DATABASE.") from None
    if not there:
        raise BadInput(database(), "", "There is no clinic in it yet.", _MEND)


def upgrade_refused(command: str) -> bool:
    """Whether a case that the medical lead has signed would be answered otherwise by this version; says which."""
    ready(records=False)
    from django.db import DatabaseError

    from anagen.clinic.review.queries import held_back

    try:
        found = held_back()
    except DatabaseError:
        return False  # what is wrong with the database is for the command itself to say
    for each in found:
        complain(f"{command}: {each}")
    if found:
        some = "1 signed case" if len(found) == 1 else f"{len(found)} signed cases"
        complain(
            f"{command}: refused. {some} would be answered otherwise by this version; nothing was changed. "
            "Go on with the version before, or have the medical lead withdraw the signature there first."
        )
    return bool(found)
