"""What is audited, what is hidden. Both are said here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.conf import settings
from django.db import models

AUDITED_PACKAGE = "anagen.clinic."
PATIENT = "people.Patient"

# A column with one of these names holds a secret in whichever table it appears. That it changed is recorded,
# what it holds is not. (Django's session table belongs to no app of ours and is not audited at all.)
SECRET_COLUMNS = frozenset(
    {
        "password",
        "secret",
        "token",
        "token_hash",
        "token_key",
        "token_digest",
        "key_hash",
        "session_key",
        "session_data",
        "feed_token",
        "name_key",
    }
)
HIDDEN = "(hidden)"

_FARTHEST_PATIENT = 4  # foreign keys to follow from a row to its patient


@dataclass(frozen=True, slots=True)
class Hop:
    """One step from a row to its patient: read `column` of the row of `table` whose `key` was found
    before."""

    table: str
    key: str
    column: str


def audited_models() -> list[type[models.Model]]:
    """Every concrete model of an app of `anagen.clinic`, join tables included, but for the trail itself."""
    return [
        model
        for config in apps.get_app_configs()
        if config.name.startswith(AUDITED_PACKAGE) and config.label != "audit"
        for model in config.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    ]


def records_grow(model: type[models.Model]) -> bool:
    """Whether rows of a model are only ever added: it says so with `records_grow = True` (law 6)."""
    return bool(getattr(model, "records_grow", False))


def is_secret(column: str) -> bool:
    return column in SECRET_COLUMNS


@cache
def way_to_patient(model: type[models.Model]) -> tuple[str, tuple[Hop, ...]] | None:
    """How the patient of a row is found: the row's own column to start from, then hops; None when there is
    no way.

    The shortest way over foreign keys wins, required keys before optional ones. Accounts are not passed
    through: what a clinician wrote is not about the clinician.
    """
    patient = apps.get_model(PATIENT)
    if model is patient:
        return str(model._meta.pk.column), ()
    barred = {apps.get_model(settings.AUTH_USER_MODEL), patient}
    ways: list[tuple[type[models.Model], str, tuple[Hop, ...]]] = []
    for field in _references(model):
        if field.related_model is patient:
            return field.column, ()
        ways.append((field.related_model, field.column, ()))
    seen = {model}
    for _ in range(_FARTHEST_PATIENT - 1):
        longer: list[tuple[type[models.Model], str, tuple[Hop, ...]]] = []
        for table, start, hops in ways:
            if table in barred or table in seen:
                continue
            seen.add(table)
            for field in _references(table):
                hop = Hop(table._meta.db_table, str(table._meta.pk.column), field.column)
                if field.related_model is patient:
                    return start, (*hops, hop)
                longer.append((field.related_model, start, (*hops, hop)))
        ways = longer
    return None


def _references(model: type[models.Model]) -> list[models.ForeignKey]:
    """Foreign keys to primary keys; the patient's own first, then required before optional."""
    patient = apps.get_model(PATIENT)
    keys = [
        field
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.ForeignKey) and field.target_field.primary_key
    ]
    return sorted(keys, key=lambda key: (key.related_model is not patient, key.null))


@cache
def model_of(table: str) -> type[models.Model] | None:
    """The model stored in `table`, or None when there is none (any more)."""
    return next((model for model in audited_models() if model._meta.db_table == table), None)


def table_label(table: str) -> str:
    """The words for a table: the model's name, or the table itself when the model is gone."""
    model = model_of(table)
    if model is None:
        return table
    name = str(model._meta.verbose_name)
    return name[:1].upper() + name[1:]


def column_label(table: str, column: str) -> str:
    """The words for a column: the field's verbose name, or the column itself when the field is gone."""
    model = model_of(table)
    if model is None:
        return column
    names = {field.column: str(field.verbose_name) for field in model._meta.concrete_fields}
    return names.get(column, column)


@cache
def names_an_account(table: str, column: str) -> bool:
    """Whether the column is a reference to an account, so that its name can be shown."""
    model, user = model_of(table), apps.get_model(settings.AUTH_USER_MODEL)
    return model is not None and any(
        field.column == column and field.related_model is user for field in model._meta.local_concrete_fields
    )
