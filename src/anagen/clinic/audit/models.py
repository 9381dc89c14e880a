"""The trail: what was written (AuditEntry) and whose file was read (ReadEntry). Both only grow.

The rows are made by the database (`triggers.py`), never by Django; the database refuses to change or delete
them. There are no foreign keys: an entry outlives what it tells of.
"""

from __future__ import annotations

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _


class ChainNumber(models.BigIntegerField):
    """1, 2, 3 … without gaps, given by the trigger. On SQLite this is the row's own address, which costs
    nothing."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class Operation(models.TextChoices):
    INSERT = "insert", _("added")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("deleted")


class Link(models.Model):
    """What every link of a chain has: its number, when, who, about which patient, and the two seals."""

    number = ChainNumber(primary_key=True)
    at = models.DateTimeField(_("when"))
    actor_id = models.BigIntegerField(_("account"), null=True)
    actor = models.CharField(_("who"), max_length=150)
    patient_id = models.BigIntegerField(_("patient"), null=True)
    previous = models.CharField(_("previous seal"), max_length=64)
    hash = models.CharField(_("seal"), max_length=64)

    class Meta:
        abstract = True


class AuditEntry(Link):
    """One row added, changed or deleted. `old` and `new` are JSON objects: the whole row when it was added or
    deleted, only the changed columns when it was changed."""

    table = models.CharField(_("table"), max_length=63, db_column="table_name")
    row = models.CharField(_("row"), max_length=200, db_column="row_key")
    operation = models.CharField(_("operation"), max_length=6, choices=Operation.choices)
    old = models.TextField(_("before"), null=True)
    new = models.TextField(_("after"), null=True)

    class Meta:
        db_table = "audit_entry"
        ordering = ["-number"]
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [
            # The one index: each more is paid at every save. Days are found by number
            # (queries.numbers_of_days).
            models.Index(
                fields=["patient_id"],
                name="audit_entry_patient",
                condition=models.Q(patient_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.actor} {self.operation} {self.table} {self.row}"


class ReadEntry(Link):
    """One look into a patient's file. The same look by the same person within a minute is one entry."""

    what = models.CharField(_("what was read"), max_length=200)

    class Meta:
        db_table = "audit_read"
        ordering = ["-number"]
        verbose_name = _("read")
        verbose_name_plural = _("reads")
        indexes = [
            models.Index(fields=["patient_id", "at"], name="audit_read_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.actor} read {self.what} of patient {self.patient_id}"
