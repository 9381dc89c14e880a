"""Emptying the database: for test runs only. A clinic's records grow, they are not thrown away."""

from __future__ import annotations

from typing import Any

from django.core import mail
from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as DjangoFlush

from anagen.clinic.audit import triggers


class Command(DjangoFlush):
    help = "Empties the database of a test run. Refused everywhere else: a clinic's records are kept."

    def handle(self, **options: Any) -> None:
        if not hasattr(mail, "outbox"):  # Django's test runner makes it, nothing else does
            raise CommandError("A clinic's records and their audit trail are kept: there is no flush.")
        with triggers.emptying(options["database"]):
            super().handle(**options)
